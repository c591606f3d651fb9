"""A report as SARIF 2.1.0, the form in which tools that look at source hand over what they have found (pure).

What a check blames is a result; what could not be decided is a notification. GitHub shows results that lie in a file,
as those of a template do, and takes none of an incident, which lie in Azure alone.
Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias

from acimedic import __version__
from acimedic.model.report import Report, ToldFinding, ToldPlace
from acimedic.report.as_json import as_text
from acimedic.report.file_uri import file_uri
from acimedic.report.sarif_message import message, name_of, sentence

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_MOST_RESULTS = 25_000  # GitHub refuses a log with more

Json: TypeAlias = dict[str, object]


class Rule(Protocol):
    """A check as the catalogue tells it."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def finds(self) -> str:
        """What it finds, in one sentence."""

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Label and text of each part of its page, in Markdown without HTML."""

    @property
    def docs(self) -> str:
        """The address of Microsoft's page."""


def to_sarif(report: Report, rules: Iterable[Rule]) -> str:
    """The report as a SARIF log of one run, in ASCII. rules: the catalogue, for what is told of each check."""
    known = {rule.id: rule for rule in rules}
    indices = {check: at for at, check in enumerate(dict.fromkeys(finding.check for finding in report.findings))}
    driver: Json = {
        "name": "ACI Medic",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(check, known.get(check)) for check in indices],
    }
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(report, indices))}
        ],
        **_of_files(report),
        "results": list(_results(report, indices)),
        "properties": {
            "gateway": report.gateway,
            "outcome": report.outcome,
            "kind": None if report.kind is None else name_of(report.kind),
        },
    }
    return as_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _of_files(report: Report) -> Json:
    """What holds for all places in files. The root has no address: it would tell of the machine."""
    if not any(finding.place for finding in report.fails):
        return {}
    root = {"description": {"text": "The folder that relative names begin in: the root of the repository."}}
    return {"columnKind": "unicodeCodePoints", "originalUriBaseIds": {_ROOT: root}}


def _rule(check: str, rule: Rule | None) -> Json:
    """GitHub wants both descriptions and a help text of each."""
    if rule is None:  # a report that was kept may name a check that is no more
        said = message(check)
        return {"id": name_of(check), "shortDescription": said, "fullDescription": said, "help": said}
    cause = "".join(text for label, text in rule.parts if label == "Cause")
    page = (f"{label}: {text}" if label else text for label, text in rule.parts)
    shown = (f"**{label}.** {text}" if label else text for label, text in rule.parts)
    markdown = (rule.finds, *shown, f"[{rule.docs}]({rule.docs})")
    return {
        "id": rule.id,
        "shortDescription": message(rule.finds),
        "fullDescription": message(f"{rule.finds} {cause}".rstrip()),
        "help": message(rule.finds, *page) | {"markdown": "\n\n".join(markdown)},
        "helpUri": rule.docs,
    }


def _results(report: Report, indices: Mapping[str, int]) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    for finding in report.fails[:_MOST_RESULTS]:
        same = _fingerprint(report, finding)
        seen[same] += 1
        yield {
            "ruleId": name_of(finding.check),
            "ruleIndex": indices[finding.check],
            "level": "error" if finding.confidence == "confirmed" else "warning",
            "message": _message(finding),
            "locations": [_location(report, finding)],
            "partialFingerprints": _fingerprints(f"{same}:{seen[same]}", finding.place),
        }


def _message(finding: ToldFinding) -> Json:
    summary = sentence(finding.summary if finding.confidence == "confirmed" else f"Likely: {finding.summary}")
    return message(summary, *(() if finding.fix is None else (f"Fix: {finding.fix.text}",)))


def _location(report: Report, finding: ToldFinding) -> Json:
    physical: Json = {} if finding.place is None else {"physicalLocation": _physical(finding.place)}
    return physical | {"logicalLocations": [_logical(report, finding)]}


def _physical(place: ToldPlace) -> Json:
    uri, relative = file_uri(place.file)
    base: Json = {"uriBaseId": _ROOT} if relative else {}
    column: Json = {} if place.column is None else {"startColumn": place.column}
    # GitHub wants a line; where only the file is known, it is the first.
    return {"artifactLocation": {"uri": uri} | base, "region": {"startLine": place.line or 1} | column}


def _logical(report: Report, finding: ToldFinding) -> Json:
    """The container, or what it would be in."""
    incident = report.incident
    whole = _whole(report, finding)
    if finding.container is not None:
        qualified = f"{whole}/{finding.container}"
        return {"name": name_of(finding.container), "fullyQualifiedName": name_of(qualified), "kind": "container"}
    kind = "deployment" if finding.group is None and incident.container_group is None else "container group"
    return {"name": name_of(finding.group or incident.name), "fullyQualifiedName": name_of(whole), "kind": kind}


def _whole(report: Report, finding: ToldFinding) -> str:
    return finding.group or report.incident.container_group or report.incident.name


def _fingerprint(report: Report, finding: ToldFinding) -> str:
    """The same for the same fault, wherever its lines move and however its words change."""
    path = None if finding.place is None else finding.place.path
    told = json.dumps([finding.check, _whole(report, finding), finding.container, path])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _fingerprints(told: str, place: ToldPlace | None) -> Json:
    """Under the one name that GitHub looks at as well, though no line is hashed: lines that were edited are no news."""
    own: Json = {"findingHash/v1": told}
    return own if place is None else own | {"primaryLocationLineHash": told}


def _notifications(report: Report, indices: Mapping[str, int]) -> Iterator[Json]:
    for note in report.notes:
        yield {"level": "note", "message": message(note)}
    for finding in report.findings:
        if finding.verdict == "unknown":
            yield {
                "level": "note",
                "message": message(f"Not decided: {finding.label}{_within(finding)}: {finding.summary}"),
                "associatedRule": {"id": name_of(finding.check), "index": indices[finding.check]},
            }
    for told in report.gaps:
        gap = told.gap
        needs = f" It takes {gap.permission}{f' at {gap.scope}' if gap.scope else ''}." if gap.permission else ""
        said = sentence(f"Could not be read: {gap.reading}: {gap.reason}")
        yield {"level": "note", "message": message(f"{said}{needs}")}
    if len(report.fails) > _MOST_RESULTS:
        left = len(report.fails) - _MOST_RESULTS
        yield {"level": "note", "message": message(f"{left} more results are left out: a log holds {_MOST_RESULTS}.")}


def _within(finding: ToldFinding) -> str:
    return "" if finding.group is None else f" of {finding.group}"
