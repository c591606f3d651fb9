"""The app as the worker library indexes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.story import ACTIVITIES, NAME
from tests.worker.harness import Worker

SDKS = ("azure.core", "azure.data", "azure.identity", "azure.mgmt", "azure.storage", "msal", "requests", "cryptography")
TRIGGERS = {
    "on_failure": "eventGridTrigger",
    "on_request": "httpTrigger",
    "on_health": "httpTrigger",
    "on_page": "httpTrigger",
    "digests": "timerTrigger",
    "retention": "timerTrigger",
    "story": "orchestrationTrigger",
} | dict.fromkeys(ACTIVITIES, "activityTrigger")
# What starts stories, wakes them or deletes them.
CLIENTS = {"on_failure", "on_request", "on_page", "retention"}


@pytest.fixture(scope="module")
def fresh(folder: Path) -> Iterator[Worker]:
    """A worker that was only started: no settings, no credential, no invocation."""
    with Worker(folder, {}) as started:
        yield started


@pytest.fixture(scope="module")
def indexed(fresh: Worker) -> dict[str, Any]:
    """What indexing has left behind."""
    return fresh.ask("about")


def test_indexing_succeeds_and_prints_nothing(fresh: Worker) -> None:
    assert fresh.started["ok"], fresh.started["exception"]
    assert fresh.stderr == ""


def bound(worker: Worker, function: str) -> dict[str, dict[str, Any]]:
    """The bindings of a function, by type."""
    return {str(binding["type"]): binding for binding in worker.functions[function]["bindings"]}


def test_every_function_has_its_trigger_and_there_is_no_other(fresh: Worker) -> None:
    found = {name: [kind for kind in bound(fresh, name) if kind.endswith("Trigger")] for name in fresh.functions}
    assert found == {name: [kind] for name, kind in TRIGGERS.items()}


def test_who_has_a_client_of_the_durable_extension(fresh: Worker) -> None:
    assert {name for name in fresh.functions if "durableClient" in bound(fresh, name)} == CLIENTS


def test_an_activity_goes_by_the_name_that_the_story_calls(fresh: Worker) -> None:
    called = {name: bound(fresh, name)["activityTrigger"] for name in ACTIVITIES}
    assert {name: binding["activity"] for name, binding in called.items()} == {name: name for name in ACTIVITIES}


def test_the_orchestration_goes_by_the_name_that_it_is_started_under(fresh: Worker) -> None:
    assert bound(fresh, NAME)["orchestrationTrigger"]["orchestration"] == NAME


def test_on_failure_takes_one_event_at_a_time(fresh: Worker) -> None:
    assert bound(fresh, "on_failure")["eventGridTrigger"] == {
        "direction": "IN",
        "type": "eventGridTrigger",
        "name": "event",
    }


def test_retention_runs_once_a_night(fresh: Worker) -> None:
    assert bound(fresh, "retention")["timerTrigger"]["schedule"] == "0 17 3 * * *"


def test_diagnose_is_a_post_that_needs_a_function_key(fresh: Worker) -> None:
    assert bound(fresh, "on_request")["httpTrigger"] == {
        "direction": "IN",
        "type": "httpTrigger",
        "name": "req",
        "methods": ["POST"],
        "authLevel": "FUNCTION",
        "route": "diagnose",
    }


def test_indexing_speaks_to_nobody(indexed: dict[str, Any]) -> None:
    assert indexed["network"] == []


def test_indexing_imports_no_sdk(indexed: dict[str, Any]) -> None:
    """The library of Durable Functions brings aiohttp, opentelemetry and dateutil, which no app can help."""
    assert [name for name in indexed["modules"] if name.startswith(SDKS)] == []


def test_indexing_imports_none_of_what_the_activities_need(indexed: dict[str, Any]) -> None:
    needed = ("acimedic.azure", "acimedic.store", "acimedic.pipeline", "acimedic.lifecycle.activities", "checks")
    assert [name for name in indexed["modules"] if name.startswith(needed)] == []


def test_what_is_watched_for_is_seen_when_a_trigger_fires(worker: Worker, event: dict[str, Any]) -> None:
    """Otherwise the tests above would prove nothing."""
    worker.post({"event": event})
    worker.event(event)
    about = worker.ask("about")
    assert about["network"]
    assert {"azure.core", "azure.mgmt.containerinstance", "acimedic.store.embedded"} <= set(about["modules"])


def test_the_app_runs_on_what_ships_and_not_on_the_checkout(fresh: Worker, indexed: dict[str, Any]) -> None:
    ours = {
        name: file
        for name, file in indexed["modules"].items()
        if name.partition(".")[0] in {"function_app", "acimedic", "checks", "remediation"}
    }
    assert "acimedic.web.hosted" in ours
    assert all(Path(file).is_relative_to(fresh.app) for file in ours.values())
