"""Delivers news through every sink, and remembers it: an intent before, a receipt after.

Where a sink cannot tell repetitions apart, an attempt whose end nobody knows is repeated once, with a word that it may
be a repetition; then never again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from acimedic.model.news import News
from acimedic.model.record import Intent, StepReceipt
from acimedic.notify.port import NotToldError, Sink
from acimedic.store.port import Store

_UNCLEAR = 2  # attempts whose end nobody knows


async def deliver(news: News, sinks: Sequence[Sink], store: Store, now: Callable[[], datetime]) -> tuple[str, ...]:
    """Tell it through all sinks; gives back what was refused for good, in words.

    Raises NotToldError, after all were tried, where another attempt may help. A sink that fails stops no other.
    """
    refused: list[str] = []
    later: list[str] = []
    for sink in sinks:
        try:
            await _through(sink, news, store, now)
        except NotToldError as error:
            (refused if error.final else later).append(f"{sink.name}: {error}")
    if later:
        raise NotToldError("; ".join(later))
    return tuple(refused)


async def _through(sink: Sink, news: News, store: Store, now: Callable[[], datetime]) -> None:
    prefix = f"tell:{sink.name}:{news.operation}:"
    known = [step for step in await store.steps(news.record.id) if step.intent.key.startswith(prefix)]
    unclear = 0
    for step in known:
        if step.receipt is None:
            unclear += 1
        elif step.receipt.state == "refused":
            raise NotToldError(str(json.loads(step.receipt.body).get("reason")), final=True)
        elif step.receipt.state == "told":
            return
    if unclear >= _UNCLEAR and not sink.once:
        raise NotToldError("told twice, and twice nobody knows whether it arrived", final=True)
    await _attempt(sink, replace(news, again=unclear > 0), f"{prefix}{len(known)}", store, now)


async def _attempt(sink: Sink, news: News, key: str, store: Store, now: Callable[[], datetime]) -> None:
    incident = news.record.id
    body = json.dumps({"sink": sink.name, "state": news.state, "operation": news.operation})
    await store.record_intent(Intent(incident_id=incident, key=key, at=now(), body=body, gateway=news.gateway))
    state, told = "told", {}
    failure: NotToldError | None = None
    try:
        await sink.send(news)
    except NotToldError as error:
        if error.unclear:
            raise  # without a receipt: nobody knows
        failure = error
        state, told = ("refused" if error.final else "failed"), {"reason": str(error)}
    receipt = StepReceipt(
        incident_id=incident, key=key, at=now(), state=state, body=json.dumps(told), gateway=news.gateway
    )
    await store.record_receipt(receipt)
    if failure is not None:
        raise failure
