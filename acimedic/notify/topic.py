"""Events to a custom topic of Azure Event Grid, for whoever wants to act on them.

Event Grid may deliver an event twice as well: receivers drop repetitions by the event's id, which is the operation.
Sources: https://learn.microsoft.com/azure/event-grid/post-to-custom-topic
https://learn.microsoft.com/azure/event-grid/delivery-and-retry
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from acimedic.azure.transport import Pause
from acimedic.model.news import Message
from acimedic.notify.service import connected, refusals
from acimedic.settings import Settings

SCOPE = "https://eventgrid.azure.net/.default"
_SERVICE = "the Event Grid topic"


class Told(Protocol):
    """A CloudEvent as it was written: `acimedic.report.event.Event`."""

    @property
    def id(self) -> str: ...  # noqa: D102 - the writer's

    @property
    def source(self) -> str: ...  # noqa: D102 - the writer's

    @property
    def type(self) -> str: ...  # noqa: D102 - the writer's

    @property
    def subject(self) -> str: ...  # noqa: D102 - the writer's

    @property
    def time(self) -> datetime: ...  # noqa: D102 - the writer's

    @property
    def data(self) -> Mapping[str, object]: ...  # noqa: D102 - the writer's


class TopicSink:
    """Publishes each state of each incident, and each crowd; a digest is no event.

    write: makes an event of a message, `acimedic.report.event.to_event`; None where a message is none.
    endpoint: of a topic whose input schema is CloudEvents 1.0, `https://NAME.REGION.eventgrid.azure.net/api/events`.
    seconds: how long the topic may take to answer.
    """

    name = "topic"
    once = True

    def __init__(
        self,
        settings: Settings,
        *,
        write: Callable[[Message], Told | None],
        endpoint: str,
        pause: Pause = asyncio.sleep,
        seconds: float = 10.0,
    ) -> None:
        self._settings = settings
        self._write = write
        self._endpoint = endpoint
        self._pause = pause
        self._seconds = seconds

    async def send(self, message: Message) -> None:
        """Publish it. Raises NotToldError."""
        event = self._write(message)
        if event is not None:
            with refusals(_SERVICE):
                async with asyncio.timeout(self._seconds):
                    await self._publish(event)

    async def _publish(self, event: Told) -> None:
        # Imported here, because it costs time that a run without a topic need not pay.
        from azure.core.messaging import CloudEvent
        from azure.eventgrid.aio import EventGridPublisherClient

        told = CloudEvent(
            source=event.source,
            type=event.type,
            id=event.id,
            time=event.time,
            subject=event.subject,
            data=dict(event.data),
        )
        async with connected(self._settings, self._endpoint, SCOPE, pause=self._pause) as (pipeline, credential):
            client = EventGridPublisherClient(self._endpoint, credential, pipeline=pipeline)
            await client.send(told)
