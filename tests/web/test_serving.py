"""The server on this machine, over a real socket: who is answered, what goes on behind it, how it ends."""

import asyncio
import io
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
from yarl import URL

from acimedic.lifecycle.history import BusyError
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.web.routes import Site, application, is_of_this_machine
from acimedic.web.serving import Background, serve
from tests.web.desk import INCIDENT, Desk, desk

Result = TypeVar("Result")
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PAGE = f"/api/incidents/{INCIDENT}/decision"
EVENT = {"id": "1", "eventType": "Microsoft.Resources.ResourceWriteFailure", "data": {"a": 1}}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Stories:
    """What goes on in the background: each turn is told, and may fail."""

    troubles: list[BaseException] = field(default_factory=list)
    due: list[datetime] = field(default_factory=list)
    turns: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    count: int = 0

    async def advance(self) -> None:
        self.count += 1
        self.turns.put_nowait(self.count)
        if self.troubles:
            raise self.troubles.pop(0)

    def next_due(self) -> datetime | None:
        return self.due.pop(0) if self.due else None

    async def turn(self, number: int) -> None:
        """Wait until so many turns have begun."""
        async with asyncio.timeout(10):
            while await self.turns.get() < number:
                pass


@dataclass
class Served:
    """A server that answers."""

    url: URL
    client: aiohttp.ClientSession
    desk: Desk
    stories: Stories
    taken: list[Mapping[str, object]]
    until: asyncio.Event
    going: asyncio.Task[None]

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, str, Mapping[str, str]]:
        async with self.client.request(method, self.url.join(URL(path)), **more) as answer:
            return answer.status, await answer.text(), answer.headers

    async def status(self, method: str, path: str, **more: Any) -> int:
        return (await self.ask(method, path, **more))[0]


@asynccontextmanager
async def served(folder: Path, **changes: Any) -> AsyncIterator[Served]:
    stories, until, ready = Stories(), asyncio.Event(), asyncio.Event()
    taken: list[Mapping[str, object]] = []

    async def take_in(event: Mapping[str, object]) -> None:
        taken.append(event)

    async with desk(folder, **changes) as sitting:
        listening = socket.create_server(("127.0.0.1", 0))
        background = Background(stories.advance, stories.next_due, lambda: NOW, after_trouble=0)
        site = Site(tools=sitting.tools, take_in=take_in, waker=sitting.woken, came=background.came)
        url = URL(f"http://127.0.0.1:{listening.getsockname()[1]}")
        going = asyncio.create_task(serve(application(site), listening, background, until=until, ready=ready.set))
        await ready.wait()
        async with aiohttp.ClientSession() as client:
            yield Served(url=url, client=client, desk=sitting, stories=stories, taken=taken, until=until, going=going)
        until.set()
        await going


def at_server(folder: Path, work: Callable[[Served], Awaitable[Result]], **changes: Any) -> Result:
    async def whole() -> Result:
        async with served(folder, **changes) as server:
            return await work(server)

    return asyncio.run(whole())


def refused(folder: Path, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, list[Any]]:
    """A request that could decide or deliver, had it come from elsewhere: its status, and what came of it."""

    async def work(server: Served) -> tuple[int, list[Any]]:
        body = f"token={server.desk.token()}&decision=approve" if path == PAGE else json.dumps(EVENT)
        kind = FORM if path == PAGE else {"Content-Type": "application/json"}
        status = await server.status(method, path, data=body, headers=kind | dict(headers))
        return status, [*await server.desk.decided(), *server.taken]

    return at_server(folder, work)


# --- what is served


def test_a_link_is_opened_and_decided_on(tmp_path: Path) -> None:
    async def work(server: Served) -> tuple[int, list[str], list[tuple[str, str]]]:
        looked = await server.status("GET", f"{PAGE}?token={server.desk.token()}")
        assert looked == 200
        body = {"token": server.desk.token("reject"), "decision": "reject"}
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        decided = await server.status("POST", PAGE, data=body, headers=headers)
        return decided, await server.desk.decided(), server.desk.woken.said

    status, decided, woken = at_server(tmp_path, work)
    assert (status, decided, [incident for incident, _ in woken]) == (200, ["reject"], [INCIDENT])


def test_a_head_of_the_page_has_its_headers_and_no_body(tmp_path: Path) -> None:
    async def work(server: Served) -> tuple[int, str, Mapping[str, str]]:
        return await server.ask("HEAD", f"{PAGE}?token={server.desk.token()}")

    status, body, headers = at_server(tmp_path, work)
    assert (status, body, headers["Referrer-Policy"]) == (200, "", "no-referrer")


def test_an_event_is_taken_in_and_the_stories_go_on(tmp_path: Path) -> None:
    async def work(server: Served) -> tuple[int, list[Mapping[str, object]]]:
        await server.stories.turn(1)
        status = await server.status("POST", "/api/events", json=[EVENT])
        await server.stories.turn(2)
        return status, server.taken

    assert at_server(tmp_path, work) == (200, [EVENT])


def test_a_decision_makes_the_stories_go_on(tmp_path: Path) -> None:
    async def work(server: Served) -> None:
        await server.stories.turn(1)
        await server.ask("POST", PAGE, data={"token": server.desk.token(), "decision": "approve"})
        await server.stories.turn(2)

    at_server(tmp_path, work)


def test_the_handshake_of_cloudevents_goes_through(tmp_path: Path) -> None:
    async def work(server: Served) -> tuple[int, str]:
        headers = {"WebHook-Request-Origin": "eventgrid.azure.net"}
        status, _, told = await server.ask("OPTIONS", "/api/events", headers=headers)
        return status, told["WebHook-Allowed-Origin"]

    assert at_server(tmp_path, work) == (200, "eventgrid.azure.net")


def test_a_diagnosis_is_made_on_request(tmp_path: Path) -> None:
    world: dict[str, Any] = load_world("role-missing")

    async def work(server: Served) -> tuple[int, str]:
        return (await server.ask("POST", "/api/diagnose", json={"event": world["event"]}))[:2]

    with Simulator(world) as azure:
        status, body = at_server(tmp_path, work, settings=Settings(gateway=azure.url))
    assert (status, json.loads(body)["root_cause"]) == (200, "pull-role-missing")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/diagnose", 405),
        ("POST", "/api/incidents/x/decision/", 404),
        ("GET", "/a%00", 404),
    ],
)
def test_what_is_not_there_is_a_problem(tmp_path: Path, method: str, path: str, status: int) -> None:
    got, _, headers = at_server(tmp_path, lambda server: server.ask(method, path))
    assert (got, headers["Content-Type"]) == (status, "application/problem+json")


def test_a_path_of_tricks_finds_no_incident(tmp_path: Path) -> None:
    async def work(server: Served) -> int:
        path = URL("/api/incidents/..%2F..%2Fetc%2Fpasswd/decision", encoded=True)
        async with server.client.get(server.url.join(path)) as answer:
            return answer.status

    assert at_server(tmp_path, work) == 404


@pytest.mark.parametrize(("path", "most"), [(PAGE, 16 * 1024), ("/api/events", 1024 * 1024), ("/api/diagnose", 2**21)])
def test_a_body_that_is_too_long_is_refused(tmp_path: Path, path: str, most: int) -> None:
    kind = FORM if path == PAGE else {"Content-Type": "application/json"}

    async def work(server: Served) -> int:
        return await server.status("POST", path, data=io.BytesIO(b"x" * (most + 1)), headers=kind)

    assert at_server(tmp_path, work) == 413


def test_no_address_with_a_token_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def work(server: Served) -> str:
        token = server.desk.token()
        await server.ask("GET", f"{PAGE}?token={token}")
        await server.ask("GET", f"{PAGE}?token=forged-{token}")
        return token

    assert at_server(tmp_path, work) not in caplog.text


# --- who is answered


@pytest.mark.parametrize("host", ["localhost", "localhost:7071", "127.0.0.1:80", "127.8.9.1", "[::1]:7071", "[::1]"])
def test_a_name_of_this_machine_is_answered(host: str) -> None:
    assert is_of_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example.test",
        "localhost.evil.example.test",
        "127.0.0.1.evil.example.test",
        "evil.example.test:7071",
        "localhost@evil.example.test",
        "evil.example.test/localhost",
        "192.0.2.7",
        "0.0.0.0",
        "[::]",
        "[::1",
        "localhost:x",
        "localhost:7071#",
        "[::ffff:192.0.2.7]",
        ":7071",
    ],
)
def test_any_other_name_is_none_of_this_machine(host: str) -> None:
    assert not is_of_this_machine(host)


@pytest.mark.parametrize("path", [PAGE, "/api/events", "/api/diagnose", "/"])
def test_under_another_name_nothing_is_answered(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path, "POST", path, {"Host": "evil.example.test"}) == (421, [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_under_another_name_nothing_is_shown(tmp_path: Path, method: str) -> None:
    async def work(server: Served) -> int:
        headers = {"Host": "evil.example.test"}
        return await server.status(method, f"{PAGE}?token={server.desk.token()}", headers=headers)

    assert at_server(tmp_path, work) == 421


@pytest.mark.parametrize("path", [PAGE, "/api/events", "/api/diagnose"])
@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_sends_nothing(tmp_path: Path, path: str, headers: dict[str, str]) -> None:
    assert refused(tmp_path, "POST", path, headers) == (403, [])


def test_only_the_loopback_address_listens(tmp_path: Path) -> None:
    async def work(server: Served) -> str | None:
        return server.url.host

    assert at_server(tmp_path, work) == "127.0.0.1"


# --- what goes on behind it


def run(stories: Stories, work: Callable[[Background], Awaitable[None]]) -> None:
    async def whole() -> None:
        background = Background(stories.advance, stories.next_due, lambda: NOW, after_trouble=0)
        going = asyncio.create_task(background.run())
        await work(background)
        background.end()
        await asyncio.wait_for(going, 10)

    asyncio.run(whole())


def test_a_timer_that_is_due_makes_the_stories_go_on() -> None:
    stories = Stories(due=[NOW + timedelta(seconds=0.01), NOW - timedelta(hours=1)])
    run(stories, lambda _: stories.turn(3))
    assert stories.count == 3


def test_where_nothing_is_due_nothing_is_done() -> None:
    stories = Stories()

    async def work(_: Background) -> None:
        await stories.turn(1)
        for _turn in range(50):
            await asyncio.sleep(0)

    run(stories, work)
    assert stories.count == 1


def test_no_error_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    stories = Stories(troubles=[OSError("the disk is full"), ValueError("damaged")])
    run(stories, lambda _: stories.turn(3))
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_a_trouble_that_lasts_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    stories = Stories(troubles=[OSError("the disk is full") for _ in range(5)])
    run(stories, lambda _: stories.turn(6))
    assert len(caplog.records) == 1


def test_while_another_process_runs_the_stories_it_waits_for_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    stories = Stories(troubles=[BusyError("another process is running medic.db.stories")] * 3)
    run(stories, lambda _: stories.turn(4))
    (record,) = caplog.records
    assert "another process is running" in record.getMessage()
    assert record.exc_info is None


def test_a_request_that_was_called_off_does_not_end_it() -> None:
    stories = Stories(troubles=[asyncio.CancelledError()])
    run(stories, lambda _: stories.turn(2))


def test_in_the_end_it_is_told_to_begin_nothing_more() -> None:
    told: list[str] = []
    stories = Stories()
    background = Background(stories.advance, stories.next_due, lambda: NOW, rest=lambda: told.append("rest"))
    background.end()
    assert told == ["rest"]


def test_what_takes_long_holds_up_nothing_else_that_goes_on(tmp_path: Path) -> None:
    """As digests beside a storm."""

    async def whole() -> None:
        until, others = asyncio.Event(), Stories()

        async def storm() -> None:
            await until.wait()

        async with desk(tmp_path) as sitting:
            backgrounds = [
                Background(storm, lambda: None, lambda: NOW),
                Background(others.advance, lambda: NOW, lambda: NOW, what="the digests"),
            ]
            site = Site(tools=sitting.tools, take_in=_nothing, waker=sitting.woken, came=lambda: None)
            listening = socket.create_server(("127.0.0.1", 0))
            going = asyncio.create_task(
                serve(application(site), listening, *backgrounds, until=until, ready=lambda: None)
            )
            await others.turn(3)
            until.set()
            await asyncio.wait_for(going, 10)

    asyncio.run(whole())


def test_a_change_that_is_being_made_is_finished_before_the_end(tmp_path: Path) -> None:
    done: list[str] = []

    async def whole() -> None:
        begun, until = asyncio.Event(), asyncio.Event()

        async def advance() -> None:
            begun.set()
            await until.wait()
            done.append("changed")

        async with desk(tmp_path) as sitting:
            background = Background(advance, lambda: None, lambda: NOW)
            site = Site(tools=sitting.tools, take_in=_nothing, waker=sitting.woken, came=background.came)
            listening = socket.create_server(("127.0.0.1", 0))
            going = asyncio.create_task(
                serve(application(site), listening, background, until=until, ready=lambda: None)
            )
            await begun.wait()
            until.set()
            await asyncio.wait_for(going, 10)

    asyncio.run(whole())
    assert done == ["changed"]


def test_what_hangs_is_cut_off_in_the_end(tmp_path: Path) -> None:
    async def whole() -> None:
        begun, until = asyncio.Event(), asyncio.Event()

        async def advance() -> None:
            begun.set()
            await asyncio.Event().wait()

        async with desk(tmp_path) as sitting:
            background = Background(advance, lambda: None, lambda: NOW)
            site = Site(tools=sitting.tools, take_in=_nothing, waker=sitting.woken, came=background.came)
            listening = socket.create_server(("127.0.0.1", 0))
            made = application(site)
            going = asyncio.create_task(
                serve(made, listening, background, until=until, ready=lambda: None, last_wait=0.01)
            )
            await begun.wait()
            until.set()
            await asyncio.wait_for(going, 10)

    asyncio.run(whole())


def test_in_the_end_the_port_is_free(tmp_path: Path) -> None:
    async def whole() -> None:
        async with served(tmp_path) as server:
            await server.status("GET", "/")
        socket.create_server(("127.0.0.1", server.url.port or 0)).close()

    asyncio.run(whole())


async def _nothing(event: Mapping[str, object]) -> None:
    raise AssertionError("no event was sent")
