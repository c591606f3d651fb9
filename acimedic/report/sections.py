"""What every renderer has to work out of a report: who failed, what to try, what was ruled out and what was not."""

import re
from collections.abc import Iterator

from acimedic.model.diagnosis import Outcome
from acimedic.model.report import Report, ToldFinding, ToldPlan, ToldStep

MAKE_BELIEVE = "This report was made through a gateway: it speaks of a make-believe Azure."
_OUTCOMES: dict[Outcome, str] = {
    "cause-found": "Cause found",
    "undetermined": "Cause not known",
    "not-a-pull-failure": "Not an image-pull failure",
}
_LONGEST_ERROR = 1200
_SCOPE = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/", re.IGNORECASE)
_BY_SCRIPT = "This group belongs to a deployment script: Azure made it, the script's author owns it."


def where(report: Report) -> str:
    """What failed, by its name; what is to be deployed where nothing has failed yet."""
    if report.definitions is not None:
        return f"preflight of {report.incident.name}"
    kind = "deployment" if report.incident.container_group is None else "container group"
    group = report.incident.resource_group
    return f"{kind} {report.incident.name}" + (f" in resource group {group}" if group else "")


def outcome(report: Report) -> str:
    """The outcome in a few words, with the kind of failure where it is no image-pull failure."""
    said = _OUTCOMES[report.outcome]
    return said if report.kind is None else f"{said}: {report.kind}"


def failed(report: Report) -> str:
    """When it failed, in UTC, to the second."""
    at = report.incident.occurred_at
    return f"failed {at:%Y-%m-%d %H:%M:%S} UTC" if at else "failed time not known"


def place(report: Report, number: int) -> str:
    """What the finding at this place among the blamed is: the cause, another fault, or no more than likely."""
    return "Likely" if report.root_cause is None else "Also" if number else "Cause"


def beside(report: Report) -> Iterator[str]:
    """What else is to be known of the incident, a sentence each."""
    if report.incident.also:
        yield f"{len(report.incident.also)} more groups of the same deployment failed"
    if report.incident.name.lower().endswith("azscripts"):
        yield _BY_SCRIPT


def summary(finding: ToldFinding) -> str:
    """What was found, and that it is only likely where it is."""
    return f"{finding.summary} (likely)" if finding.confidence == "likely" else finding.summary


def advice(report: Report) -> str:
    """What to try where nothing was found."""
    unread = sum(finding.verdict == "unknown" for finding in report.findings)
    again = "Deploy once more: a registry or the platform may have failed for a moment."
    if not unread:
        return again
    return f"{unread} verdicts want a reading that is missing, see below; grant it and diagnose again. {again}"


def decided(plan: ToldPlan) -> str:
    """How a plan is decided, and whether it may be carried out; without the reasons."""
    return f"mode {plan.mode}; {'may' if plan.allowed else 'may not'} be carried out"


def differences(step: ToldStep) -> Iterator[tuple[str, str | None, str | None]]:
    """The properties that a step sets, each with its value before and after; None where it has none."""
    before, after = dict(step.before or ()), dict(step.after)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) is not None or after.get(name) is not None:
            yield name, before.get(name), after.get(name)


def said_by_azure(report: Report) -> str | None:
    """The error, shortened; None where Azure's words are not known."""
    error = report.incident.error
    return None if error.message is None else f"{error.code or 'no code'}: {error.message}"[:_LONGEST_ERROR]


def ruled_out(report: Report) -> tuple[ToldFinding, ...]:
    """The findings that clear something."""
    return tuple(finding for finding in report.findings if finding.verdict == "pass")


def not_applying(report: Report) -> tuple[str, ...]:
    """The checks that do not apply, each once; none where nothing was looked at because it is no pull failure."""
    if report.outcome == "not-a-pull-failure":
        return ()
    return tuple(dict.fromkeys(finding.check for finding in report.findings if finding.verdict == "skip"))


def undecided(report: Report) -> dict[str, list[str]]:
    """For each reason why something was not decided, what was not."""
    reasons: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.verdict == "unknown":
            reasons.setdefault(finding.summary, []).append(finding.label)
    return reasons


def short(source: str) -> str:
    """A request without the subscription and resource group, which the JSON report has in full."""
    return _SCOPE.sub("…/", source)
