"""The report of a template as Markdown, for a pull request."""

from collections.abc import Iterator

from acimedic.model.report import Report, ToldFinding
from acimedic.preflight.telling import groups_said, left_open, level, undecided, undecided_said
from acimedic.report import sections
from acimedic.report.markdown import fault_blocks, gap_blocks, listed
from acimedic.report.markdown_words import code, prose


def to_markdown(report: Report, *, live: bool) -> str:
    """GitHub-flavoured Markdown without HTML; every name in it is hostile."""
    blocks = list(_head(report))
    for finding in report.fails:
        blocks += _fault(finding)
    blocks += [*_no_fault(report), *_open(report), *_notes(report), *_undecided(report, live), *gap_blocks(report)]
    return "\n\n".join(blocks) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"## ACI Medic: {prose(sections.where(report))}"
    yield f"{prose(groups_said(report))}."
    if report.gateway:
        yield f"**{sections.MAKE_BELIEVE}**"


def _fault(finding: ToldFinding) -> Iterator[str]:
    heading, summary, *rest = list(fault_blocks(finding, level(finding)))
    yield heading
    yield summary
    place = finding.place
    at = "" if place is None else code(place.file if place.line is None else f"{place.file}:{place.line}")
    where = f"in container group {code(finding.group)}" if finding.group else ""
    yield " ".join(word for word in (at, where) if word) or "in the template"
    yield from rest


def _no_fault(report: Report) -> Iterator[str]:
    if report.root_cause is None:
        yield prose(report.headline)


def _open(report: Report) -> Iterator[str]:
    values = list(left_open(report))
    if values:
        yield f"### The template alone does not tell ({len(values)})"
        yield listed(*(f"{code(what)}: {prose(reason)}" for what, reason in values))


def _notes(report: Report) -> Iterator[str]:
    if report.notes:
        yield "### Before deploying"
        yield listed(*map(prose, report.notes))


def _undecided(report: Report, live: bool) -> Iterator[str]:
    if not live:
        yield from map(prose, undecided_said(report))
        return
    reasons = list(undecided(report))
    if reasons:
        yield "### Not decided"
        yield listed(*(f"{prose(why)}: {prose(names)}" for why, names in reasons))
