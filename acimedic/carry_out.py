"""Carries a plan out, each step once. A step that is there already is no change of ours and has no undo."""

from collections.abc import Awaitable, Callable

from acimedic.azure.reader import Reader
from acimedic.azure.writer import RefusedError, UnclearError, Writer
from acimedic.model.access import Access
from acimedic.model.plan import BypassSwitch, Plan, Receipt, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.rbac import Allowed, pull_access

# A principal that was made a moment ago is not known everywhere yet.
_WAITS = (2.0, 5.0, 10.0, 20.0)


async def carry_out(
    plan: Plan, writer: Writer, reader: Reader, pause: Callable[[float], Awaitable[None]]
) -> tuple[Receipt, ...]:
    """Carry out the steps in order; after a refusal, the rest is left alone. pause: waits for some seconds."""
    receipts: list[Receipt] = []
    for step in plan.steps:
        receipts.append(await _step(step, writer, reader, pause))
        if receipts[-1].state in {"refused", "unclear"}:
            break
    return tuple(receipts)


async def _step(step: Step, writer: Writer, reader: Reader, pause: Callable[[float], Awaitable[None]]) -> Receipt:
    try:
        match step.change:
            case RoleGrant() as grant:
                return await _grant(step, grant, writer, reader, pause)
            case BypassSwitch() as switch:
                return await _switch(step, switch, writer)
    except UnclearError as silence:
        return Receipt(step=step, state="unclear", said=str(silence))
    except RefusedError as refusal:
        return Receipt(step=step, state="refused", said=f"Azure refused it: {refusal}")


async def _switch(step: Step, switch: BypassSwitch, writer: Writer) -> Receipt:
    now = await writer.switch(switch)
    if now.lower() == switch.after.lower():
        return Receipt(step=step, state="done", said=f"networkRuleBypassOptions is {now}")
    return Receipt(
        step=step, state="did-not-help", said=f"networkRuleBypassOptions is {now or 'not shown'} all the same"
    )


async def _grant(
    step: Step, grant: RoleGrant, writer: Writer, reader: Reader, pause: Callable[[float], Awaitable[None]]
) -> Receipt:
    if await writer.assigned(grant):
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
