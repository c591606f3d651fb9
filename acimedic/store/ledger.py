"""The ledger of a registry: whose turn it is to change it, when it was changed of late, and who made what there last.

One row, in a partition of its own, changed only from the version that was read; and beside it a row for each thing that
was ever made there. It outlives incidents that are forgotten; so holders, makers, keys and the registry's id are kept
as hashes, which nobody can turn back into what they were. What is too old goes with every write that knows the time.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from acimedic.model.record import TurnHeld
from acimedic.store import codec
from acimedic.store.keys import hashed, ledger_of
from acimedic.store.shelf import Insert, MissingError, MovedError, Replace, Shelf, ThereError, Upsert
from acimedic.store.trouble import LostRaceError, UnfitError

LEDGER = "ledger"
KEPT = timedelta(hours=2)
"""How long a change is remembered; a policy counts those of the last hour."""
_MADE = "made-"
_TRIES = 50


@dataclass(frozen=True, slots=True)
class _Turn:
    """holder: the hash of who has the turn."""

    holder: str
    until: datetime


_NOBODYS = _Turn("", datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """changes: when each was made, by the hash of its key."""

    turn: _Turn = _NOBODYS
    changes: Mapping[str, datetime] = field(default_factory=dict)

    def without_old(self, now: datetime) -> "_Sheet":
        return replace(self, changes={key: at for key, at in self.changes.items() if now - at <= KEPT})


class Ledger:
    """The ledgers of all registries on a shelf. Every method may raise UnfitError, for a time without its zone."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        # As with the audit: within this process a race need not be lost to be noticed.
        self._writing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take_turn(
        self, registry_id: str, holder: str, now: datetime, until: datetime, after: str | None = None
    ) -> TurnHeld:
        """Ask for the turn. Raises LostRaceError, and UnfitError if it would be over before it began."""
        asker, end = hashed(holder), _utc(until)
        theirs = {asker} if after is None else {asker, hashed(after)}
        if end <= _utc(now):
            raise UnfitError("a turn that is over before it begins")

        def ask(sheet: _Sheet) -> _Sheet:
            held = sheet.turn
            if held.holder in theirs:
                return replace(sheet.without_old(now), turn=_Turn(asker, max(held.until, end)))
            if held.until > now:
                return sheet
            return replace(sheet.without_old(now), turn=_Turn(asker, end))

        turn = (await self._change(registry_id, ask)).turn
        return TurnHeld(turn.holder == asker, turn.until)

    async def end_turn(self, registry_id: str, holder: str, to: str | None = None) -> None:
        """Give the turn back, or hand on what is left of it, where it is the holder's. Raises LostRaceError."""
        asker = hashed(holder)

        def give_back(sheet: _Sheet) -> _Sheet:
            if sheet.turn.holder != asker:
                return sheet
            return replace(sheet, turn=_NOBODYS if to is None else replace(sheet.turn, holder=hashed(to)))

        await self._change(registry_id, give_back)

    async def count(self, registry_id: str, key: str, at: datetime) -> None:
        """Count a change, once for its key; the first time holds. Raises LostRaceError, UnfitError."""
        known, when = hashed(key), _utc(at)

        def add(sheet: _Sheet) -> _Sheet:
            recent = sheet.without_old(when)
            return replace(recent, changes={known: when, **recent.changes})

        await self._change(registry_id, add)

    async def changes(self, registry_id: str, since: datetime) -> tuple[datetime, ...]:
        """When changes were counted since then, that moment included, the earliest first."""
        from_then = _utc(since)
        row = await self._shelf.read(ledger_of(registry_id), LEDGER)
        sheet = _Sheet() if row is None else codec.read(row.document, _sheet)
        return tuple(sorted(at for at in sheet.changes.values() if at >= from_then))

    async def set_maker(self, registry_id: str, what: str, maker: str) -> None:
        """Say who makes a thing at a registry, in the place of whoever made it before."""
        row = Upsert(_MADE + hashed(what), codec.write({"maker": hashed(maker)}))
        await self._shelf.write(ledger_of(registry_id), row)

    async def made_by_another(self, registry_id: str, what: str, maker: str) -> bool:
        """Whether somebody else is known to have been the last to make a thing."""
        row = await self._shelf.read(ledger_of(registry_id), _MADE + hashed(what))
        return row is not None and codec.read(row.document, lambda fields: str(fields["maker"])) != hashed(maker)

    async def _change(self, registry_id: str, step: Callable[[_Sheet], _Sheet]) -> _Sheet:
        """The sheet after a step, which is taken again from what others have written meanwhile."""
        partition = ledger_of(registry_id)
        writing = self._writing.setdefault(partition, asyncio.Lock())
        async with writing:
            for _ in range(_TRIES):
                row = await self._shelf.read(partition, LEDGER)
                sheet = _Sheet() if row is None else codec.read(row.document, _sheet)
                changed = step(sheet)
                if changed == sheet:
                    return sheet
                document = codec.write(_fields(changed))
                try:
                    await self._shelf.write(
                        partition,
                        Insert(LEDGER, document) if row is None else Replace(LEDGER, document, row.etag),
                    )
                except (ThereError, MovedError, MissingError):
                    continue
                return changed
        raise LostRaceError("others kept writing to this registry's ledger")


def _utc(at: datetime) -> datetime:
    """The same moment in UTC. Raises UnfitError where it has no zone."""
    return codec.time(codec.time_text(at))


def _fields(sheet: _Sheet) -> dict[str, Any]:
    return {
        "turn": {"holder": sheet.turn.holder, "until": codec.time_text(sheet.turn.until)},
        "changes": {key: codec.time_text(at) for key, at in sheet.changes.items()},
    }


def _sheet(fields: codec.Fields) -> _Sheet:
    turn = fields["turn"]
    changes = {key: codec.time(at) for key, at in fields["changes"].items()}
    return _Sheet(_Turn(str(turn["holder"]), codec.time(turn["until"])), changes)
