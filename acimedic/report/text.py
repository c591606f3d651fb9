"""A report for a terminal: cause and fix first, then what was ruled out, then what could not be read."""

from collections.abc import Iterator

from acimedic.model.diagnosis import Diagnosis
from acimedic.model.report import Report, ToldFinding, ToldPlan
from acimedic.model.verdict import Fix
from acimedic.report import sections
from acimedic.report.build import build_report
from acimedic.report.plain import plain, wrapped
from acimedic.report.support import SUPPORT

_LABEL = 9


def to_text(diagnosis: Diagnosis, *, width: int = 100, gateway: bool = False, brief: bool = False) -> str:
    """A diagnosis' report as text, at most `width` columns but for commands and ids, which stay whole.

    brief: without what was ruled out.
    """
    return as_lines(build_report(diagnosis, gateway=gateway), width=width, brief=brief)


def as_lines(report: Report, *, width: int = 100, brief: bool = False) -> str:
    """The report as text, at most `width` columns but for commands and ids; brief: without what was ruled out."""
    lines = [*_head(report, width), ""]
    for number, finding in enumerate(report.fails):
        lines += [*fault_lines(finding, width, sections.place(report, number)), ""]
    if report.root_cause is None:
        lines += [*_no_fault(report, width), ""]
    ruled_out = () if brief else _ruled_out(report, width)
    body = (_plan(report.plan, width), _error(report, width), ruled_out)
    for section in (*body, _undecided(report, width), gap_lines(report, width), _support(report, width)):
        told = list(section)
        lines += [*told, ""] if told else []
    return "\n".join(lines).rstrip() + "\n"


def _head(report: Report, width: int) -> Iterator[str]:
    yield from wrapped(f"ACI Medic: {sections.where(report)}", width=width)
    correlation = report.incident.correlation_id or "not known"
    yield from wrapped(f"{sections.failed(report)}, correlation id {correlation}", width=width)
    yield from wrapped(f"incident {report.incident.id}", width=width)
    for sentence in sections.beside(report):
        yield from wrapped(sentence, width=width)
    if report.gateway:
        yield sections.MAKE_BELIEVE


def fault_lines(finding: ToldFinding, width: int, place: str) -> Iterator[str]:
    """A fault: what is wrong, how to mend it, the evidence."""
    label = place.upper().ljust(_LABEL)
    yield from wrapped(sections.summary(finding), width=width, indent=" " * _LABEL, first=label)
    if finding.fix is not None:
        yield from _fix(finding.fix, width)
    yield from wrapped(f"check {finding.check}, {finding.docs}", width=width, indent=" " * _LABEL)
    for fact in finding.evidence:
        value = f"{fact.fact}: {fact.value}"
        yield from wrapped(value, width=width, indent=" " * (_LABEL + 2), first=" " * _LABEL + "- ")
        yield from wrapped(f"({sections.short(fact.source)})", width=width, indent=" " * (_LABEL + 2))


def _fix(fix: Fix, width: int) -> Iterator[str]:
    yield from wrapped(fix.text, width=width, indent=" " * _LABEL, first="FIX".ljust(_LABEL))
    for command in fix.az:
        yield " " * (_LABEL + 2) + plain(command)


def _no_fault(report: Report, width: int) -> Iterator[str]:
    if report.outcome == "not-a-pull-failure":
        yield from wrapped(report.headline, width=width, indent=" " * _LABEL, first="NO PULL ".ljust(_LABEL))
        yield from wrapped("No change is proposed.", width=width, indent=" " * _LABEL)
        return
    yield from wrapped(report.headline, width=width, indent=" " * _LABEL, first="UNKNOWN".ljust(_LABEL))
    yield from wrapped(sections.advice(report), width=width, indent=" " * _LABEL, first="TRY".ljust(_LABEL))


def _plan(plan: ToldPlan | None, width: int) -> Iterator[str]:
    if plan is None:
        return
    may = f"Proposed changes ({sections.decided(plan)}"
    if len(plan.reasons) > 1:
        yield f"{may}, for {len(plan.reasons)} reasons)"
        for reason in plan.reasons:
            yield from wrapped(reason, width=width, indent="    ", first="  - ")
    else:
        yield from wrapped(f"{may}: {plan.reason})", width=width, indent="  ", first="")
    for number, step in enumerate(plan.steps, 1):
        yield from wrapped(step.summary, width=width, indent="     ", first=f"  {number}. ")
        change = f"before: {step.before_said or 'nothing'}; after: {step.after_said or 'not told'}"
        yield from wrapped(change, width=width, indent="     ")
        yield from wrapped(f"risk: {step.risk}", width=width, indent="     ")
        yield from wrapped(f"undo: {step.undo}", width=width, indent="     ")
        if step.expiry is not None:
            yield from wrapped(f"expires: {step.expiry}", width=width, indent="     ")


def _error(report: Report, width: int) -> Iterator[str]:
    error = report.incident.error
    if error.gap is not None:
        yield from wrapped(f"Azure's error text is not known: {error.gap}.", width=width)
    elif said := sections.said_by_azure(report):
        yield f"Azure said ({plain(error.source)})"
        yield from wrapped(said, width=width, indent="  ")


def _ruled_out(report: Report, width: int) -> Iterator[str]:
    passed = sections.ruled_out(report)
    if passed:
        yield f"Ruled out ({len({finding.check for finding in passed})})"
    for finding in passed:
        yield from wrapped(f"{finding.label}: {finding.summary}", width=width, indent="    ", first="  - ")
    if skipped := sections.not_applying(report):
        yield from wrapped(f"Do not apply: {', '.join(skipped)}", width=width, indent="    ", first="  ")


def _undecided(report: Report, width: int) -> Iterator[str]:
    reasons = sections.undecided(report)
    if reasons:
        yield f"Not decided ({sum(map(len, reasons.values()))})"
    for reason, names in reasons.items():
        yield from wrapped(reason, width=width, indent="    ", first="  - ")
        yield from wrapped(", ".join(names), width=width, indent="      ")


def gap_lines(report: Report, width: int) -> Iterator[str]:
    """What could not be read, and what would let us read it."""
    if report.gaps:
        yield f"Could not be read ({len(report.gaps)})"
    for told in report.gaps:
        yield from wrapped(f"{told.gap.reading}: {told.gap.reason}", width=width, indent="    ", first="  - ")
        if told.command:
            yield f"      {plain(told.command)}"
        elif told.gap.permission:
            yield from wrapped(f"needs {told.gap.permission} at {told.gap.scope}", width=width, indent="      ")


def _support(report: Report, width: int) -> Iterator[str]:
    if report.outcome != "undetermined":
        return
    yield "If it goes on: open a support request, and give it"
    for line in report.support:
        yield from wrapped(line, width=width, indent="    ", first="  - ")
    yield f"  {SUPPORT}"
