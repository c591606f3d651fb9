"""What the Event Grid trigger does with an event, run by the worker library."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from acimedic.simulator import Simulator, load_world
from tests.worker.conftest import PERSONAL
from tests.worker.harness import Outcome, Worker


def only_line(outcome: Outcome) -> dict[str, Any]:
    (line,) = outcome.lines
    return line


def test_an_event_of_event_grid_schema_is_diagnosed(worker: Worker, event: dict[str, Any]) -> None:
    outcome = worker.event(event)
    assert outcome.ok, outcome.stack
    line = only_line(outcome)
    assert line.pop("duration_ms") >= 0
    assert line.pop("readings") > 0
    assert line == {
        "line": "incident",
        "id": "46193ca8-1449-5e3c-ba4e-da87f7702a24",
        "correlation_id": event["data"]["correlationId"],
        "outcome": "cause-found",
        "root_cause": "pull-role-missing",
        "gaps": 1,  # the registry is closed to us, so the image itself was not checked
    }


def test_a_cloud_event_is_the_same_incident(worker: Worker, event: dict[str, Any], cloud_event: dict[str, Any]) -> None:
    one, other = only_line(worker.event(event)), only_line(worker.event(cloud_event))
    assert other["root_cause"] == "pull-role-missing"
    assert one["id"] == other["id"]


def test_the_event_of_a_deployment_is_resolved_to_its_group(worker: Worker, event: dict[str, Any]) -> None:
    """A deployment's event names no container group; it meets the group's own event by its id."""
    of_the_group = only_line(worker.event(event))
    group, _, _ = event["data"]["resourceUri"].partition("/providers/")
    data = event["data"] | {
        "operationName": "Microsoft.Resources/deployments/write",
        "resourceUri": f"{group}/providers/Microsoft.Resources/deployments/deploy-web",
    }
    line = only_line(worker.event(event | {"subject": data["resourceUri"], "data": data}))
    assert (line["root_cause"], line["id"]) == ("pull-role-missing", of_the_group["id"])


def test_a_diagnosis_changes_nothing_in_azure(worker: Worker, azure: Simulator, event: dict[str, Any]) -> None:
    azure.requests.clear()
    before = deepcopy(azure.world)
    worker.event(event)
    assert azure.requests
    assert {method for method, *_ in azure.requests} <= {"GET", "POST"}
    posted = {path.partition("?")[0].rpartition("/")[2] for method, _, path, _ in azure.requests if method == "POST"}
    # a template, a query of Resource Graph, and the sign-in at the registry
    assert posted <= {"exportTemplate", "resources", "exchange", "token"}
    assert azure.world == before


def test_an_event_that_is_none_of_ours_is_logged_and_done_with(worker: Worker, event: dict[str, Any]) -> None:
    outcome = worker.event(event | {"eventType": "Microsoft.Resources.ResourceWriteSuccess"})
    assert outcome.ok
    line = only_line(outcome)
    assert (line["line"], line["event"]) == ("ignored", event["id"])
    assert "ResourceWriteSuccess" in line["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"eventType": None},
        {"data": None},
        {"data": "not an object"},
        {"subject": "somewhere", "data": {"operationName": "Microsoft.ContainerInstance/containerGroups/write"}},
    ],
    ids=["no type", "no data", "data is a text", "no resource"],
)
def test_an_event_that_nobody_understands_is_an_error_and_does_not_come_again(
    worker: Worker, event: dict[str, Any], change: dict[str, Any]
) -> None:
    outcome = worker.event(event | change)
    assert outcome.ok
    line = only_line(outcome)
    assert (line["line"], line["event"]) == ("bad-event", event["id"])
    assert line["reason"]
    assert {record["level"] for record in outcome.logs if record["logger"] == "acimedic.web"} == {"ERROR"}


def test_half_a_surrogate_pair_is_a_bad_event(worker: Worker, event: dict[str, Any]) -> None:
    outcome = worker.event(event | {"data": event["data"] | {"correlationId": "\ud800"}})
    assert outcome.ok
    assert only_line(outcome)["line"] == "bad-event"


def test_an_event_comes_again_when_nobody_answers(cut_off: Worker, event: dict[str, Any]) -> None:
    outcome = cut_off.event(event)
    assert not outcome.ok
    assert outcome.exception.startswith("NoAnswerError: ")
    line = only_line(outcome)
    assert (line["line"], line["id"]) == ("no-azure", "46193ca8-1449-5e3c-ba4e-da87f7702a24")


@pytest.mark.parametrize("status", [401, 429, 503])
def test_an_event_comes_again_when_azure_lets_nobody_in_or_is_in_trouble(
    folder: Path, event: dict[str, Any], status: int
) -> None:
    world = load_world("role-missing") | {"faults": [{"status": status}]}
    with (
        Simulator(world) as azure,
        Worker(folder, {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "1"}) as worker,
    ):
        outcome = worker.event(event)
    assert not outcome.ok
    assert outcome.exception.startswith("NoAnswerError: ")
    assert only_line(outcome)["correlation_id"] == event["data"]["correlationId"]


def test_an_event_comes_again_when_the_settings_are_wrong(folder: Path, event: dict[str, Any]) -> None:
    with Worker(folder, {"ACIMEDIC_GATEWAY": "http://192.0.2.1:80"}) as worker:
        outcome = worker.event(event)
    assert not outcome.ok
    assert outcome.exception.startswith("SettingsError: ACIMEDIC_GATEWAY is refused")


def test_nothing_of_a_person_is_ever_told(
    worker: Worker, cut_off: Worker, event: dict[str, Any], cloud_event: dict[str, Any]
) -> None:
    told = [
        worker.event(event),
        worker.event(cloud_event),
        worker.event(event | {"eventType": "Other"}),
        worker.event(event | {"eventType": None}),
        worker.event(
            event | {"subject": PERSONAL[1], "data": event["data"] | {"resourceUri": PERSONAL[1], "authorization": {}}}
        ),
        worker.post({"event": event}),
        worker.post({"event": [event, event]}),
        cut_off.event(event),
        cut_off.post({"event": event}),
    ]
    everything = "\n".join([*(outcome.written for outcome in told), worker.stderr, cut_off.stderr])
    assert [secret for secret in PERSONAL if secret in everything] == []
