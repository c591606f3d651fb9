"""A diagnosis for a terminal: cause and fix first, then what was ruled out, then what could not be read."""

import re
from collections.abc import Iterator

from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.plan import Plan
from acimedic.model.reading import Gap
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.model.verdict import Fail, Fix, Pass, Skip, Unknown
from acimedic.report.grant import grant_command
from acimedic.report.plain import plain, wrapped
from acimedic.report.support import SUPPORT, needed_for_support

_LABEL = 9
_SCOPE = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/", re.IGNORECASE)


def to_text(diagnosis: Diagnosis, *, width: int = 100, gateway: bool = False, brief: bool = False) -> str:
    """The report as text, at most `width` columns but for commands and ids, which stay whole.

    brief: without what was ruled out.
    """
    lines = [*_head(diagnosis, width, gateway), ""]
    for number, finding in enumerate(diagnosis.fails):
        lines += [*_fault(finding, width, also=number > 0), ""]
    if not diagnosis.fails:
        lines += [*_no_fault(diagnosis, width), ""]
    ruled_out = () if brief else _ruled_out(diagnosis, width)
    sections = (_plan(diagnosis.plan, width), _error(diagnosis, width), ruled_out)
    for section in (*sections, _undecided(diagnosis, width), _gaps(diagnosis, width), _support(diagnosis, width)):
        body = list(section)
        lines += [*body, ""] if body else []
    return "\n".join(lines).rstrip() + "\n"


def _head(diagnosis: Diagnosis, width: int, gateway: bool) -> Iterator[str]:
    incident = diagnosis.evidence.incident
    kind = "container group" if incident.group.is_a(CONTAINER_GROUPS) else "deployment"
    where = f"{kind} {incident.group.name} in resource group {incident.group.resource_group}"
    yield from wrapped(f"ACI Medic: {where}", width=width)
    when = f"{incident.occurred_at:%Y-%m-%d %H:%M:%S} UTC" if incident.occurred_at else "time not known"
    yield from wrapped(f"failed {when}, correlation id {incident.correlation_id or 'not known'}", width=width)
    if incident.also:
        yield from wrapped(f"{len(incident.also)} more groups of the same deployment failed", width=width)
    if incident.group.name.lower().endswith("azscripts"):
        yield from wrapped(
            "This group belongs to a deployment script: Azure made it, the script's author owns it.", width=width
        )
    if gateway:
        yield "This report was made through a gateway: it speaks of a make-believe Azure."


def _fault(finding: Finding, width: int, *, also: bool) -> Iterator[str]:
    if not isinstance(finding.verdict, Fail):
        return
    verdict = finding.verdict
    label = ("ALSO" if also else "CAUSE").ljust(_LABEL)
    sure = "" if verdict.confidence == "confirmed" else " (likely)"
    yield from wrapped(f"{verdict.summary}{sure}", width=width, indent=" " * _LABEL, first=label)
    yield from _fix(verdict.fix, width)
    yield from wrapped(f"check {finding.check}, {finding.docs}", width=width, indent=" " * _LABEL)
    for fact in verdict.evidence:
        value = f"{fact.fact}: {fact.value}"
        yield from wrapped(value, width=width, indent=" " * (_LABEL + 2), first=" " * _LABEL + "- ")
        yield from wrapped(f"({_short(fact.source)})", width=width, indent=" " * (_LABEL + 2))


def _fix(fix: Fix, width: int) -> Iterator[str]:
    yield from wrapped(fix.text, width=width, indent=" " * _LABEL, first="FIX".ljust(_LABEL))
    for command in fix.az:
        yield " " * (_LABEL + 2) + plain(command)


def _no_fault(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    if diagnosis.outcome == "not-a-pull-failure":
        yield from wrapped(diagnosis.headline, width=width, indent=" " * _LABEL, first="NO PULL ".ljust(_LABEL))
        yield from wrapped("No change is proposed.", width=width, indent=" " * _LABEL)
        return
    yield from wrapped(diagnosis.headline, width=width, indent=" " * _LABEL, first="UNKNOWN".ljust(_LABEL))
    unread = sum(isinstance(finding.verdict, Unknown) for finding in diagnosis.findings)
    advice = "Deploy once more: a registry or the platform may have failed for a moment."
    if unread:
        advice = f"{unread} verdicts want a reading that is missing, see below; grant it and diagnose again. {advice}"
    yield from wrapped(advice, width=width, indent=" " * _LABEL, first="TRY".ljust(_LABEL))


def _plan(plan: Plan | None, width: int) -> Iterator[str]:
    if plan is None:
        return
    may = f"Proposed changes (mode {plan.mode}; {'may' if plan.allowed else 'may not'} be carried out"
    if len(plan.reasons) > 1:
        yield f"{may}, for {len(plan.reasons)} reasons)"
        for reason in plan.reasons:
            yield from wrapped(reason, width=width, indent="    ", first="  - ")
    else:
        yield from wrapped(f"{may}: {plan.reason})", width=width, indent="  ", first="")
    for number, step in enumerate(plan.steps, 1):
        yield from wrapped(step.summary, width=width, indent="     ", first=f"  {number}. ")
        yield from wrapped(f"before: {step.before or 'nothing'}; after: {step.after}", width=width, indent="     ")
        yield from wrapped(f"risk: {step.risk}", width=width, indent="     ")
        yield from wrapped(f"undo: {step.undo}", width=width, indent="     ")
        if step.expiry is not None:
            yield from wrapped(f"expires: {step.expiry}", width=width, indent="     ")


def _error(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    error = diagnosis.evidence.error
    if isinstance(error, Gap):
        yield from wrapped(f"Azure's error text is not known: {error.reason}.", width=width)
        return
    cause = error.cause
    if cause is None:
        return
    yield f"Azure said ({diagnosis.evidence.error_source})"
    yield from wrapped(f"{error.code or 'no code'}: {cause.message}"[:1200], width=width, indent="  ")


def _ruled_out(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    passed = [finding for finding in diagnosis.findings if isinstance(finding.verdict, Pass)]
    skipped = dict.fromkeys(item.check for item in diagnosis.findings if isinstance(item.verdict, Skip))
    if passed:
        yield f"Ruled out ({len(dict.fromkeys(finding.check for finding in passed))})"
    for finding in passed:
        if isinstance(finding.verdict, Pass):
            yield from wrapped(f"{_name(finding)}: {finding.verdict.reason}", width=width, indent="    ", first="  - ")
    if skipped and diagnosis.outcome != "not-a-pull-failure":
        listed = ", ".join(skipped)
        yield from wrapped(f"Do not apply: {listed}", width=width, indent="    ", first="  ")


def _undecided(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for finding in diagnosis.findings:
        if isinstance(finding.verdict, Unknown):
            reasons.setdefault(finding.verdict.reason, []).append(_name(finding))
    if reasons:
        yield f"Not decided ({sum(map(len, reasons.values()))})"
    for reason, names in reasons.items():
        yield from wrapped(reason, width=width, indent="    ", first="  - ")
        yield from wrapped(", ".join(names), width=width, indent="      ")


def _gaps(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    if diagnosis.gaps:
        yield f"Could not be read ({len(diagnosis.gaps)})"
    for gap in diagnosis.gaps:
        yield from wrapped(f"{gap.reading}: {gap.reason}", width=width, indent="    ", first="  - ")
        command = grant_command(gap)
        if command:
            yield f"      {plain(command)}"
        elif gap.permission:
            yield from wrapped(f"needs {gap.permission} at {gap.scope}", width=width, indent="      ")


def _support(diagnosis: Diagnosis, width: int) -> Iterator[str]:
    if diagnosis.outcome != "undetermined":
        return
    yield "If it goes on: open a support request, and give it"
    for line in needed_for_support(diagnosis):
        yield from wrapped(line, width=width, indent="    ", first="  - ")
    yield f"  {SUPPORT}"


def _short(source: str) -> str:
    """A request without the subscription and resource group, which the JSON report has in full."""
    return _SCOPE.sub("…/", source)


def _name(finding: Finding) -> str:
    return f"{finding.check} ({finding.container})" if finding.container else finding.check
