"""An incident whose plan waits for a person, as `diagnose` and the story leave it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from acimedic.approval import Approval
from acimedic.approval import Decision as Word
from acimedic.lifecycle.deciding import AWAITING, pending
from acimedic.lifecycle.deciding import decide as decided
from acimedic.lifecycle.keeping import change, found
from acimedic.lifecycle.messages import Hint
from acimedic.lifecycle.offers import link, offered, with_offer
from acimedic.model.news import Crowd, News
from acimedic.model.record import Decision, IncidentRecord
from acimedic.notify.digests import Rebuild
from tests.lifecycle.repairs import KEYS, Repair

GOOD_FOR = timedelta(hours=24)


class Deaf:
    """People of whom some cannot be reached; what was to be told is remembered."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.heard: list[News] = []

    async def tell(self, news: News) -> tuple[str, ...]:
        self.heard.append(news)
        return self.refused

    async def tell_crowd(self, crowd: Crowd, news: News) -> tuple[str, ...]:
        return self.refused

    async def send_digests(self, rebuild: Rebuild) -> int:
        return 0


async def ask(one: Repair, *, state: str = AWAITING, expires: datetime | None = None, **changes: Any) -> Approval:
    """Offer the plan to people; gives back the offer. changes: of the record, besides."""
    until = one.clock() + GOOD_FOR if expires is None else expires

    def asking(record: IncidentRecord) -> IncidentRecord:
        there = replace(record, state=state, plan_hash=one.plan.hash, **changes)
        return with_offer(there, one.plan.hash, now=one.clock(), expires=until)

    offer = offered(await change(one.tools, one.record.id, asking))
    assert offer is not None
    return offer


async def stand(one: Repair, edit: Callable[[IncidentRecord], IncidentRecord]) -> IncidentRecord:
    """Have the incident stand elsewhere."""
    return await change(one.tools, one.record.id, edit)


async def standing(one: Repair) -> IncidentRecord:
    """Where the incident stands."""
    return await found(one.tools, one.record.id)


def hint(one: Repair, **changes: Any) -> Hint:
    return replace(Hint(incident=one.record.id, plan=one.plan.hash), **changes)


def token(offer: Approval, word: Word = "approve", *, keys: tuple[str, ...] = KEYS, gateway: bool = True) -> str:
    return link(offer, word, keys, gateway=gateway)


async def say(one: Repair, offer: Approval, word: Word = "approve") -> Decision:
    """Somebody at this machine follows the link."""
    wanted = await pending(one.tools, one.record.id, token(offer, word))
    return await decided(one.tools, wanted, approver=None)
