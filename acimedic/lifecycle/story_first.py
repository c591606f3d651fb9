"""Version 1 of the story. Nothing begins with it any more; what began with it ends with it, so it may not change.

What was lent is taken back so long after the decision; one try, of five attempts, and the incident is closed.
"""

from datetime import datetime, timedelta

from acimedic.lifecycle.messages import Begin, Change, Ended, Found, TakeBack, TakenBack, Turn
from acimedic.lifecycle.steps import StepError, Steps, Story
from acimedic.lifecycle.story_parts import (
    change_in_turn,
    decide,
    diagnose,
    end_turn,
    first_look,
    narrower,
    take_turn,
    watch,
)


def first(steps: Steps, begin: Begin) -> Story[Ended]:
    """The whole of it, and its close."""
    ended = yield from _or_failed(steps, _whole(steps, begin))
    return (yield from steps.close(ended))


def _whole(steps: Steps, begin: Begin) -> Story[Ended]:
    found = yield from diagnose(steps)
    steps.plan = found.plan
    mode = narrower(begin.mode, found.mode)
    yield from steps.show("diagnosed", found.said)
    if found.plan is None or mode == "observe":
        return Ended(state="diagnosed", said=found.said)
    decided = yield from decide(steps, found, found.plan, mode)
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


def _repair(steps: Steps, found: Found, plan: str, approval: str | None, before: datetime) -> Story[Ended]:
    """Change it in turn, then see whether it helped."""
    turn = Turn(incident=steps.incident, plan=plan)
    taken = yield from take_turn(steps, turn)
    if not taken.granted:
        return (yield from steps.end("refused", taken.said))
    applied = yield from change_in_turn(steps, turn, Change(incident=steps.incident, plan=plan, approval=approval))
    if applied.state != "applied":
        return (yield from steps.end(applied.state, applied.said))
    propagation = timedelta(seconds=found.propagation)
    yield from steps.show("applied", applied.said, due=steps.now + propagation)
    last = None if found.grant is None else before + timedelta(seconds=found.grant)
    felt = steps.now + propagation
    proof = yield from first_look(steps, plan)
    return (yield from watch(steps, plan, proof, felt, last))


def _take_back(steps: Steps, plan: str, due: datetime, ended: Ended) -> Story[Ended]:
    """Azure does not end what we granted; this does. After a failed change as well: the receipts know what was made."""
    if ended.state == "undone":
        return ended
    yield from steps.show(ended.state, ended.said, tell=False, step=ended.step, due=due)
    yield from steps.pause(due)
    turn = Turn(incident=steps.incident, plan=plan, back=True)
    taken = yield from take_turn(steps, turn)
    if not taken.granted:
        return (yield from steps.end("kept", taken.said))
    try:
        back = yield from steps.call("undo", TakeBack(incident=steps.incident, plan=plan), TakenBack)
    except StepError:
        yield from end_turn(steps, turn)
        raise
    yield from end_turn(steps, turn)
    if back.state == "nothing":
        return ended
    return (yield from steps.end(back.state, back.said))
