"""The Azure Function. Triggers only: take apart what the host hands over, and pass it on.

Indexing needs no credential, no network and none of Azure's management SDKs; settings are read when a trigger fires.
"""

import logging
import os

import azure.functions as func

from acimedic.settings import SettingsError, read_settings
from acimedic.web import handlers

# azure-identity tells at length what it tries, and may name who is signed in; azure-core tells each of its requests.
logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
logging.getLogger("azure.core").setLevel(logging.WARNING)

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


# The worker takes one class for an annotation, and hands over either: which one depends on the event's own schema.
@app.event_grid_trigger(arg_name="event")
async def on_failure(event: func.EventGridEvent) -> None:
    """A resource failed: diagnose it. What is raised makes Event Grid deliver the event again."""
    await handlers.on_failure(_as_delivered(event), read_settings(os.environ))


@app.route(route="diagnose", methods=[func.HttpMethod.POST])
async def diagnose(req: func.HttpRequest) -> func.HttpResponse:
    """Diagnose on request: `POST /api/diagnose`."""
    try:
        answer = await handlers.diagnose(req.headers.get("Content-Type", ""), req.get_body(), read_settings(os.environ))
    except SettingsError as error:
        answer = handlers.misconfigured(str(error))
    return func.HttpResponse(answer.body, status_code=answer.status, headers=answer.headers)


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
