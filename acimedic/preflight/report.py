"""The examination of a template -> one report of all its container groups (pure)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from acimedic.fixes import AGAIN
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.reading import Gap
from acimedic.model.report import Report, ToldError, ToldFinding, ToldGap, ToldIncident
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.named import NamedOnly
from acimedic.preflight.offline import NOT_DEPLOYED
from acimedic.preflight.places import culprit
from acimedic.preflight.request import MOST_GROUPS, Examination, Examined
from acimedic.preflight.showing import shown
from acimedic.preflight.source import Source
from acimedic.report.build import finding_told
from acimedic.report.disclosing import Disclosing, disclosing, name_shown
from acimedic.report.grant import grant_command

_NOWHERE = "With --subscription and --resource-group, the ids of resources are known as well."
_NO_ID = re.compile(r"resource id not known: the (?:subscription|resource group) of the deployment is not known")


def report_of(examination: Examination, source: Source, *, gateway: bool) -> Report:
    """Everything that is shown of a template. gateway: whether Azure was asked through a stand-in for it."""
    findings = tuple(finding for each in examination.groups for finding in _findings(each, source))
    blamed = sorted(
        (each for each in findings if each.verdict == "fail"), key=lambda each: each.confidence != "confirmed"
    )
    gaps = dict.fromkeys(gap for each in examination.groups for gap in _gaps(each.diagnosis))
    return Report(
        gateway=gateway,
        incident=_incident(examination),
        outcome="cause-found" if blamed else "undetermined",
        kind=None,
        headline=_headline(examination, blamed),
        root_cause=blamed[0].check if blamed else None,
        findings=findings,
        gaps=tuple(ToldGap(gap, grant_command(gap)) for gap in gaps),
        plan=None,
        support=(),
        definitions=tuple(shown(each.asked) for each in examination.groups),
        notes=tuple(_notes(examination)),
    )


def _findings(examined: Examined, source: Source) -> Iterator[ToldFinding]:
    names, group = disclosing(examined.diagnosis.evidence), name_shown(examined.asked.group.name)
    for finding in examined.diagnosis.findings:
        told = replace(finding_told(finding, names), group=group)
        told = told if told.container is None else replace(told, container=name_shown(told.container))
        if told.fix is not None:
            fix = replace(told.fix, text=told.fix.text.removesuffix(AGAIN).rstrip())
            place = source.place(examined.asked.path, culprit(finding, examined.asked.definition))
            told = replace(told, fix=fix, place=place)
        yield told


def _gaps(diagnosis: Diagnosis) -> Iterator[Gap]:
    names = disclosing(diagnosis.evidence)
    return (names.gap(gap) for gap in diagnosis.gaps)


def _incident(examination: Examination) -> ToldIncident:
    groups = examination.groups
    only = groups[0] if len(groups) == 1 else None
    known = only is not None and not isinstance(only.asked.group, NamedOnly)
    ids = "\n".join(each.diagnosis.evidence.incident.id for each in groups) or examination.request.name
    return ToldIncident(
        id=only.diagnosis.evidence.incident.id if only else hashlib.sha256(ids.encode("utf-8", "replace")).hexdigest(),
        also=(),
        container_group=name_shown(str(only.asked.group))
        if only is not None and only.asked.group.is_a(CONTAINER_GROUPS)
        else None,
        name=examination.request.name,
        resource_group=only.asked.group.resource_group if only is not None and known else None,
        images=tuple(dict.fromkeys(name_shown(image) for each in groups for image in each.diagnosis.images)),
        correlation_id=None,
        occurred_at=None,
        error=ToldError(code=None, message=None, source="none", gap=NOT_DEPLOYED),
    )


def _headline(examination: Examination, blamed: list[ToldFinding]) -> str:
    name, groups = examination.request.name, len(examination.groups)
    if not groups:
        return f"{name} asks for no container group."
    if blamed:
        return blamed[0].summary
    many = "the container group" if groups == 1 else f"the {groups} container groups"
    asked = "" if examination.live else ", as far as the template alone tells"
    return f"No fault was found in {many} of {name}{asked}."


def _notes(examination: Examination) -> list[str]:
    request = examination.request
    noted = dict.fromkeys(note for each in examination.groups for note in each.notes)
    for path in examination.left_out:
        noted.setdefault(f"The container group at {path} is not deployed: its condition is false.")
    if len(examination.groups) == MOST_GROUPS:
        noted.setdefault(f"Only the first {MOST_GROUPS} container groups were looked at; no deployment can have more.")
    if request.scope.subscription_id is None or request.scope.resource_group is None:
        noted.setdefault(_NOWHERE)
    reasons: dict[str, list[str]] = {}
    for problem in examination.problems:
        if not (_NO_ID.match(problem.reason) and _NOWHERE in noted):
            reasons.setdefault(problem.reason, []).append(problem.path)
    for reason, paths in reasons.items():
        noted.setdefault(f"Not evaluated{_where(paths)}: {reason}")
    return list(map(Disclosing().text, noted))


def _where(paths: list[str]) -> str:
    named = [path for path in paths if path]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f" at {', '.join(named[:3])}{more}" if named else ""
