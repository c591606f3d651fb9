"""Records to keep: each of one incident, with everything else as it happens to be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from acimedic.model.incident import Incident
from acimedic.model.record import AuditNote, Decision, IncidentRecord, Intent, ReportFile, StepReceipt
from acimedic.model.resource_id import ResourceId
from acimedic.store.chain import AuditKeys

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
KEYS = AuditKeys(b"a key that only tests have")
PERSON = "0f6c2a9e-5b1d-4a77-9c3e-2d8b71e4f005"
HOSTILE = (
    "../../etc/passwd",
    "a/b\\c#d?e%2f",
    "nul\x00and\x1f\x7f",
    "\ud800 alone",
    "Ümläut 日本語 🐙 \u202eevil",
    "x" * 5000,
    "' OR 1=1; --",
    "by-time",
    "UPPER",
    "upper",
    " ",
    "~",
)


def later(**how: float) -> datetime:
    return NOON + timedelta(**how)


def new_id() -> str:
    return str(uuid4())


def record(incident_id: str, *, group: str = "shop", received_at: datetime = NOON, **what: object) -> IncidentRecord:
    resource = ResourceId.parse(
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-app"
        f"/providers/Microsoft.ContainerInstance/containerGroups/{group}"
    )
    incident = Incident(
        id=incident_id,
        group=resource,
        correlation_id="abc",
        occurred_at=NOON,
        operation="write",
        deployer="d1g3st",
        also=("other", "another"),
    )
    made = IncidentRecord(incident=incident, state="received", received_at=received_at, changed_at=received_at)
    return replace(made, **what)  # type: ignore[arg-type]


def decision(incident_id: str, nonce: str = "nonce", claim: str = "claim") -> Decision:
    return Decision(
        incident_id=incident_id,
        nonce=nonce,
        claim=claim,
        plan_hash="p1an",
        decided="approve",
        decided_at=NOON,
        approver=PERSON,
    )


def intent(incident_id: str, key: str = "step-1", body: str = '{"role":"AcrPull"}') -> Intent:
    return Intent(incident_id=incident_id, key=key, at=NOON, body=body)


def receipt(incident_id: str, key: str = "step-1", state: str = "done") -> StepReceipt:
    return StepReceipt(incident_id=incident_id, key=key, at=later(seconds=1), state=state, body="{}")


def note(incident_id: str, key: str = "received", **what: object) -> AuditNote:
    made = AuditNote(incident_id=incident_id, key=key, at=NOON, kind="received", body='{"said":"so"}')
    return replace(made, **what)  # type: ignore[arg-type]


def report(incident_id: str, name: str = "report.json", content: bytes = b"{}") -> ReportFile:
    return ReportFile(incident_id=incident_id, name=name, media_type="application/json", made_at=NOON, content=content)
