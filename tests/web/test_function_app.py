"""The triggers themselves, called as the library's own objects call them; tests/worker runs them in the worker."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest
from azure.durable_functions.models.utils import http_utils  # type: ignore[import-untyped]
from azure.functions.timer import TimerRequest

import function_app
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.messages import Mark, to_json
from acimedic.settings import SettingsError
from acimedic.simulator import Simulator, load_world
from tests.worker import kept
from tests.worker.extension import DurableEndpoint

EVENT: dict[str, Any] = load_world("role-missing")["event"]
KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
WHEN = datetime(2026, 11, 20, 8, 12, 29, tzinfo=UTC)
MARK = to_json(Mark(incident=KNOWN, state="diagnosed", said="why", at=WHEN.isoformat()))


@pytest.fixture
def _gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with Simulator(load_world("role-missing")) as azure:
        monkeypatch.setenv("ACIMEDIC_GATEWAY", azure.url)
        yield


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ACIMEDIC_STORE", str(tmp_path / "acimedic.db"))
    return tmp_path / "acimedic.db"


@pytest.fixture
def durable() -> Iterator[DurableEndpoint]:
    with DurableEndpoint() as endpoint:
        yield endpoint


# The library builds the functions of an app once.
TRIGGERS: dict[str, Callable[..., Awaitable[Any]]] = {
    str(item.get_function_name()): item.get_user_function() for item in function_app.app.get_functions()
}


def fired(name: str, **given: Any) -> Any:
    async def firing() -> Any:
        try:
            return await TRIGGERS[name](**given)
        finally:
            await http_utils._close_session()  # the library's own, which it would keep for the next one

    return asyncio.run(firing())


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


@pytest.mark.parametrize("delivered", [of_event_grid, of_cloud_events])
def test_either_schema_is_recorded_and_its_story_begun(
    delivered: Callable[[], object], store: Path, durable: DurableEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="acimedic.web")
    fired("on_failure", event=delivered(), client=durable.binding)
    assert kept.incidents(store) == (KNOWN,)
    assert durable.instances[KNOWN].input == {"incident": KNOWN, "mode": "observe", "version": 2}
    assert json.loads(caplog.records[-1].getMessage())["incidents"] == [KNOWN]


def test_the_moment_of_the_event_is_kept(store: Path, durable: DurableEndpoint) -> None:
    fired("on_failure", event=of_event_grid(), client=durable.binding)
    record = kept.incident(store, KNOWN)
    assert record is not None
    assert record.incident.occurred_at == WHEN


def test_wrong_settings_make_the_event_come_again(monkeypatch: pytest.MonkeyPatch, durable: DurableEndpoint) -> None:
    monkeypatch.setenv("AZURE_CLOUD", "Mars")
    with pytest.raises(SettingsError, match="AZURE_CLOUD is 'Mars'"):
        fired("on_failure", event=of_event_grid(), client=durable.binding)


def test_an_activity_works_on_the_store(store: Path, durable: DurableEndpoint) -> None:
    fired("on_failure", event=of_event_grid(), client=durable.binding)
    assert fired("record", message=MARK) is None
    record = kept.incident(store, KNOWN)
    assert record is not None
    assert (record.state, record.said) == ("diagnosed", "why")


def test_what_an_activity_raises_is_raised(store: Path) -> None:
    with pytest.raises(NoIncidentError):
        fired("record", message=MARK)


def test_an_activity_that_is_told_nonsense_says_so(store: Path) -> None:
    with pytest.raises(ValueError, match="a Mark is an object"):
        fired("record", message="text")


def test_the_nightly_timer_purges_what_is_old(store: Path, durable: DurableEndpoint) -> None:
    fired("retention", timer=TimerRequest(), client=durable.binding)
    ((method, target),) = durable.asked
    assert (method, target.partition("?")[0]) == ("DELETE", "/durabletask/instances/")


def post(body: object, durable: DurableEndpoint) -> func.HttpResponse:
    request = func.HttpRequest(
        method="POST",
        url="/api/diagnose",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )
    answer = fired("on_request", req=request, client=durable.binding)
    assert isinstance(answer, func.HttpResponse)
    return answer


@pytest.mark.usefixtures("_gateway")
def test_a_request_is_answered_with_the_report(durable: DurableEndpoint) -> None:
    answer = post({"resourceId": EVENT["data"]["resourceUri"]}, durable)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.get_body())["root_cause"] == "pull-role-missing"


def test_wrong_settings_are_a_problem(monkeypatch: pytest.MonkeyPatch, durable: DurableEndpoint) -> None:
    monkeypatch.setenv("AZURE_CLOUD", "Mars")
    answer = post({}, durable)
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.usefixtures("store")
def test_the_timer_of_the_digests_tells_what_was_put_off(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic.lifecycle")
    fired("digests", timer=TimerRequest())
    assert '{"line": "digests", "told": 0}' in [record.getMessage() for record in caplog.records]
