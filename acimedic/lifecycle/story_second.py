"""Version 2 of the story: what was lent is taken back so long after it was made, and that is tried until it is done.

Azure does not end what we granted; this does. A step that fails, a state that cannot be recorded, and what is kept for
now put it off and do not end it: it is tried again, less and less often, and the incident stays open, with the moment
of the next try. Where all tries were in vain it stays open as well: retention deletes nothing of it, `acimedic doctor`
names it, and `acimedic undo` still knows what was made.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from acimedic.lifecycle.messages import Begin, Change, Ended, Found, Proof, TakeBack, Taken, TakenBack, Turn
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

_TRIES = 22  # for twelve days; a history has room for as many, should each step of each of them fail
_FIRST_AGAIN = timedelta(minutes=1)  # each wait is twice the one before
_LONGEST_AGAIN = timedelta(days=1)
_NO_MORE = "It is not tried any more; 'acimedic undo' takes it back."


@dataclass(frozen=True, slots=True)
class _Loan:
    """What is to be taken back: what this plan made, at this moment."""

    plan: str
    due: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """How the story went, and what it has lent."""

    ended: Ended
    loan: _Loan | None = None


def second(steps: Steps, begin: Begin) -> Story[Ended]:
    """The whole of it, and its close. Should even a failure not be recorded, the orchestration itself fails."""
    try:
        told = yield from _whole(steps, begin)
    except StepError as error:
        told = _Told((yield from steps.end("failed", error.reason, step=error.step)))
    if told.loan is None:
        return (yield from steps.close(told.ended))
    return (yield from _take_back(steps, told.loan, told.ended))


def _whole(steps: Steps, begin: Begin) -> Story[_Told]:
    found = yield from diagnose(steps)
    steps.plan = found.plan
    mode = narrower(begin.mode, found.mode)
    yield from steps.show("diagnosed", found.said)
    if found.plan is None or mode == "observe":
        return _Told(Ended(state="diagnosed", said=found.said))
    decided = yield from decide(steps, found, found.plan, mode)
    if decided.word != "approve":
        return _Told((yield from steps.end("rejected" if decided.word == "reject" else "expired", decided.said)))
    if found.grant is None:
        return _Told((yield from _repair(steps, found, found.plan, decided.approval, _Made(steps.now))))
    return (yield from _lend(steps, found, found.plan, decided.approval, timedelta(seconds=found.grant)))


@dataclass(slots=True)
class _Made:
    """Since when what was made stands: not before it was begun, and not after it was known."""

    begun: datetime
    known: datetime | None = None

    def tell(self, proof: Proof) -> None:
        """Take the moment of the last receipt, as far as it can be true: who writes the store writes receipts."""
        if proof.changed_at is None or self.known is None:
            return
        try:
            receipt = datetime.fromisoformat(proof.changed_at)
        except ValueError:
            return
        if receipt.tzinfo is not None:
            self.known = min(max(receipt, self.begun), self.known)


def _lend(steps: Steps, found: Found, plan: str, approval: str | None, grant: timedelta) -> Story[_Told]:
    """Change it for a time. After a failed change as well it is taken back: the receipts know what was made."""
    made = _Made(steps.now)
    try:
        ended = yield from _repair(steps, found, plan, approval, made, grant)
        failed = False
    except StepError as error:
        ended = Ended(state="failed", said=error.reason, step=error.step)
        failed = True
    if ended.state in {"refused", "undone"}:
        return _Told(ended)
    loan = _Loan(plan, (made.known or steps.now) + grant)
    yield from _shown(steps, ended, due=loan.due, tell=failed)
    return _Told(ended, loan)


def _repair(
    steps: Steps, found: Found, plan: str, approval: str | None, made: _Made, grant: timedelta | None = None
) -> Story[Ended]:
    """Change it in turn, then see whether it helped."""
    turn = Turn(incident=steps.incident, plan=plan)
    taken = yield from take_turn(steps, turn)
    if not taken.granted:
        return (yield from steps.end("refused", taken.said))
    made.begun = steps.now
    applied = yield from change_in_turn(steps, turn, Change(incident=steps.incident, plan=plan, approval=approval))
    made.known = steps.now
    if applied.state != "applied":
        return (yield from steps.end(applied.state, applied.said))
    propagation = timedelta(seconds=found.propagation)
    yield from steps.show("applied", applied.said, due=steps.now + propagation)
    felt = steps.now + propagation
    proof = yield from first_look(steps, plan)
    made.tell(proof)
    last = None if grant is None else made.known + grant
    return (yield from watch(steps, plan, proof, felt, last))


def _take_back(steps: Steps, loan: _Loan, ended: Ended) -> Story[Ended]:
    """When its time is over: try until it is gone and that is recorded, then close; else leave it open, and say so."""
    yield from steps.pause(loan.due)
    told = ""
    stays, wait = ended, _FIRST_AGAIN
    for _ in range(_TRIES):
        try:
            back = yield from _back(steps, loan.plan)
            if back.state in {"undone", "nothing"}:
                over = ended if back.state == "nothing" else (yield from steps.end(back.state, back.said))
                return (yield from steps.close(over))
            stays = back
        except StepError as error:
            stays = Ended(state="failed", said=error.reason, step=error.step)
        again = steps.now + wait
        tell = stays.state in {"kept", "failed"} and stays.state != told
        yield from _shown(steps, stays, due=again, tell=tell)
        told = stays.state if tell else told
        yield from steps.pause(again)
        wait = min(wait * 2, _LONGEST_AGAIN)
    last = Ended(state="kept", said=f"{stays.said} {_NO_MORE}", step=stays.step)
    yield from _shown(steps, last, due=steps.now, tell=True)
    return last


def _back(steps: Steps, plan: str) -> Story[Ended]:
    """One try, in turn. The state is that of `undo`, or that somebody else has the turn."""
    turn = Turn(incident=steps.incident, plan=plan, back=True)
    taken = yield from steps.call("take_turn", turn, Taken)
    if not taken.granted:
        return Ended(state="waiting-for-turn", said=taken.said)
    try:
        back = yield from steps.call("undo", TakeBack(incident=steps.incident, plan=plan), TakenBack)
    except StepError:
        yield from end_turn(steps, turn)
        raise
    yield from end_turn(steps, turn)
    return Ended(state=back.state, said=back.said)


def _shown(steps: Steps, ended: Ended, *, due: datetime, tell: bool) -> Story[None]:
    """Show a state. That it cannot be recorded keeps nothing from being taken back."""
    try:
        yield from steps.show(ended.state, ended.said, tell=tell, step=ended.step, due=due)
    except StepError:
        return
