"""The ceiling: how many stories may be begun for the failures of one subscription within an hour of the clock.

Beyond it a failure is recorded, counted and closed, and nobody looks into it: a deployment that fails in a loop would
otherwise ask Azure, and write to people, without end. A person may still have it diagnosed.

Each story takes a numbered place of its hour, which is claimed, so that no crowd at one moment gets more places than
there are. Its turn among those that came tells where to begin to look for one. What was decided is written down once:
deliveries of one event at the same time cannot disagree, and one that comes later finds it.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from acimedic.lifecycle.keeping import change, note
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import Crowd, News
from acimedic.model.record import IncidentRecord, Intent
from acimedic.store.port import Gathered
from acimedic.store.trouble import AlreadyThereError

OVER = "over-ceiling"
_KEY = "ceiling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Where an incident lies. count: of its subscription's failures within the hour. at: when that was decided."""

    over: bool
    count: int
    at: datetime


async def is_over(tools: Tools, record: IncidentRecord) -> bool:
    """Whether the incident lies beyond the ceiling; then it is told, if it is the one to be told, and closed.

    Asked again, the first answer holds. Raises what the store raises.
    """
    measured = await _measured(tools, record)
    if not measured.over:
        return False
    # Told first: should this process die in between, the next delivery finds the incident open and comes here again.
    await _tell(tools, record, measured)
    said = (
        f"Failure {measured.count} of its subscription within this hour; stories are begun for "
        f"{tools.settings.incidents_per_hour}. It was counted and not looked into."
    )
    await note(tools, record.id, key=OVER, kind=OVER, body={"said": said, "count": measured.count})

    def closed(now: IncidentRecord) -> IncidentRecord:
        return now if now.state == OVER else replace(now, state=OVER, said=said, changed_at=tools.now(), closed=True)

    await change(tools, record.id, closed)
    return True


async def _measured(tools: Tools, record: IncidentRecord) -> Measured:
    kept = await _decided(tools, record.id)
    if kept is not None:
        return kept
    now = tools.now()
    gathered = await tools.store.join(_gathering(record, now), record.id, now, since=_hour(now))
    mine = Measured(over=not await _has_place(tools, record, gathered, now), count=gathered.count, at=now)
    body = json.dumps({"over": mine.over, "count": mine.count}, sort_keys=True)
    intent = Intent(incident_id=record.id, key=_KEY, at=now, body=body, gateway=tools.gateway)
    try:
        await tools.store.record_intent(intent)
    except AlreadyThereError:
        return await _decided(tools, record.id) or mine
    return mine


async def _has_place(tools: Tools, record: IncidentRecord, gathered: Gathered, now: datetime) -> bool:
    for place in range(_turn(gathered), tools.settings.incidents_per_hour + 1):
        claimed = await tools.store.claim(_gathering(record, now), f"story {place}", record.id, now, since=_hour(now))
        if claimed.mine:
            return True
    return False


def _turn(gathered: Gathered) -> int:
    """The how manieth to come this hour. Of very many the store tells the latest, and counts the others."""
    if gathered.mine not in gathered.joined:
        return 1
    return gathered.count - len(gathered.joined) + gathered.joined.index(gathered.mine) + 1


async def _decided(tools: Tools, incident: str) -> Measured | None:
    for step in await tools.store.steps(incident):
        if step.intent.key == _KEY:
            said = json.loads(step.intent.body)
            return Measured(over=said["over"] is True, count=int(said["count"]), at=step.intent.at)
    return None


async def _tell(tools: Tools, record: IncidentRecord, measured: Measured) -> None:
    """Tell that there are too many: at the first beyond, and whenever their number has doubled."""
    ceiling, count, at = tools.settings.incidents_per_hour, measured.count, measured.at
    level = ceiling + 1
    while 2 * level <= count:
        level *= 2
    claimed = await tools.store.claim(_gathering(record, at), f"told {level}", record.id, at, since=_hour(at))
    if not claimed.mine:
        return
    subscription = record.incident.group.subscription
    said = (
        f"{count} failures in subscription {subscription} within this hour: beyond {ceiling} they are recorded and "
        "counted, and not looked into. 'acimedic diagnose --resource-id ID' looks into one of them."
    )
    page = None if tools.settings.url is None else f"{tools.settings.url}/api/incidents?state={OVER}"
    crowd = Crowd(
        operation=f"{OVER}:{subscription}:{level}:{claimed.at.isoformat()}",
        cause=None,
        culprit=f"subscription {subscription}",
        count=count,
        since=_hour(at),
        until=at,
        told=(),
        headline=said,
        page=page,
        gateway=tools.gateway,
    )
    news = News(record=record, state=OVER, said=said, operation=f"{OVER}:{record.id}", gateway=tools.gateway)
    refused = await tools.notifier.tell_crowd(crowd, news)
    if refused:
        await note(tools, record.id, key=f"untold:{OVER}", kind="not-told", body={"refused": [*refused]})


def _gathering(record: IncidentRecord, now: datetime) -> str:
    return f"ceiling|{record.incident.group.subscription.lower()}|{_hour(now).isoformat()}"


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
