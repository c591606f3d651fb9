"""`acimedic serve` as a process, and the whole of what it serves, from an event to the change."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from acimedic.lifecycle.local import Local, history_of
from acimedic.lifecycle.opening import open_tools, utc_now
from acimedic.model.news import News
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.web import events
from acimedic.web.routes import Site, application
from acimedic.web.serving import Background, serve
from tests.policy.written import document

WORLD: dict[str, Any] = load_world("role-missing")


class Ear:
    """Hears what people are told."""

    name = "ear"
    once = True

    def __init__(self) -> None:
        self.heard: asyncio.Queue[News] = asyncio.Queue()

    async def send(self, message: object) -> None:
        if isinstance(message, News):
            self.heard.put_nowait(message)

    async def hear(self, *states: str) -> News:
        """The next news of one of these states."""
        async with asyncio.timeout(60):
            while (news := await self.heard.get()).state not in states:
                assert news.state != "failed", news.said
        return news


def test_from_an_event_over_a_link_to_the_change(tmp_path: Path) -> None:
    """The event is delivered, the link is opened, its form is sent, and the role is there."""
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(document()), encoding="utf-8")

    async def whole(azure: Simulator) -> tuple[list[int], str]:
        ear, until, ready = Ear(), asyncio.Event(), asyncio.Event()
        listening = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        store = tmp_path / "medic.db"
        settings = Settings(gateway=azure.url, store=str(store), policy=str(policy), mode="review", url=address)
        async with open_tools(settings, sinks=(ear,)) as tools:
            with Local(tools, history_of(store)) as local:
                background = Background(local.advance, local.engine.next_due, utc_now)
                take_in = partial(events.on_failure, settings=settings, stories=local)
                site = Site(tools=tools, take_in=take_in, waker=local, came=background.came)
                going = asyncio.create_task(
                    serve(application(site), listening, background, until=until, ready=ready.set)
                )
                await ready.wait()
                statuses, state = await _decide(address, ear)
                until.set()
                await going
        return statuses, state

    with Simulator(WORLD) as azure:
        before = _roles(azure)
        statuses, state = asyncio.run(whole(azure))
        given = _roles(azure) - before
    assert (statuses, state, given) == ([200, 200, 200], "applied", 1)


async def _decide(address: str, ear: Ear) -> tuple[list[int], str]:
    async with aiohttp.ClientSession() as client:
        async with client.post(f"{address}/api/events", json=[WORLD["event"]]) as taken:
            statuses = [taken.status]
        waiting = await ear.hear("awaiting-decision")
        assert waiting.decide is not None
        async with client.get(waiting.decide) as page:
            statuses.append(page.status)
            form = re.search(r'action="([^"]+)".*?name="token" value="([^"]+)"', await page.text())
        assert form is not None
        action, token = map(unescape, form.groups())
        async with client.post(address + action, data={"token": token, "decision": "approve"}) as decided:
            statuses.append(decided.status)
        return statuses, (await ear.hear("applied", "refused", "incomplete")).state


def _roles(azure: Simulator) -> int:
    return sum(request[0] == "PUT" and "/roleAssignments/" in request[2] for request in azure.requests)


@contextmanager
def process(folder: Path, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    chosen = {"ACIMEDIC_STORE": str(folder / "medic.db"), "ACIMEDIC_GATEWAY": "http://127.0.0.1:9"} | settings
    arguments = [sys.executable, "-m", "acimedic", "serve", *words]
    with subprocess.Popen(
        arguments, env=kept | chosen, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_serves_and_ends_when_it_is_asked_to(tmp_path: Path, sent: signal.Signals) -> None:
    with process(tmp_path, "--port", "0") as served:
        assert served.stdout is not None
        line = served.stdout.readline()
        served.send_signal(sent)
        out, err = served.communicate(timeout=60)
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]*\n", line)
    assert (out, err, served.returncode) == ("", "", 0)


def test_a_port_that_is_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with process(tmp_path, "--port", str(port)) as served:
            out, err = served.communicate(timeout=60)
    assert (out, served.returncode) == ("", 2)
    assert err.startswith(f"acimedic: port {port} is not to be had: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("port", ["65536", "-1", "x", "", "70 71", "٧٠٧١"])
def test_what_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    with process(tmp_path, f"--port={port}") as served:
        _, err = served.communicate(timeout=60)
    assert served.returncode == 2
    assert "it is a number from 0 to 65535" in err


def test_a_store_in_azure_is_not_served_from_here(tmp_path: Path) -> None:
    settings = {"ACIMEDIC_STORE": "https://contoso.table.core.windows.net", "ACIMEDIC_GATEWAY": ""}
    with process(tmp_path, "--port", "0", **settings) as served:
        out, err = served.communicate(timeout=60)
    assert (out, served.returncode) == ("", 2)
    assert err.startswith("acimedic: ACIMEDIC_STORE has to be the path of a file")
    assert err.count("\n") == 1
