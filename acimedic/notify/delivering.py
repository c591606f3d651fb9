"""Delivers messages through their sinks, and remembers it: an intent before, a receipt after.

Where a sink cannot tell repetitions apart, an attempt whose end nobody knows is repeated once, with a word that it may
be a repetition; then never again. Intents and receipts lie with one incident, the holder: the one that the news is
about, or the one that a crowd or digest is told for.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from acimedic.model.news import Crowd, Digest, Message, News
from acimedic.model.record import Intent, RecordedStep, StepReceipt
from acimedic.notify.port import NotToldError, PutOffError, Sink
from acimedic.store.port import Store

PATIENCE = 30.0
"""Seconds that one sink may take for one message."""
_UNCLEAR = 2  # attempts whose end nobody knows
_UNDER_WAY: set[tuple[str, str]] = set()
"""What this process is telling now: an attempt without a receipt that is under way is no sign of a crash."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, and the sink through which it goes."""

    sink: Sink
    message: Message


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of it.

    refused: what was refused for good. later: where another attempt may help. Both in words that name the sink.
    put_off: what a sink has no room for now, and what did not arrive and may yet.
    """

    refused: tuple[str, ...]
    later: tuple[str, ...]
    put_off: tuple[Letter, ...]


async def deliver(
    letters: Sequence[Letter], holder: str, store: Store, now: Callable[[], datetime], *, patience: float = PATIENCE
) -> Delivered:
    """Tell all of them, at the same time; a sink that fails or hangs stops no other. Raises what the store raises.

    holder: the id of the incident with which it is remembered.
    """
    tried = (_through(letter, holder, store, now, patience) for letter in letters)
    refused: list[str] = []
    later: list[str] = []
    put_off: list[Letter] = []
    for letter, ended in zip(letters, await asyncio.gather(*tried, return_exceptions=True), strict=True):
        if isinstance(ended, PutOffError):
            put_off.append(letter)
        elif isinstance(ended, NotToldError):
            (refused if ended.final else later).append(f"{letter.sink.name}: {ended}")
            put_off += () if ended.final else (letter,)
        elif ended is not None:
            raise ended
    return Delivered(tuple(refused), tuple(later), tuple(put_off))


def in_doubt(sink: Sink, operation: str, steps: Sequence[RecordedStep]) -> bool:
    """Whether an attempt to tell this has an end that nobody knows. steps: of the incident that holds it."""
    prefix = _prefix(sink, operation)
    return any(step.receipt is None for step in steps if step.intent.key.startswith(prefix))


def _prefix(sink: Sink, operation: str) -> str:
    """How the keys of all attempts to tell this through a sink begin."""
    return f"tell:{sink.name}:{operation}:"


async def _through(letter: Letter, holder: str, store: Store, now: Callable[[], datetime], patience: float) -> None:
    prefix = _prefix(letter.sink, letter.message.operation)
    if (holder, prefix) in _UNDER_WAY:
        raise NotToldError("somebody else is telling it at this moment")
    _UNDER_WAY.add((holder, prefix))
    try:
        await _unless_told(letter, holder, prefix, store, now, patience)
    finally:
        _UNDER_WAY.discard((holder, prefix))


async def _unless_told(
    letter: Letter, holder: str, prefix: str, store: Store, now: Callable[[], datetime], patience: float
) -> None:
    sink, message = letter.sink, letter.message
    known = [step for step in await store.steps(holder) if step.intent.key.startswith(prefix)]
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
    again = replace(message, again=message.again or unclear > 0)
    await _attempt(Letter(sink, again), holder, f"{prefix}{len(known)}", store, now, patience)


async def _attempt(
    letter: Letter, holder: str, key: str, store: Store, now: Callable[[], datetime], patience: float
) -> None:
    sink, message = letter.sink, letter.message
    body = json.dumps({"sink": sink.name, "state": _kind(message), "operation": message.operation})
    intent = Intent(incident_id=holder, key=key, at=now(), body=body, gateway=message.gateway)
    if not (await store.record_intent(intent)).new:
        raise NotToldError("somebody else is telling it at this moment")
    state, told = "told", {}
    failure: NotToldError | None = None
    try:
        async with asyncio.timeout(patience):
            await sink.send(message)
    except TimeoutError as error:
        # Without a receipt, as with anything unclear: nobody knows.
        raise NotToldError(f"no answer within {patience:g} seconds", unclear=True) from error
    except NotToldError as error:
        if error.unclear:
            raise
        failure = error
        state, told = ("refused" if error.final else "failed"), {"reason": str(error)}
    receipt = StepReceipt(
        incident_id=holder, key=key, at=now(), state=state, body=json.dumps(told), gateway=message.gateway
    )
    await store.record_receipt(receipt)
    if failure is not None:
        raise failure


def _kind(message: Message) -> str:
    match message:
        case News():
            return message.state
        case Crowd():
            return "crowd"
        case Digest():
            return "digest"
