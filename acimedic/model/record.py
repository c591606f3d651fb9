"""What is kept about an incident: its state, who decided, what was done, what was said, and the trail of all that.

Times carry their zone. `body` is JSON text that its writer understands and the store does not look into.
"""

from dataclasses import dataclass, field
from datetime import datetime

from acimedic.model.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """An incident and where it stands.

    state: the lifecycle's word for it; the store knows none of them, so that a newer version may bring its own.
    closed: nothing is expected to happen any more, so retention may delete it.
    received_at: when it was first recorded; lists and retention go by it, and it never changes.
    due_at: when something has to happen by itself (a decision or a grant expires), where anything has to.
    outcome, cause, plan_hash: of the diagnosis, once there is one. said: why it is in this state, in one sentence.
    body: whatever else the lifecycle has to remember.
    etag: the version that was read; no part of what the record says.
    """

    incident: Incident
    state: str
    received_at: datetime
    changed_at: datetime
    closed: bool = False
    due_at: datetime | None = None
    outcome: str | None = None
    cause: str | None = None
    plan_hash: str | None = None
    said: str = ""
    body: str = "{}"
    etag: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """The incident's id."""
        return self.incident.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person, or the policy, said to one plan.

    nonce: of the link that was used; it decides once. claim: names the attempt, so that the same one may be repeated.
    decided: the lifecycle's word (approve, reject). approver: the object id of who decided, None for the policy.
    gateway: whether it was made through a stand-in for Azure, where it counts and nowhere else.
    """

    incident_id: str
    nonce: str
    claim: str
    plan_hash: str
    decided: str
    decided_at: datetime
    approver: str | None = None
    gateway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One outside effect that is about to be made. key: the step's, the same on every redelivery."""

    incident_id: str
    key: str
    at: datetime
    body: str
    gateway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReceipt:
    """What an intended effect came to. state: the word of who made it (`done`, `already`, `refused`…)."""

    incident_id: str
    key: str
    at: datetime
    state: str
    body: str
    gateway: bool = False


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """An intent, and what it came to; a receipt of None after a crash means that nobody knows."""

    intent: Intent
    receipt: StepReceipt | None


@dataclass(frozen=True, slots=True)
class TurnHeld:
    """The turn to change a registry. mine: whether the asker has it. until: when it runs out by itself.

    Whose it is otherwise cannot be said: only a hash of the holder is kept, for an incident may be forgotten.
    """

    mine: bool
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """Something that happened and mattered. key: makes it once, on every redelivery the same.

    approver: an object id, the one thing of a person that is ever kept.
    """

    incident_id: str
    key: str
    at: datetime
    kind: str
    body: str
    approver: str | None = None
    gateway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A note in its place in the incident's chain.

    number: from 1 on. previous: the seal of the entry before. seal: the keyed hash over note, number and previous.
    key_id: which key sealed it.
    """

    note: AuditNote
    number: int
    previous: str
    key_id: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """Where a chain ends: belongs in the log, for what is cut off the end shows nowhere else."""

    number: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """An incident's chain as it is kept, unverified, and the head that was kept beside it."""

    entries: tuple[AuditEntry, ...]
    head: AuditHead


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """A report as it was told: some megabytes at most. A later one of the same name takes its place."""

    incident_id: str
    name: str
    media_type: str
    made_at: datetime
    content: bytes = field(repr=False)
