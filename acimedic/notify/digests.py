"""What is told later: put off into an outbox for each sink, and told once the hour is full.

A route is told in digests. Whoever gets every state, such as the topic, gets each by itself: a digest is no event.

The outbox only points. What to tell is an intent of the incident itself, and is forgotten with it; its receipt says
that it was told, so that nothing that is asked for again is told again.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from acimedic.model.news import Digest, News
from acimedic.model.record import Intent, StepReceipt
from acimedic.notify.delivering import Letter, deliver, in_doubt
from acimedic.notify.port import Sink
from acimedic.store.port import Store, Waiting
from acimedic.store.trouble import NotThereError

HOUR = timedelta(hours=1)
MOST = 100
"""News in one digest; what is more is in another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What to tell, as pointers and words: the parts of News that cannot be read from the store when it is told.

    decides: whether it goes to a route that is given the link to decide.
    """

    state: str
    said: str
    operation: str
    step: str | None
    plan: str | None
    times: int
    since: str | None
    decides: bool


Rebuild = Callable[[str, Later], Awaitable[News | None]]
"""News from what was put off about an incident; None where the incident is gone."""


async def put_off(sink: Sink, news: News, store: Store, at: datetime) -> None:
    """Have it told through a sink in a digest, once; nothing happens where it was told already."""
    later = Later(
        state=news.state,
        said=news.said,
        operation=news.operation,
        step=news.step,
        plan=None if news.plan is None else news.plan.hash,
        times=news.times,
        since=None if news.since is None else news.since.isoformat(),
        decides=news.decide is not None,
    )
    key = f"later:{sink.name}:{news.operation}"
    known = [step for step in await store.steps(news.record.id) if step.intent.key == key]
    if any(step.receipt is not None for step in known):
        return
    if known:
        kept = known[0].intent
    else:
        body = json.dumps(asdict(later))
        intent = Intent(incident_id=news.record.id, key=key, at=at, body=body, gateway=news.gateway)
        kept = (await store.record_intent(intent)).value
    await store.put_off(sink.name, Waiting(incident_id=news.record.id, key=key, at=kept.at))


async def send_digests(
    sink: Sink, store: Store, now: Callable[[], datetime], rebuild: Rebuild, *, page: str | None, patience: float
) -> tuple[int, tuple[str, ...]]:
    """Tell what waits for a sink, one digest for each full hour; gives back how many, and what went wrong, in words."""
    hour = _hour(now())
    sent = 0
    troubles: list[str] = []
    while waiting := await store.waiting(sink.name, before=hour, limit=MOST):
        began = _hour(waiting[0].at)
        together = tuple(next(groupby(waiting, key=lambda each: _hour(each.at)))[1])
        news = await _rebuilt(together, sink, store, rebuild)
        if news:
            told, said = await _send(sink, began, news, store, now, page, patience)
            troubles += said
            if not told:
                break
            sent += 1
        await _done(sink, together, store, now())
    return sent, tuple(troubles)


async def send_again(
    sink: Sink, store: Store, now: Callable[[], datetime], rebuild: Rebuild, *, patience: float
) -> tuple[str, ...]:
    """Tell each piece of news that waits for a sink since before this hour; gives back what went wrong, in words.

    What fails for now stops it, and waits with all that came after it.
    """
    troubles: list[str] = []
    while waiting := await store.waiting(sink.name, before=_hour(now()), limit=MOST):
        for each in waiting:
            news = await _rebuilt((each,), sink, store, rebuild)
            letters = [Letter(sink, one) for one in news]
            done = await deliver(letters, each.incident_id, store, now, patience=patience)
            troubles += done.refused
            if done.later or done.put_off:
                return (*troubles, *done.later)
            await _done(sink, (each,), store, now())
    return tuple(troubles)


async def _send(
    sink: Sink,
    began: datetime,
    news: tuple[News, ...],
    store: Store,
    now: Callable[[], datetime],
    page: str | None,
    patience: float,
) -> tuple[bool, tuple[str, ...]]:
    """Whether there is nothing left to tell, and what went wrong."""
    first = news[0]
    digest = Digest(
        operation=f"digest:{sink.name}:{began.isoformat()}:{first.operation}",
        since=began,
        until=began + HOUR,
        news=news,
        again=any(each.again for each in news),
        page=page,
        gateway=first.gateway,
    )
    done = await deliver((Letter(sink, digest),), first.record.id, store, now, patience=patience)
    return not (done.later or done.put_off), (*done.refused, *done.later)


async def _rebuilt(waiting: tuple[Waiting, ...], sink: Sink, store: Store, rebuild: Rebuild) -> tuple[News, ...]:
    found: list[News] = []
    for each in waiting:
        steps = await store.steps(each.incident_id)
        said = [step for step in steps if step.intent.key == each.key]
        later = _read(said[0].intent.body) if said else None
        news = None if later is None else await rebuild(each.incident_id, later)
        if later is None or news is None:
            continue
        since = None if later.since is None else datetime.fromisoformat(later.since)
        decide = news.decide if later.decides else None
        again = in_doubt(sink, later.operation, steps)  # it was tried alone before, and may have arrived
        found.append(replace(news, times=later.times, since=since, decide=decide, again=again))
    return tuple(found)


async def _done(sink: Sink, told: tuple[Waiting, ...], store: Store, at: datetime) -> None:
    """Write down that they were told, and take them out: the first one last, for with it the digest is remembered."""
    for each in reversed(told):
        for step in await store.steps(each.incident_id):
            if step.intent.key == each.key:
                receipt = StepReceipt(
                    incident_id=each.incident_id,
                    key=each.key,
                    at=at,
                    state="told",
                    body="{}",
                    gateway=step.intent.gateway,
                )
                await _receive(receipt, store)
    await store.take_out(sink.name, *reversed(told))


async def _receive(receipt: StepReceipt, store: Store) -> None:
    try:
        await store.record_receipt(receipt)
    except NotThereError:
        return  # the incident was forgotten meanwhile, and what was put off with it


def _read(body: str) -> Later | None:
    """What was put off; None where a newer version wrote what this one does not understand."""
    try:
        said = json.loads(body)
        return Later(**said) if isinstance(said, Mapping) else None
    except (ValueError, TypeError):
        return None


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
