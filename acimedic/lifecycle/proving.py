"""The activity `verify`: did it help? Only a later pull of this container group proves it; the rest is said as it is.

Nothing here restarts or recreates a container group: how a person lets it pull again is part of the answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from acimedic.lifecycle.keeping import found, kept_plan, note
from acimedic.lifecycle.looking import look
from acimedic.lifecycle.messages import Proof, Prove
from acimedic.lifecycle.pulled import again, pulls_since
from acimedic.lifecycle.receipts import IN_PLACE, Past, past
from acimedic.lifecycle.tools import Tools
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import Fail
from acimedic.rbac import Allowed, Refused, Undecided, pull_access
from acimedic.rbac.propagation import DIRECT
from acimedic.store.port import IncidentFilter

_KIND = "proof"
_PAGES = 5
_FELT = DIRECT
"""A pull that failed within this time of the change proves nothing against it."""


async def verify(tools: Tools, prove: Prove) -> Proof:
    """Whether it helped. Raises NoIncidentError, NoAzureError, BusyError and whatever the store raises."""
    record = await found(tools, prove.incident)
    plan = await kept_plan(tools, record.id, prove.plan)
    if plan is None:
        return await _noted(tools, prove, Proof(state="not-yet", said="The plan that was kept is gone or was altered."))
    recorded = await past(tools, record.id, plan)
    changed_at = _changed_at(recorded)
    if changed_at is None:
        return await _noted(tools, prove, Proof(state="not-yet", said="No receipt says that anything was made."))
    proof = await _looked(tools, prove, record, plan, recorded, changed_at)
    return await _noted(tools, prove, replace(proof, changed_at=changed_at.isoformat()))


async def _looked(
    tools: Tools, prove: Prove, record: IncidentRecord, plan: Plan, recorded: Past, changed_at: datetime
) -> Proof:
    """What a look says: pulls go before facts."""
    if _taken_back(recorded):
        return Proof(state="undone", said="What was changed has been taken back.")
    async with tools.azure() as session:
        diagnosis = await look(tools, record, session, changes=False)
    proof = _by_pulls(diagnosis.evidence, plan, changed_at) or await _by_incidents(tools, record, changed_at)
    return proof or _by_facts(diagnosis, plan, waited=prove.waited)


def _changed_at(recorded: Past) -> datetime | None:
    """When the last step was found in place."""
    receipts = [each.receipt for each in recorded.made.values() if each.receipt is not None]
    return max((receipt.at for receipt in receipts if receipt.state in IN_PLACE), default=None)


def _taken_back(recorded: Past) -> bool:
    done = [number for number in recorded.made if recorded.state(number) == "done"]
    return bool(done) and all(recorded.taken_back(number) for number in done)


def _by_pulls(evidence: Evidence, plan: Plan, changed_at: datetime) -> Proof | None:
    """What the containers' own events prove, if anything."""
    pulls = pulls_since(evidence, plan, changed_at)
    failed = next((pull for pull in pulls if pull is not None and not pull.succeeded), None)
    if failed is not None and failed.at > changed_at + _FELT:
        return Proof(state="did-not-help", said=f"It did not help: {failed.said}, after the change.")
    good = [pull.said for pull in pulls if pull is not None and pull.succeeded]
    if pulls and len(good) == len(pulls):
        return Proof(state="proved", said=f"It helped: {good[0]}, after the change.")
    return None


async def _by_incidents(tools: Tools, record: IncidentRecord, changed_at: datetime) -> Proof | None:
    """A later failure of the same container group that was no other kind of failure, if one is known."""
    wanted, after = IncidentFilter(group=record.incident.group.key, since=changed_at), None
    for _ in range(_PAGES):
        page = await tools.store.incidents(wanted, after=after)
        for each in page.records:
            at = each.incident.occurred_at
            if each.id == record.id or at is None or at <= changed_at + _FELT:
                continue
            if each.outcome in {"cause-found", "undetermined"}:
                why = f" ({each.cause})" if each.cause else ""
                name = record.incident.group.name
                said = f"It did not help: container group '{name}' failed again at {at:%Y-%m-%d %H:%M:%S} UTC{why}."
                return Proof(state="did-not-help", said=said)
        if page.after is None:
            return None
        after = page.after
    return None


def _by_facts(diagnosis: Diagnosis, plan: Plan, *, waited: bool) -> Proof:
    """What the facts say, where no pull has told."""
    evidence = diagnosis.evidence
    lacks = [lack for step in plan.steps if (lack := _lacks(step, evidence)) is not None]
    if lacking := [lack.why for lack in lacks if lack.known]:
        return Proof(state="not-yet", said=f"It is not in effect: {'; '.join(lacking)}.")
    if lacks:
        unknown = "; ".join(lack.why for lack in lacks)
        return Proof(state="not-yet", said=f"Whether it is in effect could not be told: {unknown}.")
    how = f"Nothing pulls the image by itself: {again(evidence)}"
    if not waited:
        return Proof(state="not-yet", said=f"The change is in place; it may take minutes until it is felt. {how}")
    cause = next((finding for finding in diagnosis.fails if finding.confirmed), None)
    if cause is not None and isinstance(cause.verdict, Fail):
        said = f"The change is in effect, and something else stands in the way ({cause.check}): {cause.verdict.summary}"
        return Proof(state="did-not-help", said=said)
    return Proof(state="in-effect", said=f"The change is in effect; no pull has proved it yet. {how}")


@dataclass(frozen=True, slots=True)
class _Lack:
    """Why a step is not seen to be in effect. known: it is not; else nobody can tell, for what could not be read."""

    why: str
    known: bool


def _lacks(step: Step, evidence: Evidence) -> _Lack | None:
    """What a step lacks to be in effect, as far as the facts tell; None where it is."""
    wanted = step.change.registry_id.lower()
    known = (each for _, each in evidence.registries if isinstance(each, Registry) and each.id.lower() == wanted)
    registry = next(known, None)
    if registry is None:
        return _Lack(f"registry '{ResourceId.parse(step.change.registry_id).name}' could not be read", known=False)
    match step.change:
        case RoleGrant() as grant:
            return _without_pull(grant, registry, evidence)
        case BypassSwitch() as switch:
            now = registry.bypass
            if isinstance(now, Gap):
                return _Lack(f"registry '{registry.name}': {now.reading} could not be read ({now.reason})", known=False)
            same = now.lower() == switch.after.lower()
            said = f"networkRuleBypassOptions of registry '{registry.name}' is {now}"
            return None if same else _Lack(said, known=True)


def _without_pull(grant: RoleGrant, registry: Registry, evidence: Evidence) -> _Lack | None:
    mode = registry.mode
    if isinstance(mode, Gap):
        return _Lack(f"registry '{registry.name}': {mode.reading} could not be read ({mode.reason})", known=False)
    if mode != grant.mode:
        return _Lack(f"registry '{registry.name}' is no longer in {grant.mode} mode", known=True)
    access = evidence.access_of(registry.id, grant.principal_id)
    if isinstance(access, Gap):
        return _Lack(f"{access.reading} could not be read ({access.reason})", known=False)
    undecided: _Lack | None = None
    for repository in grant.repositories:
        who = f"principal {grant.principal_id}"
        match pull_access(access, mode=grant.mode, repository=repository, registry_id=registry.id).decision:
            case Allowed():
                pass
            case Refused(reasons):
                return _Lack(f"{who} may not pull '{repository}': {reasons[0]}", known=True)
            case Undecided() as open_:
                undecided = _Lack(f"whether {who} may pull '{repository}' hangs on {open_.reasons[0]}", known=False)
    return undecided


async def _noted(tools: Tools, prove: Prove, proof: Proof) -> Proof:
    """The answer; in the trail as well, where it is another than the last one."""
    trail = await tools.store.audit(prove.incident)
    key = f"{_KIND}:{prove.plan}:"
    told = [entry.note for entry in trail.entries if entry.note.kind == _KIND and entry.note.key.startswith(key)]
    if not told or not told[-1].key.endswith(f":{proof.state}"):
        body = {"plan": prove.plan, "state": proof.state, "said": proof.said}
        await note(tools, prove.incident, key=f"{key}{len(told)}:{proof.state}", kind=_KIND, body=body)
    return proof
