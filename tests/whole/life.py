"""The whole on one machine: the real story, activities and stores, a make-believe Azure, and two ways of telling.

Every effect goes through a `Places`, which can keep what a process that ended there would have left behind.
"""

import asyncio
import copy
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy

from acimedic.azure.session import Session
from acimedic.incident import from_event
from acimedic.lifecycle import deciding
from acimedic.lifecycle.activities import activities
from acimedic.lifecycle.deciding import AWAITING
from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.keeping import found
from acimedic.lifecycle.messages import Json
from acimedic.lifecycle.notifying import open_notifier
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.story import DECIDED, NAME, story
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import Incident
from acimedic.model.news import Message, News
from acimedic.model.plan import RunMode
from acimedic.model.record import IncidentRecord
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.simulator.state import State
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.port import Store
from tests.groups import IMAGE, a_group
from tests.policy import written

ROLE = "role-missing"
BOTH = "trusted-services-off-and-role-missing"
T = TypeVar("T")
BEGAN = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
WRITES = {"PUT", "PATCH", "DELETE"}
READS = {
    "incident",
    "incidents",
    "decisions",
    "steps",
    "changes",
    "waiting",
    "audit",
    "report",
    "made_by_another",
    "close",
}
"""What a store is asked without anything being changed."""


class Clock:
    """Stands still until it is moved, and the make-believe Azure's with it."""

    def __init__(self, azure: Simulator, now: datetime = BEGAN) -> None:
        self._azure = azure
        self._now = now
        self.set(now)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now
        self._azure.world["now"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")


class Killed(BaseException):
    """The process ends here."""


class Places:
    """Notes each effect, in order. after: called when one has been had; it may keep what is there, or end the process.

    Between two effects nothing changes: to end after one is to end before the next.
    """

    def __init__(self, after: Callable[[int, str], None] | None = None) -> None:
        self.names: list[str] = []
        self.dead = False
        self._after = after

    def before(self) -> None:
        """An effect is about to be had: not by the dead."""
        if self.dead:
            raise Killed

    def reach(self, name: str) -> None:
        """An effect has been had."""
        self.before()
        self.names.append(name)
        if self._after is None:
            return
        try:
            self._after(len(self.names), name)
        except Killed:
            self.dead = True
            raise


class Watched:
    """A store whose every write is a place."""

    def __init__(self, store: Any, places: Places) -> None:
        self._store = store
        self._places = places

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name in READS:
            return method

        async def write(*arguments: Any, **named: Any) -> Any:
            self._places.before()
            answer = await method(*arguments, **named)
            self._places.reach(f"store {name}")
            return answer

        return write


class Watching(SansIOHTTPPolicy[Any, Any]):
    """Every request that changes Azure is a place; so is the first that only reads."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._read = False

    def on_request(self, request: PipelineRequest[Any]) -> None:
        self._places.before()
        if not self._read and request.http_request.method not in WRITES:
            self._read = True
            self._places.reach("azure is read")

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        if request.http_request.method in WRITES:
            self._places.reach(f"azure {request.http_request.method}")


class WatchedSession(Session):
    """A connection to Azure whose requests are places."""

    def __init__(self, settings: Settings, places: Places) -> None:
        self._watching = Watching(places)
        super().__init__(settings, no_wait)

    def _pipeline(self, *guards: SansIOHTTPPolicy[Any, Any]) -> Any:
        return super()._pipeline(*guards, self._watching)


class WatchedHistory(History):
    """A history whose every transaction is a place. A process that ends loses nothing that it has written."""

    def __init__(self, path: Path, places: Places) -> None:
        super().__init__(path)
        self._database.execute("PRAGMA synchronous = OFF")
        self._places = places

    def hold(self) -> None:
        """No other process is there; what one that was killed held, the operating system has given up."""

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        self._places.before()
        with super().change() as database:
            yield database
        self._places.reach("transaction")


class HastyShelf(SqliteShelf):
    """A shelf that does not wait for the disk: only a loss of power would show it."""

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        connection.execute("PRAGMA synchronous = OFF")


@dataclass
class Sink:
    """A way of telling. once: it knows a repetition by its operation."""

    name: str
    once: bool
    places: Places
    sent: list[tuple[str, str, bool]] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.places.before()
        assert isinstance(message, News), "one failure makes no crowd"
        self.sent.append((message.operation, message.state, message.again))
        self.places.reach(f"{self.name} sends")


async def no_wait(_seconds: float) -> None:
    return None


@dataclass(frozen=True)
class Remains:
    """What a process leaves behind where it ends. effect: the last that it had."""

    effect: str
    folder: Path
    world: dict[str, Any]
    now: datetime
    sent: dict[str, list[tuple[str, str, bool]]]
    changes: list[str]


class Town:
    """A make-believe Azure in which one container group failed, and a machine on which the whole runs.

    first: changes the world before anybody looks. policy: what differs from `written.DOCUMENT`.
    """

    def __init__(
        self,
        folder: Path,
        azure: Simulator,
        world: str,
        *,
        mode: RunMode = "review",
        first: Callable[[dict[str, Any]], None] | None = None,
        **policy: Any,
    ) -> None:
        self.azure = azure
        loaded = load_world(world) | {"caller": {}}
        if first is not None:
            first(loaded)
        azure.state = State(loaded)
        self.clock = Clock(azure)
        self.begun = copy.deepcopy(azure.world)
        self.event = azure.world["event"]
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.places = Places()
        self.sinks = (Sink("mail", True, self.places), Sink("card", False, self.places))
        self.changes: list[str] = []
        self._asked = len(azure.requests)
        file = folder / "policy.json"
        file.write_text(json.dumps(written.document(**policy)))
        self.settings = Settings(
            gateway=azure.url,
            mode=mode,
            time_limit=300.0,
            policy=str(file),
            store=str(self.home / "acimedic.db"),
            approval_keys=("k" * 40,),
            audit_keys=("a" * 40,),
        )

    @property
    def world(self) -> dict[str, Any]:
        return self.azure.world

    @property
    def assigned(self) -> list[dict[str, Any]]:
        """The assignments that were not there at first."""
        return [body for key, body in self.world["roleAssignments"].items() if key not in self.begun["roleAssignments"]]

    @property
    def written(self) -> list[str]:
        """What was changed in Azure, in this life and in those before."""
        return self.changes + [method for method, *_ in self.azure.requests[self._asked :] if method in WRITES]

    def sink(self, name: str) -> Sink:
        return next(sink for sink in self.sinks if sink.name == name)

    def is_as_before(self) -> bool:
        """Whether Azure is as it was, but for the hour, and for sections that are made when they are looked for."""
        return _filled(self.world) == _filled(self.begun)

    def watch(self, places: Places) -> None:
        """From now on effects are noted here."""
        self.places = places
        for sink in self.sinks:
            sink.places = places

    def keep(self, folder: Path, effect: str) -> Remains:
        """What a process that ended now would leave behind."""
        folder.mkdir()
        for name in ("acimedic.db", "stories.db"):
            with closing(sqlite3.connect(self.home / name)) as kept, closing(sqlite3.connect(folder / name)) as copied:
                kept.backup(copied)
        return Remains(
            effect=effect,
            folder=folder,
            world=copy.deepcopy(self.world),
            now=self.clock(),
            sent={sink.name: [*sink.sent] for sink in self.sinks},
            changes=self.written,
        )

    def go_back(self, remains: Remains) -> None:
        """Be where a process ended, with what it left behind."""
        shutil.rmtree(self.home)
        shutil.copytree(remains.folder, self.home)
        self.azure.state = State(copy.deepcopy(remains.world))
        self.clock.set(remains.now)
        for sink in self.sinks:
            sink.sent = [*remains.sent[sink.name]]
        self.changes = [*remains.changes]
        self._asked = len(self.azure.requests)

    def deployed_again(self) -> None:
        """Somebody deploys the container group once more, and now it pulls its image."""
        identity = self.world["identities"]["pull"]["id"]
        stamp = self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        pulled = {
            "name": "Pulled",
            "message": f'Successfully pulled image "{IMAGE}"',
            "type": "Normal",
            "count": 1,
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
        }
        view = {"currentState": {"state": "Running"}, "events": [pulled]}
        self.world["groups"]["web"] = a_group(str(self.incident.group), identity, view, state="Succeeded")

    @property
    def incident(self) -> Incident:
        signal = from_event(self.event)
        assert isinstance(signal, Incident)
        return signal

    @asynccontextmanager
    async def life(self, places: Places | None = None) -> AsyncIterator["Life"]:
        """A process, from its start to its end. places: its own."""
        places = places or self.places
        async with open_tools(self.settings, now=self.clock, pause=no_wait) as opened:
            store = KeptStore(HastyShelf(self.home / "acimedic.db"), opened.audit)
            watched = cast(Store, Watched(store, places))
            tools = replace(
                opened,
                store=watched,
                azure=lambda: WatchedSession(self.settings, places),
                looking=lambda: WatchedSession(self.settings, places),
                notifier=open_notifier(self.settings, opened.consent, watched, self.clock, sinks=self.sinks),
            )
            history = WatchedHistory(self.home / "stories.db", places)
            try:
                yield Life(self, tools, Engine(history, story, activities(tools), name=NAME))
            finally:
                history.close()
                await store.close()


@dataclass
class Life:
    """What a process does: it takes events in, tells stories, and hears who decides."""

    town: Town
    tools: Tools
    engine: Engine

    async def start(self, incident: str, given: Json) -> None:
        self.engine.start(incident, given, now=self.tools.now())

    async def told(self) -> None:
        """The event comes."""
        await receive(self.town.incident, self.tools, self)
        await self.engine.advance(self.tools.now())

    async def record(self) -> IncidentRecord:
        return await found(self.tools, self.town.incident.id)

    async def decide(self, word: Literal["approve", "reject"] = "approve") -> None:
        """Somebody decides on what waits."""
        wanted = await deciding.by_hand(self.tools, await self.record(), word)
        kept = await deciding.decide(self.tools, wanted, approver=None)
        self.engine.raise_event(self.town.incident.id, DECIDED, kept.nonce, now=self.tools.now())
        await self.engine.advance(self.tools.now())

    async def to_decide(self) -> bool:
        """Whether something waited for a decision, which is then approved."""
        record = await self.record()
        waits = record.state == AWAITING and not await self.tools.store.decisions(record.id)
        if waits:
            await self.decide()
        return waits

    async def next(self) -> bool:
        """Let time pass until something is due; False where nothing is, ever."""
        due = self.engine.next_due()
        if due is None:
            return False
        self.town.clock.set(max(due, self.tools.now()))
        await self.engine.advance(self.tools.now())
        return True

    async def to_the_end(self, *, deploy: bool = True) -> None:
        """Whatever comes: somebody approves what waits, deploys again what was repaired, and time passes."""
        while True:
            if await self.to_decide():
                continue
            record = await self.record()
            if deploy and record.state == "applied" and not self.town.world["groups"]:
                self.town.clock.set(self.tools.now() + timedelta(seconds=5))
                self.town.deployed_again()
            if not await self.next():
                return


def _filled(world: dict[str, Any]) -> dict[str, Any]:
    return {name: section for name, section in world.items() if name != "now" and section not in ({}, [])}


def in_a_life(town: Town, work: Callable[[Life], Awaitable[T]]) -> T:
    """What is done in one process, from its start to its end."""

    async def whole() -> T:
        async with town.life() as life:
            return await work(life)

    return asyncio.run(whole())
