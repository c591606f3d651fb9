"""A diagnosis as the JSON report, version 1: a public contract, to which fields may be added."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.model.verdict import Fail, Fix, Pass, Skip, Unknown

VERSION = 1


def to_json(diagnosis: Diagnosis, *, gateway: bool) -> str:
    """The JSON text of the report, in ASCII: no encoding of a terminal or a pipe can spoil it."""
    return json.dumps(as_object(diagnosis, gateway=gateway), indent=2) + "\n"


def as_object(diagnosis: Diagnosis, *, gateway: bool) -> dict[str, object]:
    """The report as JSON values. gateway: whether it was made through a stand-in for Azure."""
    cause = diagnosis.root_cause
    return {
        "version": VERSION,
        "gateway": gateway,
        "incident": _incident(diagnosis),
        "outcome": diagnosis.outcome,
        "kind": diagnosis.kind,
        "headline": diagnosis.headline,
        "root_cause": cause.check if cause is not None else None,
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "gaps": [asdict(gap) for gap in diagnosis.gaps],
        "plan": None if diagnosis.plan is None else _plan(diagnosis.plan),
    }


def _incident(diagnosis: Diagnosis) -> dict[str, object]:
    evidence = diagnosis.evidence
    incident, error = evidence.incident, evidence.error
    known = not isinstance(error, Gap)
    cause = error.cause if not isinstance(error, Gap) else None
    return {
        "id": incident.id,
        "also": list(incident.also),
        "container_group": str(incident.group) if incident.group.is_a(CONTAINER_GROUPS) else None,
        "images": list(diagnosis.images),
        "correlation_id": incident.correlation_id,
        "occurred_at": incident.occurred_at.isoformat().replace("+00:00", "Z") if incident.occurred_at else None,
        "error": {
            "code": error.code if not isinstance(error, Gap) else None,
            "message": cause.message if cause is not None else None,
            "source": evidence.error_source if known else "none",
        },
    }


def _finding(finding: Finding) -> dict[str, object]:
    said: dict[str, object] = {"check": finding.check}
    match finding.verdict:
        case Fail(summary=summary, fix=fix, confidence=confidence):
            said |= {"verdict": "fail", "confidence": confidence}
            rest: dict[str, object] = {"summary": summary, "fix": _fix(fix)}
        case Pass(reason=reason):
            said |= {"verdict": "pass", "confidence": None}
            rest = {"summary": reason, "fix": None}
        case Skip(reason=reason):
            said |= {"verdict": "skip", "confidence": None}
            rest = {"summary": reason, "fix": None}
        case Unknown(reason=reason, gap=gap):
            said |= {"verdict": "unknown", "confidence": None}
            rest = {"summary": reason, "fix": None, "gap": None if gap is None else asdict(gap)}
    facts = finding.verdict.evidence if isinstance(finding.verdict, Fail | Pass) else ()
    evidence = [asdict(fact) for fact in facts]
    return (
        said
        | {"container": finding.container, "image": finding.image}
        | rest
        | {
            "evidence": evidence,
            "docs": finding.docs,
        }
    )


def _fix(fix: Fix) -> dict[str, object]:
    return {"text": fix.text, "az": list(fix.az), "bicep": fix.bicep}


def _plan(plan: Plan) -> dict[str, object]:
    return {
        "hash": plan.hash,
        "mode": plan.mode,
        "allowed": plan.allowed,
        "reason": plan.reason,
        "reasons": list(plan.reasons),
        "policy": plan.policy,
        "expires_after": plan.expires_after,
        "facts": [asdict(fact) for fact in plan.facts],
        "steps": [_step(step) for step in plan.steps],
    }


def _step(step: Step) -> Mapping[str, object]:
    match step.change:
        case RoleGrant() as grant:
            after: object = {
                "id": grant.assignment_id,
                "roleDefinitionId": grant.role_definition_id,
                "principalId": grant.principal_id,
                "principalType": "ServicePrincipal",
                "condition": grant.condition,
            }
            before: object = None
        case BypassSwitch() as switch:
            before = {"networkRuleBypassOptions": switch.before}
            after = {"networkRuleBypassOptions": switch.after}
    return {
        "remedy": step.remedy,
        "target": step.target,
        "change": {"before": before, "after": after},
        "undo": step.undo,
        "risk": step.risk,
        "expiry": step.expiry,
        "summary": step.summary,
    }
