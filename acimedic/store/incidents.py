"""Incidents: recorded once, advanced from the version that was read, listed by time.

A list needs an order that a partition of its own does not give, hence a second row that only points. It is written
first: a crash between the two leaves a pointer to nothing, which lists overlook and `forget` removes, and never an
incident that no list shows.
"""

import asyncio
from dataclasses import replace

from acimedic.model.record import IncidentRecord
from acimedic.store import codec, documents
from acimedic.store.chain import START
from acimedic.store.keys import BY_TIME, checked_after, id_in, partition_of, time_floor, time_key
from acimedic.store.port import IncidentFilter, IncidentPage, Placed
from acimedic.store.shelf import Insert, MissingError, MovedError, Replace, Require, Row, Shelf, ThereError, Upsert
from acimedic.store.trouble import LostRaceError, NotThereError, UnfitError, UnreadableError

INCIDENT = "incident"
GUARD = Require("guard")
"""Whatever is added to an incident requires this row: nothing is added to one that was deleted meanwhile."""
HEAD = "head"
_NOTHING = codec.write({})
_TRIES = 5
_AT_A_TIME = 50
_LOOKED_THROUGH = 1000


class Incidents:
    """The incidents on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def get(self, incident_id: str) -> IncidentRecord | None:
        """The incident of this id; None if there is none."""
        row = await self._shelf.read(partition_of(incident_id), INCIDENT)
        return None if row is None else _record(row)

    async def put_if_absent(self, record: IncidentRecord) -> Placed[IncidentRecord]:
        """Record an incident, unless it is there. Raises UnfitError."""
        document = codec.write(documents.incident_fields(record))
        place = time_key(record.received_at, record.id)
        for _ in range(_TRIES):
            there = await self.get(record.id)
            if there is not None:
                return Placed(there, new=False)
            await self._shelf.write(BY_TIME, Upsert(place, codec.write({"id": record.id})))
            try:
                etag = await self._shelf.write(partition_of(record.id), *_beginning(document))
            except ThereError:
                await self._withdraw(record.id, place)
            else:
                return Placed(replace(record, etag=etag), new=True)
        raise LostRaceError("this incident is recorded and deleted at the same time, over and over")

    async def _withdraw(self, incident_id: str, place: str) -> None:
        """Somebody else recorded it first: our pointer goes, unless it is theirs too."""
        there = await self.get(incident_id)
        if there is not None and time_key(there.received_at, incident_id) != place:
            await self._shelf.remove(BY_TIME, place)

    async def advance(self, record: IncidentRecord) -> IncidentRecord:
        """Write a record that was read and changed. Raises LostRaceError, NotThereError, UnfitError."""
        document = codec.write(documents.incident_fields(record))
        if not record.etag:
            raise LostRaceError("only a record that was read can be advanced")
        try:
            etag = await self._shelf.write(partition_of(record.id), Replace(INCIDENT, document, record.etag))
        except MovedError:
            raise LostRaceError("the incident has changed since it was read") from None
        except MissingError:
            raise no_such_incident() from None
        return replace(record, etag=etag)

    async def page(self, wanted: IncidentFilter, after: str | None, limit: int) -> IncidentPage:
        """Incidents, the latest first. Raises UnfitError for an `after` that no page gave."""
        if limit < 1:
            raise UnfitError("a page holds one incident at least")
        above, below = _bounds(wanted, checked_after(after))
        found: list[IncidentRecord] = []
        unreadable: list[str] = []
        for _ in range(_LOOKED_THROUGH // _AT_A_TIME):
            rows = await self._shelf.rows(BY_TIME, above=above, below=below, limit=_AT_A_TIME)
            read = (self._wanted_at(row, wanted) for row in rows)
            for row, there in zip(rows, await asyncio.gather(*read), strict=True):
                above = row.name
                if isinstance(there, str):
                    unreadable.append(there)
                elif there is not None and wanted.wants(there):
                    found.append(there)
                if len(found) == limit:
                    ended = row is rows[-1] and len(rows) < _AT_A_TIME
                    return IncidentPage(tuple(found), None if ended else above, tuple(unreadable))
            if len(rows) < _AT_A_TIME:
                return IncidentPage(tuple(found), None, tuple(unreadable))
        return IncidentPage(tuple(found), above, tuple(unreadable))

    async def _wanted_at(self, pointer: Row, wanted: IncidentFilter) -> IncidentRecord | str | None:
        """As `pointed_at`; None too, and nothing is read, where the id tells that it is not asked for."""
        try:
            if not wanted.may_be(pointed_id(pointer)):
                return None
        except UnreadableError:
            pass
        return await self.pointed_at(pointer)

    async def pointed_at(self, pointer: Row) -> IncidentRecord | str | None:
        """The incident that a row of the list points to; its id if it is unreadable; None if it is not there.

        Where nothing tells the id any more, the name of that row stands for it.
        """
        incident_id = pointer.name
        try:
            incident_id = pointed_id(pointer)
            there = await self.get(incident_id)
        except UnreadableError:
            return incident_id
        if there is None or time_key(there.received_at, incident_id) != pointer.name:
            return None
        return there


def no_such_incident() -> NotThereError:
    """What is raised where an incident is gone, or never was."""
    return NotThereError("there is no such incident")


def pointed_id(pointer: Row) -> str:
    """The id in a row of the list; where that row is damaged, in its name. Raises UnreadableError."""
    try:
        return codec.read(pointer.document, lambda fields: str(fields["id"]))
    except UnreadableError:
        named = id_in(pointer.name)
        if named is None:
            raise
        return named


def _record(row: Row) -> IncidentRecord:
    return replace(codec.read(row.document, documents.incident_record), etag=row.etag)


def _beginning(document: str) -> tuple[Insert, ...]:
    head = codec.write(documents.head_fields(START))
    return Insert(INCIDENT, document), Insert(GUARD.name, _NOTHING), Insert(HEAD, head)


def _bounds(wanted: IncidentFilter, after: str | None) -> tuple[str, str]:
    """Between which names of the list the wanted ones lie: later is smaller."""
    above = time_floor(wanted.before) + "~" if wanted.before is not None else ""
    below = time_floor(wanted.since) + "~" if wanted.since is not None else "~"
    return max(above, after or ""), below
