"""The triggers themselves, called as the library's own objects call them; tests/worker runs them in the worker."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import pytest

import function_app
from acimedic.simulator import Simulator, load_world

EVENT: dict[str, Any] = load_world("role-missing")["event"]
WHEN = datetime(2026, 11, 20, 8, 12, 29, tzinfo=UTC)


@pytest.fixture
def _gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with Simulator(load_world("role-missing")) as azure:
        monkeypatch.setenv("ACIMEDIC_GATEWAY", azure.url)
        yield


# The library builds the functions of an app once.
TRIGGERS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    str(item.get_function_name()): item.get_user_function() for item in function_app.app.get_functions()
}


def of_event_grid() -> func.EventGridEvent:
    return func.EventGridEvent(
        id=EVENT["id"],
        data=EVENT["data"],
        topic=EVENT["topic"],
        subject=EVENT["subject"],
        event_type=EVENT["eventType"],
        event_time=WHEN,
        data_version="2",
    )


def of_cloud_events() -> func.CloudEvent:
    return func.CloudEvent(
        id=EVENT["id"],
        source=EVENT["topic"],
        type=EVENT["eventType"],
        specversion="1.0",
        data=EVENT["data"],
        time=WHEN,
        subject=EVENT["subject"],
    )


@pytest.mark.usefixtures("_gateway")
@pytest.mark.parametrize("delivered", [of_event_grid, of_cloud_events])
def test_either_schema_is_diagnosed(delivered: Callable[[], object], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic.web")
    asyncio.run(_awaited(TRIGGERS["on_failure"](delivered())))
    (record,) = (record for record in caplog.records if record.name == "acimedic.web")
    assert json.loads(record.getMessage())["root_cause"] == "pull-role-missing"


def post(body: object) -> func.HttpResponse:
    request = func.HttpRequest(
        method="POST",
        url="/api/diagnose",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )
    answer = asyncio.run(_awaited(TRIGGERS["diagnose"](request)))
    assert isinstance(answer, func.HttpResponse)
    return answer


@pytest.mark.usefixtures("_gateway")
def test_a_request_is_answered_with_the_report() -> None:
    answer = post({"resourceId": EVENT["data"]["resourceUri"]})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.get_body())["root_cause"] == "pull-role-missing"


def test_wrong_settings_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLOUD", "Mars")
    answer = post({})
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")


async def _awaited(waiting: Awaitable[object]) -> object:
    return await waiting
