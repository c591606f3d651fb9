"""The Azure Function. Triggers only: take apart what the host hands over, and pass it on.

Indexing needs no credential, no network and none of Azure's management SDKs; settings are read when a trigger fires.
"""

import logging
import os
from typing import Any

import azure.durable_functions as df  # type: ignore[import-untyped]
import azure.functions as func

from acimedic.lifecycle import hosted
from acimedic.lifecycle.durable import Durable
from acimedic.lifecycle.story import ACTIVITIES, NAME, story
from acimedic.settings import SettingsError, read_settings
from acimedic.web import events, handlers

# azure-identity tells at length what it tries, and may name who is signed in; azure-core tells each of its requests.
logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
logging.getLogger("azure.core").setLevel(logging.WARNING)

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)


# The worker takes one class for an annotation, and hands over either: which one depends on the event's own schema.
@app.event_grid_trigger(arg_name="event")
@app.durable_client_input(client_name="client")
async def on_failure(event: func.EventGridEvent, client: Any) -> None:
    """A resource failed: record it and begin its story. What is raised makes Event Grid deliver the event again."""
    await events.on_failure(_as_delivered(event), read_settings(os.environ), Durable(client))


@app.route(route="diagnose", methods=[func.HttpMethod.POST])
async def on_request(req: func.HttpRequest) -> func.HttpResponse:
    """Diagnose on request: `POST /api/diagnose`."""
    try:
        answer = await handlers.diagnose(req.headers.get("Content-Type", ""), req.get_body(), read_settings(os.environ))
    except SettingsError as error:
        answer = handlers.misconfigured(str(error))
    return func.HttpResponse(answer.body, status_code=answer.status, headers=answer.headers)


@app.timer_trigger(arg_name="timer", schedule="0 17 3 * * *")
@app.durable_client_input(client_name="client")
async def retention(timer: func.TimerRequest, client: Any) -> None:  # noqa: ARG001 - the host hands it over
    """Every night: delete what is older than ACIMEDIC_RETENTION_DAYS."""
    await hosted.retain(read_settings(os.environ), Durable(client))


app.function_name(NAME)(app.orchestration_trigger(context_name="context", orchestration=NAME)(story))


def _activity(name: str) -> None:
    # The worker refuses `dict[…]` as an annotation; what came is checked where it is read.
    async def activity(message: Any) -> dict[str, object] | None:
        return await hosted.act(name, message, read_settings(os.environ))

    app.function_name(name)(app.activity_trigger(input_name="message", activity=name)(activity))


for _name in ACTIVITIES:
    _activity(_name)


def _as_delivered(event: func.EventGridEvent | func.CloudEvent) -> dict[str, object]:
    """The event as it stood in the JSON, as far as anything here is asked for."""
    if isinstance(event, func.CloudEvent):
        return {
            "id": event.id,
            "source": event.source,
            "subject": event.subject,
            "type": event.type,
            "time": event.time,
            "data": event.get_json(),
        }
    return {
        "id": event.id,
        "topic": event.topic,
        "subject": event.subject,
        "eventType": event.event_type,
        "eventTime": event.event_time,
        "data": event.get_json(),
    }
