"""A place where people are told things: fake ways out, a real store in a file, and a clock that the test moves."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from acimedic.model.incident import Incident, incident_id
from acimedic.model.news import Crowd, Digest, Message, News
from acimedic.model.plan import Plan, RoleGrant, Step
from acimedic.model.record import IncidentRecord
from acimedic.model.resource_id import ResourceId
from acimedic.notify.notifier import Notifier, Ways
from acimedic.notify.routes import Route, Routes, parse_routes
from acimedic.notify.scene import Scene, with_scene
from acimedic.store.chain import AuditKeys
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SUBSCRIPTION = "3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3"
HOST = "contoso.azurecr.io"
PAGE = "https://medic.example/api/incidents"
DECIDE = f"{PAGE}/it/decision?token=secret-link"


class Ear:
    """A way out that keeps what it was told. answer: raises, or waits, in place of hearing."""

    def __init__(self, name: str = "ear", *, once: bool = False) -> None:
        self.name = name
        self.once = once
        self.heard: list[Message] = []
        self.tried = 0
        self.answer: Callable[[Message], Any] | None = None

    async def send(self, message: Message) -> None:
        self.tried += 1
        if self.answer is not None:
            await self.answer(message)
        self.heard.append(message)

    def fails(self, *errors: Exception | None) -> None:
        """Raise these in order, None for none; then hear again."""
        left = list(errors)

        async def answer(message: Message) -> None:
            error = left.pop(0) if left else None
            if error is not None:
                raise error

        self.answer = answer

    def hangs(self) -> None:
        async def answer(message: Message) -> None:
            await asyncio.Event().wait()

        self.answer = answer

    @property
    def news(self) -> list[News]:
        return [each for each in self.heard if isinstance(each, News)]

    @property
    def crowds(self) -> list[Crowd]:
        return [each for each in self.heard if isinstance(each, Crowd)]

    @property
    def digests(self) -> list[Digest]:
        return [each for each in self.heard if isinstance(each, Digest)]


ONE = Routes(routes=(Route(name="ops", teams="ACIMEDIC_TEAMS_OPS", decides=True),), rules=(), default=("ops",))


def routes(**document: Any) -> Routes:
    """The routes of a document, which has to be valid."""
    found = parse_routes(json.dumps({"version": 1} | document))
    assert isinstance(found, Routes), found
    return found


@dataclass
class Square:
    store: KeptStore
    ears: dict[str, Ear]
    log: Ear
    now: datetime = NOON
    asked: tuple[str, ...] = ()
    routes: Routes = ONE
    troubles: tuple[str, ...] = ()
    patience: float = 30.0
    told: int = field(default=0)

    @property
    def notifier(self) -> Notifier:
        """A new one each time: what it knows is in the store."""
        ways = Ways(
            always=(self.log,),
            routes=self.routes,
            by_route={name: (ear,) for name, ear in self.ears.items()},
            troubles=self.troubles,
        )
        return Notifier(ways, self.store, self.clock, asked=lambda _: self.asked, page=PAGE, patience=self.patience)

    def clock(self) -> datetime:
        return self.now

    def go(self, **how: float) -> None:
        self.now += timedelta(**how)

    @property
    def ear(self) -> Ear:
        (only,) = self.ears.values()
        return only

    async def failed(self, group: str = "shop", *, scene: Scene | None = None, **what: Any) -> IncidentRecord:
        """Another failure of a group, diagnosed, and kept."""
        resource = ResourceId.parse(
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{what.pop('resource_group', 'rg-orders')}"
            f"/providers/Microsoft.ContainerInstance/containerGroups/{group}"
        )
        correlation = str(uuid4())
        incident = Incident(
            id=incident_id(correlation, resource),
            group=resource,
            correlation_id=correlation,
            occurred_at=self.now,
            operation="write",
        )
        made = IncidentRecord(
            incident=incident,
            state="diagnosed",
            received_at=self.now,
            changed_at=self.now,
            outcome="cause-found",
            cause="pull-role-missing",
        )
        made = with_scene(replace(made, **what), scene or Scene(registry=HOST, identity="/id", region="westeurope"))
        return (await self.store.put_incident_if_absent(made)).value

    def news(self, record: IncidentRecord, state: str = "diagnosed", **what: Any) -> News:
        """A state of it. Its operation is the same each time it is asked for."""
        made = News(record=record, state=state, said="so", operation=f"{record.id}:1:{state}", page=f"{PAGE}/it")
        return replace(made, **({"decide": DECIDE} if state == "awaiting-decision" else {}) | what)

    async def tell(self, record: IncidentRecord, state: str = "diagnosed", **what: Any) -> tuple[str, ...]:
        return await self.notifier.tell(self.news(record, state, **what))


@asynccontextmanager
async def square(folder: Path, names: Sequence[str] = ("ops",), **what: Any) -> AsyncIterator[Square]:
    """Routes by these names, each with one fake way out."""
    keys = AuditKeys(b"a key that only tests have")
    async with KeptStore(SqliteShelf(folder / f"{uuid4()}.db"), keys) as store:
        yield Square(store=store, ears={name: Ear(f"{name}/ear") for name in names}, log=Ear("log"), **what)


def plan(identity: str = "id-pull") -> Plan:
    """A plan that gives a role to an identity; its hash is another each time, as that of another incident's is."""
    registry = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso"
    )
    grant = RoleGrant(
        assignment_id=f"{registry}/providers/Microsoft.Authorization/roleAssignments/1",
        registry_id=registry,
        role_definition_id="role",
        role_name="AcrPull",
        principal_id="principal",
        identity_id=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity"
        f"/userAssignedIdentities/{identity}",
        condition=None,
        mode="legacy",
        repositories=("app/web",),
    )
    step = Step(
        remedy="assign-pull-role",
        target=registry,
        change=grant,
        before=None,
        after="AcrPull",
        undo="delete it",
        risk="it may pull",
        summary="give AcrPull",
    )
    return Plan(hash=str(uuid4()), mode="review", allowed=True, reason="so", steps=(step,))
