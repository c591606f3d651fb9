"""The audit on a shelf: appended to, read whole, never changed."""

import asyncio
from weakref import WeakValueDictionary

from acimedic.model.record import AuditEntry, AuditNote, AuditTrail
from acimedic.store import chain, codec, documents
from acimedic.store.incidents import GUARD, HEAD, no_such_incident
from acimedic.store.keys import hashed, partition_of
from acimedic.store.shelf import Insert, MissingError, MovedError, Replace, Shelf, ThereError
from acimedic.store.steps import every_row
from acimedic.store.trouble import LostRaceError

_ENTRY, _ONCE = "audit-", "noted-"
_TRIES = 50


class Trail:
    """The chains of all incidents, and the keys that seal them."""

    def __init__(self, shelf: Shelf, keys: chain.AuditKeys) -> None:
        self._shelf = shelf
        self._keys = keys
        # Appending goes one at a time anyway; within this process it need not be found out by losing races.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def append(self, note: AuditNote) -> AuditEntry:
        """Put a note at the end, once for its key. Raises LostRaceError, NotThereError, UnfitError."""
        partition = partition_of(note.incident_id)
        turn = self._turns.setdefault(partition, asyncio.Lock())
        async with turn:
            for _ in range(_TRIES):
                try:
                    return await self._try_append(partition, note)
                except MovedError:
                    continue
                except MissingError:
                    raise no_such_incident() from None
        raise LostRaceError("others kept appending to this incident's audit")

    async def _try_append(self, partition: str, note: AuditNote) -> AuditEntry:
        head = await self._shelf.read(partition, HEAD)
        if head is None:
            raise MissingError
        entry = chain.seal(self._keys, codec.read(head.document, documents.head), note)
        once = _ONCE + hashed(note.key)
        try:
            await self._shelf.write(
                partition,
                Insert(once, codec.write({"number": entry.number})),
                Insert(_name(entry.number), codec.write(documents.entry_fields(entry))),
                Replace(HEAD, codec.write(documents.head_fields(chain.head_at(entry))), head.etag),
                GUARD,
            )
        except ThereError:
            return await self._noted(partition, once)
        return entry

    async def _noted(self, partition: str, once: str) -> AuditEntry:
        """The entry that this key stands for; MovedError if it was not the key that was in the way."""
        pointer = await self._shelf.read(partition, once)
        if pointer is None:
            raise MovedError
        number = codec.read(pointer.document, lambda fields: int(fields["number"]))
        row = await self._shelf.read(partition, _name(number))
        if row is None:
            raise no_such_incident()
        return codec.read(row.document, documents.entry)

    async def all(self, incident_id: str) -> AuditTrail:
        """An incident's chain, unverified. Raises NotThereError."""
        partition = partition_of(incident_id)
        for _ in range(_TRIES):
            before = await self._shelf.read(partition, HEAD)
            rows = await every_row(self._shelf, partition, _ENTRY)
            after = await self._shelf.read(partition, HEAD)
            if before is None or after is None:
                raise no_such_incident()
            # Entries and head are read one after the other: what was appended in between is no tampering.
            if before.etag == after.etag:
                entries = tuple(codec.read(row.document, documents.entry) for row in rows)
                return AuditTrail(entries=entries, head=codec.read(after.document, documents.head))
        raise LostRaceError("others kept appending to this incident's audit")


def _name(number: int) -> str:
    return f"{_ENTRY}{number:010d}"
