"""Whatever the description of the API allows, and much that it does not, sent to a server that really runs.

No answer is a fault of the server's, and each is as it is described.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from acimedic.incident import from_event
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.local import Local, history_of
from acimedic.lifecycle.opening import open_tools
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.web.described import OPERATIONS

WORLD: dict[str, Any] = load_world("role-missing")
GROUP = WORLD["event"]["data"]["resourceUri"]
KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
_OTHER_NAMES = {"id": KNOWN, "check": "image-not-found"}
_QUESTIONS = ({"resourceId": GROUP}, {"event": WORLD["event"]})
_LONGEST = 60


@dataclass(frozen=True)
class Server:
    """A server with one incident, which was diagnosed."""

    url: str
    api: Any


@contextmanager
def process(folder: Path, gateway: str) -> Iterator[str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    chosen = {
        "ACIMEDIC_STORE": str(folder / "medic.db"),
        "ACIMEDIC_GATEWAY": gateway,
        "ACIMEDIC_REQUESTS_PER_MINUTE": "10000",
        "ACIMEDIC_TIME_LIMIT": "300",
    }
    arguments = [sys.executable, "-m", "acimedic", "serve", "--port", "0"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(arguments, env=kept | chosen, text=True, stdout=subprocess.PIPE, stderr=log) as started,
    ):
        try:
            assert started.stdout is not None
            yield started.stdout.readline().strip()
        finally:
            started.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("api")
    with Simulator(WORLD) as azure:
        asyncio.run(_diagnosed(Settings(gateway=azure.url, store=str(folder / "medic.db"), time_limit=300.0)))
        with process(folder, azure.url) as url:
            yield Server(url=url, api=schemathesis.openapi.from_url(f"{url}/api/openapi.json"))
        assert "Traceback" not in (folder / "log").read_text(encoding="utf-8")


async def _diagnosed(there: Settings) -> None:
    """The story of one incident has gone as far as it goes by itself."""
    async with open_tools(there) as tools:
        with Local(tools, history_of(_file_of(there))) as local:
            assert await receive(from_event(WORLD["event"]), tools, local) == (KNOWN,)
            await local.advance()


def _file_of(there: Settings) -> Path:
    assert there.store is not None
    return Path(there.store)


def _tries() -> Iterator[tuple[str, str, bool]]:
    """Each operation, as it is described; and where there is anything to be done wrongly, done wrongly."""
    for (method, path), told in sorted(OPERATIONS.items()):
        yield method, path, True
        if "requestBody" in told or "parameters" in told or "{" in path:
            yield method, path, False


@pytest.mark.parametrize(("method", "path", "allowed"), list(_tries()))
def test_every_answer_is_as_described(server: Server, method: str, path: str, allowed: bool) -> None:
    operation = server.api[path][method]
    mode = GenerationMode.POSITIVE if allowed else GenerationMode.NEGATIVE

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        known=st.booleans(),
        accept=st.sampled_from(["application/json", "text/html", "*/*"]),
        question=st.sampled_from(_QUESTIONS),
    )
    def tried(case: Any, known: bool, accept: str, question: dict[str, Any]) -> None:
        if known:  # no id is ever met by chance
            _made_known(case, question)
        response = case.call(headers={"Accept": accept}, timeout=_LONGEST, allow_redirects=False)
        # That something is wrong with the app is what it was asked for: a status and a body that are described.
        degraded = path == "/api/doctor" and response.status_code == 503 and response.json()["status"] == "degraded"
        case.validate_response(response, checks=CHECKS[1:] if degraded else CHECKS)

    tried()


def _made_known(case: Any, question: dict[str, Any]) -> None:
    for name in case.path_parameters or {}:
        case.path_parameters[name] = _OTHER_NAMES[name]
    if case.path == "/api/diagnose" and isinstance(case.body, dict):
        case.body = {key: value for key, value in case.body.items() if key not in {"resourceId", "event"}} | question


def test_the_description_says_nothing_that_openapi_does_not_know(server: Server) -> None:
    server.api.validate()


def test_what_was_asked_for_in_between_has_left_the_server_in_order(server: Server) -> None:
    answer = requests.post(f"{server.url}/api/diagnose", json={"resourceId": GROUP}, timeout=_LONGEST)
    assert (answer.status_code, answer.json()["root_cause"]) == (200, "pull-role-missing")
    assert json.loads(requests.get(f"{server.url}/api/incidents", timeout=_LONGEST).content)["incidents"]
