"""A diagnosis -> the report of it, once, before it is kept or shown."""

from dataclasses import replace

from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.plan import BypassSwitch, Change, Plan, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.report import Properties, Report, ToldError, ToldFinding, ToldGap, ToldIncident, ToldPlan, ToldStep
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from acimedic.report.disclosing import Disclosing, disclosing
from acimedic.report.grant import grant_command
from acimedic.report.support import needed_for_support


def build_report(diagnosis: Diagnosis, *, gateway: bool) -> Report:
    """Everything that is shown of a diagnosis. gateway: whether it was made through a stand-in for Azure."""
    cause, shown = diagnosis.root_cause, disclosing(diagnosis.evidence)
    return Report(
        gateway=gateway,
        incident=_incident(diagnosis, shown),
        outcome=diagnosis.outcome,
        kind=diagnosis.kind,
        headline=shown.text(diagnosis.headline),
        root_cause=cause.check if cause is not None else None,
        findings=tuple(finding_told(each, shown) for each in diagnosis.findings),
        gaps=tuple(ToldGap(shown.gap(gap), grant_command(gap)) for gap in diagnosis.gaps),
        plan=None if diagnosis.plan is None else _plan(diagnosis.plan),
        support=tuple(map(shown.text, needed_for_support(diagnosis))),
    )


def _incident(diagnosis: Diagnosis, shown: Disclosing) -> ToldIncident:
    incident = diagnosis.evidence.incident
    return ToldIncident(
        id=incident.id,
        also=incident.also,
        container_group=str(incident.group) if incident.group.is_a(CONTAINER_GROUPS) else None,
        name=incident.group.name,
        resource_group=incident.group.resource_group,
        images=tuple(map(shown.text, diagnosis.images)),
        correlation_id=incident.correlation_id,
        occurred_at=incident.occurred_at,
        error=_error(diagnosis, shown),
    )


def _error(diagnosis: Diagnosis, shown: Disclosing) -> ToldError:
    error = diagnosis.evidence.error
    if isinstance(error, Gap):
        return ToldError(code=None, message=None, source="none", gap=shown.text(error.reason))
    cause = error.cause
    message = shown.whole(cause.message) if cause is not None else None
    return ToldError(code=error.code, message=message, source=diagnosis.evidence.error_source)


def finding_told(finding: Finding, shown: Disclosing) -> ToldFinding:
    """What is shown of one check's verdict. shown: how names are."""
    return _disclosed(_told(finding), shown)


def _disclosed(told: ToldFinding, shown: Disclosing) -> ToldFinding:
    return replace(
        told,
        image=None if told.image is None else shown.text(told.image),
        summary=shown.text(told.summary),
        fix=None if told.fix is None else shown.fix(told.fix),
        evidence=tuple(map(shown.fact, told.evidence)),
        gap=None if told.gap is None else shown.gap(told.gap),
    )


def _told(finding: Finding) -> ToldFinding:
    match finding.verdict:
        case Fail(summary=summary, fix=fix, evidence=evidence, confidence=confidence):
            return ToldFinding(
                check=finding.check,
                verdict="fail",
                confidence=confidence,
                container=finding.container,
                image=finding.image,
                summary=summary,
                fix=fix,
                evidence=evidence,
                docs=finding.docs,
            )
        case Pass(reason=reason) | Skip(reason=reason) | Unknown(reason=reason):
            return _not_blaming(finding, finding.verdict, reason)


def _not_blaming(finding: Finding, verdict: Pass | Skip | Unknown, reason: str) -> ToldFinding:
    return ToldFinding(
        check=finding.check,
        verdict="pass" if isinstance(verdict, Pass) else "skip" if isinstance(verdict, Skip) else "unknown",
        confidence=None,
        container=finding.container,
        image=finding.image,
        summary=reason,
        fix=None,
        evidence=verdict.evidence if isinstance(verdict, Pass) else (),
        docs=finding.docs,
        gap=verdict.gap if isinstance(verdict, Unknown) else None,
    )


def _plan(plan: Plan) -> ToldPlan:
    return ToldPlan(
        hash=plan.hash,
        mode=plan.mode,
        allowed=plan.allowed,
        reason=plan.reason,
        reasons=plan.reasons,
        policy=plan.policy,
        expires_after=plan.expires_after,
        facts=plan.facts,
        steps=tuple(map(_step, plan.steps)),
    )


def _step(step: Step) -> ToldStep:
    before, after = _properties(step.change)
    return ToldStep(
        remedy=step.remedy,
        target=step.target,
        before=before,
        after=after,
        before_said=step.before,
        after_said=step.after,
        undo=step.undo,
        risk=step.risk,
        expiry=step.expiry,
        summary=step.summary,
    )


def _properties(change: Change) -> tuple[Properties | None, Properties]:
    match change:
        case RoleGrant() as grant:
            return None, (
                ("id", grant.assignment_id),
                ("roleDefinitionId", grant.role_definition_id),
                ("principalId", grant.principal_id),
                ("principalType", "ServicePrincipal"),
                ("condition", grant.condition),
            )
        case BypassSwitch() as switch:
            return (
                (("networkRuleBypassOptions", switch.before),),
                (("networkRuleBypassOptions", switch.after),),
            )
