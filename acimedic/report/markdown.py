"""A report as Markdown, for a pull request, an issue, a work item or a chat message.

Names and error texts are hostile: each goes through `prose`, `code` or `fenced`.
"""

from collections.abc import Iterator

from acimedic.model.report import Report, ToldFinding, ToldStep
from acimedic.model.verdict import Fix
from acimedic.report import sections
from acimedic.report.markdown_words import code, fenced, link, prose
from acimedic.report.support import SUPPORT


def to_markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown without HTML, images and tables; links lead to Microsoft alone."""
    blocks = [*_head(report)]
    for number, finding in enumerate(report.fails):
        blocks += fault_blocks(finding, sections.place(report, number))
    for section in (_no_fault, _plan, _error, _candidates, gap_blocks, _undecided, _ruled_out, _support, _incident):
        blocks += section(report)
    return "\n\n".join(blocks) + "\n"


def listed(*items: str) -> str:
    """A list, an item a line."""
    return "\n".join(f"- {item}" for item in items)


def _head(report: Report) -> Iterator[str]:
    yield f"## ACI Medic: {prose(sections.where(report))}"
    yield f"**{prose(sections.outcome(report))}**, {sections.failed(report)}."
    for sentence in sections.beside(report):
        yield prose(sentence)
    if report.gateway:
        yield f"**{sections.MAKE_BELIEVE}**"


def fault_blocks(finding: ToldFinding, place: str) -> Iterator[str]:
    """A fault: what is wrong, how to mend it, the evidence."""
    yield f"### {place}: {code(finding.check)}"
    yield prose(sections.summary(finding))
    if finding.fix is not None:
        yield from _fix(finding.fix)
    if finding.evidence:
        yield "**Evidence**"
        yield listed(
            *(
                f"{prose(fact.fact)}: {code(fact.value)} ({code(sections.short(fact.source))})"
                for fact in finding.evidence
            )
        )
    yield link("About this fault", finding.docs)


def _fix(fix: Fix) -> Iterator[str]:
    yield f"**Fix:** {prose(fix.text)}"
    if fix.az:
        yield fenced(*fix.az, language="sh")
    if fix.bicep is not None:
        yield fenced(*fix.bicep.split("\n"), language="bicep")


def _no_fault(report: Report) -> Iterator[str]:
    if report.root_cause is not None:
        return
    yield prose(report.headline)
    if report.outcome == "not-a-pull-failure":
        yield "No change is proposed."
    else:
        yield f"**Try:** {prose(sections.advice(report))}"


def _plan(report: Report) -> Iterator[str]:
    plan = report.plan
    if plan is None:
        return
    yield "### Proposed changes"
    yield f"Plan {code(plan.hash)}: {prose(sections.decided(plan))}."
    yield listed(*(prose(reason) for reason in plan.reasons or (plan.reason,)))
    for number, step in enumerate(plan.steps, 1):
        yield f"**Step {number}:** {prose(step.summary)}"
        yield fenced(*_difference(step), language="diff")
        told = [f"at {code(step.target)}", f"risk: {prose(step.risk)}", f"undo: {prose(step.undo)}"]
        yield listed(*told, *([] if step.expiry is None else [f"expires: {prose(step.expiry)}"]))


def _difference(step: ToldStep) -> Iterator[str]:
    for name, before, after in sections.differences(step):
        for sign, value in (("-", before), ("+", after)):
            if value is not None:
                yield f"{sign} {name}: {value}"


def _error(report: Report) -> Iterator[str]:
    error = report.incident.error
    if error.gap is not None:
        yield f"Azure's error text is not known: {prose(error.gap)}."
    elif said := sections.said_by_azure(report):
        yield f"### What Azure said ({prose(error.source)})"
        yield fenced(said)


def _candidates(report: Report) -> Iterator[str]:
    if report.candidates:
        yield "### Candidates, the likeliest first"
        yield listed(*(f"{code(each.check)}: {prose(each.telling)}" for each in report.candidates))


def gap_blocks(report: Report) -> Iterator[str]:
    """What could not be read, and what would let us read it."""
    if report.gaps:
        yield f"### Could not be read ({len(report.gaps)})"
    for told in report.gaps:
        yield f"{prose(told.gap.reading)}: {prose(told.gap.reason)}"
        if told.command:
            yield fenced(told.command, language="sh")
        elif told.gap.permission:
            yield f"Needs {code(told.gap.permission)} at {code(told.gap.scope or 'a place that is not known')}"


def _undecided(report: Report) -> Iterator[str]:
    reasons = sections.undecided(report)
    if reasons:
        yield f"### Not decided ({sum(map(len, reasons.values()))})"
        yield listed(*(f"{prose(why)}: {', '.join(map(code, names))}" for why, names in reasons.items()))


def _ruled_out(report: Report) -> Iterator[str]:
    passed = sections.ruled_out(report)
    if passed:
        yield f"### Ruled out ({len({finding.check for finding in passed})})"
        yield listed(*(f"{code(finding.label)}: {prose(finding.summary)}" for finding in passed))
    if skipped := sections.not_applying(report):
        yield f"Do not apply: {', '.join(map(code, skipped))}"


def _support(report: Report) -> Iterator[str]:
    if report.outcome == "undetermined":
        yield "### If it goes on: a support request"
        yield listed(*map(prose, report.support))
        yield link("Open a support request", SUPPORT)


def _incident(report: Report) -> Iterator[str]:
    incident = report.incident
    yield "### Incident"
    yield listed(
        f"id: {code(incident.id)}",
        *([] if incident.container_group is None else [f"container group: {code(incident.container_group)}"]),
        f"images: {', '.join(map(code, incident.images)) or 'not known'}",
        f"correlation id: {code(incident.correlation_id) if incident.correlation_id else 'not known'}",
    )
