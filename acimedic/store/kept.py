"""The store: the product's rules over a shelf, the same for Azure Storage and for a file."""

from datetime import datetime
from types import TracebackType
from typing import Self

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
from acimedic.store.chain import AuditKeys
from acimedic.store.forgetting import Forgetting
from acimedic.store.gatherings import Gatherings
from acimedic.store.incidents import Incidents
from acimedic.store.ledger import Ledger
from acimedic.store.outbox import Outbox
from acimedic.store.port import (
    EVERY_INCIDENT,
    Claimed,
    Forgotten,
    Gathered,
    IncidentFilter,
    IncidentPage,
    Placed,
    Waiting,
)
from acimedic.store.reports import Reports
from acimedic.store.shelf import Shelf
from acimedic.store.steps import Steps
from acimedic.store.trail import Trail


class KeptStore:
    """A Store (see `acimedic.store.port`) on a shelf. Use as `async with`, or close it."""

    def __init__(self, shelf: Shelf, keys: AuditKeys) -> None:
        self._shelf = shelf
        self._incidents = Incidents(shelf)
        self._steps = Steps(shelf)
        self._ledger = Ledger(shelf)
        self._gatherings = Gatherings(shelf)
        self._outbox = Outbox(shelf)
        self._trail = Trail(shelf, keys)
        self._reports = Reports(shelf)
        self._forgetting = Forgetting(shelf, self._incidents)

    async def put_incident_if_absent(self, record: IncidentRecord) -> Placed[IncidentRecord]:
        """Record an incident, unless it is there."""
        return await self._incidents.put_if_absent(record)

    async def incident(self, incident_id: str) -> IncidentRecord | None:
        """The incident of this id; None if there is none."""
        return await self._incidents.get(incident_id)

    async def incidents(
        self, wanted: IncidentFilter = EVERY_INCIDENT, *, after: str | None = None, limit: int = 50
    ) -> IncidentPage:
        """Incidents, the latest first."""
        return await self._incidents.page(wanted, after, limit)

    async def advance(self, record: IncidentRecord) -> IncidentRecord:
        """Write a record that was read and changed."""
        return await self._incidents.advance(record)

    async def use_approval_once(self, decision: Decision) -> Decision:
        """Use up the decision's nonce."""
        return await self._steps.use_approval(decision)

    async def decisions(self, incident_id: str) -> tuple[Decision, ...]:
        """All decisions on an incident."""
        return await self._steps.decisions(incident_id)

    async def record_intent(self, intent: Intent) -> Placed[Intent]:
        """Say that an effect is about to be made."""
        return await self._steps.intend(intent)

    async def record_receipt(self, receipt: StepReceipt) -> Placed[StepReceipt]:
        """Say what came of an intent."""
        return await self._steps.receive(receipt)

    async def steps(self, incident_id: str) -> tuple[RecordedStep, ...]:
        """All intents of an incident, with what came of them."""
        return await self._steps.all(incident_id)

    async def take_turn(
        self, registry_id: str, holder: str, *, now: datetime, until: datetime, after: str | None = None
    ) -> TurnHeld:
        """Ask for the turn to change a registry."""
        return await self._ledger.take_turn(registry_id, holder, now, until, after)

    async def end_turn(self, registry_id: str, holder: str, *, to: str | None = None) -> None:
        """Give the turn back, or hand it on."""
        await self._ledger.end_turn(registry_id, holder, to)

    async def set_maker(self, registry_id: str, what: str, maker: str) -> None:
        """Say who makes a thing at a registry."""
        await self._ledger.set_maker(registry_id, what, maker)

    async def made_by_another(self, registry_id: str, what: str, maker: str) -> bool:
        """Whether somebody else was the last to make a thing."""
        return await self._ledger.made_by_another(registry_id, what, maker)

    async def count_change(self, registry_id: str, key: str, at: datetime) -> None:
        """Count a change at a registry, once for its key."""
        await self._ledger.count(registry_id, key, at)

    async def changes(self, registry_id: str, *, since: datetime) -> tuple[datetime, ...]:
        """When changes were counted at a registry since then."""
        return await self._ledger.changes(registry_id, since)

    async def join(
        self, gathering: str, incident_id: str, at: datetime, *, since: datetime, marks: tuple[str, ...] = ()
    ) -> Gathered:
        """Add an incident to a gathering, once; gives back who has joined since then."""
        return await self._gatherings.join(gathering, incident_id, at, since, marks)

    async def claim(self, gathering: str, what: str, holder: str, at: datetime, *, since: datetime) -> Claimed:
        """Claim something in a gathering."""
        return await self._gatherings.claim(gathering, what, holder, at, since)

    async def put_off(self, outbox: str, waiting: Waiting) -> None:
        """Put something into an outbox."""
        await self._outbox.put(outbox, waiting)

    async def waiting(self, outbox: str, *, before: datetime, limit: int = 100) -> tuple[Waiting, ...]:
        """What was put into an outbox before then, the earliest first."""
        return await self._outbox.before(outbox, before, limit)

    async def take_out(self, outbox: str, *told: Waiting) -> None:
        """Take these out of an outbox."""
        await self._outbox.remove(outbox, *told)

    async def append_audit(self, note: AuditNote) -> AuditEntry:
        """Put a note at the end of the incident's chain."""
        return await self._trail.append(note)

    async def audit(self, incident_id: str) -> AuditTrail:
        """The incident's chain, unverified."""
        return await self._trail.all(incident_id)

    async def put_report(self, report: ReportFile) -> None:
        """Keep a report under its name."""
        await self._reports.put(report)

    async def report(self, incident_id: str, name: str) -> ReportFile | None:
        """The report of this name; None if there is none."""
        return await self._reports.get(incident_id, name)

    async def forget(self, older_than: datetime, *, after: str | None = None, limit: int = 100) -> Forgotten:
        """Delete the closed incidents received before then."""
        done = await self._forgetting.older_than(older_than, after, limit)
        if done.after is None:
            await self._gatherings.prune(older_than)
        return done

    async def forget_incident(self, incident_id: str) -> bool:
        """Delete one incident with all that belongs to it."""
        return await self._forgetting.one(incident_id)

    async def close(self) -> None:
        """Let go of connections and files."""
        await self._shelf.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
