"""What the Event Grid trigger does with an event, run by the worker library: it records, and begins the story."""

import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from acimedic.incident import from_event
from acimedic.model.incident import Incident
from acimedic.simulator import Simulator, load_world
from tests.worker import kept
from tests.worker.conftest import PERSONAL, as_cloud_event
from tests.worker.extension import DurableEndpoint
from tests.worker.harness import Outcome, Worker

KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"


def only_line(outcome: Outcome) -> dict[str, Any]:
    (line,) = outcome.lines
    return line


def id_of(event: dict[str, Any]) -> str:
    signal = from_event(event)
    assert isinstance(signal, Incident)
    return signal.id


def of_deployment(event: dict[str, Any], name: str) -> dict[str, Any]:
    """The event of a deployment into the same resource group, of the same correlation."""
    group, _, _ = event["data"]["resourceUri"].partition("/providers/")
    data = event["data"] | {
        "operationName": "Microsoft.Resources/deployments/write",
        "resourceUri": f"{group}/providers/Microsoft.Resources/deployments/{name}",
    }
    return event | {"id": str(uuid4()), "subject": data["resourceUri"], "data": data}


@pytest.mark.parametrize("schema", [dict, as_cloud_event], ids=["Event Grid", "CloudEvents"])
def test_an_event_of_either_schema_is_recorded(
    worker: Worker, store: Path, failure: dict[str, Any], schema: Any
) -> None:
    outcome = worker.event(schema(failure))
    assert outcome.ok, outcome.stack
    record = kept.incident(store, id_of(failure))
    assert record is not None
    assert (record.state, record.closed) == ("received", False)
    assert record.incident.correlation_id == failure["data"]["correlationId"]
    assert [kind for kind, _ in kept.trail(store, record.id)] == ["received"]


def test_its_story_is_begun_once_under_its_own_id(
    worker: Worker, durable: DurableEndpoint, failure: dict[str, Any]
) -> None:
    worker.event(failure)
    instance = durable.instances[id_of(failure)]
    assert instance.name == "story"
    assert instance.input == {"incident": id_of(failure), "mode": "review", "version": 2}
    assert durable.started(id_of(failure)) == 1


def test_the_log_has_one_line_of_it(worker: Worker, failure: dict[str, Any]) -> None:
    line = only_line(worker.event(failure))
    assert line == {"line": "received", "event": failure["id"], "incidents": [id_of(failure)]}


def test_a_container_groups_own_event_needs_no_azure(azure: Simulator, worker: Worker, failure: dict[str, Any]) -> None:
    azure.requests.clear()
    assert worker.event(failure).ok
    assert azure.requests == []


def test_it_is_taken_in_while_azure_is_away(cut_off: Worker, store: Path, failure: dict[str, Any]) -> None:
    assert cut_off.event(failure).ok
    assert kept.incident(store, id_of(failure)) is not None


def test_a_cloud_event_is_the_same_incident(worker: Worker, durable: DurableEndpoint, failure: dict[str, Any]) -> None:
    lines = [only_line(worker.event(failure)), only_line(worker.event(as_cloud_event(failure)))]
    assert lines[0]["incidents"] == lines[1]["incidents"] == [id_of(failure)]
    assert durable.started(id_of(failure)) == 1


def test_the_event_of_a_deployment_meets_its_groups_own(
    worker: Worker, durable: DurableEndpoint, store: Path, event: dict[str, Any]
) -> None:
    """A deployment's event names no container group; it meets the group's own event by its id."""
    lines = [only_line(worker.event(of_deployment(event, "deploy-web"))), only_line(worker.event(event))]
    assert [line["incidents"] for line in lines] == [[KNOWN], [KNOWN]]
    assert durable.started(KNOWN) == 1
    assert kept.incident(store, KNOWN) is not None


def test_a_deployment_of_something_else_costs_two_requests(
    folder: Path, durable: DurableEndpoint, tmp_path: Path, event: dict[str, Any]
) -> None:
    world = load_world("role-missing")
    of_ours = next(iter(world["deployments"].values()))
    other = deepcopy(of_ours)
    other["id"] = of_ours["id"].rpartition("/")[0] + "/deploy-storage"
    other["name"] = "deploy-storage"
    refused = {"code": "StorageAccountAlreadyTaken", "message": "The storage account named data is already taken."}
    other["properties"]["error"]["details"] = [refused]
    (operation,) = other["x-operations"]
    operation["properties"]["statusMessage"]["error"] = refused
    operation["properties"]["targetResource"]["resourceType"] = "Microsoft.Storage/storageAccounts"
    world["deployments"]["storage"] = other
    with Simulator(world) as azure:
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_STORE": str(tmp_path / "acimedic.db")}
        with Worker(folder, settings, durable=durable) as worker:
            outcome = worker.event(of_deployment(event, "deploy-storage"))
        asked = [(method, path.partition("?")[0].rpartition("/")[2]) for method, _, path, _ in azure.requests]
    assert outcome.ok, outcome.stack
    assert only_line(outcome)["line"] == "ignored"
    assert sorted(asked) == [("GET", "deploy-storage"), ("GET", "operations")]
    assert kept.incidents(tmp_path / "acimedic.db") == ()


def test_a_deployment_that_could_not_be_looked_into_comes_again(cut_off: Worker, event: dict[str, Any]) -> None:
    outcome = cut_off.event(of_deployment(event, "deploy-web"))
    assert not outcome.ok
    assert outcome.exception.startswith("NoAzureError: ")


def test_fifty_deliveries_at_once_are_one_incident_and_one_story(
    worker: Worker, cut_off: Worker, durable: DurableEndpoint, store: Path, failure: dict[str, Any]
) -> None:
    """Two workers, 25 deliveries each, none of which waits for another."""
    deliveries = [deepcopy(failure) if n % 2 else as_cloud_event(failure) for n in range(50)]
    random.Random(7).shuffle(deliveries)  # noqa: S311  # an order, no secret
    before = len(kept.incidents(store))
    with ThreadPoolExecutor() as both:
        halves = [both.submit(worker.events, deliveries[:25]), both.submit(cut_off.events, deliveries[25:])]
    outcomes = [outcome for half in halves for outcome in half.result()]
    assert [outcome.exception for outcome in outcomes if not outcome.ok] == []
    assert len(outcomes) == 50
    assert len(kept.incidents(store)) == before + 1
    assert [kind for kind, _ in kept.trail(store, id_of(failure))] == ["received"]
    assert list(durable.instances).count(id_of(failure)) == 1


def test_of_the_starts_that_race_one_counts(worker: Worker, durable: DurableEndpoint, failure: dict[str, Any]) -> None:
    """The endpoint refuses all but the first, which nobody takes for a failure."""
    outcomes = worker.events([failure] * 10)
    begun = durable.instances[id_of(failure)].begun
    assert all(outcome.ok for outcome in outcomes)
    worker.event(failure)
    assert durable.instances[id_of(failure)].begun == begun


@pytest.fixture
def broken(durable: DurableEndpoint) -> Iterator[DurableEndpoint]:
    """An extension in trouble."""
    durable.broken = 500
    yield durable
    durable.broken = None


def test_an_incident_whose_story_could_not_be_begun_comes_again(
    worker: Worker, broken: DurableEndpoint, store: Path, failure: dict[str, Any]
) -> None:
    outcome = worker.event(failure)
    assert not outcome.ok
    assert "Something went wrong" in outcome.exception
    assert kept.incident(store, id_of(failure)) is not None
    assert id_of(failure) not in broken.instances


def test_its_next_delivery_begins_the_story(
    worker: Worker, broken: DurableEndpoint, store: Path, failure: dict[str, Any]
) -> None:
    assert not worker.event(failure).ok
    broken.broken = None
    assert worker.event(failure).ok
    assert broken.instances[id_of(failure)].status == "Pending"
    assert [kind for kind, _ in kept.trail(store, id_of(failure))] == ["received"]


def test_a_story_that_failed_before_it_showed_anything_is_begun_again(
    worker: Worker, durable: DurableEndpoint, failure: dict[str, Any]
) -> None:
    worker.event(failure)
    durable.instances[id_of(failure)].status = "Failed"
    worker.event(failure)
    assert durable.instances[id_of(failure)].status == "Pending"


def test_a_story_that_has_ended_well_is_not_begun_again(
    worker: Worker, durable: DurableEndpoint, failure: dict[str, Any]
) -> None:
    worker.event(failure)
    durable.instances[id_of(failure)].status = "Completed"
    assert worker.event(failure).ok
    assert durable.instances[id_of(failure)].status == "Completed"


def test_an_extension_that_does_not_answer_makes_the_event_come_again(
    folder: Path, tmp_path: Path, failure: dict[str, Any]
) -> None:
    with Worker(folder, {"ACIMEDIC_STORE": str(tmp_path / "acimedic.db")}) as worker:
        outcome = worker.event(failure)
    assert not outcome.ok
    assert outcome.exception.startswith("ClientConnectorError: ")


def test_a_subscription_that_is_not_served_is_logged_and_no_more(
    folder: Path, durable: DurableEndpoint, tmp_path: Path, failure: dict[str, Any]
) -> None:
    path = tmp_path / "acimedic.db"
    settings = {"ACIMEDIC_STORE": str(path), "ACIMEDIC_SUBSCRIPTIONS": str(uuid4())}
    with Worker(folder, settings, durable=durable) as worker:
        outcome = worker.event(failure)
    assert outcome.ok
    assert only_line(outcome)["line"] == "ignored"
    assert "ACIMEDIC_SUBSCRIPTIONS" in only_line(outcome)["reason"]
    assert kept.incidents(path) == ()
    assert id_of(failure) not in durable.instances


@pytest.mark.parametrize(
    ("store_setting", "told"),
    [
        ("{folder}/gone/acimedic.db", "StoreSettingError: ACIMEDIC_STORE lies in a folder that is not there"),
        ("{folder}/text.db", "UnreadableError: "),
        ("", "SettingsError: ACIMEDIC_STORE is not set"),
        ("https://example.test/table", "StoreSettingError: "),
    ],
    ids=["no folder", "no database", "unset", "not understood"],
)
def test_a_store_that_is_not_there_makes_the_event_come_again(
    folder: Path, durable: DurableEndpoint, tmp_path: Path, failure: dict[str, Any], store_setting: str, told: str
) -> None:
    (tmp_path / "text.db").write_text("no database" * 100, encoding="utf-8")
    with Worker(folder, {"ACIMEDIC_STORE": store_setting.format(folder=tmp_path)}, durable=durable) as worker:
        outcome = worker.event(failure)
    assert not outcome.ok
    assert outcome.exception.startswith(told)
    assert id_of(failure) not in durable.instances
    # The host writes the one traceback that the worker gives it; our own log has none on top.
    assert not re.search("Traceback|^  File", "\n".join(record["message"] for record in outcome.logs), re.MULTILINE)


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


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_deployment_comes_again_when_azure_lets_nobody_in_or_is_in_trouble(
    folder: Path, tmp_path: Path, event: dict[str, Any], status: int
) -> None:
    world = load_world("role-missing") | {"faults": [{"status": status}]}
    with Simulator(world) as azure:
        settings = {
            "ACIMEDIC_GATEWAY": azure.url,
            "ACIMEDIC_TIME_LIMIT": "1",
            "ACIMEDIC_STORE": str(tmp_path / "acimedic.db"),
        }
        with Worker(folder, settings) as worker:
            outcome = worker.event(of_deployment(event, "deploy-web"))
    assert not outcome.ok
    assert re.match(r"No(Azure|SignIn)Error: ", outcome.exception)
    assert kept.incidents(tmp_path / "acimedic.db") == ()


@pytest.mark.parametrize(("status", "told"), [(403, "403"), (404, "404")])
def test_a_deployment_that_is_refused_or_gone_is_an_error_and_does_not_come_again(
    folder: Path, tmp_path: Path, event: dict[str, Any], status: int, told: str
) -> None:
    world = load_world("role-missing") | {"faults": [{"path": "/deployments/", "status": status}]}
    with Simulator(world) as azure:
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_STORE": str(tmp_path / "acimedic.db")}
        with Worker(folder, settings) as worker:
            outcome = worker.event(of_deployment(event, "deploy-web"))
    assert outcome.ok, outcome.stack
    assert (only_line(outcome)["line"], only_line(outcome)["event"] is None) == ("unresolved", False)
    assert told in only_line(outcome)["reason"]


def test_an_event_comes_again_when_the_settings_are_wrong(folder: Path, event: dict[str, Any]) -> None:
    with Worker(folder, {"ACIMEDIC_GATEWAY": "http://192.0.2.1:80"}) as worker:
        outcome = worker.event(event)
    assert not outcome.ok
    assert outcome.exception.startswith("SettingsError: ACIMEDIC_GATEWAY is refused")


def test_nothing_of_a_person_is_ever_told_or_kept(
    worker: Worker, cut_off: Worker, durable: DurableEndpoint, store: Path, failure: dict[str, Any]
) -> None:
    strange = {"subject": PERSONAL[1], "data": failure["data"] | {"resourceUri": PERSONAL[1], "authorization": {}}}
    told = [
        worker.event(failure),
        worker.event(as_cloud_event(failure)),
        worker.event(failure | {"eventType": "Other"}),
        worker.event(failure | {"eventType": None}),
        worker.event(failure | strange),
        worker.event(of_deployment(failure, "deploy-web")),
        worker.post({"event": failure}),
        worker.post({"event": [failure, failure]}),
        cut_off.event(of_deployment(failure, "deploy-web")),
        cut_off.post({"event": failure}),
    ]
    files = [path.read_bytes().decode("utf-8", "replace") for path in store.parent.iterdir()]
    begun = [instance.given for instance in durable.instances.values()]
    everything = "\n".join([*(outcome.written for outcome in told), worker.stderr, cut_off.stderr, *files, *begun])
    assert [secret for secret in PERSONAL if secret in everything] == []
