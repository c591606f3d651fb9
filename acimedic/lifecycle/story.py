"""The story of one incident, as an orchestrator for azure-functions-durable.

Diagnose; tell; wait for a decision or for its expiry; change; look whether it helped; close; take back what was lent.
Whatever waits, waits here; whatever touches the world is an activity, idempotent and retried. Of two stories that
want to change one registry, one waits: `take_turn` is a lease in the store, held by the incident, which runs out by
itself and counts changes against the hourly limit. Not a durable entity: the Python library cannot hold entity locks
(critical sections are for .NET alone), and a lease is the same thing on the laptop and in Azure.

Events wake the story and mean nothing: `decision` asks the store what was decided, and `apply` checks it all again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from acimedic.lifecycle.messages import (
    Applied,
    Begin,
    Change,
    Decided,
    Ended,
    Found,
    Hint,
    Json,
    Look,
    MessageError,
    Proof,
    Prove,
    TakeBack,
    Taken,
    TakenBack,
    Turn,
    from_json,
)
from acimedic.lifecycle.steps import Context, StepError, Steps, Story, as_output, event_nonce
from acimedic.model.plan import RunMode

NAME = "story"  # of the orchestration
DECIDED = "decided"  # the event that somebody has decided
ACTIVITIES = ("diagnose", "record", "notify", "decision", "expire", "take_turn", "end_turn", "apply", "verify", "undo")

_MODES: tuple[RunMode, ...] = ("observe", "review", "auto")  # from the narrowest
_UNTIL_TOLD = (1, 2, 4, 8, 10)  # minutes between looks for the error's text, which the activity log gives late
_ASKED_AGAIN = timedelta(hours=6)  # the store is asked at least so often, should an event be lost
_WAKES = 20  # events that an offer is woken by; from then on it goes by the clock alone
_TURNS = 40  # times that a turn is asked for
_LONGEST_WAIT = 3600
_FIRST_LOOK = 30  # seconds after the change; each wait is twice the one before
_LATER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))  # looks for a pull that proves it

_Telling: TypeAlias = Callable[[Steps, Begin], Story[Ended]]


def story(context: Context) -> Story[Json]:
    """The orchestrator. An input that nobody understands ends it as failed, where the engine shows it."""
    begin = from_json(Begin, context.get_input())
    if begin.incident != context.instance_id:
        raise MessageError("the instance id is not the incident's")
    if begin.version not in VERSIONS:
        raise MessageError(f"there is no version {begin.version} of the story")
    return as_output((yield from VERSIONS[begin.version](Steps(context), begin)))


def _first(steps: Steps, begin: Begin) -> Story[Ended]:
    """Version 1. It may not change any more once it is in use: what differs is another version."""
    ended = yield from _or_failed(steps, _whole(steps, begin))
    return (yield from steps.close(ended))


def _whole(steps: Steps, begin: Begin) -> Story[Ended]:
    found = yield from _diagnose(steps)
    steps.plan = found.plan
    mode = narrower(begin.mode, found.mode)
    yield from steps.show("diagnosed", found.said)
    if found.plan is None or mode == "observe":
        return Ended(state="diagnosed", said=found.said)
    decided = yield from _decide(steps, found, found.plan, mode)
    if decided.word != "approve":
        return (yield from steps.end("rejected" if decided.word == "reject" else "expired", decided.said))
    before = steps.now
    ended = yield from _or_failed(steps, _repair(steps, found, found.plan, decided.approval, before))
    if found.grant is None or ended.state == "refused":
        return ended
    return (yield from _take_back(steps, found.plan, before + timedelta(seconds=found.grant), ended))


def _or_failed(steps: Steps, telling: Story[Ended]) -> Story[Ended]:
    """Tell it, or end in the state `failed`: which step, and why. Should that fail too, so does the orchestration."""
    try:
        return (yield from telling)
    except StepError as error:
        return (yield from steps.end("failed", error.reason, step=error.step))


def _diagnose(steps: Steps) -> Story[Found]:
    """Look until the error's text is there, and in the end judge without it."""
    for attempt, minutes in enumerate(_UNTIL_TOLD):
        found = yield from steps.call("diagnose", Look(incident=steps.incident, attempt=attempt), Found)
        if found.error_known:
            return found
        due = steps.now + timedelta(minutes=minutes)
        yield from steps.show("waiting-for-error", found.said, tell=False, due=due)
        yield from steps.pause(due)
    return (
        yield from steps.call("diagnose", Look(incident=steps.incident, attempt=len(_UNTIL_TOLD), live=True), Found)
    )


def _decide(steps: Steps, found: Found, plan: str, mode: RunMode) -> Story[Decided]:
    """A person's decision, or its expiry, whichever comes first; none is needed in the mode `auto`."""
    if mode == "auto":
        return Decided(word="approve", said="the policy allows it without a person")
    until = steps.now + timedelta(seconds=found.decide_within)
    yield from steps.show("awaiting-decision", found.said, due=until)
    wakes, nonce = 0, None
    while steps.now < until:
        decided = yield from steps.call("decision", Hint(incident=steps.incident, plan=plan, nonce=nonce), Decided)
        if decided.word != "none":
            return decided
        again = min(until, steps.now + _ASKED_AGAIN)
        if wakes == _WAKES:
            yield from steps.pause(again)
            continue
        said = yield from steps.hear(DECIDED, again)
        wakes += said is not None
        nonce = event_nonce(said)
    return (yield from steps.call("expire", Hint(incident=steps.incident, plan=plan), Decided))


def _repair(steps: Steps, found: Found, plan: str, approval: str | None, before: datetime) -> Story[Ended]:
    """Change it in turn, then see whether it helped."""
    turn = Turn(incident=steps.incident, plan=plan)
    taken = yield from _take_turn(steps, turn)
    if not taken.granted:
        return (yield from steps.end("refused", taken.said))
    applied = yield from _in_turn(steps, turn, Change(incident=steps.incident, plan=plan, approval=approval))
    if applied.state != "applied":
        return (yield from steps.end(applied.state, applied.said))
    yield from steps.show("applied", applied.said, due=steps.now + timedelta(seconds=found.propagation))
    last = None if found.grant is None else before + timedelta(seconds=found.grant)
    return (yield from _verify(steps, plan, timedelta(seconds=found.propagation), last))


def _take_turn(steps: Steps, turn: Turn) -> Story[Taken]:
    for tried in range(_TURNS):
        taken = yield from steps.call("take_turn", turn, Taken)
        if taken.granted:
            break
        wait = min(max(taken.wait, 30 * 2 ** min(tried, 7)), _LONGEST_WAIT)
        yield from steps.show("waiting-for-turn", taken.said, tell=False, due=steps.now + timedelta(seconds=wait))
        yield from steps.pause(steps.now + timedelta(seconds=wait))
    return taken


def _in_turn(steps: Steps, turn: Turn, change: Change) -> Story[Applied]:
    """The change, and the end of the turn, however it went. (No `finally`: a generator may not yield while it dies.)"""
    try:
        yield from steps.show("applying", "the change is being made", tell=False)
        applied = yield from steps.call("apply", change, Applied)
    except StepError:
        yield from _end_turn(steps, turn)
        raise
    yield from _end_turn(steps, turn)
    return applied


def _end_turn(steps: Steps, turn: Turn) -> Story[None]:
    try:
        yield from steps.call("end_turn", turn, Taken)
    except StepError as error:
        yield from steps.show("turn-not-ended", f"it runs out by itself ({error.reason})", tell=False)


def _verify(steps: Steps, plan: str, propagation: timedelta, last: datetime | None) -> Story[Ended]:
    """Look at growing intervals until the documented time has passed, say what came of it, and watch for the proof."""
    changed = steps.now
    felt = changed + propagation
    wait = _FIRST_LOOK
    proof = yield from steps.call("verify", Prove(incident=steps.incident, plan=plan, waited=False), Proof)
    while proof.state not in {"proved", "undone"} and steps.now < felt:
        yield from steps.pause(min(felt, steps.now + timedelta(seconds=wait)))
        wait *= 2
        look = Prove(incident=steps.incident, plan=plan, waited=steps.now >= felt)
        proof = yield from steps.call("verify", look, Proof)
    ended = yield from steps.end(proof.state, proof.said)
    for later in _LATER:
        moment = felt + later
        if ended.state not in {"in-effect", "not-yet"} or (last is not None and moment >= last):
            break
        yield from steps.pause(moment)
        proof = yield from steps.call("verify", Prove(incident=steps.incident, plan=plan, waited=True), Proof)
        if proof.state != ended.state:
            ended = yield from steps.end(proof.state, proof.said)
    return ended


def _take_back(steps: Steps, plan: str, due: datetime, ended: Ended) -> Story[Ended]:
    """Azure does not end what we granted; this does. After a failed change as well: the receipts know what was made."""
    if ended.state == "undone":
        return ended
    yield from steps.show(ended.state, ended.said, tell=False, step=ended.step, due=due)
    yield from steps.pause(due)
    turn = Turn(incident=steps.incident, plan=plan, back=True)
    taken = yield from _take_turn(steps, turn)
    if not taken.granted:
        return (yield from steps.end("kept", taken.said))
    try:
        back = yield from steps.call("undo", TakeBack(incident=steps.incident, plan=plan), TakenBack)
    except StepError:
        yield from _end_turn(steps, turn)
        raise
    yield from _end_turn(steps, turn)
    if back.state == "nothing":
        return ended
    return (yield from steps.end(back.state, back.said))


def narrower(one: RunMode, other: RunMode) -> RunMode:
    """The mode that allows less."""
    return min(one, other, key=_MODES.index)


VERSIONS: dict[int, _Telling] = {1: _first}
