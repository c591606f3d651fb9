"""Threads: the same cause on the same group within twelve hours is told as going on, and not over and over."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from acimedic.model.news import News
from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord
from acimedic.store.port import Joined, Store

WITHIN = timedelta(hours=12)
AGAIN_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """times: how often the cause was met on this group by now, this included. since: when that was first, if before."""

    name: str
    times: int
    since: datetime | None


async def thread_of(record: IncidentRecord, store: Store) -> Thread | None:
    """The thread of an incident; None before it was diagnosed. Raises what the store raises."""
    if record.outcome is None:
        return None
    name = f"thread|{record.incident.group.key}|{record.cause or record.outcome}"
    at = record.received_at
    gathered = await store.join(name, record.id, at, since=at - WITHIN)
    earlier = [each for each in gathered.joined if _place(each) < _place(gathered.mine)]
    return Thread(name=name, times=len(earlier) + 1, since=earlier[0].at if earlier else None)


async def told_of_late(thread: Thread, news: News, store: Store, now: datetime) -> bool:
    """Whether the same state, with the same plan, was told in this thread less than half an hour ago.

    Asked again for the same incident the answer is the same: what counts is when it was asked first.
    """
    name = f"told|{thread.name}|{news.state}|{_plan(news.plan)}"
    gathered = await store.join(name, news.record.id, now, since=now - WITHIN)
    last: datetime | None = None
    for each in sorted(gathered.joined, key=_place):
        told = last is None or each.at - last >= AGAIN_AFTER
        if each == gathered.mine:
            return not told
        last = each.at if told else last
    return False


def _place(joined: Joined) -> tuple[datetime, str]:
    return joined.at, joined.who


def _plan(plan: Plan | None) -> str:
    """What a plan would do. Its own hash tells the incident as well, and so differs within a thread."""
    if plan is None:
        return "-"
    changes = [(step.remedy, asdict(step.change)) for step in plan.steps]
    return hashlib.sha256(json.dumps(changes, sort_keys=True).encode()).hexdigest()
