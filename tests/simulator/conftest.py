"""What the tests of the simulator share: a caller that speaks HTTP to it, and the recordings it is held against."""

import http.client
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from acimedic.simulator import Simulator, load_world, pull_outcome

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Caller:
    """Sends requests to a simulator as the product does: plain HTTP, the real host in Host."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"))

    @property
    def world(self) -> dict[str, Any]:
        return self.simulator.world

    def __call__(
        self,
        method: str,
        path: str,
        *,
        host: str = "management.azure.com",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        data = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
        sent = {"Host": host, "Authorization": "Bearer make-believe"} | (headers or {})
        target = quote(path, safe="/?&=:$,()'%~.-_+")
        self._connection.request(method, target, data, {name: value for name, value in sent.items() if value})
        response = self._connection.getresponse()
        raw = response.read()
        lowered = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, json.loads(raw) if raw else None, lowered)

    def get(self, path: str, version: str, **more: Any) -> Answer:
        mark = "&" if "?" in path else "?"
        return self("GET", f"{path}{mark}api-version={version}", **more)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def start() -> Iterator[Callable[[dict[str, Any]], Caller]]:
    """Starts a simulator over a world and gives its caller."""
    made: list[Caller] = []

    def starting(world: dict[str, Any]) -> Caller:
        made.append(Caller(Simulator(world)))
        return made[-1]

    yield starting
    for caller in made:
        caller.close()
        caller.simulator.stop()
        assert caller.simulator.failures == []


@pytest.fixture
def healthy() -> dict[str, Any]:
    return load_world("healthy")


@pytest.fixture
def azure(start: Callable[[dict[str, Any]], Caller], healthy: dict[str, Any]) -> Caller:
    return start(healthy)


@pytest.fixture
def group() -> dict[str, Any]:
    """The container group that the healthy deployment asks for, evaluated by hand."""
    identity = load_world("healthy")["identities"]["pull"]["id"]
    return {
        "name": "cg-web-01",
        "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
        "properties": {
            "osType": "Linux",
            "imageRegistryCredentials": [{"server": "contoso.azurecr.io", "identity": identity}],
            "containers": [
                {
                    "name": "web",
                    "properties": {
                        "image": "contoso.azurecr.io/app/web:1.4.2",
                        "environmentVariables": [{"name": "ORDERS_API_KEY", "secureValue": "s3cret"}],
                        "resources": {"requests": {"cpu": 1, "memoryInGB": 2}},
                    },
                }
            ],
        },
    }


def payload_folder() -> Path:
    if not PAYLOADS.is_dir():
        reason = "the recorded payloads are not beside this checkout"
        if os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(reason)
        pytest.skip(reason)
    return PAYLOADS


@pytest.fixture
def payloads() -> Path:
    return payload_folder()


@pytest.fixture
def recorded(payloads: Path) -> Callable[..., list[dict[str, Any]]]:
    """Gives the exchanges of recordings whose name begins so, with the path and query split off."""

    def read(pattern: str) -> list[dict[str, Any]]:
        exchanges = []
        for path in sorted((payloads / "b-interactions").glob(f"{pattern}.json")):
            for number, exchange in enumerate(json.loads(path.read_text(encoding="utf-8"))):
                host, _, target = exchange["uri"].removeprefix("https://").partition("/")
                where = {"host": host.removesuffix(":443"), "target": f"/{target}", "file": path.stem, "number": number}
                exchanges.append(exchange | where)
        return exchanges

    return read


@pytest.fixture
def found() -> Callable[..., Iterator[dict[str, Any]]]:
    """Picks the exchanges whose path and query match, by method and status."""

    def pick(
        exchanges: list[dict[str, Any]], pattern: str, method: str = "GET", status: int = 200
    ) -> Iterator[dict[str, Any]]:
        for exchange in exchanges:
            matched = re.search(pattern, exchange["target"], re.IGNORECASE)
            if matched and exchange["method"] == method and exchange["status"] == status:
                yield exchange

    return pick


@pytest.fixture
def code() -> Callable[..., str]:
    """Asks the witness about a group and gives one word: pulled, or the code of the refusal."""

    def judge(world: dict[str, Any], group: dict[str, Any], version: str = "2023-05-01") -> str:
        status, body = pull_outcome(world, group, version)
        assert (status == 201) == (body is None)
        assert status in (201, 400, 409)
        return "pulled" if body is None else str(body["error"]["code"])

    return judge
