"""The activity `diagnose`: look into the incident, keep what was found, and offer the plan where it may be offered."""

import logging
import time
from dataclasses import asdict, replace
from datetime import timedelta

from acimedic.bundle import MOST_BYTES, write_bundle
from acimedic.lifecycle import lines
from acimedic.lifecycle.keeping import EVIDENCE, REPORT, change, found, keep_plan, note
from acimedic.lifecycle.looking import look as look_afresh
from acimedic.lifecycle.messages import Found, Look
from acimedic.lifecycle.offers import offered, with_offer
from acimedic.lifecycle.tools import Tools
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord, ReportFile
from acimedic.model.verdict import Fail
from acimedic.notify.scene import seen, with_scene
from acimedic.report.as_json import as_object, as_text
from acimedic.report.build import build_report

# How long a change may take until a pull feels it.
# Sources: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
# https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
_ROLE = 600
_BYPASS = 300
_LOG = logging.getLogger("acimedic.lifecycle")


async def diagnose(tools: Tools, look: Look) -> Found:
    """Diagnose, keep report and plan, and offer the plan. Raises where Azure or the store is away."""
    record = await found(tools, look.incident)
    async with tools.looking() as session:
        await session.room(record.incident.group.subscription)
        began = time.monotonic()
        diagnosis = await look_afresh(tools, record, session)
    milliseconds = round((time.monotonic() - began) * 1000)
    lines.incident(_LOG, diagnosis, milliseconds=milliseconds, statuses=session.tally.statuses)
    await keep(tools, diagnosis)
    if isinstance(diagnosis.evidence.error, Gap) and not look.live:
        return Found(error_known=False, said=f"Azure has not told yet why it failed ({diagnosis.headline})")
    plan = diagnosis.plan
    if plan is None:
        await change(tools, look.incident, lambda record: standing(record, diagnosis))
        return Found(error_known=True, said=diagnosis.headline)
    if not plan.allowed and not plan.passing:
        await change(tools, look.incident, lambda record: standing(record, diagnosis))
        said = f"{diagnosis.headline} A repair is known, and it may not be carried out: {plan.reason}."
        return Found(error_known=True, said=said, mode=plan.mode)
    return await _offer(tools, look, diagnosis, plan)


async def _offer(tools: Tools, look: Look, diagnosis: Diagnosis, plan: Plan) -> Found:
    now = tools.now()
    expires = now + timedelta(hours=tools.settings.approval_hours)
    used = {decision.nonce for decision in await tools.store.decisions(look.incident)}

    def offering(record: IncidentRecord) -> IncidentRecord:
        return with_offer(standing(record, diagnosis), plan.hash, now=now, expires=expires, used=used)

    record = await change(tools, look.incident, offering)
    offer = offered(record)
    until = expires if offer is None else offer.expires
    grant = tools.consent.expires_after
    return Found(
        error_known=True,
        said=diagnosis.headline,
        mode=plan.mode,
        plan=plan.hash,
        decide_within=max(1, int((until - tools.now()).total_seconds())),
        propagation=felt_after(plan),
        grant=None if grant is None else int(grant.total_seconds()),
    )


async def keep(tools: Tools, diagnosis: Diagnosis) -> None:
    """Keep the report, all that was read, the plan, and on the trail the readings that mattered.

    Raises what the store raises.
    """
    incident = diagnosis.evidence.incident.id
    report = build_report(diagnosis, gateway=tools.gateway)
    await _keep_file(tools, incident, REPORT, as_text(as_object(report)).encode())
    bundle = write_bundle(diagnosis, gateway=tools.gateway, made_at=tools.now(), report=report)
    if len(bundle) <= MOST_BYTES:  # a longer one could not be read back, and the story has to go on without
        await _keep_file(tools, incident, EVIDENCE, bundle)
    if diagnosis.plan is not None:
        await keep_plan(tools, incident, diagnosis.plan, tools.now())
    cause = diagnosis.root_cause
    blamed = [finding.verdict for finding in diagnosis.fails]
    body = {
        "outcome": diagnosis.outcome,
        "cause": None if cause is None else cause.check,
        "headline": diagnosis.headline,
        "facts": [asdict(fact) for verdict in blamed if isinstance(verdict, Fail) for fact in verdict.evidence],
        "gaps": [f"{gap.reading}: {gap.reason}" for gap in diagnosis.gaps],
        "plan": None if diagnosis.plan is None else diagnosis.plan.hash,
    }
    key = f"diagnosed:{tools.now().isoformat()}"
    await note(tools, incident, key=key, kind="diagnosed", body=body)


async def _keep_file(tools: Tools, incident: str, name: str, content: bytes) -> None:
    file = ReportFile(
        incident_id=incident, name=name, media_type="application/json", made_at=tools.now(), content=content
    )
    await tools.store.put_report(file)


def standing(record: IncidentRecord, diagnosis: Diagnosis) -> IncidentRecord:
    """The record with what the diagnosis came to, and where it happened."""
    cause, plan = diagnosis.root_cause, diagnosis.plan
    return replace(
        with_scene(record, seen(diagnosis)),
        outcome=diagnosis.outcome,
        cause=None if cause is None else cause.check,
        plan_hash=None if plan is None else plan.hash,
    )


def felt_after(plan: Plan) -> int:
    """Seconds until all changes of a plan must be felt, as documented."""
    return max(_felt_after(step.change) for step in plan.steps)


def _felt_after(change_: RoleGrant | BypassSwitch) -> int:
    match change_:
        case RoleGrant():
            return _ROLE
        case BypassSwitch():
            return _BYPASS
