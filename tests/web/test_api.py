"""The table of addresses: what is found, who is let in, and what a diagnosis that takes long comes to."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.approver import ROLE, Reader
from acimedic.lifecycle.messages import Json
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.web import handlers, hosted
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.limits import Limits
from acimedic.web.site import ROUTES, Doors, Site, answer, find
from tests.web.desk import INCIDENT, Desk, desk

WORLD: dict[str, Any] = load_world("role-missing")
EVENT = WORLD["event"]
GROUP = EVENT["data"]["resourceUri"]
KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
ASKED = json.dumps({"event": EVENT}).encode()
JSON = {"Content-Type": "application/json"}
HTML = {"Accept": "text/html,application/xhtml+xml"}
OPEN = Doors(looks=lambda _: Reader(may_decide=True), decides=lambda _: None, asks=lambda _: None)
SIGNED_IN = {"WEBSITE_AUTH_ENABLED": "True"}


@dataclass
class Stories:
    """Begins and wakes nothing, and remembers what it was to."""

    begun: list[str] = field(default_factory=list)

    async def start(self, incident: str, given: Json) -> None:
        self.begun.append(incident)

    async def wake(self, incident: str, nonce: str) -> None:
        raise AssertionError("nobody decided")


@dataclass(frozen=True)
class Sent:
    """A request as the Functions host hands it over."""

    method: str = "GET"
    url: str = "https://medic.example.test/api/incidents"
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def get_body(self) -> bytes:
        return self.body


def asked(method: str, path: str, **more: Any) -> Asked:
    return Asked(method=method, origin="http://127.0.0.1", path=path, **more)


def answered(folder: Path, question: Asked, *, doors: Doors = OPEN, **changes: Any) -> Answer:
    async def whole() -> Answer:
        async with desk(folder, **changes) as sitting:
            return await answer(question, _site(sitting), doors)

    return asyncio.run(whole())


def _site(sitting: Desk, **changes: Any) -> Site:
    made = Site(tools=sitting.tools, take_in=None, waker=sitting.woken, came=lambda: None)
    return replace(made, **changes)


# --- what is found


@pytest.mark.parametrize("path", [route.path for route in ROUTES])
def test_each_address_is_found(path: str) -> None:
    found = find(path.replace("{id}", INCIDENT).replace("{check}", "image-not-found"))
    assert found is not None
    assert found[0].path == path


def test_an_address_may_be_percent_encoded() -> None:
    found = find("/api/%63hecks/image%2Dnot-found")
    assert found is not None
    assert found[1] == {"id": "image-not-found"}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//",
        "/api",
        "/api/",
        "/api/incidents/",
        "/api/incidents/1",
        f"/api/incidents/{INCIDENT.upper()}/",
        f"/api/incidents/{INCIDENT}%2Faudit",
        f"/api/incidents/..%2F{INCIDENT}",
        "/api/checks/..",
        "/API/INCIDENTS",
        "/api/incidents\x00",
    ],
)
def test_nothing_else_is(path: str) -> None:
    assert find(path) is None


def test_what_is_not_there_is_a_problem(tmp_path: Path) -> None:
    given = answered(tmp_path, asked("GET", "/nowhere"))
    assert (given.status, given.headers["Content-Type"]) == (404, "application/problem+json")


def test_what_is_not_there_is_a_page_for_a_browser(tmp_path: Path) -> None:
    given = answered(tmp_path, asked("GET", "/nowhere", headers=HTML))
    assert (given.status, given.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/api/diagnose", "POST"),
        ("DELETE", f"/api/incidents/{INCIDENT}", "GET, HEAD"),
        ("PUT", "/api/events", "POST, OPTIONS"),
        ("PATCH", f"/api/incidents/{INCIDENT}/decision", "GET, HEAD, POST"),
        ("POST", "/", "GET, HEAD"),
        ("TRACE", "/api/openapi.json", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(tmp_path: Path, method: str, path: str, allow: str) -> None:
    given = answered(tmp_path, asked(method, path))
    assert (given.status, given.headers["Allow"]) == (405, allow)


@pytest.mark.parametrize("path", ["/api/incidents", f"/api/incidents/{INCIDENT}", "/api/checks", "/api/openapi.json"])
def test_what_is_got_can_be_asked_for_its_headers(tmp_path: Path, path: str) -> None:
    got, head = (answered(tmp_path, asked(method, path)) for method in ("GET", "HEAD"))
    assert (got.status, dict(got.headers)) == (head.status, dict(head.headers))


def test_what_breaks_is_told_as_a_defect_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        raise ZeroDivisionError("a secret that no caller is to see")

    given = answered(tmp_path, asked("GET", "/api/incidents"), doors=replace(OPEN, looks=lambda _: broken()))
    assert (given.status, b"secret" in given.body) == (500, False)
    assert "ZeroDivisionError" in caplog.text


# --- a diagnosis on request


@contextmanager
def deaf() -> Iterator[str]:
    """Somebody takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_what_takes_too_long_goes_on_as_an_incident(tmp_path: Path) -> None:
    stories = Stories()

    async def whole(url: str) -> tuple[Answer, bool]:
        async with desk(tmp_path, settings=Settings(gateway=url, time_limit=0.3)) as sitting:
            other = {"event": EVENT | {"data": EVENT["data"] | {"correlationId": "another"}}}
            question = asked("POST", "/api/diagnose", body=json.dumps(other).encode(), headers=JSON)
            given = await answer(question, _site(sitting, stories=stories), OPEN)
            return given, await sitting.tools.store.incident(stories.begun[0]) is not None

    with deaf() as url:
        given, kept = asyncio.run(whole(url))
    (incident,) = stories.begun
    assert (given.status, given.headers["Location"], kept) == (202, f"/api/incidents/{incident}", True)
    assert json.loads(given.body) == {"incident": incident, "also": [], "status": f"/api/incidents/{incident}"}


def test_where_nobody_goes_on_whoever_asks_waits(tmp_path: Path) -> None:
    question = asked("POST", "/api/diagnose", body=ASKED, headers=JSON)
    with deaf() as url:
        given = answered(tmp_path, question, settings=Settings(gateway=url, time_limit=0.3))
    assert given.status == 502


def test_an_answer_in_time_begins_no_story(tmp_path: Path) -> None:
    stories = Stories()

    async def whole(url: str) -> int:
        async with desk(tmp_path, settings=Settings(gateway=url, time_limit=300.0)) as sitting:
            question = asked("POST", "/api/diagnose", body=ASKED, headers=JSON)
            return (await answer(question, _site(sitting, stories=stories), OPEN)).status

    with Simulator(WORLD) as azure:
        assert (asyncio.run(whole(azure.url)), stories.begun) == (200, [])


@pytest.mark.parametrize("asked_for", [{"event": EVENT}, {"resourceId": GROUP}])
def test_a_subscription_that_is_not_served_is_refused_unasked(asked_for: dict[str, Any]) -> None:
    with Simulator(WORLD) as azure:
        there = Settings(gateway=azure.url, subscriptions=("00000000-0000-0000-0000-000000000000",))
        given = asyncio.run(handlers.diagnose("application/json", json.dumps(asked_for).encode(), there))
        asked_azure = len(azure.requests)
    assert (given.status, asked_azure) == (403, 0)


def test_a_subscription_that_is_served_is_answered() -> None:
    with Simulator(WORLD) as azure:
        there = Settings(gateway=azure.url, subscriptions=(GROUP.split("/")[2].lower(),), time_limit=300.0)
        assert asyncio.run(handlers.diagnose("application/json", ASKED, there)).status == 200


# --- in the Function App


@asynccontextmanager
async def limited(per_minute: int) -> AsyncIterator[Settings]:
    hosted._limits.cache_clear()
    yield Settings(gateway="http://127.0.0.1:9", requests_per_minute=per_minute)
    hosted._limits.cache_clear()


def statuses(*keys: str, per_minute: int = 2) -> list[Answer]:
    async def whole() -> list[Answer]:
        async with limited(per_minute) as there:
            return [
                await hosted.diagnose(
                    Sent("POST", headers=JSON | {"X-Functions-Key": key}, body=b"{}"), there, {}, None
                )
                for key in keys
            ]

    return asyncio.run(whole())


def test_whoever_asks_too_often_is_told_when_to_come() -> None:
    *_, last = statuses("a", "a", "a")
    assert (last.status, last.headers["Retry-After"]) == (429, "30")
    assert last.headers["Content-Type"] == "application/problem+json"


def test_each_key_has_its_own_share() -> None:
    assert [each.status for each in statuses("a", "a", "a", "b")] == [400, 400, 429, 400]


def test_on_one_machine_everybody_is_one_caller(tmp_path: Path) -> None:
    limits = Limits(1, lambda: 0.0)
    question = asked("POST", "/api/diagnose", body=b"{}", headers=JSON)

    async def whole() -> list[int]:
        async with desk(tmp_path) as sitting:
            doors = replace(OPEN, asks=lambda _: limits.take(""))
            return [(await answer(question, _site(sitting), doors)).status for _ in range(2)]

    assert asyncio.run(whole()) == [400, 429]


def signed_in(*roles: str) -> dict[str, str]:
    claims = [("http://schemas.microsoft.com/identity/claims/objectidentifier", "0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b")]
    claims += [("roles", role) for role in roles]
    told = {"claims": [{"typ": kind, "val": value} for kind, value in claims]}
    return {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(told).encode()).decode()}


def in_cloud(folder: Path, sent: Sent, environment: Mapping[str, str] = SIGNED_IN, **changes: Any) -> Answer:
    there = replace(Settings(store=str(folder / "medic.db")), **changes)
    return asyncio.run(hosted.serve(sent, there, environment, Stories()))


def at(path: str, method: str = "GET", *roles: str, **headers: str) -> Sent:
    return Sent(method, f"https://medic.example.test{path}", headers=signed_in(*roles) | headers)


EVERYTHING = [
    (method, route.path.replace("{id}", KNOWN).replace("{check}", "image-not-found"))
    for route in ROUTES
    for method in route.methods
]
# They say ok or degraded to everybody, and more to the key of their own function: see test_health.py.
HEALTH = {"/api/health", "/api/health/details"}


@pytest.mark.parametrize(("method", "path"), [each for each in EVERYTHING if each[1] not in HEALTH])
def test_without_authentication_everything_is_closed(tmp_path: Path, method: str, path: str) -> None:
    given = in_cloud(tmp_path, at(path, method, ROLE), {})
    assert given.status == 503
    assert b"authentication is not on" in given.body


@pytest.mark.parametrize(("method", "path"), [each for each in EVERYTHING if each[1] not in HEALTH | {"/api/diagnose"}])
def test_whoever_has_not_signed_in_learns_nothing(tmp_path: Path, method: str, path: str) -> None:
    given = in_cloud(tmp_path, Sent(method, f"https://medic.example.test{path}"))
    assert (given.status, given.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert not (tmp_path / "medic.db").exists()


def test_whoever_has_signed_in_may_look(tmp_path: Path) -> None:
    assert in_cloud(tmp_path, at("/api/incidents")).status == 200


def test_looking_is_not_deciding(tmp_path: Path) -> None:
    assert in_cloud(tmp_path, at(f"/api/incidents/{KNOWN}/decision", "POST", Accept="application/json")).status == 403


@pytest.mark.parametrize("path", ["/api/diagnose", "/api/Diagnose", "/api/diagnose/../incidents", "/api/diagnose/"])
def test_who_is_named_where_authentication_is_left_out_is_not_believed(tmp_path: Path, path: str) -> None:
    given = in_cloud(tmp_path, at(path, "GET", ROLE))
    assert (given.status, b"not guarded by authentication" in given.body) == (503, True)


def test_the_webhook_is_not_there_in_the_cloud(tmp_path: Path) -> None:
    assert in_cloud(tmp_path, at("/api/events", "POST", ROLE)).status == 404


def test_a_refusal_is_a_page_for_a_browser(tmp_path: Path) -> None:
    given = in_cloud(tmp_path, Sent(headers=HTML))
    assert (given.status, given.headers["Content-Type"]) == (401, "text/html; charset=utf-8")


@pytest.mark.parametrize("store", [None, "/no/such/folder/medic.db"])
def test_a_store_that_cannot_be_had_is_told(tmp_path: Path, store: str | None) -> None:
    given = in_cloud(tmp_path, at("/api/incidents"), store=store)
    assert (given.status, given.headers["Content-Type"]) == (503 if store else 500, "application/problem+json")


def test_in_the_cloud_too_what_takes_long_goes_on_as_an_incident(tmp_path: Path) -> None:
    stories = Stories()
    with deaf() as url:
        there = Settings(gateway=url, time_limit=0.3, store=str(tmp_path / "medic.db"))
        given = asyncio.run(hosted.diagnose(Sent("POST", headers=JSON, body=ASKED), there, {}, stories))
    assert (given.status, stories.begun) == (202, [KNOWN])


def test_where_nothing_can_be_recorded_nobody_is_sent_to_look_for_it(tmp_path: Path) -> None:
    stories = Stories()
    with deaf() as url:
        there = Settings(gateway=url, time_limit=0.3, store="/no/such/folder/medic.db")
        given = asyncio.run(hosted.diagnose(Sent("POST", headers=JSON, body=ASKED), there, {}, stories))
    assert (given.status, stories.begun) == (503, [])
