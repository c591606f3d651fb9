"""The activity `undo`: what a plan made is taken back, last step first, where it is still as it was left.

What was there already is not ours to take, nor is what the sealed trail does not say that we meant to make: who can
write the store can write receipts. What Azure refused to make for us is not ours either, whoever has made it since.
What somebody has changed since, or another incident has made anew, is somebody's decision: it is kept and told.
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
from acimedic.lifecycle.permit import closed, hold_turns, rest_turns
from acimedic.lifecycle.receipts import (
    UNDONE,
    Past,
    begun,
    change_key,
    intend,
    note_once_more,
    note_receipt,
    past,
    receive,
    thing,
    undo_key,
)
from acimedic.lifecycle.sealed import BrokenTrailError, Sealed, sealed
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.resource_id import ResourceId

_NOTHING = TakenBack(state="nothing", said="no receipt says that anything was made")
_NEVER = TakenBack(state="nothing", said="Azure refused it, so that nothing was made; it is not made any more")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undoing:
    """writer: None where nothing may be written, for the reason in `against`. nonce: of whose turn it is."""

    tools: Tools
    incident: str
    plan: Plan
    recorded: Past
    sealed: Sealed
    standing: AzureStanding
    writer: AzureWriter | None
    against: str | None
    nonce: str

    def change(self, number: int) -> str:
        """The key under which the making of a step is recorded."""
        return change_key(self.plan.hash, self.recorded.attempt, number)

    def key(self, number: int) -> str:
        """The key under which the taking back of a step is recorded."""
        return undo_key(self.plan.hash, self.recorded.attempt, number)

    def made_late(self, number: int) -> bool:
        """Whether a step was made a moment after it was taken back, by a change that was under way."""
        return self.sealed.made_last(self.change(number), self.key(number))


async def undo(tools: Tools, back: TakeBack, *, attempt: str | None = None) -> TakenBack:
    """Take back what the receipts say that we made. attempt: at which it was made; the latest, where none is named.

    Raises NoIncidentError, NotOurTurnError, RefusedError and whatever the store raises, where the same message may come
    to more later.
    """
    record = await found(tools, back.incident)
    plan = await kept_plan(tools, record.id, back.plan)
    if plan is None:
        return await _without_plan(tools, back)
    recorded = await past(tools, record.id, plan, attempt)
    if not recorded.made:
        return _NOTHING
    try:
        vouched = await sealed(tools, record.id)
    except BrokenTrailError as error:
        return await _told(tools, back, plan, dict.fromkeys(recorded.made, str(error)))
    try:
        async with tools.azure() as session:
            against = closed(tools.consent)
            undoing = _Undoing(
                tools=tools,
                incident=record.id,
                plan=plan,
                recorded=recorded,
                sealed=vouched,
                standing=AzureStanding(session),
                writer=AzureWriter(session) if against is None else None,
                against=against,
                nonce=back.nonce,
            )
            return await _undo(undoing, back)
    finally:
        await rest_turns(tools, record.id, plan, back.nonce)


async def _undo(undoing: _Undoing, back: TakeBack) -> TakenBack:
    """Take back what is ours, last step first, and see to it that what was refused is not made any more."""
    meant = [number for number in sorted(undoing.recorded.made) if undoing.sealed.meant(undoing.change(number))]
    ours = [number for number in meant if _is_ours(undoing, number)]
    never = [number for number in meant if _was_never_made(undoing, number)]
    if not ours and not never:
        return _NOTHING
    # From here on nobody of this incident makes what is looked at.
    await hold_turns(undoing.tools, undoing.incident, undoing.plan, undoing.nonce)
    for number in never:
        await _without_doing(
            undoing, number, "Azure refused it, so that it was never made, and it is not made any more"
        )
    kept = {number: await _one(undoing, number) for number in reversed(ours)}
    return await _told(undoing.tools, back, undoing.plan, kept) if ours else _NEVER


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


def _is_ours(undoing: _Undoing, number: int) -> bool:
    """Whether a step that was meant is ours to take back: it was made, or may have been, or may yet be.

    One of which nobody knows whether it was made is taken back as well, so that what is pending is not made later.
    """
    return undoing.recorded.state(number) in {None, "done"} and not _was_never_made(undoing, number)


def _was_never_made(undoing: _Undoing, number: int) -> bool:
    """Whether a step is still to be made, and Azure said of every try that it made nothing."""
    return undoing.recorded.state(number) is None and undoing.sealed.made_nothing(undoing.change(number))


async def _one(undoing: _Undoing, number: int) -> str | None:
    """Take one step back; why it is kept, or None where it is gone. Raises where another try may do."""
    tools, step, late = undoing.tools, undoing.plan.steps[number - 1], undoing.made_late(number)
    earlier = undoing.recorded.undone.get(number)
    try:
        seen = await look_at(step, undoing.standing)
        if earlier is not None and earlier.receipt is not None and not late:
            await note_receipt(tools, earlier.receipt)
            gone = seen.state == "gone"
            return None if gone else f"it was taken back, and somebody has made it anew: {seen.said}"
        if seen.state == "different":
            return f"somebody has changed it since: {seen.said}"
        if seen.state == "gone":
            made = undoing.recorded.state(number) is not None
            when = "was gone already" if made else "is not there, and is not made any more"
            when = when if earlier is None else "is gone, as was seen after an interruption"
            await _without_doing(undoing, number, f"it {when}: {seen.said}")
            return None
        if await tools.store.made_by_another(step.change.registry_id, thing(step), undoing.incident):
            return "another incident has made it since, and takes it back"
        if undoing.writer is None:
            return f"{undoing.against}; by hand: {by_hand(step)}"
        await hold_turns(tools, undoing.incident, undoing.plan, undoing.nonce)
        await intend(tools, undoing.incident, undoing.key(number), step)
        said = await take_back(step, undoing.writer)
    except RefusedError as refusal:
        if refusal.passing:
            raise
        return f"{why_refused(refusal, step)}; by hand: {by_hand(step)}"
    await _gone(undoing, number, said)
    return None


async def _without_doing(undoing: _Undoing, number: int, said: str) -> None:
    """Say that a step is gone of which nothing had to be taken back; so it is not made later either."""
    await intend(undoing.tools, undoing.incident, undoing.key(number), undoing.plan.steps[number - 1])
    await _gone(undoing, number, said)


async def _gone(undoing: _Undoing, number: int, said: str) -> None:
    """Say that a step is gone; once more, where it was made after that had been said."""
    await receive(undoing.tools, undoing.incident, undoing.key(number), UNDONE, said)
    if undoing.made_late(number):
        await note_once_more(undoing.tools, undoing.incident, undoing.key(number), said)


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
