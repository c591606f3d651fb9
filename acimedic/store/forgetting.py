"""Deletion that is real: the incident and its guard first, so that nothing is added any more, its pointer last."""

from datetime import datetime

from acimedic.store.incidents import GUARD, INCIDENT, Incidents, pointed_id
from acimedic.store.keys import BY_TIME, checked_after, partition_of, time_floor, time_key
from acimedic.store.port import Forgotten
from acimedic.store.shelf import Row, Shelf
from acimedic.store.trouble import UnfitError, UnreadableError

_AT_A_TIME = 100


class Forgetting:
    """Deletes incidents from a shelf."""

    def __init__(self, shelf: Shelf, incidents: Incidents) -> None:
        self._shelf = shelf
        self._incidents = incidents

    async def older_than(self, time: datetime, after: str | None, limit: int) -> Forgotten:
        """Delete the closed ones received before then; looks at `limit` of them. Raises UnfitError."""
        if limit < 1:
            raise UnfitError("at least one incident is looked at")
        above = max(time_floor(time) + "~", checked_after(after) or "")
        rows = await self._shelf.rows(BY_TIME, above=above, below="~", limit=limit)
        forgotten = [pointed_id(row) for row in rows if await self._forget_pointed(row)]
        if forgotten:
            await self._shelf.tidy()
        return Forgotten(tuple(forgotten), rows[-1].name if len(rows) == limit else None)

    async def one(self, incident_id: str) -> bool:
        """Delete one incident with all that belongs to it; whether it was there."""
        row = await self._shelf.read(partition_of(incident_id), INCIDENT)
        pointer = await self._pointer(incident_id)
        await self._everything(partition_of(incident_id))
        if pointer is not None:
            await self._shelf.remove(BY_TIME, pointer)
        await self._shelf.tidy()
        return row is not None

    async def _pointer(self, incident_id: str) -> str | None:
        try:
            there = await self._incidents.get(incident_id)
        except UnreadableError:
            return None  # What then points to nothing is removed when its time comes.
        return None if there is None else time_key(there.received_at, incident_id)

    async def _forget_pointed(self, pointer: Row) -> bool:
        """Delete what a row of the list points to; False where it stays, and where another row points to it.

        An incident that is not there, or only in part, is one whose deletion was interrupted.
        """
        try:
            incident_id = pointed_id(pointer)
            there = await self._incidents.get(incident_id)
        except UnreadableError:
            return False  # Perhaps a newer version's, and open: a person may delete it by its id.
        own = there is None or time_key(there.received_at, incident_id) == pointer.name
        if there is not None and own and not there.closed:
            return False
        if own:
            await self._everything(partition_of(incident_id))
        await self._shelf.remove(BY_TIME, pointer.name)
        return own

    async def _everything(self, partition: str) -> None:
        await self._shelf.remove(partition, INCIDENT, GUARD.name)
        while rows := await self._shelf.rows(partition, above="", below="~", limit=_AT_A_TIME):
            await self._shelf.remove(partition, *(row.name for row in rows))
        await self._shelf.remove_blobs(partition)
