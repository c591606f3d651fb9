"""The app as the worker library indexes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.worker.harness import Worker

SDKS = ("aiohttp", "azure.core", "azure.identity", "azure.mgmt", "msal", "requests")


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


def test_there_are_two_functions(fresh: Worker) -> None:
    assert set(fresh.functions) == {"on_failure", "diagnose"}


def test_on_failure_is_an_event_grid_trigger(fresh: Worker) -> None:
    (binding,) = fresh.functions["on_failure"]["bindings"]
    assert binding == {"direction": "IN", "type": "eventGridTrigger", "name": "event"}


def test_diagnose_is_a_post_that_needs_a_function_key(fresh: Worker) -> None:
    asked, answered = fresh.functions["diagnose"]["bindings"]
    assert asked == {
        "direction": "IN",
        "type": "httpTrigger",
        "name": "req",
        "methods": ["POST"],
        "authLevel": "FUNCTION",
        "route": "diagnose",
    }
    assert answered == {"direction": "OUT", "type": "http", "name": "$return"}


def test_indexing_speaks_to_nobody(indexed: dict[str, Any]) -> None:
    assert indexed["network"] == []


def test_indexing_imports_no_sdk(indexed: dict[str, Any]) -> None:
    assert [name for name in indexed["modules"] if name.startswith(SDKS)] == []


def test_what_is_watched_for_is_seen_when_a_trigger_fires(worker: Worker, event: dict[str, Any]) -> None:
    """Otherwise the two tests above would prove nothing."""
    worker.event(event)
    about = worker.ask("about")
    assert about["network"]
    assert {"aiohttp", "azure.core", "azure.mgmt.containerinstance"} <= set(about["modules"])


def test_the_app_runs_on_what_ships_and_not_on_the_checkout(fresh: Worker, indexed: dict[str, Any]) -> None:
    ours = {
        name: file
        for name, file in indexed["modules"].items()
        if name.partition(".")[0] in {"function_app", "acimedic", "checks", "remediation"}
    }
    assert "acimedic.web.handlers" in ours
    assert all(Path(file).is_relative_to(fresh.app) for file in ours.values())
