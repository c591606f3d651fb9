"""An app of the same kinds of trigger that does nothing: what any app pays before it can do something."""

# azure-functions-durable has no types, and its decorators stand above the triggers.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

import azure.durable_functions as df  # type: ignore[import-untyped]
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.event_grid_trigger(arg_name="event")
@app.durable_client_input(client_name="client")
async def on_failure(event: func.EventGridEvent, client: Any) -> None:
    """Take an event."""


@app.route(route="diagnose", methods=[func.HttpMethod.POST])
@app.durable_client_input(client_name="client")
async def on_request(req: func.HttpRequest, client: Any) -> func.HttpResponse:  # noqa: ARG001 - the host hands it over
    """Answer a request."""
    return func.HttpResponse("{}")


@app.function_name("story")
@app.orchestration_trigger(context_name="context", orchestration="story")
def story(context: Any) -> Any:
    """An orchestration of one step."""
    return (yield context.call_activity("step", {}))


@app.function_name("step")
@app.activity_trigger(input_name="message", activity="step")
async def step(message: Any) -> None:
    """That step."""
