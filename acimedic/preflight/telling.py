"""What every renderer has to work out of a template's report (pure)."""

from collections.abc import Iterator

from acimedic.model.report import Report, ToldFinding

_SHOWN = 6


def groups_said(report: Report) -> str:
    """The container groups that the template asks for, in one sentence."""
    names = [each.name for each in report.definitions or ()]
    if not names:
        return "it asks for no container group"
    many = "1 container group" if len(names) == 1 else f"{len(names)} container groups"
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"it asks for {many}: {', '.join(names[:10])}{more}"


def level(finding: ToldFinding) -> str:
    """Whether the deployment will fail of it, or is only likely to."""
    return "Fault" if finding.confidence == "confirmed" else "Likely"


def left_open(report: Report) -> Iterator[tuple[str, str]]:
    """The values that could not be evaluated: which, and why."""
    definitions = report.definitions or ()
    for each in definitions:
        for path, reason in each.unresolved:
            yield (f"{path} of {each.name}" if len(definitions) > 1 else path) or each.name, reason


def undecided_said(report: Report) -> Iterator[str]:
    """How many checks want more than the template, in one sentence; nothing where all was decided."""
    names = dict.fromkeys(each.check for each in report.findings if each.verdict == "unknown")
    if names:
        yield f"{len(names)} checks want more than the template tells; --live asks Azure for it."


def undecided(report: Report) -> Iterator[tuple[str, str]]:
    """For each reason why something was not decided, the first checks that it kept from deciding."""
    reasons: dict[str, dict[str, None]] = {}
    for finding in report.findings:
        if finding.verdict == "unknown":
            reasons.setdefault(finding.summary, {}).setdefault(finding.check)
    for reason, checks in reasons.items():
        named = list(checks)
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        yield reason, ", ".join(named[:_SHOWN]) + more
