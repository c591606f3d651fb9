"""A process that is soaked: hours full of events, each compressed and lived to its end, and what is left after each.

An hour goes minute by minute, by a clock that is moved: its events come over HTTP to the product's own server, people
open pages, approve, reject and ask in vain. Then time passes until every story has ended and has been deleted for its
age. What a process holds then, it should hold after every hour: handles, sockets, tasks, threads, rows, memory.
"""

import asyncio
import json
import re
import socket
import sys
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from acimedic.lifecycle.digesting import digest
from acimedic.lifecycle.local import Local, history_of
from acimedic.lifecycle.messages import TakeBack
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.retaining import retain
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import Message
from acimedic.model.record import IncidentRecord
from acimedic.settings import Settings
from acimedic.simulator.exchange import Json
from acimedic.web.events import take_in
from acimedic.web.routes import Site, application
from acimedic.web.serving import Background, serve
from bench.held import held
from bench.living import Living
from bench.mixture import minutes, policy

_BEGAN = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_DECIDE = re.compile(r'"(/api/incidents/[0-9a-f-]{36}/decision\?token=[^"]+)"')
_FORM = re.compile(r'action="([^"]+)".*?name="token" value="([^"]+)".*?name="decision" value="(\w+)"', re.DOTALL)
_IN_VAIN: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("GET", "/nowhere", {}, 404),
    ("POST", "/api/events", {"data": "no JSON", "headers": {"Content-Type": "application/json"}}, 400),
    ("POST", "/api/diagnose", {"data": b"x" * 10_000, "headers": {"Content-Type": "application/json"}}, 400),
    ("GET", "/api/incidents", {"headers": {"Host": "evil.example"}}, 421),
    ("GET", "/api/incidents/00000000-0000-4000-8000-000000000000", {}, 404),
)


@dataclass(slots=True)
class Sums:
    """What an hour brought."""

    deliveries: int = 0
    requests: Counter[int] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    undone: int = 0
    told: int = 0
    states: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)

    def values(self) -> Json:
        """As JSON has it."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


def _plain(value: "int | Counter[str] | Counter[int]") -> object:
    return value if isinstance(value, int) else {str(key): count for key, count in sorted(value.items())}


class _Counting:
    """Who is told, and counts."""

    name = "count"
    once = True
    count = 0

    async def send(self, message: Message) -> None:  # noqa: ARG002 - only counted
        self.count += 1


class Soaked:
    """One process of the product, over make-believe Azures."""

    def __init__(self, tools: Tools, local: Local, address: str, far: Living, sink: _Counting) -> None:
        self._tools = tools
        self._local = local
        self._address = address
        self._far = far
        self._sink = sink
        self.now = _BEGAN

    def set(self, now: datetime) -> None:
        """Move the clock, and that of the make-believe Azures."""
        self.now = now
        self._far.tell(now.strftime("%Y-%m-%dT%H:%M:%SZ"))

    async def hour(self, told: list[list[Json]]) -> Sums:
        """Live through these minutes, and then until everything has ended and is deleted."""
        sums, told_before = Sums(), self._sink.count
        for number, events in enumerate(told):
            self.set(self.now + _MINUTE)
            async with aiohttp.ClientSession(self._address) as client:
                await self._come(client, events, sums)
                if number % 5 == 0:
                    await self._visited(client, events, sums)
                await self._local.advance()
                await self._decided(client, sums)
            await self._local.advance()
        await self._undone(sums)
        await self._ended()
        sums.states.update([each.state async for each in self._records()])
        sums.stories.update(each.status for each in self._local.engine.statuses())
        sums.told = self._sink.count - told_before
        self.set(self.now + timedelta(days=2))
        await digest(self._tools)
        await retain(self._tools, self._local)
        return sums

    async def _come(self, client: aiohttp.ClientSession, events: list[Json], sums: Sums) -> None:
        async def deliver(event: Json) -> None:
            async with client.post("/api/events", json=event) as taken:
                sums.requests[taken.status] += 1
                sums.deliveries += 1

        await asyncio.gather(*map(deliver, events))

    async def _visited(self, client: aiohttp.ClientSession, events: list[Json], sums: Sums) -> None:
        """Somebody looks at pages, asks for a diagnosis, and asks in vain."""
        for path in ("/api/incidents", "/api/health", "/api/openapi.json", "/api/checks", "/"):
            await self._asked(client, "GET", path, sums, headers={"Accept": "text/html"})
        for event in events[:1]:
            await self._asked(client, "POST", "/api/diagnose", sums, json=event)
        for method, path, more, expected in _IN_VAIN:
            status, _ = await self._asked(client, method, path, sums, **more)
            if status != expected:
                raise RuntimeError(f"{method} {path} was answered with {status}, not {expected}")

    async def _decided(self, client: aiohttp.ClientSession, sums: Sums) -> None:
        """Of four plans that wait two are approved, one is rejected, and one is left until it expires."""
        async for record in self._records():
            choice = int(record.id[:4], 16) % 4
            if record.state != "awaiting-decision" or choice == 3:
                continue
            _, page = await self._asked(
                client, "GET", f"/api/incidents/{record.id}", sums, headers={"Accept": "text/html"}
            )
            for address in map(unescape, _DECIDE.findall(page)[:1]):
                _, form = await self._asked(client, "GET", address, sums, headers={"Accept": "text/html"})
                forms = {word: (unescape(action), unescape(token)) for action, token, word in _FORM.findall(form)}
                word = "reject" if choice == 2 else "approve"
                action, token = forms[word]
                await self._asked(client, "POST", action, sums, data={"token": token, "decision": word})
                sums.decided[word] += 1

    async def _asked(
        self, client: aiohttp.ClientSession, method: str, path: str, sums: Sums, **more: object
    ) -> tuple[int, str]:
        async with client.request(method, path, allow_redirects=False, **more) as answer:  # type: ignore[arg-type]
            sums.requests[answer.status] += 1
            if answer.status >= 500 and path != "/api/health":  # which tells of a machine that is busy
                raise RuntimeError(f"{method} {path} was answered with {answer.status}")
            return answer.status, await answer.text()

    async def _undone(self, sums: Sums) -> None:
        """Of two changes that are in effect one is taken back by hand."""
        async for record in self._records():
            if record.state == "in-effect" and record.plan_hash and int(record.id[:4], 16) % 2 == 0:
                await undo(self._tools, TakeBack(incident=record.id, plan=record.plan_hash))
                sums.undone += 1

    async def _ended(self) -> None:
        while (due := self._local.engine.next_due()) is not None:
            self.set(max(due, self.now) + _MINUTE)
            await self._local.advance()
            await digest(self._tools)

    async def _records(self) -> AsyncIterator[IncidentRecord]:
        after = None
        while True:
            page = await self._tools.store.incidents(limit=50, after=after)
            for record in page.records:
                yield record
            after = page.after
            if after is None:
                return


async def soak(
    far: Living, worlds: list[Json], *, long: int, warm: int, hours: int, trace: bool
) -> AsyncIterator[Json]:
    """So many hours, of so many minutes each; gives for each what it brought and what was held after it.

    warm: how many of them go before memory is traced.
    """
    with TemporaryDirectory() as name:
        folder, sink = Path(name), _Counting()
        (folder / "policy.json").write_text(json.dumps(policy(worlds)), encoding="utf-8")
        listening = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            gateway=far.url,
            mode="review",
            store=str(folder / "acimedic.db"),
            policy=str(folder / "policy.json"),
            url=address,
            approval_hours=1,
            retention_days=1,
            incidents_per_hour=5000,
            requests_per_minute=1000,
        )
        soaked: list[Soaked] = []
        async with open_tools(settings, sinks=(sink,), now=lambda: soaked[0].now if soaked else _BEGAN) as tools:
            with Local(tools, history_of(folder / "acimedic.db")) as local:
                soaked.append(Soaked(tools, local, address, far, sink))

                async def taken(event: object) -> None:
                    await take_in(event, tools, local)  # type: ignore[arg-type]

                background = Background(local.advance, local.engine.next_due, tools.now)
                site = Site(tools=tools, take_in=taken, waker=local, came=background.came, stories=local)
                until, ready = asyncio.Event(), asyncio.Event()
                serving = serve(application(site), listening, background, until=until, ready=ready.set)
                going = asyncio.create_task(serving)
                await ready.wait()
                try:
                    for number in range(hours):
                        if trace and number == warm:
                            tracemalloc.start()
                        sums = await soaked[0].hour(minutes(worlds, long))
                        await _settled()
                        yield {"brought": sums.values(), "held": asdict(held(folder))}
                finally:
                    until.set()
                    await going
                    tracemalloc.stop()


async def _settled() -> None:
    """Until connections that were closed are gone on both sides."""
    for _ in range(20):
        await asyncio.sleep(0.05)


async def _main(given: Json) -> None:
    """Print each hour as it ends."""
    async for hour in soak(Living(given.pop("url")), given.pop("worlds"), **given):
        sys.stdout.write(f"{json.dumps(hour)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main(json.load(sys.stdin)))
