"""Decisions, intents and receipts: each is written once, and what is there already is told to whoever comes second."""

from collections.abc import Callable
from typing import TypeVar

from acimedic.model.record import Decision, Intent, RecordedStep, StepReceipt
from acimedic.store import codec, documents
from acimedic.store.codec import Fields
from acimedic.store.incidents import GUARD, no_such_incident
from acimedic.store.keys import hashed, partition_of
from acimedic.store.port import Placed
from acimedic.store.shelf import Insert, MissingError, Require, Row, Shelf, ThereError
from acimedic.store.trouble import AlreadyThereError, NotThereError

_DECISION, _INTENT, _RECEIPT = "decision-", "intent-", "receipt-"
_AT_A_TIME = 500
Value = TypeVar("Value")


class Steps:
    """What was decided and done, on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def use_approval(self, decision: Decision) -> Decision:
        """Use up a nonce. Raises AlreadyThereError unless it was this claim, NotThereError, UnfitError."""
        fields = documents.decision_fields(decision)
        name = _DECISION + hashed(decision.nonce)
        placed = await self._place(decision.incident_id, name, fields, documents.decision)
        if not placed.new and placed.value.claim != decision.claim:
            raise AlreadyThereError("this approval has been used")
        return placed.value

    async def intend(self, intent: Intent) -> Placed[Intent]:
        """Record an intent. Raises AlreadyThereError for another body under its key, NotThereError, UnfitError."""
        fields = documents.intent_fields(intent)
        placed = await self._place(intent.incident_id, _INTENT + hashed(intent.key), fields, documents.intent)
        if (placed.value.body, placed.value.gateway) != (intent.body, intent.gateway):
            raise AlreadyThereError(f"the step '{intent.key}' was recorded with something else to do")
        return placed

    async def receive(self, receipt: StepReceipt) -> Placed[StepReceipt]:
        """Record what came of an intent, the first time. Raises NotThereError, UnfitError."""
        key = hashed(receipt.key)
        fields = documents.receipt_fields(receipt)
        intended = Require(_INTENT + key)
        return await self._place(receipt.incident_id, _RECEIPT + key, fields, documents.receipt, intended)

    async def decisions(self, incident_id: str) -> tuple[Decision, ...]:
        """All decisions on an incident, in the order of their times."""
        kept = await self._all(incident_id, _DECISION, documents.decision)
        return tuple(sorted(kept, key=lambda decision: (decision.decided_at, decision.nonce)))

    async def all(self, incident_id: str) -> tuple[RecordedStep, ...]:
        """All intents in the order of their times, with what came of them."""
        # Receipts first: one that is read has its intent, which is then read as well.
        receipts = {receipt.key: receipt for receipt in await self._all(incident_id, _RECEIPT, documents.receipt)}
        intents = await self._all(incident_id, _INTENT, documents.intent)
        ordered = sorted(intents, key=lambda intent: (intent.at, intent.key))
        return tuple(RecordedStep(intent, receipts.get(intent.key)) for intent in ordered)

    async def _place(
        self,
        incident_id: str,
        name: str,
        fields: Fields,
        build: Callable[[Fields], Value],
        *required: Require,
    ) -> Placed[Value]:
        partition, document = partition_of(incident_id), codec.write(fields)
        try:
            await self._shelf.write(partition, Insert(name, document), GUARD, *required)
        except MissingError:
            if required and await self._shelf.read(partition, GUARD.name) is not None:
                raise NotThereError("nothing was intended under this key") from None
            raise no_such_incident() from None
        except ThereError:
            row = await self._shelf.read(partition, name)
            if row is None:
                raise no_such_incident() from None
            return Placed(codec.read(row.document, build), new=False)
        return Placed(codec.read(document, build), new=True)

    async def _all(self, incident_id: str, prefix: str, build: Callable[[Fields], Value]) -> list[Value]:
        rows = await every_row(self._shelf, partition_of(incident_id), prefix)
        return [codec.read(row.document, build) for row in rows]


async def every_row(shelf: Shelf, partition: str, prefix: str) -> list[Row]:
    """All rows of a partition whose names begin so, in the order of their names."""
    found: list[Row] = []
    above = prefix
    while True:
        rows = await shelf.rows(partition, above=above, below=prefix + "~", limit=_AT_A_TIME)
        found += rows
        if len(rows) < _AT_A_TIME:
            return found
        above = rows[-1].name
