"""Outboxes: what is to be told later, in the order in which it was put off.

A row only points: to an incident, and to the key of the intent that says what to tell, which lies with the incident
and is forgotten with it. The row itself goes when it was told, or when there was nothing left to tell.
"""

from datetime import datetime

from acimedic.store import codec
from acimedic.store.keys import earliest_first, outbox_of
from acimedic.store.port import Waiting
from acimedic.store.shelf import Shelf, Upsert


class Outbox:
    """The outboxes on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def put(self, outbox: str, waiting: Waiting) -> None:
        """Put something in; the same at the same time is there once. Raises UnfitError."""
        at = codec.time(codec.time_text(waiting.at))
        document = codec.write({"id": waiting.incident_id, "key": waiting.key, "at": codec.time_text(at)})
        await self._shelf.write(outbox_of(outbox), Upsert(_name(waiting, at), document))

    async def before(self, outbox: str, time: datetime, limit: int) -> tuple[Waiting, ...]:
        """What was put in before then, the earliest first. Raises UnfitError."""
        end = earliest_first(codec.time(codec.time_text(time)), "").partition("-")[0]
        rows = await self._shelf.rows(outbox_of(outbox), above="", below=f"{end}-", limit=limit)
        return tuple(codec.read(row.document, _waiting) for row in rows)

    async def remove(self, outbox: str, *told: Waiting) -> None:
        """Take these out, in this order; one that is not there is no matter."""
        await self._shelf.remove(outbox_of(outbox), *(_name(each, each.at) for each in told))


def _name(waiting: Waiting, at: datetime) -> str:
    return earliest_first(at, f"{waiting.incident_id}|{waiting.key}")


def _waiting(fields: codec.Fields) -> Waiting:
    return Waiting(incident_id=str(fields["id"]), key=str(fields["key"]), at=codec.time(fields["at"]))
