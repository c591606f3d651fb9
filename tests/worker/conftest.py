"""A worker over a make-believe Azure, and events that carry what must never be told."""

import socket
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from acimedic.simulator import Simulator, load_world
from tests.worker.extension import DurableEndpoint
from tests.worker.harness import Worker, need_library

PERSONAL = (
    "Petra Musterfrau",
    "petra.musterfrau@contoso.example",
    "203.0.113.77",
    "0f6c2a9e-5b1d-4a77-9c3e-2d8b71e4f005",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the copy of the app lies that all workers of a run share."""
    need_library()
    return tmp_path_factory.mktemp("worker")


@pytest.fixture(scope="session")
def azure() -> Iterator[Simulator]:
    """The make-believe Azure of all that changes nothing in it."""
    with Simulator(load_world("role-missing")) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def durable() -> Iterator[DurableEndpoint]:
    with DurableEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker keeps incidents."""
    return tmp_path_factory.mktemp("store") / "acimedic.db"


@pytest.fixture(scope="session")
def worker(folder: Path, azure: Simulator, durable: DurableEndpoint, store: Path) -> Iterator[Worker]:
    """The worker over the world in which the pull identity was never given a role."""
    settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_STORE": str(store), "ACIMEDIC_MODE": "review"}
    with Worker(folder, settings, durable=durable) as started:
        yield started


@pytest.fixture(scope="session")
def cut_off(folder: Path, durable: DurableEndpoint, store: Path) -> Iterator[Worker]:
    """A worker for which no Azure answers: the port was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {
        "ACIMEDIC_GATEWAY": f"http://127.0.0.1:{port}",
        "ACIMEDIC_TIME_LIMIT": "10",
        "ACIMEDIC_STORE": str(store),
    }
    with Worker(folder, settings, durable=durable) as started:
        yield started


@pytest.fixture
def event() -> dict[str, Any]:
    """The event of the missing role in Event Grid schema, with a person in its claims."""
    found: dict[str, Any] = deepcopy(load_world("role-missing")["event"])
    name, mail, address, object_id = PERSONAL
    found["data"]["claims"] |= {
        "name": name,
        "ipaddr": address,
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": mail,
        "http://schemas.microsoft.com/identity/claims/objectidentifier": object_id,
    }
    found["data"]["httpRequest"] = {"clientIpAddress": address, "method": "PUT", "url": "https://example.test"}
    return found


@pytest.fixture
def failure(event: dict[str, Any]) -> dict[str, Any]:
    """A failure of the same container group that nobody has heard of yet."""
    return event | {"id": str(uuid4()), "data": event["data"] | {"correlationId": str(uuid4())}}


@pytest.fixture
def cloud_event(event: dict[str, Any]) -> dict[str, Any]:
    """The event as CloudEvents 1.0 has it."""
    return as_cloud_event(event)


def as_cloud_event(event: dict[str, Any]) -> dict[str, Any]:
    """The same event as CloudEvents 1.0 has it, with an attribute that Event Grid's sources add."""
    return {
        "specversion": "1.0",
        "id": event["id"],
        "source": event["topic"],
        "subject": event["subject"],
        "type": event["eventType"],
        "time": event["eventTime"],
        "data": event["data"],
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }
