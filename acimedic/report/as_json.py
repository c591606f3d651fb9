"""A report as JSON, version 1: a public contract, to which fields may be added."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict

from acimedic.model.diagnosis import Diagnosis
from acimedic.model.report import (
    Properties,
    Report,
    ToldDefinition,
    ToldFinding,
    ToldGap,
    ToldIncident,
    ToldPlan,
    ToldStep,
)
from acimedic.model.verdict import Fix
from acimedic.report.build import build_report
from acimedic.report.from_json import VERSION, NoReportError, read_report

__all__ = ["VERSION", "NoReportError", "as_object", "as_text", "read_report", "to_json"]

_PAIRED = re.compile("#(?=#)")


def to_json(diagnosis: Diagnosis, *, gateway: bool) -> str:
    """The JSON text of a diagnosis' report. gateway: whether it was made through a stand-in for Azure."""
    return as_text(as_object(build_report(diagnosis, gateway=gateway)))


def as_text(document: Mapping[str, object]) -> str:
    """JSON values as text, in ASCII: no encoding of a terminal or a pipe can spoil it.

    Where the text goes through a pipeline's log, no name in it is a command to the pipeline's agent.
    Source: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
    """
    return _PAIRED.sub(r"\\u0023", json.dumps(document, indent=2)) + "\n"


def as_object(report: Report) -> dict[str, object]:
    """The report as JSON values, which `read_report` reads back."""
    return {
        "version": VERSION,
        "gateway": report.gateway,
        "incident": _incident(report.incident),
        "outcome": report.outcome,
        "kind": report.kind,
        "headline": report.headline,
        "root_cause": report.root_cause,
        "findings": [_finding(finding) for finding in report.findings],
        "gaps": [_gap(gap) for gap in report.gaps],
        "plan": None if report.plan is None else _plan(report.plan),
        "support": list(report.support),
        **_candidates(report),
        **_before_deploying(report),
    }


def _incident(incident: ToldIncident) -> dict[str, object]:
    at, error = incident.occurred_at, incident.error
    return {
        "id": incident.id,
        "also": list(incident.also),
        "container_group": incident.container_group,
        "images": list(incident.images),
        "correlation_id": incident.correlation_id,
        "occurred_at": at.isoformat().replace("+00:00", "Z") if at else None,
        "error": {"code": error.code, "message": error.message, "source": error.source},
        "error_gap": error.gap,
        "name": incident.name,
        "resource_group": incident.resource_group,
    }


def _finding(finding: ToldFinding) -> dict[str, object]:
    gap: dict[str, object] = {"gap": None if finding.gap is None else asdict(finding.gap)}
    return {
        "check": finding.check,
        "verdict": finding.verdict,
        "confidence": finding.confidence,
        "container": finding.container,
        "image": finding.image,
        "summary": finding.summary,
        "fix": None if finding.fix is None else _fix(finding.fix),
        **(gap if finding.verdict == "unknown" else {}),
        "evidence": [asdict(fact) for fact in finding.evidence],
        "docs": finding.docs,
        **({} if finding.group is None else {"container_group": finding.group}),
        **({} if finding.place is None else {"location": asdict(finding.place)}),
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {"text": fix.text, "az": list(fix.az), "bicep": fix.bicep}


def _gap(told: ToldGap) -> dict[str, object]:
    return asdict(told.gap) | {"command": told.command}


def _plan(plan: ToldPlan) -> dict[str, object]:
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


def _step(step: ToldStep) -> dict[str, object]:
    return {
        "remedy": step.remedy,
        "target": step.target,
        "change": {"before": _properties(step.before), "after": _properties(step.after)},
        "undo": step.undo,
        "risk": step.risk,
        "expiry": step.expiry,
        "summary": step.summary,
        "in_words": {"before": step.before_said, "after": step.after_said},
    }


def _properties(properties: Properties | None) -> dict[str, str | None] | None:
    return None if properties is None else dict(properties)


def _candidates(report: Report) -> dict[str, object]:
    if report.candidates is None:
        return {}
    return {
        "candidates": [each.check for each in report.candidates],
        "how_to_tell": {each.check: each.telling for each in report.candidates},
    }


def _before_deploying(report: Report) -> dict[str, object]:
    """What is told of a template alone: its container groups, and what else is to be known of it."""
    told: dict[str, object] = {"notes": list(report.notes)} if report.notes else {}
    return told if report.definitions is None else {"definitions": list(map(_definition, report.definitions))} | told


def _definition(told: ToldDefinition) -> dict[str, object]:
    return {
        "name": told.name,
        "resource": dict(told.resource),
        "unresolved": [{"path": path, "reason": reason} for path, reason in told.unresolved],
    }
