"""The parts that every version of the story is made of: from the diagnosis to the decision, the change and the looking.

None of them may ask for anything else, or in another order, while a version that is in use is made of it: what is to
differ is a part of its own, in a version of its own.
"""

from datetime import datetime, timedelta

from acimedic.lifecycle.messages import (
    Applied,
    Change,
    Decided,
    Ended,
    Found,
    Hint,
    Look,
    Proof,
    Prove,
    Taken,
    Turn,
)
from acimedic.lifecycle.steps import StepError, Steps, Story, event_nonce
from acimedic.model.plan import RunMode

DECIDED = "decided"  # the event that somebody has decided

_MODES: tuple[RunMode, ...] = ("observe", "review", "auto")  # from the narrowest
_UNTIL_TOLD = (1, 2, 4, 8, 10)  # minutes between looks for the error's text, which the activity log gives late
_ASKED_AGAIN = timedelta(hours=6)  # the store is asked at least so often, should an event be lost
_WAKES = 20  # events that an offer is woken by; from then on it goes by the clock alone
_TURNS = 40  # times that a turn is asked for
_LONGEST_WAIT = 3600
_FIRST_LOOK = 30  # seconds after the change; each wait is twice the one before
_LATER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))  # looks for a pull that proves it


def diagnose(steps: Steps) -> Story[Found]:
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


def decide(steps: Steps, found: Found, plan: str, mode: RunMode) -> Story[Decided]:
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


def take_turn(steps: Steps, turn: Turn) -> Story[Taken]:
    """Wait for the turn, as long as it is worth; whether it came."""
    for tried in range(_TURNS):
        taken = yield from steps.call("take_turn", turn, Taken)
        if taken.granted:
            break
        wait = min(max(taken.wait, 30 * 2 ** min(tried, 7)), _LONGEST_WAIT)
        yield from steps.show("waiting-for-turn", taken.said, tell=False, due=steps.now + timedelta(seconds=wait))
        yield from steps.pause(steps.now + timedelta(seconds=wait))
    return taken


def change_in_turn(steps: Steps, turn: Turn, change: Change) -> Story[Applied]:
    """The change, and the end of the turn, however it went. (No `finally`: a generator may not yield while it dies.)"""
    try:
        yield from steps.show("applying", "the change is being made", tell=False)
        applied = yield from steps.call("apply", change, Applied)
    except StepError:
        yield from end_turn(steps, turn)
        raise
    yield from end_turn(steps, turn)
    return applied


def end_turn(steps: Steps, turn: Turn) -> Story[None]:
    """Give the turn back. Where that fails, it is said, and the turn runs out by itself."""
    try:
        yield from steps.call("end_turn", turn, Taken)
    except StepError as error:
        yield from steps.show("turn-not-ended", f"it runs out by itself ({error.reason})", tell=False)


def first_look(steps: Steps, plan: str) -> Story[Proof]:
    """Look right after the change."""
    return (yield from steps.call("verify", Prove(incident=steps.incident, plan=plan, waited=False), Proof))


def watch(steps: Steps, plan: str, proof: Proof, felt: datetime, last: datetime | None) -> Story[Ended]:
    """Look at growing intervals until the documented time has passed, say what came of it, and watch for the proof.

    proof: of the first look. felt: when the change must be felt. last: when it is taken back.
    """
    wait = _FIRST_LOOK
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


def narrower(one: RunMode, other: RunMode) -> RunMode:
    """The mode that allows less."""
    return min(one, other, key=_MODES.index)
