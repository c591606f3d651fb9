"""A plan that waits for a decision, in a real store, behind real links; Azure must not be touched."""

import base64
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from acimedic.approval import Approval
from acimedic.approval import Decision as Word
from acimedic.approver import ROLE, Approver, approver
from acimedic.azure.session import Session
from acimedic.lifecycle.deciding import AWAITING
from acimedic.lifecycle.keeping import keep_plan
from acimedic.lifecycle.offers import link, offered, with_offer
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import Incident
from acimedic.model.plan import BypassSwitch, Plan, PlanFact, Step
from acimedic.model.record import IncidentRecord
from acimedic.model.resource_id import ResourceId
from acimedic.planning import fingerprint
from acimedic.policy import Consent, NoPolicy
from acimedic.settings import Settings
from acimedic.store.chain import AuditKeys
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.deciding import Who, on_decision
from tests.silence import Silence

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
INCIDENT = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
OTHER = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"
KEY, FOREIGN = "k" * 40, "f" * 40
SEALING = AuditKeys(b"a key that only tests have")
ORIGIN = "https://medic.example.test"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Accept": "application/json"}
JANE, JOHN = "0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b", "1c9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b"
REGISTRY = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shared"
    "/providers/Microsoft.ContainerRegistry/registries/contoso"
)
GROUP = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-app"
    "/providers/Microsoft.ContainerInstance/containerGroups/"
)


def plan(*, risk: str = "every trusted service may reach registry 'contoso'", incident: str = INCIDENT) -> Plan:
    step = Step(
        remedy="enable-trusted-services",
        target=REGISTRY,
        change=BypassSwitch(registry_id=REGISTRY, before="None", after="AzureServices"),
        before="networkRuleBypassOptions None",
        after="networkRuleBypassOptions AzureServices",
        undo="PATCH networkRuleBypassOptions to None",
        risk=risk,
        summary="let trusted services reach registry 'contoso'",
        expiry="taken back after 30 days",
    )
    facts = (PlanFact("registry 'contoso'", "bypass off"),)
    made = fingerprint(incident, (step,), facts, None)
    return Plan(hash=made, mode="review", allowed=True, reason="entry 1", steps=(step,), facts=facts)


@dataclass
class Woken:
    """A waker that remembers, or cannot."""

    said: list[tuple[str, str]] = field(default_factory=list)
    trouble: Exception | None = None

    async def wake(self, incident: str, nonce: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.said.append((incident, nonce))


@dataclass
class Desk:
    """The plan that waits, and ways of asking for it. now: the clock, which a test may move."""

    path: Path
    tools: Tools
    offer: Approval
    plan: Plan
    woken: Woken
    now: datetime = NOW

    def token(self, word: Word = "approve", keys: tuple[str, ...] = (KEY,), **changes: Any) -> str:
        return link(replace(self.offer, **changes), word, keys, gateway=self.tools.gateway)

    async def get(
        self, token: str | None = None, *, method: str = "GET", who: Who | None = None, **more: Any
    ) -> Answer:
        query = {"token": self.token() if token is None else token}
        return await self.ask(method, who=who, query=query, **more)

    async def post(self, word: str = "approve", token: str | None = None, **more: Any) -> Answer:
        known: Word = "reject" if word == "reject" else "approve"
        body = urlencode({"token": self.token(known) if token is None else token, "decision": word}).encode()
        return await self.ask("POST", **{"body": body, **more, "headers": FORM | more.get("headers", {})})

    async def ask(self, method: str, *, incident: str = INCIDENT, who: Who | None = None, **more: Any) -> Answer:
        asked = Asked(method=method, origin=ORIGIN, parameters={"id": incident}, **more)
        return await on_decision(asked, self.tools, who or (lambda: None), self.woken)

    async def decided(self) -> list[str]:
        return [kept.decided for kept in await self.tools.store.decisions(INCIDENT)]

    def rows(self) -> list[Any]:
        """All that is kept."""
        database = sqlite3.connect(self.path)
        try:
            return [*database.execute("SELECT * FROM line"), *database.execute("SELECT * FROM blob")]
        finally:
            database.close()


@asynccontextmanager
async def desk(folder: Path, *, drawn: Plan | None = None, group: str = "shop", **changes: Any) -> AsyncIterator[Desk]:
    """changes: of the tools. group: the container group's name, which may be hostile."""
    waiting = drawn or plan()
    path = folder / f"store-{uuid4()}.db"
    async with KeptStore(SqliteShelf(path), SEALING) as store:
        made = Tools(
            settings=Settings(),
            store=store,
            consent=Consent(mode="review", policy=NoPolicy(), subscriptions=()),
            azure=_no_azure,
            looking=_no_azure,
            now=lambda: sitting.now,
            approval_keys=(KEY,),
            audit=SEALING,
            notifier=Silence(),
        )
        deployer = changes.pop("deployer", None)
        tools = replace(made, **changes)
        record = with_offer(_record(group, deployer, waiting), waiting.hash, now=NOW, expires=NOW + timedelta(hours=4))
        offer = offered(record)
        assert offer is not None
        sitting = Desk(path=path, tools=tools, offer=offer, plan=waiting, woken=Woken())
        await store.put_incident_if_absent(record)
        await keep_plan(tools, INCIDENT, waiting, NOW)
        yield sitting


def signed_in(object_id: str = JANE, role: str = ROLE, *, on: bool = True) -> Who:
    """Somebody as the platform's header tells of them."""
    kinds = {"http://schemas.microsoft.com/identity/claims/objectidentifier": object_id, "roles": role}
    claims = {"claims": [{"typ": kind, "val": value} for kind, value in kinds.items()]}
    header = {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(claims).encode()).decode()}
    return who(header, on=on)


def who(headers: dict[str, str], *, on: bool = True) -> Who:
    """Whoever the headers tell of."""

    def asked() -> Approver:
        return approver(headers, {"WEBSITE_AUTH_ENABLED": "True"} if on else {}, excluded=False)

    return asked


def _record(group: str, deployer: str | None, waiting: Plan) -> IncidentRecord:
    incident = Incident(
        id=INCIDENT,
        group=ResourceId.parse(GROUP + group),
        correlation_id="abc",
        occurred_at=NOW,
        operation="write",
        deployer=deployer,
    )
    return IncidentRecord(
        incident=incident,
        state=AWAITING,
        received_at=NOW,
        changed_at=NOW,
        cause="trusted-services-disabled",
        plan_hash=waiting.hash,
        said="Registry 'contoso' lets no trusted service in.",
    )


def _no_azure() -> Session:
    raise AssertionError("a decision must not touch Azure")
