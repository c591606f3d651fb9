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
from acimedic.web import events
from acimedic.web import hosted as http
from acimedic.web.delivered import as_delivered

# azure-identity tells at length what it tries, and may name who is signed in; azure-core tells each of its requests.
logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
logging.getLogger("azure.core").setLevel(logging.WARNING)

_METHODS = [func.HttpMethod.GET, func.HttpMethod.HEAD, func.HttpMethod.POST]
app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)


# The worker takes one class for an annotation, and hands over either: which one depends on the event's own schema.
@app.event_grid_trigger(arg_name="event")
@app.durable_client_input(client_name="client")
async def on_failure(event: func.EventGridEvent, client: Any) -> None:
    """A resource failed: record it and begin its story. What is raised makes Event Grid deliver the event again."""
    await events.on_failure(as_delivered(event), read_settings(os.environ), Durable(client))


@app.route(route="diagnose", methods=[func.HttpMethod.POST])
@app.durable_client_input(client_name="client")
async def on_request(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Diagnose on request, for whoever has the function's key: `POST /api/diagnose`."""
    return await _answered(req, client, http.diagnose)


@app.route(route="health/details", methods=[func.HttpMethod.GET])
async def on_health(req: func.HttpRequest) -> func.HttpResponse:
    """What is behind the one word of `/api/health`, for whoever has the function's key."""
    return await _answered(req, None, http.well)


@app.route(route="{*path}", methods=_METHODS, auth_level=func.AuthLevel.ANONYMOUS)
@app.durable_client_input(client_name="client")
async def on_page(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Pages and API; App Service authentication stands before them, and where it is off they are closed."""
    return await _answered(req, client, http.serve)


@app.timer_trigger(arg_name="timer", schedule="0 2,17,32,47 * * * *")
async def digests(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the host hands it over
    """Every quarter of an hour: tell what was put off."""
    await hosted.digest(read_settings(os.environ))


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


async def _answered(req: func.HttpRequest, client: Any, answering: Any) -> func.HttpResponse:
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        answer = http.misconfigured(req, str(error))
    else:
        stories = None if client is None else Durable(client)
        answer = await answering(req, settings, os.environ, stories)
    return func.HttpResponse(answer.body, status_code=answer.status, headers=answer.headers)
