"""Reports as SARIF logs: the log as a reader has it, held against the schema of the standard."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from acimedic.model.report import Report, ToldFinding, ToldPlace
from acimedic.report.sarif import to_sarif
from acimedic.web.catalogue import catalogue
from tests import build
from tests.report.hostile import reported

PLACE = ToldPlace(file="infra/main.json", path="resources[0].properties.containers[0]", line=12, column=7)


def log(report: Report) -> dict[str, Any]:
    """The log, once it has been held against the schema."""
    told: dict[str, Any] = json.loads(to_sarif(report, catalogue()))
    hold(told)
    return told


def hold(told: dict[str, Any]) -> None:
    """Fails where it is not as the schema has it."""
    assert [error.message for error in _schema().iter_errors(told)] == []


def run_of(report: Report) -> dict[str, Any]:
    """The one run of its log."""
    (run,) = log(report)["runs"]
    assert isinstance(run, dict)
    return run


def result_of(finding: ToldFinding) -> dict[str, Any]:
    """The result that a finding comes to."""
    (result,) = run_of(replace(blamed(), findings=(finding,)))["results"]
    assert isinstance(result, dict)
    return result


def blamed() -> Report:
    """Of an incident: two faults are confirmed."""
    return reported(build.with_registry(bypass="None", on=build.without_role()))


def before_deploying() -> Report:
    """The same faults, as of a template: each has its container group and its place."""
    report = blamed()
    findings = tuple(
        replace(finding, group="cg-web-01", place=PLACE if finding.verdict == "fail" else None)
        for finding in report.findings
    )
    return replace(report, findings=findings, definitions=(), plan=None)


def fault() -> ToldFinding:
    """The first of the faults, with its place."""
    return before_deploying().fails[0]


@cache
def _schema() -> Draft4Validator:
    path = Path(__file__).parent / "sarif-schema-2.1.0.json"
    return Draft4Validator(json.loads(path.read_text(encoding="utf-8")))
