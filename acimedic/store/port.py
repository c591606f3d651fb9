"""The store, as the rest of the product sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from acimedic.model.record import (
    AuditEntry,
    AuditNote,
    AuditTrail,
    Decision,
    IncidentRecord,
    Intent,
    RecordedStep,
    ReportFile,
    StepReceipt,
    TurnHeld,
)
from acimedic.store.keys import hashed

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Placed(Generic[Kept]):
    """What is kept now. new: whether this call put it there; of any number of callers, one is told so."""

    value: Kept
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents. Every part that is given has to hold; `since` is inclusive, `before` is not.

    among: hashes of ids (see `acimedic.store.keys.hashed`); others are not even read.
    """

    states: frozenset[str] = frozenset()
    closed: bool | None = None
    subscription: str | None = None
    group: str | None = None
    cause: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    due_before: datetime | None = None
    among: frozenset[str] | None = None

    def wants(self, record: IncidentRecord) -> bool:
        """Whether this incident is among those asked for."""
        group = record.incident.group
        return (
            (not self.states or record.state in self.states)
            and self.closed in {None, record.closed}
            and (self.subscription is None or self.subscription.lower() == group.subscription.lower())
            and (self.group is None or self.group.lower() == group.key)
            and self.cause in {None, record.cause}
            and (self.since is None or record.received_at >= self.since)
            and (self.before is None or record.received_at < self.before)
            and (self.due_before is None or (record.due_at is not None and record.due_at < self.due_before))
            and self.may_be(record.id)
        )

    def may_be(self, incident_id: str) -> bool:
        """Whether the incident of this id may be among those asked for."""
        return self.among is None or hashed(incident_id) in self.among


EVERY_INCIDENT = IncidentFilter()


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Some incidents, the latest first.

    after: where the next page begins; None if there is none. A page may be short, even empty, with more to come: how
    much is looked through at a time is bounded.
    unreadable: ids of those that are there and cannot be understood, or what the list knows them by where even the id
    is lost; one damaged row hides no other.
    """

    records: tuple[IncidentRecord, ...]
    after: str | None
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted in one go, and where to go on; `after` is None at the end."""

    ids: tuple[str, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """That an incident is among those of a gathering.

    who: see `acimedic.store.keys.hashed`; of the id, which is not kept. at: when it joined first.
    marks: hashes of what it brought along, in the order in which it was given.
    """

    who: str
    at: datetime
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Who has joined, the earliest first.

    joined: the latest 1,000. count: of all, as far as 10,000. mine: the asker's own row, however old.
    """

    joined: tuple[Joined, ...]
    count: int
    mine: Joined


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whose a claim is. at: when it was made."""

    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something to be told later. key: of the intent, among the incident's, that says what."""

    incident_id: str
    key: str
    at: datetime


class Store(Protocol):
    """Keeps what must outlive a process. All of it may raise StoreUnavailableError and UnreadableError.

    Everything may be repeated: a caller that was killed, or heard no answer, calls again with the same values.
    """

    async def put_incident_if_absent(self, record: IncidentRecord) -> Placed[IncidentRecord]:
        """Record an incident, unless it is there. Raises UnfitError."""
        ...

    async def incident(self, incident_id: str) -> IncidentRecord | None:
        """The incident of this id; None if there is none."""
        ...

    async def incidents(
        self, wanted: IncidentFilter = EVERY_INCIDENT, *, after: str | None = None, limit: int = 50
    ) -> IncidentPage:
        """Incidents, the latest first. Raises UnfitError for an `after` that no page gave."""
        ...

    async def advance(self, record: IncidentRecord) -> IncidentRecord:
        """Write a record that was read and changed; gives it back with its new etag.

        Raises LostRaceError where somebody wrote since then, NotThereError, UnfitError.
        """
        ...

    async def use_approval_once(self, decision: Decision) -> Decision:
        """Use up the decision's nonce; gives back what is kept.

        The same claim may do so again. Raises AlreadyThereError for any other, NotThereError, UnfitError.
        """
        ...

    async def decisions(self, incident_id: str) -> tuple[Decision, ...]:
        """All decisions on an incident, in the order of their times."""
        ...

    async def record_intent(self, intent: Intent) -> Placed[Intent]:
        """Say that an effect is about to be made, durably.

        Raises AlreadyThereError if the key stands for a different body, NotThereError, UnfitError.
        """
        ...

    async def record_receipt(self, receipt: StepReceipt) -> Placed[StepReceipt]:
        """Say what came of an intent: the first to say so is believed.

        Raises NotThereError where nothing was intended, UnfitError.
        """
        ...

    async def steps(self, incident_id: str) -> tuple[RecordedStep, ...]:
        """All intents of an incident in the order of their times, with what came of them."""
        ...

    async def take_turn(
        self, registry_id: str, holder: str, *, now: datetime, until: datetime, after: str | None = None
    ) -> TurnHeld:
        """Ask for the turn to change a registry; gives back whether it is the asker's, and when it runs out.

        It is the asker's, from now until then, unless another's has not run out. Asked again by its holder, the turn is
        lengthened, never shortened; so it is where the asker takes it over. after: the holder that makes way for the
        asker. Registry ids are compared in lower case. Raises LostRaceError, UnfitError.
        """
        ...

    async def end_turn(self, registry_id: str, holder: str, *, to: str | None = None) -> None:
        """Give the turn back; one that is somebody else's by now is left alone. Raises LostRaceError.

        to: who has what is left of it, in place of nobody.
        """
        ...

    async def set_maker(self, registry_id: str, what: str, maker: str) -> None:
        """Say who is about to make a thing at a registry, in the place of whoever made it before."""
        ...

    async def made_by_another(self, registry_id: str, what: str, maker: str) -> bool:
        """Whether somebody else was the last to make a thing at a registry; False where nobody is known to have."""
        ...

    async def count_change(self, registry_id: str, key: str, at: datetime) -> None:
        """Count a change at a registry, once for its key. Raises LostRaceError, UnfitError.

        What is older than two hours is not kept.
        """
        ...

    async def changes(self, registry_id: str, *, since: datetime) -> tuple[datetime, ...]:
        """When changes were counted at a registry since then, the earliest first. Raises UnfitError."""
        ...

    async def join(
        self, gathering: str, incident_id: str, at: datetime, *, since: datetime, marks: tuple[str, ...] = ()
    ) -> Gathered:
        """Add an incident to a gathering, once; gives back who has joined since then, that moment included.

        Asked again, the first time and its marks hold. Of n callers at once, one sees n at least, and for each k at
        most k see no more than k. Nothing is kept that leads back to the incident; a day later it is gone.
        Raises UnfitError.
        """
        ...

    async def claim(self, gathering: str, what: str, holder: str, at: datetime, *, since: datetime) -> Claimed:
        """Claim something in a gathering; of any number of callers it is one's, who may ask again.

        A claim made before `since` counts no more. Raises LostRaceError, UnfitError.
        """
        ...

    async def put_off(self, outbox: str, waiting: Waiting) -> None:
        """Put something into an outbox; twice the same is there once. Raises UnfitError."""
        ...

    async def waiting(self, outbox: str, *, before: datetime, limit: int = 100) -> tuple[Waiting, ...]:
        """What was put into an outbox before then, the earliest first. Raises UnfitError."""
        ...

    async def take_out(self, outbox: str, *told: Waiting) -> None:
        """Take these out of an outbox, in this order; one that is not there is no matter."""
        ...

    async def append_audit(self, note: AuditNote) -> AuditEntry:
        """Put a note at the end of the incident's chain, once for its key; the entry's seal is the new head.

        Raises LostRaceError if others kept appending for too long, NotThereError, UnfitError.
        """
        ...

    async def audit(self, incident_id: str) -> AuditTrail:
        """The incident's chain, unverified: see `acimedic.store.chain.verify`. Raises NotThereError."""
        ...

    async def put_report(self, report: ReportFile) -> None:
        """Keep a report under its name, in the place of an earlier one. Raises NotThereError, UnfitError."""
        ...

    async def report(self, incident_id: str, name: str) -> ReportFile | None:
        """The report of this name; None if there is none."""
        ...

    async def forget(self, older_than: datetime, *, after: str | None = None, limit: int = 100) -> Forgotten:
        """Delete the closed incidents received before then, each with all that belongs to it.

        At most `limit` are looked at. What was interrupted is finished by the next call without `after`. Gatherings
        that nobody has joined since then go with the last of them.
        """
        ...

    async def forget_incident(self, incident_id: str) -> bool:
        """Delete one incident, open or closed, with all that belongs to it; whether it was there."""
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...
