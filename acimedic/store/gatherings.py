"""Gatherings: which incidents have something in common, and who says so to people.

A row for each incident that joined, in the gathering's own partition: nobody waits for anybody, and who joins sees all
who were faster. A gathering outlives incidents that are forgotten; so the rows hold hashes, times, and nothing that
leads back to an incident. What is older than a day goes when somebody joins; what nobody joins any more goes with
the incidents of its time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from acimedic.store import codec
from acimedic.store.keys import GATHERINGS, gathering_of, hashed, time_floor
from acimedic.store.port import Claimed, Gathered, Joined
from acimedic.store.shelf import Insert, MissingError, MovedError, Replace, Row, Shelf, ThereError, Upsert
from acimedic.store.steps import every_row
from acimedic.store.trouble import LostRaceError

KEPT = timedelta(days=1)
MOST = 1_000
"""Rows that are given back; the others are only counted."""
_COUNTED = 10_000
_AT_A_TIME = 500
_PRUNED = 100
_TRIES = 20
_JOINED, _WHO, _CLAIM = "joined-", "who-", "claim-"


@dataclass(frozen=True, slots=True)
class _Claim:
    holder: str
    at: datetime


class Gatherings:
    """The gatherings on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def join(
        self, gathering: str, incident_id: str, at: datetime, since: datetime, marks: tuple[str, ...]
    ) -> Gathered:
        """Join, unless it has; all who did since then. Raises UnfitError."""
        when, who = _utc(at), hashed(incident_id)
        mine = Joined(who=who, at=when, marks=tuple(map(hashed, marks)))
        document = codec.write({"who": who, "at": codec.time_text(when), "marks": list(mine.marks)})
        partition = gathering_of(gathering)
        await self._shelf.write(GATHERINGS, Upsert(partition, codec.write({"at": codec.time_text(when)})))
        try:
            # The row by name makes it once, the row by time is what is read: both or none.
            await self._shelf.write(
                partition, Insert(_WHO + who, document), Upsert(_JOINED + time_floor(when) + who, document)
            )
        except ThereError:
            row = await self._shelf.read(partition, _WHO + who)
            mine = mine if row is None else codec.read(row.document, _joined)
        else:
            await self._prune(partition, when - KEPT)
        return await self._since(partition, _utc(since), mine)

    async def claim(self, gathering: str, what: str, holder: str, at: datetime, since: datetime) -> Claimed:
        """Claim something for the holder, unless another has since then. Raises LostRaceError, UnfitError."""
        wanted, earliest = _Claim(hashed(holder), _utc(at)), _utc(since)
        document = codec.write({"holder": wanted.holder, "at": codec.time_text(wanted.at)})
        partition, name = gathering_of(gathering), _CLAIM + hashed(what)
        await self._shelf.write(GATHERINGS, Upsert(partition, codec.write({"at": codec.time_text(wanted.at)})))
        for _ in range(_TRIES):
            row = await self._shelf.read(partition, name)
            there = None if row is None else codec.read(row.document, _claim)
            if there is not None and there.at >= earliest:
                return Claimed(mine=there.holder == wanted.holder, at=there.at)
            try:
                await self._shelf.write(
                    partition, Insert(name, document) if row is None else Replace(name, document, row.etag)
                )
            except (ThereError, MovedError, MissingError):
                continue
            return Claimed(mine=True, at=wanted.at)
        raise LostRaceError("others kept claiming the same")

    async def prune(self, before: datetime) -> None:
        """Delete the gatherings that nobody has joined since then."""
        for row in await every_row(self._shelf, GATHERINGS, "g-"):
            if codec.read(row.document, lambda fields: codec.time(fields["at"])) < before:
                # Its place in the list last: what is interrupted is found again.
                kept = await every_row(self._shelf, row.name, "")
                await self._shelf.remove(row.name, *(each.name for each in kept))
                await self._shelf.remove(GATHERINGS, row.name)

    async def _since(self, partition: str, since: datetime, mine: Joined) -> Gathered:
        found: list[Joined] = []
        count, above, below = 0, _JOINED, _JOINED + time_floor(since) + "~"
        while count < _COUNTED:
            rows = await self._shelf.rows(partition, above=above, below=below, limit=_AT_A_TIME)
            count += len(rows)
            found += [codec.read(row.document, _joined) for row in rows[: max(0, MOST - len(found))]]
            if len(rows) < _AT_A_TIME:
                break
            above = rows[-1].name
        return Gathered(joined=tuple(reversed(found)), count=count, mine=mine)

    async def _prune(self, partition: str, before: datetime) -> None:
        """Some of what is too old: more than one joins, and less is left each time."""
        above = _JOINED + time_floor(before) + "~"
        old = await self._shelf.rows(partition, above=above, below=_JOINED + "~", limit=_PRUNED)
        if old:
            await self._shelf.remove(partition, *(name for row in old for name in (_who_row(row), row.name)))


def _who_row(row: Row) -> str:
    return _WHO + row.name.rpartition("-")[2]


def _utc(at: datetime) -> datetime:
    """The same moment in UTC. Raises UnfitError where it has no zone."""
    return codec.time(codec.time_text(at))


def _joined(fields: codec.Fields) -> Joined:
    return Joined(who=str(fields["who"]), at=codec.time(fields["at"]), marks=tuple(map(str, fields["marks"])))


def _claim(fields: codec.Fields) -> _Claim:
    return _Claim(str(fields["holder"]), codec.time(fields["at"]))
