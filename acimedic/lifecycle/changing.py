"""The activity `apply`: a plan is carried out, each step once, after everything that allows it was checked again.

Nothing that was said before is believed: the plan's fingerprint, the approval's signature and time, the turn, the
facts and the policy are checked here, in that order, and only then is a writer made. Each step is intended, done and
receipted. A crash may come between any two of these, and the same message comes again.
"""

import asyncio
import hashlib
from dataclasses import replace
from http import HTTPStatus

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.azure.standing import RefusedError, UnclearError
from acimedic.azure.writer import AzureWriter
from acimedic.carry_out import Pause, look_at, make, why_refused
from acimedic.drift import moved, moved_besides
from acimedic.lifecycle.keeping import found, kept_plan, note
from acimedic.lifecycle.looking import BusyError, look, passing
from acimedic.lifecycle.messages import Applied, Change, Hint, TakeBack
from acimedic.lifecycle.permit import closed, hold_turns, rest_turns, unapproved
from acimedic.lifecycle.receipts import (
    IN_PLACE,
    Past,
    attempt_of,
    intend,
    note_nothing,
    past,
    receive,
    said_of,
    thing,
)
from acimedic.lifecycle.sealed import BrokenTrailError
from acimedic.lifecycle.settling import Known, known, settled
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.tools import Tools
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.plan import Plan, Receipt, Step
from acimedic.model.record import IncidentRecord, StepReceipt
from acimedic.plan_facts import facts_of


async def apply(tools: Tools, change: Change, *, pause: Pause = asyncio.sleep) -> Applied:
    """Carry the plan out. pause: waits for some seconds.

    Raises NoAzureError, BusyError, NotOurTurnError, RefusedError and whatever the store raises, where the same message
    may come to more later.
    """
    record = await found(tools, change.incident)
    plan = await kept_plan(tools, record.id, change.plan)
    if plan is None:
        return await _refused(tools, change, "the plan that was kept is gone, or is not the one that was decided on")
    if (await past(tools, record.id, plan, attempt_of(change.approval))).elsewhere:
        return await _refused(tools, change, "it was begun through another Azure than this, and counts there alone")
    try:
        return await _in_turn(tools, change, record, plan, pause)
    except BrokenTrailError as error:
        return await _noted(tools, change, Applied(state="refused", said=f"Nothing more is changed: {error}."))
    finally:
        await rest_turns(tools, record.id, plan)


async def _in_turn(tools: Tools, change: Change, record: IncidentRecord, plan: Plan, pause: Pause) -> Applied:
    """Carry out what is left, if nothing is against it. Raises BrokenTrailError, and what `apply` raises."""
    attempt, against = attempt_of(change.approval), None
    async with tools.azure() as session:
        before = await settled(tools, record.id, plan, attempt, session)
        if not before.undone and before.goes_on:
            against = await _against(tools, change, record, before, session)
            if against is None:
                await _carry_on(tools, record.id, before, session, pause)
            elif (await settled(tools, record.id, plan, attempt, session)).past.made != before.past.made:
                raise BusyError("the same message is under way elsewhere, and has come further meanwhile")
    after = await known(tools, record.id, plan, attempt)
    return await _taken_back(tools, change, after) if after.undone else await _told(tools, change, after, against)


async def _against(
    tools: Tools, change: Change, record: IncidentRecord, recorded: Known, session: Session
) -> str | None:
    """What is against carrying it out now, in words; None where nothing is, and the turn is ours."""
    plan = recorded.plan
    hint = Hint(incident=record.id, plan=plan.hash, nonce=change.approval)
    against = closed(tools.consent)
    if against is None and tools.consent.mode == "review":
        against = await unapproved(tools, hint)
    if against is not None:
        return against
    await hold_turns(tools, record.id, plan)
    fresh = await look(tools, record, session, own=tuple(recorded.own()))
    against = _moved(plan, fresh, recorded.past)
    if against is not None or fresh.plan is None:
        return against
    if not fresh.plan.allowed:
        return fresh.plan.reason
    # A tag of the registry may have narrowed the mode `auto` to `review`.
    return await unapproved(tools, hint) if fresh.plan.mode == "review" else None


def _moved(plan: Plan, fresh: Diagnosis, recorded: Past) -> str | None:
    """What moved since the plan was drawn, besides what its own steps did. Raises BusyError where nobody can tell."""
    done = tuple(step for number, step in enumerate(plan.steps, 1) if recorded.state(number) in IN_PLACE)
    if done:
        now = fresh.plan and replace(fresh.plan, facts=facts_of(fresh.evidence, plan.steps))
        told = moved_besides(plan, now, done)
    else:
        told = moved(plan, fresh.plan)
    if not told:
        return None
    unread = passing(fresh.gaps)
    if unread is not None:
        raise BusyError(f"what moved cannot be told: {unread.reading}: {unread.reason}")
    return f"what it rests on has moved: {'; '.join(told)}"


async def _carry_on(tools: Tools, incident: str, recorded: Known, session: Session, pause: Pause) -> None:
    """Carry out the steps that have no receipt, in order, until one is not in place."""
    plan, writer = recorded.plan, AzureWriter(session)
    for number, step in enumerate(plan.steps, 1):
        if recorded.past.state(number) is not None:
            continue
        await hold_turns(tools, incident, plan)
        now = await known(tools, incident, plan, recorded.past.attempt)
        if now.undone:
            return  # by somebody at this very moment
        key = recorded.key(number)
        receipt = await _step(tools, incident, key, step, now.sealed.next_try(key), writer, session, pause)
        if receipt.state not in IN_PLACE:
            return


async def _step(
    tools: Tools, incident: str, key: str, step: Step, number: int, writer: AzureWriter, session: Session, pause: Pause
) -> StepReceipt:
    """Intend it, count it, do it, and say what came of it. number: of the try.

    Raises where nobody knows, so that it is looked at again, and where the same may be tried again.
    """
    intent = await intend(tools, incident, key, step, number=number)
    await tools.store.count_change(step.change.registry_id, key, intent.at)
    # Before it is made: it was not there a moment ago, so what another incident made of it is gone.
    await tools.store.set_maker(step.change.registry_id, thing(step), incident)
    try:
        receipt = await make(step, writer, AzureReader(session), pause)
    except RefusedError as refusal:
        if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
            await note_nothing(tools, incident, key, why_refused(refusal, step), number=number)
        if refusal.passing:
            raise
        receipt = Receipt(step=step, state="refused", said=why_refused(refusal, step))
    if receipt.state == "unclear":
        raise UnclearError(receipt.said)
    state = receipt.state
    if state == "already" and (await look_at(step, writer)).state == "as-made":
        # It was not there when the facts were read, in our turn: the same message was under way twice.
        state = "done"
    return await receive(tools, incident, key, state, receipt.said)


async def _taken_back(tools: Tools, change: Change, recorded: Known) -> Applied:
    """The answer where somebody takes back what is being made; what came too late for them is taken back here.

    Raises NotOurTurnError, RefusedError.
    """
    if recorded.stays:
        back = await undo(tools, TakeBack(incident=change.incident, plan=change.plan), attempt=recorded.past.attempt)
        if back.state == "kept":
            said = f"It was taken back while it was being made, and not all of it is gone. {back.said}"
            return await _noted(tools, change, Applied(state="incomplete", said=said))
    return await _refused(tools, change, "it was taken back meanwhile; to have it all the same, approve it anew")


async def _told(tools: Tools, change: Change, known: Known, against: str | None) -> Applied:
    """The answer, from the receipts alone, and from what was against going on."""
    recorded = known.past
    stands: list[str] = []
    left: list[str] = []
    for number, step in enumerate(known.plan.steps, 1):
        made = recorded.made.get(number)
        receipt = None if made is None else made.receipt
        if receipt is not None and receipt.state in IN_PLACE:
            stands.append(step.summary + (" (it was there already)" if receipt.state == "already" else ""))
        else:
            left.append(step.summary + (f" ({said_of(receipt)})" if receipt is not None else ""))
    if not left:
        return Applied(state="applied", said=f"Carried out: {'; '.join(stands)}.")
    why = f": {against}" if against is not None else ""
    if any(recorded.state(number) == "done" for number in recorded.made):
        said = f"Carried out: {'; '.join(stands)}. Not carried out: {'; '.join(left)}{why}."
        return await _noted(tools, change, Applied(state="incomplete", said=said))
    said = f"Nothing was changed{why}." if against is not None else f"Nothing was changed: {'; '.join(left)}."
    return await _noted(tools, change, Applied(state="refused", said=said))


async def _refused(tools: Tools, change: Change, why: str) -> Applied:
    return await _noted(tools, change, Applied(state="refused", said=f"Nothing was changed: {why}."))


async def _noted(tools: Tools, change: Change, answer: Applied) -> Applied:
    """The answer, which has its place in the trail as well."""
    name = hashlib.sha256(answer.said.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    body = {"plan": change.plan, "said": answer.said}
    await note(tools, change.incident, key=f"{answer.state}:{change.plan}:{name}", kind=answer.state, body=body)
    return answer
