"""The activity `undo`: what a plan made is taken back, last step first, where it is still as it was left.

What was there already is not ours to take, nor is what the sealed trail does not say that we meant to make: who can
write the store can write receipts. What somebody has changed since is somebody's decision: it is kept and told.
Only what is gone has a receipt, so that what was kept may be tried again.
"""

import hashlib
from dataclasses import dataclass

from acimedic.azure.standing import AzureStanding, RefusedError
from acimedic.azure.writer import AzureWriter
from acimedic.carry_out import look_at, take_back, why_refused
from acimedic.fixes import q
from acimedic.lifecycle.keeping import found, kept_plan, note
from acimedic.lifecycle.messages import TakeBack, TakenBack
from acimedic.lifecycle.permit import closed, hold_turns
from acimedic.lifecycle.receipts import (
    UNDONE,
    Past,
    begun,
    intend,
    intent_note,
    note_receipt,
    past,
    receive,
    undo_key,
)
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.resource_id import ResourceId
from acimedic.store.chain import Broken, verify

_NOTHING = TakenBack(state="nothing", said="no receipt says that anything was made")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undoing:
    """writer: None where nothing may be written, for the reason in `against`. meant: the keys of sealed intents."""

    tools: Tools
    incident: str
    plan: Plan
    recorded: Past
    meant: frozenset[str]
    standing: AzureStanding
    writer: AzureWriter | None
    against: str | None


async def undo(tools: Tools, back: TakeBack) -> TakenBack:
    """Take back what the receipts say that we made.

    Raises NoIncidentError, NotOurTurnError, RefusedError and whatever the store raises, where the same message may come
    to more later.
    """
    record = await found(tools, back.incident)
    plan = await kept_plan(tools, record.id, back.plan)
    if plan is None:
        return await _without_plan(tools, back)
    recorded = await past(tools, record.id, plan)
    if not recorded.made:
        return _NOTHING
    trail = await tools.store.audit(record.id)
    sealed = verify(trail, tools.audit, record.id, gateway=tools.gateway)
    if isinstance(sealed, Broken):
        return await _told(tools, back, plan, dict.fromkeys(recorded.made, _untrusted(sealed)))
    async with tools.azure() as session:
        against = closed(tools.consent)
        undoing = _Undoing(
            tools=tools,
            incident=record.id,
            plan=plan,
            recorded=recorded,
            meant=frozenset(entry.note.key for entry in trail.entries),
            standing=AzureStanding(session),
            writer=AzureWriter(session) if against is None else None,
            against=against,
        )
        ours = [number for number in sorted(undoing.recorded.made) if _is_ours(undoing, number)]
        kept = {number: await _one(undoing, number) for number in reversed(ours)}
    return _NOTHING if not ours else await _told(tools, back, plan, kept)


def by_hand(step: Step) -> str:
    """The command by which a person takes a step back, its names quoted for a POSIX shell."""
    match step.change:
        case RoleGrant() as grant:
            return f"az role assignment delete --ids {q(grant.assignment_id)}"
        case BypassSwitch() as switch:
            registry = ResourceId.parse(switch.registry_id)
            allowed = "true" if switch.before.lower() == "azureservices" else "false"
            return (
                f"az acr update --name {q(registry.name)} --subscription {q(registry.subscription)} "
                f"--allow-trusted-services {allowed}"
            )


def _untrusted(broken: Broken) -> str:
    return f"the trail of this incident is not as it was written (entry {broken.number}: {broken.reason})"


def _is_ours(undoing: _Undoing, number: int) -> bool:
    """Whether a step is ours to take back: it was meant, and was made, or may have been, or may yet be.

    One of which nobody knows whether it was made is taken back as well, so that what is pending is not made later.
    """
    if intent_note(undoing.recorded.made[number].intent.key) not in undoing.meant:
        return False
    return undoing.recorded.state(number) in {None, "done"}


async def _one(undoing: _Undoing, number: int) -> str | None:
    """Take one step back; why it is kept, or None where it is gone. Raises where another try may do."""
    tools, step, key = (
        undoing.tools,
        undoing.plan.steps[number - 1],
        undo_key(undoing.plan.hash, undoing.recorded.attempt, number),
    )
    earlier = undoing.recorded.undone.get(number)
    try:
        seen = await look_at(step, undoing.standing)
        if earlier is not None and earlier.receipt is not None:
            await note_receipt(tools, earlier.receipt)
            gone = seen.state == "gone"
            return None if gone else f"it was taken back, and somebody has made it anew: {seen.said}"
        if seen.state == "different":
            return f"somebody has changed it since: {seen.said}"
        if seen.state == "gone":
            made = undoing.recorded.state(number) is not None
            when = "was gone already" if made else "is not there, and is not made any more"
            when = when if earlier is None else "is gone, as was seen after an interruption"
            await intend(tools, undoing.incident, key, step)
            await receive(tools, undoing.incident, key, UNDONE, f"it {when}: {seen.said}")
            return None
        if undoing.writer is None:
            return f"{undoing.against}; by hand: {by_hand(step)}"
        await hold_turns(tools, undoing.incident, undoing.plan)
        await intend(tools, undoing.incident, key, step)
        said = await take_back(step, undoing.writer)
    except RefusedError as refusal:
        if refusal.passing:
            raise
        return f"{why_refused(refusal, step)}; by hand: {by_hand(step)}"
    await receive(tools, undoing.incident, key, UNDONE, said)
    return None


async def _without_plan(tools: Tools, back: TakeBack) -> TakenBack:
    """Without the plan nobody can tell what to look for; the trail still says what was made."""
    for each, _, _ in begun(await tools.store.steps(back.incident), back.plan):
        if each.intent.gateway != tools.gateway:
            continue
        if each.receipt is None or each.receipt.state == "done":
            said = (
                "the plan that was kept is gone or was altered, so nothing is taken back; the audit names what was made"
            )
            return await _noted(tools, back, TakenBack(state="kept", said=said))
    return _NOTHING


async def _told(tools: Tools, back: TakeBack, plan: Plan, kept: dict[int, str | None]) -> TakenBack:
    """The answer. kept: why each step is kept, by number; None where it is gone."""
    gone = "; ".join(plan.steps[number - 1].summary for number, why in kept.items() if why is None)
    stays = "; ".join(f"{plan.steps[number - 1].summary} ({why})" for number, why in kept.items() if why is not None)
    if not stays:
        return await _noted(tools, back, TakenBack(state="undone", said=f"Taken back: {gone}."))
    said = f"Taken back: {gone}. Kept: {stays}." if gone else f"Kept: {stays}."
    return await _noted(tools, back, TakenBack(state="kept", said=said))


async def _noted(tools: Tools, back: TakeBack, answer: TakenBack) -> TakenBack:
    """The answer, which has its place in the trail as well."""
    name = hashlib.sha256(answer.said.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    body = {"plan": back.plan, "said": answer.said}
    await note(tools, back.incident, key=f"{answer.state}:{back.plan}:{name}", kind=answer.state, body=body)
    return answer
