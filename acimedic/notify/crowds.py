"""Storms: many failures with one thing in common, or with nothing in common but the moment.

Who tells of an incident joins those of the same cause and culprit first, and sees how many there are. From the fifth
within a quarter of an hour on, a crowd is told in place of the single news of states that need nobody: at the fifth,
and whenever their number has doubled. Of any number of tellers the one tells it who claims it first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from acimedic.model.news import Crowd, News
from acimedic.model.record import IncidentRecord
from acimedic.notify.scene import Scene, culprit
from acimedic.store.keys import hashed
from acimedic.store.port import Gathered, IncidentFilter, Joined, Store

WITHIN = timedelta(minutes=15)
MANY = 5
SHOWN = 20
_REGISTRIES = _IDENTITIES = 3
_GROUPS = 5
_REMEMBERED = timedelta(hours=6)
_RECEIVED_BEFORE = timedelta(hours=1)  # an incident is diagnosed, and joins, up to so long after it was received
_LISTED = 200
_UNKNOWN = hashed("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What an incident is part of.

    gathering: its name. run: who is in it, the earliest first, with no gap of a quarter of an hour between two.
    count: how many by now. level: the size at which it is told, which is claimed. mine: the asker's place in it.
    """

    gathering: str
    cause: str | None
    culprit: str | None
    baffling: bool
    run: tuple[Joined, ...]
    count: int
    level: int
    mine: Joined


async def storm_of(news: News, scene: Scene, store: Store, now: datetime) -> Storm | None:
    """The storm that an incident is part of; None where it is part of none. Raises what the store raises.

    That nothing is known to explain it weighs more than a common culprit: of two storms that is the one that counts.
    """
    record = news.record
    if record.outcome is None:
        return None
    place = culprit(record, scene)
    found: Storm | None = None
    if place is not None:
        name = f"storm|{record.cause or record.outcome}|{place}"
        gathered = await store.join(name, record.id, now, since=now - _REMEMBERED)
        if any(len(rows) >= MANY for rows in _around(gathered)):
            found = _storm(name, gathered, first=MANY, cause=record.cause, culprit=place, baffling=False)
    if _unexplained(record, scene):
        marks = (scene.registry or "", scene.identity or "", record.incident.group.key)
        gathered = await store.join("baffling", record.id, now, since=now - _REMEMBERED, marks=marks)
        if any(_baffles(rows) for rows in _around(gathered)):
            found = _storm("baffling", gathered, first=1, cause=None, culprit=None, baffling=True)
    return found


async def crowd_for(
    audience: str,
    storm: Storm,
    news: News,
    store: Store,
    now: datetime,
    *,
    concerns: Callable[[IncidentRecord], bool],
    page: str | None,
) -> Crowd | None:
    """What one route is told of a storm at its present size, if nobody tells it already; whoever does may ask again.

    concerns: which incidents the route may be shown. Raises what the store raises.
    """
    began = storm.run[0].at
    claimed = await store.claim(
        storm.gathering, f"{storm.level}|{audience}", news.record.id, storm.mine.at, since=began - WITHIN
    )
    if not claimed.mine:
        return None
    members = frozenset(each.who for each in storm.run)
    wanted = IncidentFilter(since=began - _RECEIVED_BEFORE, among=members)
    listed = await store.incidents(wanted, limit=min(len(members), _LISTED))
    told = [each for each in listed.records if concerns(each)]
    return Crowd(
        operation=f"crowd:{hashed(storm.gathering)[:16]}:{storm.level}:{claimed.at.isoformat()}",
        cause=storm.cause,
        culprit=storm.culprit,
        count=storm.count,
        since=began,
        until=max(now, storm.run[-1].at),
        told=tuple(told[:SHOWN]),
        baffling=storm.baffling,
        headline=_headline(storm),
        page=page,
        gateway=news.gateway,
    )


def level_of(count: int, first: int) -> int:
    """The largest size at which it is told again that has been reached: the first, then 10, 20, 40, …"""
    level, following = first, 2 * MANY
    while following <= count:
        level, following = following, 2 * following
    return level


def _storm(
    name: str, gathered: Gathered, *, first: int, cause: str | None, culprit: str | None, baffling: bool
) -> Storm:
    run = _run(gathered)
    # Of very many the store tells the latest, and counts the others: the run goes back beyond those that are told.
    beyond = gathered.count - len(gathered.joined) if run[0] == gathered.joined[0] else 0
    count = len(run) + beyond
    return Storm(
        gathering=name,
        cause=cause,
        culprit=culprit,
        baffling=baffling,
        run=run,
        count=count,
        level=level_of(count, first),
        mine=gathered.mine,
    )


def _run(gathered: Gathered) -> tuple[Joined, ...]:
    """Those around the asker, as far as no quarter of an hour without any lies between."""
    rows = _rows(gathered)
    middle = rows.index(gathered.mine)
    start = end = middle
    while start > 0 and rows[start].at - rows[start - 1].at <= WITHIN:
        start -= 1
    while end + 1 < len(rows) and rows[end + 1].at - rows[end].at <= WITHIN:
        end += 1
    return tuple(rows[start : end + 1])


def _around(gathered: Gathered) -> tuple[list[Joined], list[Joined]]:
    """Those of the quarter of an hour up to the asker's own moment, and of the one from there on."""
    at, rows = gathered.mine.at, _rows(gathered)
    return [each for each in rows if at - WITHIN <= each.at <= at], [
        each for each in rows if at <= each.at <= at + WITHIN
    ]


def _rows(gathered: Gathered) -> list[Joined]:
    """All that are told, and the asker, which may lie too far back to be among them."""
    if gathered.mine in gathered.joined:
        return [*gathered.joined]
    return sorted((*gathered.joined, gathered.mine), key=lambda each: (each.at, each.who))


def _unexplained(record: IncidentRecord, scene: Scene) -> bool:
    """Whether nothing of its own explains the failure: no cause but the platform, and no change that is known."""
    return not scene.changed and (record.outcome == "undetermined" or record.cause == "platform-transient")


def _baffles(rows: Iterable[Joined]) -> bool:
    """Whether these have so little in common that the platform is likelier than any of them."""
    known = [each.marks for each in rows if len(each.marks) == 3]
    registries = {registry for registry, _, _ in known} - {_UNKNOWN}
    identities = {identity for _, identity, _ in known} - {_UNKNOWN}
    if len(registries) >= _REGISTRIES and len(identities) >= _IDENTITIES:
        return True
    hidden = [marks for marks in known if _UNKNOWN in marks[:2]]
    one_place = len({registry for registry, _, _ in hidden}) == 1 and hidden[0][0] != _UNKNOWN
    return len({group for _, _, group in hidden}) >= _GROUPS and not one_place


def _headline(storm: Storm) -> str:
    if storm.baffling:
        return (
            f"{storm.count} container groups failed to pull, and they have neither a registry nor an identity in "
            "common. Nothing is known to have changed: the platform is likelier than any of them. Wait, and change "
            "nothing."
        )
    return (
        f"{storm.count} container groups failed with one cause ({storm.cause or 'not found yet'}) at {storm.culprit}."
    )
