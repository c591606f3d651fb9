"""Carries a step out, looks at it, and takes it back.

A step that is there already is no change of ours and has no undo. What was made is taken back only as it was left.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from acimedic.azure.port import Reader
from acimedic.azure.standing import RefusedError, Standing
from acimedic.azure.writer import Writer
from acimedic.model.access import Access
from acimedic.model.plan import BypassSwitch, Receipt, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.rbac import Allowed, pull_access

Pause: TypeAlias = Callable[[float], Awaitable[None]]

# A principal that was made a moment ago is not known everywhere yet.
_WAITS = (2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a step's object comes to: as the step leaves it, gone (as it was before), or something else."""

    state: Literal["as-made", "gone", "different"]
    said: str


async def make(step: Step, writer: Writer, reader: Reader, pause: Pause) -> Receipt:
    """Carry out one step. Raises RefusedError, and UnclearError where a look has to tell whether it was done."""
    match step.change:
        case RoleGrant() as grant:
            return await _grant(step, grant, writer, reader, pause)
        case BypassSwitch() as switch:
            return await _switch(step, switch, writer)


async def look_at(step: Step, standing: Standing) -> Found:
    """What stands now where a step was made. Raises RefusedError, UnclearError."""
    match step.change:
        case RoleGrant() as grant:
            held = await standing.held(grant)
            if held is None:
                return Found("gone", f"{grant.role_name} is not assigned")
            differences = held.differences(grant)
            said = "; ".join(differences) or f"{grant.role_name} is assigned"
            return Found("different", f"the assignment is another: {said}") if differences else Found("as-made", said)
        case BypassSwitch() as switch:
            now = await standing.bypass(switch)
            if now is None:
                return Found("gone", "the registry is gone")
            said = f"networkRuleBypassOptions is {now or 'not shown'}"
            if now.lower() == switch.before.lower():
                return Found("gone", said)
            return Found("as-made" if now.lower() == switch.after.lower() else "different", said)


async def take_back(step: Step, writer: Writer) -> str:
    """Take back what a step made, and say so. Raises RefusedError, UnclearError."""
    match step.change:
        case RoleGrant() as grant:
            await writer.unassign(grant)
            return f"{grant.role_name} is no longer assigned"
        case BypassSwitch() as switch:
            now = await writer.switch(replace(switch, before=switch.after, after=switch.before))
            if now.lower() != switch.before.lower():
                raise RefusedError(f"networkRuleBypassOptions is {now or 'not shown'} all the same")
            return f"networkRuleBypassOptions is {now} again"


def why_refused(refusal: RefusedError, step: Step) -> str:
    """Why Azure refused a step, and who can do something about it."""
    registry = f"registry '{ResourceId.parse(step.change.registry_id).name}'"
    reasons = {
        "authorizationfailed": f"the owner of {registry} has not given ACI Medic its write role there, which is the "
        "second consent that a change needs",
        "scopelocked": f"a lock on {registry}, or on what it lies in, forbids it; who placed it can take it away",
        "requestdisallowedbypolicy": f"an Azure Policy forbids it at {registry}; whoever governs it can exempt it",
        "roleassignmentlimitexceeded": f"the subscription of {registry} holds as many role assignments as Azure allows",
    }
    why = reasons.get(refusal.code)
    return f"Azure refused it ({refusal})" + (f": {why}" if why else "")


async def _switch(step: Step, switch: BypassSwitch, writer: Writer) -> Receipt:
    now = await writer.switch(switch)
    if now.lower() == switch.after.lower():
        return Receipt(step=step, state="done", said=f"networkRuleBypassOptions is {now}")
    return Receipt(
        step=step, state="did-not-help", said=f"networkRuleBypassOptions is {now or 'not shown'} all the same"
    )


async def _grant(step: Step, grant: RoleGrant, writer: Writer, reader: Reader, pause: Pause) -> Receipt:
    if await writer.held(grant) is not None:
        return await _existing(step, grant, reader)
    for wait in (*_WAITS, None):
        try:
            await writer.assign(grant)
        except RefusedError as refusal:
            if refusal.code == "roleassignmentexists":
                return await _existing(step, grant, reader)
            if refusal.code != "principalnotfound" or wait is None:
                raise
            await pause(wait)
        else:
            return Receipt(step=step, state="done", said=f"{grant.role_name} is assigned")
    raise AssertionError("unreachable: the last try returns or raises")


async def _existing(step: Step, grant: RoleGrant, reader: Reader) -> Receipt:
    """Azure says that such an assignment exists: does it let this pull?"""
    assigned = await reader.assignments(grant.registry_id, grant.principal_id)
    if isinstance(assigned, Gap):
        said = f"an assignment of this role exists; whether it lets this pull could not be read ({assigned.reason})"
        return Receipt(step=step, state="unclear", said=said)
    unread = Gap(reading="not asked", reason="only the assignments matter here")
    access = Access(
        principal_id=grant.principal_id, assigned=assigned, denied=unread, everyone=unread, roles=(), source=""
    )
    found = [
        pull_access(access, mode=grant.mode, repository=repository, registry_id=grant.registry_id)
        for repository in grant.repositories
    ]
    if all(isinstance(each.granted, Allowed) for each in found):
        return Receipt(step=step, state="already", said="already there, not ours, nothing to undo")
    return Receipt(
        step=step,
        state="did-not-help",
        said="an assignment of this role to this principal exists, and it does not let this pull",
    )
