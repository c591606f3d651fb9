"""The report of a template for a terminal: faults first, then what the template leaves open."""

from collections.abc import Iterator

from acimedic.model.report import Report, ToldFinding, ToldPlace
from acimedic.preflight.telling import groups_said, left_open, level, undecided, undecided_said
from acimedic.report import sections
from acimedic.report.plain import wrapped
from acimedic.report.text import fault_lines, gap_lines

_LABEL = 9


def to_text(report: Report, *, live: bool, width: int = 100) -> str:
    """The report, at most `width` columns but for commands, ids and places, which stay whole."""
    parts = [_head(report, width)]
    parts += [_fault(finding, width) for finding in report.fails]
    parts += [_no_fault(report, width), _open(report, width), _notes(report, width), _undecided(report, live, width)]
    parts += [gap_lines(report, width)]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def _head(report: Report, width: int) -> Iterator[str]:
    yield from wrapped(f"ACI Medic: {sections.where(report)}", width=width)
    yield from wrapped(groups_said(report), width=width)
    if report.gateway:
        yield sections.MAKE_BELIEVE


def _fault(finding: ToldFinding, width: int) -> Iterator[str]:
    summary, *rest = list(fault_lines(finding, width, level(finding)))
    yield summary
    where = f"in container group {finding.group}" if finding.group else ""
    at = [] if finding.place is None else [f"at {_place(finding.place)}"]
    while rest and not rest[0].startswith("FIX"):
        yield rest.pop(0)
    yield from wrapped(" ".join([*at, where]).strip(), width=width, indent=" " * _LABEL)
    yield from rest


def _place(place: ToldPlace) -> str:
    return place.file if place.line is None else f"{place.file}:{place.line}:{place.column}"


def _no_fault(report: Report, width: int) -> Iterator[str]:
    if report.root_cause is None:
        yield from wrapped(report.headline, width=width)


def _open(report: Report, width: int) -> Iterator[str]:
    values = list(left_open(report))
    if values:
        yield f"The template alone does not tell ({len(values)})"
    for what, reason in values:
        yield from wrapped(f"{what}: {reason}", width=width, indent="    ", first="  - ")


def _notes(report: Report, width: int) -> Iterator[str]:
    if report.notes:
        yield "Before deploying"
    for note in report.notes:
        yield from wrapped(note, width=width, indent="    ", first="  - ")


def _undecided(report: Report, live: bool, width: int) -> Iterator[str]:
    if not live:
        yield from (line for said in undecided_said(report) for line in wrapped(said, width=width))
        return
    reasons = list(undecided(report))
    if reasons:
        yield "Not decided"
    for reason, names in reasons:
        yield from wrapped(reason, width=width, indent="    ", first="  - ")
        yield from wrapped(names, width=width, indent="      ")
