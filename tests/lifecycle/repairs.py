"""A failed container group in a make-believe Azure, with everything that a repair works with, and a clock to move."""

import asyncio
import copy
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from acimedic.approval import Approval, Witnessed, witness
from acimedic.azure.session import Session
from acimedic.incident import from_event
from acimedic.lifecycle.changing import apply
from acimedic.lifecycle.keeping import keep_plan
from acimedic.lifecycle.looking import look
from acimedic.lifecycle.messages import Applied, Change, Proof, Prove, TakeBack, TakenBack
from acimedic.lifecycle.proving import verify
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import Incident
from acimedic.model.plan import Plan, RunMode
from acimedic.model.record import Decision, IncidentRecord
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.store.chain import AuditKeys
from acimedic.store.opening import open_store
from acimedic.store.port import Store
from tests.policy import written
from tests.silence import Silence

ROLE = "role-missing"
BOTH = "trusted-services-off-and-role-missing"
KEYS = ("k" * 32,)
OTHER_KEYS = ("o" * 32,)
NONCE = "nonce-1"
STRANGER = "11111111-2222-4333-8444-666666666666"
BEGAN = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
T = TypeVar("T")
Adjust = Callable[[dict[str, Any]], None]


class Clock:
    """Stands still until a test moves it, and the make-believe Azure's with it."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.now = BEGAN
        self._world = world

    def __call__(self) -> datetime:
        return self.now

    def go(self, span: timedelta) -> None:
        self.now += span
        self._world["now"] = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


async def no_wait(_seconds: float) -> None:
    return None


@dataclass
class Repair:
    """One incident with its kept plan. `begun` is the world as it was before anything was changed."""

    azure: Simulator
    clock: Clock
    tools: Tools
    record: IncidentRecord
    plan: Plan
    begun: dict[str, Any] = field(default_factory=dict)

    @property
    def world(self) -> dict[str, Any]:
        return self.azure.world

    @property
    def registry(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.world["registries"]["contoso"])

    @property
    def bypass(self) -> str:
        return str(self.registry["properties"]["networkRuleBypassOptions"])

    @property
    def assigned(self) -> list[dict[str, Any]]:
        """The assignments that were not there at first."""
        return [body for key, body in self.world["roleAssignments"].items() if key not in self.begun["roleAssignments"]]

    @property
    def writes(self) -> list[str]:
        return [method for method, *_ in self.azure.requests if method in {"PUT", "PATCH", "DELETE"}]

    def with_tools(self, **changes: Any) -> "Repair":
        """The same with other tools."""
        return replace(self, tools=replace(self.tools, **changes))

    async def decided(
        self,
        word: Literal["approve", "reject"] = "approve",
        *,
        plan: str | None = None,
        incident: str | None = None,
        nonce: str = NONCE,
        signed_nonce: str | None = None,
        good_for: timedelta = timedelta(hours=24),
        keys: tuple[str, ...] = KEYS,
        gateway: bool = True,
    ) -> None:
        """Somebody decides; what is written down can be made to differ from what was signed."""
        approval = Approval(
            incident=incident or self.record.id,
            plan=plan or self.plan.hash,
            decision=word,
            nonce=signed_nonce or nonce,
            expires=self.clock() + good_for,
        )
        taken = Witnessed(approval=approval, approver=None, decided_at=self.clock())
        decision = Decision(
            incident_id=self.record.id,
            nonce=nonce,
            claim=witness(taken, keys, gateway=gateway),
            plan_hash=self.plan.hash,
            decided="approve",
            decided_at=self.clock(),
            gateway=gateway,
        )
        await self.tools.store.use_approval_once(decision)

    async def apply(self, approval: str | None = NONCE) -> Applied:
        change = Change(incident=self.record.id, plan=self.plan.hash, approval=approval)
        return await apply(self.tools, change, pause=no_wait)

    async def undo(self) -> TakenBack:
        return await undo(self.tools, TakeBack(incident=self.record.id, plan=self.plan.hash))

    async def verify(self, *, waited: bool = True) -> Proof:
        return await verify(self.tools, Prove(incident=self.record.id, plan=self.plan.hash, waited=waited))

    async def states(self) -> dict[str, str | None]:
        """What each recorded step came to, by the beginning and the end of its key."""
        steps = await self.tools.store.steps(self.record.id)
        return {
            re.sub(f":{self.plan.hash}:[0-9a-z]+", "", each.intent.key): each.receipt.state if each.receipt else None
            for each in steps
        }

    async def trail(self, kind: str) -> list[str]:
        """The bodies of the audit's notes of a kind."""
        trail = await self.tools.store.audit(self.record.id)
        return [entry.note.body for entry in trail.entries if entry.note.kind == kind]


@asynccontextmanager
async def repair(
    folder: Path, world: str = ROLE, *, mode: RunMode = "review", first: Adjust | None = None, **policy: Any
) -> AsyncIterator[Repair]:
    """An incident that was diagnosed, with its plan kept. first: changes the world before anybody looks."""
    loaded = load_world(world) | {"caller": {}}  # the simulator makes the section when it first looks for it
    if first is not None:
        first(loaded)
    with Simulator(loaded) as azure:
        clock = Clock(azure.world)
        settings = Settings(gateway=azure.url, mode=mode, time_limit=300.0)
        keys = AuditKeys(current=b"audit" * 8)
        async with open_store(str(folder / "acimedic.db"), None, keys) as store:
            tools = Tools(
                settings=settings,
                store=store,
                audit=keys,
                consent=written.consent(mode=mode, **policy),
                azure=lambda: Session(settings, no_wait),
                looking=lambda: Session(settings, no_wait),
                now=clock,
                approval_keys=KEYS,
                notifier=Silence(),
            )
            incident = from_event(azure.world["event"])
            assert isinstance(incident, Incident)
            yield await _diagnosed(azure, clock, tools, incident)


async def _diagnosed(azure: Simulator, clock: Clock, tools: Tools, incident: Incident) -> Repair:
    new = IncidentRecord(incident=incident, state="diagnosed", received_at=clock(), changed_at=clock())
    record = (await tools.store.put_incident_if_absent(new)).value
    async with tools.azure() as session:
        diagnosis = await look(tools, record, session)
    assert diagnosis.plan is not None, diagnosis.headline
    await keep_plan(tools, record.id, diagnosis.plan, clock())
    begun = copy.deepcopy(azure.world)
    return Repair(azure=azure, clock=clock, tools=tools, record=record, plan=diagnosis.plan, begun=begun)


def play(folder: Path, story: Callable[[Repair], Awaitable[T]], world: str = ROLE, **options: Any) -> T:
    """Run a story over a fresh repair."""

    async def run() -> T:
        async with repair(folder, world, **options) as one:
            return await story(one)

    return asyncio.run(run())


def crashes(folder: Path, story: Callable[[Repair, int], Awaitable[bool]], world: str = ROLE) -> int:
    """Run a story that dies at its so-many-th write, of which it tells, until it does not; how often it died."""
    deaths = 0
    while True:
        at = deaths
        place = folder / str(at)
        place.mkdir()

        async def dying(one: Repair, at: int = at) -> bool:
            return await story(one, at)

        if not play(place, dying, world):
            return deaths
        deaths += 1


class CrashError(Exception):
    """The process is gone."""


WRITES = ("record_intent", "append_audit", "count_change", "record_receipt")


class Crashing:
    """A store whose process dies at the so-many-th write: before it, or after it."""

    def __init__(self, store: Store, at: int, *, after: bool) -> None:
        self._store = store
        self._left = at
        self._after = after
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in WRITES:
            return method

        async def write(*arguments: Any, **named: Any) -> Any:
            self._left -= 1
            self.dead = self.dead or self._left < 0
            if self.dead and (self._left != -1 or not self._after):
                raise CrashError
            answer = await method(*arguments, **named)
            if self.dead:
                raise CrashError
            return answer

        return write


class Meanwhile:
    """A store at whose first call of a method, or a later one, something else happens first."""

    def __init__(
        self, store: Store, method: str, happens: Callable[[], Awaitable[object]], *, calls_before: int = 0
    ) -> None:
        self._store = store
        self._method: str | None = method
        self._happens = happens
        self._left = calls_before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name != self._method:
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                self._method = None
                await self._happens()
            return await method(*arguments, **named)

        return call
