"""ACI Medic between a make-believe Azure that tells secrets and whoever hears of it; all that goes out is kept."""

import asyncio
import contextlib
import io
import json
import logging
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from acimedic.__main__ import main
from acimedic.approver import Approver, Reader
from acimedic.lifecycle.local import Local, history_of
from acimedic.lifecycle.opening import open_tools
from acimedic.settings import read_settings
from acimedic.simulator import Simulator
from acimedic.simulator.exchange import Request, Response
from acimedic.store.opening import file_of
from acimedic.web import events
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.places import LOOKED_AT
from acimedic.web.site import Doors, Site, answer
from tests.canary.birds import Cage
from tests.canary.planting import environment
from tests.policy import written

BEGAN = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
TOLD = {
    "prod-1.westeurope.logic.azure.com": "card",
    "medic.europe.communication.azure.com": "mail",
    "medic.westeurope-1.eventgrid.azure.net": "event of the topic",
}
"""The hosts at which people and programs are told, and what they get."""
_LINK = re.compile(rb"/decision\?token=([A-Za-z0-9._-]+)")
_SEEN = (
    *("azure.core", "azure.core.pipeline.policies.http_logging_policy", "azure.identity", "azure.durable_functions"),
    *("aiohttp.client", "aiohttp.server", "aiohttp.internal", "asyncio"),
)
"""Loggers that are made to tell everything."""


class Telling(Simulator):
    """A make-believe Azure whose services of telling work, which keeps what it hears and what it says.

    deaf: what the services of telling answer instead, if anything.
    """

    def __init__(self, world: dict[str, Any], cage: Cage) -> None:
        super().__init__(world)
        self.heard: list[Request] = []
        self.said: list[str] = []
        self.deaf: Response | None = None
        self._cage = cage

    def answer(self, request: Request) -> Response:
        self.heard.append(request)
        made = self._told(request) or super().answer(request)
        if request.path.endswith(("/oauth2/exchange", "/oauth2/token", "/token")) and isinstance(made.body, dict):
            for name in made.body.keys() & {"refresh_token", "access_token", "token"}:
                made.body[name] = _with_claim(made.body[name], self._cage(f"registry: {name}"))
        headers = {**made.headers, "x-ms-token": self._cage("header of every answer"), "Set-Cookie": self._cookie()}
        made = Response(status=made.status, body=made.body, headers=headers)
        self.said.append(made.payload().decode("utf-8", "replace") + json.dumps(headers))
        return made

    def _cookie(self) -> str:
        return f"session={self._cage('cookie of every answer')}; Path=/"

    def _told(self, request: Request) -> Response | None:
        if self.deaf is not None and request.host in TOLD:
            return self.deaf
        if TOLD.get(request.host) != "mail":
            return Response(status=202) if request.host in TOLD else None
        done = {"id": "1", "status": "Succeeded", "error": None}
        return Response(status=202 if request.method == "POST" else 200, body=done)


def _with_claim(token: str, bird: str) -> str:
    """The token with a canary in its signature: it counts as before."""
    return f"{token.rpartition('.')[0]}.{bird}"


@dataclass(repr=False)
class House:
    """Where it runs. out: what went out, by the way on which it did. given: what came in beside Azure's answers."""

    cage: Cage
    azure: Telling
    folder: Path
    out: dict[str, str] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)
    now: datetime = BEGAN

    def environment(self, **more: str) -> dict[str, str]:
        """The settings, as an environment. A policy lets the pair of the world be repaired."""
        (registry,) = [body["id"] for body in self.azure.world["registries"].values()]
        (identity,) = [body["id"] for body in self.azure.world["identities"].values()]
        policy = self.folder / "policy.json"
        policy.write_text(json.dumps(written.document(pairs=[{"registry": registry, "identity": identity}])))
        made = environment(self.cage) | {
            "ACIMEDIC_GATEWAY": self.azure.url,
            "ACIMEDIC_STORE": str(self.folder / "acimedic.db"),
            "ACIMEDIC_MODE": "review",
            "ACIMEDIC_POLICY": str(policy),
            "ACIMEDIC_TIME_LIMIT": "20",
        }
        self.given.append(json.dumps(made | more))
        return made | more

    def goes_out(self, way: str, text: str) -> None:
        """Keep what went out."""
        self.out[way] = f"{self.out.get(way, '')}\n{text}"

    def clock(self) -> datetime:
        """The time, which stands still until it is moved; Azure's goes with it."""
        self.azure.world["now"] = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.now

    def file(self, name: str, content: object) -> str:
        """A file that is given in."""
        text = content if isinstance(content, str) else json.dumps(content)
        self.given.append(text)
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def collect(self) -> dict[str, str]:
        """All that went out, with what was sent to others and what lies in files now."""
        for request in self.azure.heard:
            told = TOLD.get(request.host, "request to Azure")
            self.goes_out(told, request.body.decode("utf-8", "replace"))
            self.goes_out(f"{told}: address", f"{request.method} {request.path}?{request.query}")
            self.goes_out(f"{told}: headers", json.dumps(request.headers))
        for path in sorted(self.folder.glob("acimedic.db*")):
            kind = "history of the stories" if ".stories" in path.name else "keys" if "key" in path.name else "store"
            self.goes_out(kind, path.read_bytes().decode("utf-8", "replace"))
        return self.out

    def came_in(self) -> str:
        """All that was given in: to tell a secret that was kept back from one that never came."""
        return "\n".join([*self.given, *self.azure.said])


class _Kept(logging.Handler):
    """Keeps every record, with its traceback, as the root's handler would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextlib.contextmanager
def everything_is_logged() -> Iterator[list[str]]:
    """Every logger at its most talkative, also those that the command line has keep silent."""
    kept, root = _Kept(), logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in (*_SEEN, "azure"))]
    levels = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(kept)
    try:
        yield kept.lines
    finally:
        root.removeHandler(kept)
        for logger, level in levels:
            logger.setLevel(level)


@contextlib.contextmanager
def surroundings(values: Mapping[str, str]) -> Iterator[None]:
    """The environment of this process is this one for a while, with asyncio told to look closely."""
    before = dict(os.environ)
    os.environ.update({**values, "PYTHONASYNCIODEBUG": "1"})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def command(house: House, way: str, *words: str, **settings: str) -> int:
    """Run a command of the command line; what it prints and logs goes out under this name."""
    out, err = io.StringIO(), io.StringIO()
    made = house.environment(**settings)
    streams = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
    with everything_is_logged() as lines, surroundings(made), streams[0], streams[1]:
        try:
            code = main(words)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 2
    house.goes_out(f"{way}: standard output", out.getvalue())
    house.goes_out(f"{way}: standard error", err.getvalue())
    house.goes_out("log of the command line", "\n".join(lines))
    return code


@dataclass(repr=False)
class Served:
    """The app that answers and carries incidents on. log: what was logged so far."""

    house: House
    site: Site
    local: Local
    log: list[str]

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """A request to it; the answer goes out as a page, or as an answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        address, _, query = path.partition("?")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        self.house.given.append(f"{path} {json.dumps(named)} {raw.decode()}")
        asked = Asked(
            method=method,
            origin="http://127.0.0.1:7071",
            path=address,
            query=pairs,
            headers={"Content-Type": "application/json"} | named,
            body=raw,
        )
        answered = await answer(asked, self.site, _doors(self.house))
        kind = "page" if "html" in answered.headers.get("Content-Type", "") else "answer"
        out = f"{kind} of {method} {_named(address)}"
        self.house.goes_out(out, f"{json.dumps(dict(answered.headers))}\n{answered.body.decode()}")
        self.house.goes_out("repr of a request", repr(asked))
        return answered

    async def look(self, incident: str) -> None:
        """Every page and every answer about an incident."""
        for route in LOOKED_AT:
            path = f"/api/{route.format(id='pull-role-missing' if route.startswith('checks') else incident)}"
            for taken in ("text/html", "application/json"):
                await self.ask("GET", path, Accept=taken)

    async def until_decided(self, incident: str) -> Answer:
        """Approve what waits by the link that was sent, and let the story go on."""
        (token, *_) = {found[1] for each in self.house.azure.heard if (found := _LINK.search(each.body))}
        path = f"/api/incidents/{incident}/decision"
        await self.ask("GET", f"{path}?token={token.decode()}", Accept="text/html")
        sent = {"decision": "approve", "token": token.decode()}
        answered = await self.ask("POST", path, sent, Accept="application/json")
        await self.local.advance()
        return answered

    async def to_the_end(self, most: int = 40) -> None:
        """Let time pass until nothing more is due."""
        for _ in range(most):
            due = self.local.engine.next_due()
            if due is None:
                return
            self.house.now = max(due, self.house.now + timedelta(seconds=1))
            self.house.clock()
            await self.local.advance()


def _doors(house: House) -> Doors:
    approver = Approver(house.cage.person("sign-in: object id of who approves"))
    return Doors(looks=lambda _: Reader(may_decide=True), decides=lambda _: approver, asks=lambda _: None)


def _named(path: str) -> str:
    return "/".join("ID" if part.count("-") == 4 else part for part in path.split("/"))


async def no_wait(_seconds: float) -> None:
    """Nobody waits for a make-believe Azure."""


def serve(house: House, work: Callable[[Served], Awaitable[None]], **settings: str) -> None:
    """Have the app do something; its log goes out, and so does what it printed."""
    made, err = house.environment(**settings), io.StringIO()

    async def whole(lines: list[str]) -> None:
        read = read_settings(made)
        house.goes_out("repr of the settings", f"{read!r} {read}")
        async with open_tools(read, now=house.clock, pause=no_wait) as tools:
            house.goes_out("repr of the tools", f"{tools!r} {tools}")
            with Local(tools, history_of(file_of(read.store or ""))) as local:
                take_in = partial(events.take_in, tools=tools, stories=local)
                site = Site(tools=tools, take_in=take_in, waker=local, came=lambda: None, stories=local)
                await work(Served(house, site, local, lines))

    with everything_is_logged() as lines, surroundings(made), contextlib.redirect_stderr(err):
        asyncio.run(whole(lines))
    house.goes_out("log of the app", "\n".join(lines))
    house.goes_out("standard error of the app", err.getvalue())
    sys.stderr.flush()
