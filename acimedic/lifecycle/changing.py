"""The activity `apply`: a plan is carried out, each step once, after everything that allows it was checked again.

Nothing that was said before is believed: the plan's fingerprint, the approval's signature and time, the turn, the
facts and the policy are checked here, in that order, and only then is a writer made. Each step is intended, done and
receipted. A crash may come between any two of these, and the same message comes again.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.azure.standing import AzureStanding, RefusedError, UnclearError
from acimedic.azure.writer import AzureWriter
from acimedic.carry_out import Pause, look_at, make, why_refused
from acimedic.drift import moved, moved_besides
from acimedic.lifecycle.keeping import found, kept_plan, note
from acimedic.lifecycle.looking import BusyError, look, passing
from acimedic.lifecycle.messages import Applied, Change, Hint
from acimedic.lifecycle.permit import closed, hold_turns, unapproved
from acimedic.lifecycle.receipts import (
    IN_PLACE,
    Past,
    attempt_of,
    change_key,
    intend,
    intent_note,
    note_receipt,
    past,
    receive,
    said_of,
)
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
    attempt = attempt_of(change.approval)
    if (await past(tools, record.id, plan, attempt)).elsewhere:
        return await _refused(tools, change, "it was begun through another Azure than this, and counts there alone")
    async with tools.azure() as session:
        before = await _settled(tools, record.id, plan, attempt, session)
        if before.undone:
            return await _refused(
                tools, change, "it was taken back meanwhile; to have it all the same, approve it anew"
            )
        against = None
        if _goes_on(plan, before):
            against = await _against(tools, change, record, plan, before, session)
            if against is None:
                await _carry_on(tools, record.id, plan, before, session, pause)
            elif (await _settled(tools, record.id, plan, attempt, session)).made != before.made:
                raise BusyError("the same message is under way elsewhere, and has come further meanwhile")
    return await _told(tools, change, plan, against)


async def _settled(tools: Tools, incident: str, plan: Plan, attempt: str, session: Session) -> Past:
    """What is recorded, after a look at each step that was intended and of which nobody knows what came of it.

    That it was not there before the intent had been seen; so what is there now, and just so, is ours.
    """
    recorded = await _meant(tools, incident, plan, attempt)
    for number, each in recorded.made.items():
        step, key = plan.steps[number - 1], change_key(plan.hash, attempt, number)
        if each.receipt is not None:
            await note_receipt(tools, each.receipt)
            continue
        seen = await look_at(step, AzureStanding(session))
        if seen.state == "as-made":
            await receive(tools, incident, key, "done", f"{seen.said}, as was seen after an interruption")
    return await _meant(tools, incident, plan, attempt)


async def _meant(tools: Tools, incident: str, plan: Plan, attempt: str) -> Past:
    """What is recorded of an attempt, as far as the trail has it sealed that we meant it: for who can write the store
    can write intents, and nothing is done before its intent is sealed.
    """
    recorded = await past(tools, incident, plan, attempt)
    sealed = {entry.note.key for entry in (await tools.store.audit(incident)).entries}
    made = {number: each for number, each in recorded.made.items() if intent_note(each.intent.key) in sealed}
    return replace(recorded, made=made)


def _goes_on(plan: Plan, recorded: Past) -> bool:
    """Whether a step is left, and none before it came to nothing."""
    states = [recorded.state(number) for number in range(1, len(plan.steps) + 1)]
    return None in states and all(state is None or state in IN_PLACE for state in states)


async def _against(
    tools: Tools, change: Change, record: IncidentRecord, plan: Plan, recorded: Past, session: Session
) -> str | None:
    """What is against carrying it out now, in words; None where nothing is, and the turn is ours."""
    hint = Hint(incident=record.id, plan=plan.hash, nonce=change.approval)
    against = closed(tools.consent)
    if against is None and tools.consent.mode == "review":
        against = await unapproved(tools, hint)
    if against is not None:
        return against
    await hold_turns(tools, record.id, plan)
    fresh = await look(tools, record, session, own=tuple(_own(plan, recorded)))
    against = _moved(plan, fresh, recorded)
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


async def _carry_on(tools: Tools, incident: str, plan: Plan, recorded: Past, session: Session, pause: Pause) -> None:
    """Carry out the steps that have no receipt, in order, until one is not in place."""
    writer = AzureWriter(session)
    for number, step in enumerate(plan.steps, 1):
        if recorded.state(number) is not None:
            continue
        await hold_turns(tools, incident, plan)
        if (await past(tools, incident, plan, recorded.attempt)).undone:
            return  # by somebody at this very moment
        receipt = await _step(
            tools, incident, change_key(plan.hash, recorded.attempt, number), step, writer, session, pause
        )
        if receipt.state not in IN_PLACE:
            return


async def _step(
    tools: Tools, incident: str, key: str, step: Step, writer: AzureWriter, session: Session, pause: Pause
) -> StepReceipt:
    """Intend it, count it, do it, and say what came of it. Raises where nobody knows, so that it is looked at again."""
    intent = await intend(tools, incident, key, step)
    await tools.store.count_change(step.change.registry_id, key, intent.at)
    try:
        receipt = await make(step, writer, AzureReader(session), pause)
    except RefusedError as refusal:
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


async def _told(tools: Tools, change: Change, plan: Plan, against: str | None) -> Applied:
    """The answer, from the receipts alone, and from what was against going on."""
    recorded = await _meant(tools, change.incident, plan, attempt_of(change.approval))
    stands: list[str] = []
    left: list[str] = []
    for number, step in enumerate(plan.steps, 1):
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


def _own(plan: Plan, recorded: Past) -> Iterator[tuple[str, datetime]]:
    """At which registries steps that are still to be done were counted already, and when."""
    for number, each in recorded.made.items():
        if each.receipt is None:
            yield plan.steps[number - 1].change.registry_id.lower(), each.intent.at
