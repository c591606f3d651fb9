"""Whether people can be told: what stands in the way of each route, and, if asked, a message that really goes out."""

import asyncio
from datetime import datetime

from acimedic.doctor.finding import Finding, ok, unknown, wrong
from acimedic.lifecycle.notifying import Closed, OfRoute
from acimedic.model.news import Crowd
from acimedic.notify.log import LogSink
from acimedic.notify.notifier import Ways
from acimedic.notify.port import NotToldError, Sink

_PATIENCE = 30.0
_SAID = "This is a test that 'acimedic doctor' was asked for. Nothing has failed, and nobody has to do anything."
_REPAIR = "correct what it names (docs/notifications.md says what each way needs); then azd up"
_NOBODY = "azd env set ACIMEDIC_MAIL true && azd env set ACIMEDIC_MAIL_TO ADDRESS && azd provision"
_AGAIN = "acimedic doctor --send-test"


def judge_ways(ways: Ways) -> tuple[Finding, ...]:
    """What is wrong with the ways out, as far as it shows without sending anything (pure)."""
    faults = [wrong("telling", trouble, _REPAIR) for trouble in ways.troubles]
    for sink in _all(ways):
        closed = sink.sink if isinstance(sink, OfRoute) else sink
        if isinstance(closed, Closed):
            faults.append(wrong("telling", f"{sink.name} cannot be used: {closed.why}", _REPAIR))
    if faults:
        return tuple(faults)
    names = ", ".join(sink.name for sink in _all(ways))
    if not names:
        return (wrong("telling", "nobody is told: there is no webhook, no mail and no topic", _NOBODY),)
    return (ok("telling", f"these are told: {names}"),)


async def send_test(ways: Ways, now: datetime, *, gateway: bool) -> tuple[Finding, ...]:
    """Tell each way out that this is a test. Nothing of it is kept."""
    test = Crowd(
        operation=f"doctor:{now.isoformat()}",
        cause=None,
        culprit=None,
        count=0,
        since=now,
        until=now,
        told=(),
        headline=_SAID,
        gateway=gateway,
    )
    return tuple(await asyncio.gather(*(_sent(sink, test) for sink in _all(ways))))


async def _sent(sink: Sink, test: Crowd) -> Finding:
    try:
        async with asyncio.timeout(_PATIENCE):
            await sink.send(test)
    except TimeoutError:
        return unknown("test", f"{sink.name} gave no answer within {_PATIENCE:g} seconds", _AGAIN)
    except NotToldError as error:
        made = unknown if error.unclear else wrong
        return made("test", f"{sink.name} was not told: {error}", _REPAIR)
    return ok("test", f"{sink.name} was told")


def _all(ways: Ways) -> tuple[Sink, ...]:
    always = tuple(sink for sink in ways.always if not isinstance(sink, LogSink))
    return (*always, *(sink for sinks in ways.by_route.values() for sink in sinks))
