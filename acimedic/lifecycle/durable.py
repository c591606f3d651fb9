"""The lifecycle in Azure: stories are begun, woken and forgotten through the client of Durable Functions."""

from datetime import UTC, datetime
from typing import Any, Protocol

from acimedic.lifecycle.messages import Json
from acimedic.lifecycle.story import DECIDED, NAME

_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
_DEAD = {"Failed", "Terminated", "Canceled"}
_ENDED = {"Completed", *_DEAD}


class Client(Protocol):
    """What is used of `DurableOrchestrationClient`, which has no types of its own."""

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: object) -> str: ...  # noqa: D102 - the names say it
    async def get_status(self, instance_id: str) -> Any: ...  # noqa: D102
    async def raise_event(self, instance_id: str, event_name: str, event_data: object) -> None: ...  # noqa: D102
    async def terminate(self, instance_id: str, reason: str) -> None: ...  # noqa: D102
    async def purge_instance_history(self, instance_id: str) -> Any: ...  # noqa: D102
    async def purge_instance_history_by(self, created_from: datetime, created_to: datetime, status: Any) -> Any: ...  # noqa: D102


class Durable:
    """Stories in Azure."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, incident: str, given: Json) -> None:
        """Begin the story of an incident, unless there is one that lives or has ended well."""
        if await self._there(incident):
            return
        try:
            await self._client.start_new(NAME, instance_id=incident, client_input=given)
        except Exception:  # the library raises no narrower one where somebody else has begun it just now
            if not await self._there(incident):
                raise

    async def wake(self, incident: str, nonce: str) -> None:
        """Say that somebody has decided. Raises where nobody listens any more; what was decided stands even so."""
        await self._client.raise_event(incident, DECIDED, nonce)

    async def forget(self, incident: str) -> None:
        """Delete the history of a story; one that is not there is no matter.

        One that has not ended is ended, which takes a while, and deleted by `forget_before` when its time comes.
        """
        status = (await self._client.get_status(incident)).runtime_status
        if status is None or status.value in _ENDED:
            await self._client.purge_instance_history(incident)
        else:
            await self._client.terminate(incident, "its incident was deleted")

    async def forget_before(self, time: datetime) -> None:
        """Delete the stories that ended, and were begun before then."""
        from azure.durable_functions import OrchestrationRuntimeStatus as Status  # type: ignore[import-untyped]

        ended = [Status.Completed, Status.Failed, Status.Terminated]
        await self._client.purge_instance_history_by(_EARLIEST, time, ended)

    async def _there(self, incident: str) -> bool:
        status = (await self._client.get_status(incident)).runtime_status
        return status is not None and status.value not in _DEAD
