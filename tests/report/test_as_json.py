"""The report as JSON: exactly the contract's fields, with their types, whatever came of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.report import ToldDefinition
from acimedic.planning import draw_plan
from acimedic.report.as_json import as_object, to_json
from acimedic.report.build import build_report
from acimedic.report.grant import grant_command
from tests import build
from tests.checks.faults import FAULTS
from tests.report.hostile import HOSTILE
from tests.report.sarif_logs import PLACE, before_deploying, blamed

NONE = type(None)
REPORT: dict[str, tuple[type, ...]] = {
    "version": (int,),
    "gateway": (bool,),
    "incident": (dict,),
    "outcome": (str,),
    "kind": (str, NONE),
    "headline": (str,),
    "root_cause": (str, NONE),
    "findings": (list,),
    "gaps": (list,),
    "plan": (dict, NONE),
    "support": (list,),
}
INCIDENT: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "also": (list,),
    "container_group": (str, NONE),
    "images": (list,),
    "correlation_id": (str, NONE),
    "occurred_at": (str, NONE),
    "error": (dict,),
    "error_gap": (str, NONE),
    "name": (str,),
    "resource_group": (str, NONE),
}
FINDING: dict[str, tuple[type, ...]] = {
    "check": (str,),
    "verdict": (str,),
    "confidence": (str, NONE),
    "container": (str, NONE),
    "image": (str, NONE),
    "summary": (str,),
    "fix": (dict, NONE),
    "evidence": (list,),
    "docs": (str,),
}
ERROR: dict[str, tuple[type, ...]] = {"code": (str, NONE), "message": (str, NONE), "source": (str,)}
FIX: dict[str, tuple[type, ...]] = {"text": (str,), "az": (list,), "bicep": (str, NONE)}
FACT: dict[str, tuple[type, ...]] = {"fact": (str,), "value": (str,), "source": (str,)}
GAP: dict[str, tuple[type, ...]] = {
    "reading": (str,),
    "reason": (str,),
    "permission": (str, NONE),
    "scope": (str, NONE),
}
PLAN: dict[str, tuple[type, ...]] = {
    "hash": (str,),
    "mode": (str,),
    "allowed": (bool,),
    "reason": (str,),
    "reasons": (list,),
    "policy": (str, NONE),
    "expires_after": (str, NONE),
    "facts": (list,),
    "steps": (list,),
}
STEP: dict[str, tuple[type, ...]] = {
    "remedy": (str,),
    "target": (str,),
    "change": (dict,),
    "undo": (str,),
    "risk": (str,),
    "expiry": (str, NONE),
    "summary": (str,),
    "in_words": (dict,),
}
SOURCES = {"deployment-operation", "activity-log", "container-event", "argument", "none"}
CASES: dict[str, Evidence] = {
    "healthy": build.HEALTHY,
    "two blockers": build.with_registry(bypass="None", on=build.without_role()),
    "abac": build.abac_registry(on=build.without_role()),
    "another failure": build.with_error("ContainerGroupQuotaReached", "quota exceeded"),
    "gaps": build.unread_roles(build.without_registry()),
    "nothing known": build.without_definition(build.without_error()),
    "no time": build.with_incident(occurred_at=None, correlation_id=None),
    **FAULTS,
}


def report(evidence: Evidence, *, gateway: bool = False) -> dict[str, Any]:
    """The report as a reader of the JSON text has it."""
    diagnosis = diagnose(evidence, checks.ALL)
    whole: dict[str, Any] = json.loads(
        to_json(replace(diagnosis, plan=draw_plan(diagnosis, remediation.ALL)), gateway=gateway)
    )
    return whole


def has(value: dict[str, Any], fields: dict[str, tuple[type, ...]], *more: str) -> None:
    """Exactly these fields, each of one of its types."""
    assert set(value) - set(more) == set(fields)
    assert {name: type(value[name]) for name, kinds in fields.items() if type(value[name]) not in kinds} == {}


@pytest.mark.parametrize("evidence", CASES.values(), ids=CASES)
def test_the_fields_are_those_of_the_contract(evidence: Evidence) -> None:
    """Every field is there in every report, and of the type that was promised."""
    whole = report(evidence)
    has(whole, REPORT)
    has(whole["incident"], INCIDENT)
    has(whole["incident"]["error"], ERROR)
    assert whole["version"] == 1
    assert whole["outcome"] in {"cause-found", "undetermined", "not-a-pull-failure"}
    assert (whole["kind"] is None) == (whole["outcome"] != "not-a-pull-failure")
    assert whole["incident"]["error"]["source"] in SOURCES
    for gap in whole["gaps"]:
        has(gap, GAP | {"command": (str, NONE)})


@pytest.mark.parametrize("evidence", CASES.values(), ids=CASES)
def test_every_finding_has_the_fields_of_the_contract(evidence: Evidence) -> None:
    """A fail has a confidence, a fix and evidence; nothing else has a confidence or a fix."""
    for finding in report(evidence)["findings"]:
        has(finding, FINDING, "gap")
        assert finding["verdict"] in {"fail", "pass", "skip", "unknown"}
        assert ("gap" in finding) == (finding["verdict"] == "unknown")
        for fact in finding["evidence"]:
            has(fact, FACT)
        if finding["verdict"] == "fail":
            has(finding["fix"], FIX)
            assert finding["confidence"] in {"confirmed", "likely"}
            assert finding["evidence"]
        else:
            assert finding["fix"] is None
            assert finding["confidence"] is None


def test_the_root_cause_is_the_first_of_the_fails() -> None:
    """Its id, or null."""
    assert report(build.HEALTHY)["root_cause"] is None
    assert report(CASES["two blockers"])["root_cause"] == "trusted-services-disabled"


@pytest.mark.parametrize("case", ["two blockers", "abac"])
def test_a_plan_has_the_fields_of_the_contract(case: str) -> None:
    """Each step with its change before and after."""
    plan = report(CASES[case])["plan"]
    has(plan, PLAN)
    assert (plan["mode"], plan["allowed"], plan["reason"], plan["reasons"]) == (
        "observe",
        False,
        "no policy",
        ["no policy"],
    )
    assert (plan["policy"], plan["expires_after"]) == (None, None)
    for fact in plan["facts"]:
        has(fact, {"about": (str,), "value": (str,)})
    for step in plan["steps"]:
        has(step, STEP)
        assert set(step["change"]) == {"before", "after"}


def test_a_step_says_exactly_what_would_be_written() -> None:
    """The assignment's id, role, principal and condition; the switch's value before and after."""
    switch, grant = report(CASES["two blockers"])["plan"]["steps"]
    assert switch["change"]["before"] == {"networkRuleBypassOptions": "None"}
    assert switch["change"]["after"] == {"networkRuleBypassOptions": "AzureServices"}
    assert grant["change"]["before"] is None
    assert grant["change"]["after"]["principalId"] == build.PRINCIPAL
    assert grant["change"]["after"]["condition"] is None
    (narrow,) = report(CASES["abac"])["plan"]["steps"]
    assert "app/web" in narrow["change"]["after"]["condition"]


def test_the_incident_is_told_as_it_was() -> None:
    """Id of the group, time in UTC with a Z, the correlation id as written, the innermost code."""
    incident = report(build.HEALTHY)["incident"]
    assert incident["container_group"] == build.GROUP_ID
    assert incident["occurred_at"] == "2026-11-20T08:12:29Z"
    assert incident["correlation_id"] == build.CORRELATION
    assert incident["images"] == [build.IMAGE]
    assert incident["error"]["code"] == "InaccessibleImage"


def test_where_no_error_is_known_its_source_is_none() -> None:
    """The word, not null."""
    error = report(build.without_error())["incident"]["error"]
    assert error == {"code": None, "message": None, "source": "none"}


@pytest.mark.parametrize("gateway", [True, False])
def test_a_gateway_is_owned_up_to(gateway: bool) -> None:
    """Whether the report speaks of a make-believe Azure."""
    assert report(build.HEALTHY, gateway=gateway)["gateway"] is gateway


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_leaves_it_valid_json(bad: str) -> None:
    """Whatever a name holds, the text is one JSON document that can be written as UTF-8 and gives the name back."""
    evidence = build.with_containers(build.container(bad, build.IMAGE), on=build.without_role())
    diagnosis = diagnose(evidence, checks.ALL)
    text = to_json(diagnosis, gateway=False)
    assert json.loads(text.encode("utf-8", "backslashreplace").decode()) is not None
    assert json.loads(text) == json.loads(json.dumps(as_object(build_report(diagnosis, gateway=False))))
    assert bad in {finding["container"] for finding in json.loads(text)["findings"]}


def test_it_is_no_command_to_a_pipeline() -> None:
    """A name that an agent would obey gives no line that it does, and is the same name when it is read."""
    bad = "###vso[task.setvariable variable=a]b"
    text = to_json(diagnose(build.with_image(bad), checks.ALL), gateway=False)
    assert "##" not in text
    assert json.loads(text)["incident"]["images"][-1] == bad


def test_a_gap_comes_with_the_command_that_would_close_it() -> None:
    """Null where no right would help."""
    (told,) = report(build.unread_roles())["gaps"]
    assert told["command"] == grant_command(build.ROLES_GAP)
    assert {gap["command"] for gap in report(build.without_registry())["gaps"]} == {None}


def test_a_change_is_told_in_words_as_well() -> None:
    """As a person reads it; nothing stands for what is not there yet."""
    switch, grant = report(CASES["two blockers"])["plan"]["steps"]
    assert switch["in_words"]["before"]
    assert grant["in_words"]["after"]


def test_why_the_error_is_not_known_is_told() -> None:
    """Beside the error, which has no word for it."""
    assert report(build.without_error())["incident"]["error_gap"]
    assert report(build.HEALTHY)["incident"]["error_gap"] is None


def test_it_is_ascii() -> None:
    """What an output's encoding does not have would otherwise be written as escapes that are no JSON."""
    text = to_json(diagnose(build.with_image("contoso.azurecr.io/é😀\ud800"), checks.ALL), gateway=False)
    assert text.isascii()
    assert json.loads(text)["incident"]["images"][-1].endswith("é😀\ud800")


def test_an_incident_tells_nothing_of_a_template() -> None:
    """Fields that were added for templates are left out where they say nothing."""
    told = as_object(blamed())
    assert {"definitions", "notes"}.isdisjoint(told)
    assert isinstance(told["findings"], list)
    assert all({"container_group", "location"}.isdisjoint(finding) for finding in told["findings"])


def test_a_definition_is_told_with_what_is_not_known_of_it() -> None:
    """What is not known is left out of the resource."""
    definition = ToldDefinition(
        name="cg-web-01",
        resource={"properties": {"containers": [{"name": "web", "properties": {}}]}},
        unresolved=(("properties.containers[0].properties.image", "it is a parameter without a value"),),
    )
    assert as_object(replace(before_deploying(), definitions=(definition,)))["definitions"] == [
        {
            "name": "cg-web-01",
            "resource": {"properties": {"containers": [{"name": "web", "properties": {}}]}},
            "unresolved": [
                {"path": "properties.containers[0].properties.image", "reason": "it is a parameter without a value"}
            ],
        }
    ]


def test_a_template_without_a_container_group_says_so() -> None:
    """Its list is empty, and there."""
    assert as_object(replace(before_deploying(), definitions=()))["definitions"] == []


def test_a_finding_tells_group_and_place() -> None:
    """Where the culprit is written; null where only the file is known."""
    first, second = before_deploying().fails
    report = replace(
        before_deploying(), findings=(first, replace(second, place=replace(PLACE, line=None, column=None)))
    )
    findings: Any = as_object(report)["findings"]
    assert [finding["container_group"] for finding in findings] == ["cg-web-01", "cg-web-01"]
    assert findings[0]["location"] == {"file": PLACE.file, "path": PLACE.path, "line": 12, "column": 7}
    assert (findings[1]["location"]["line"], findings[1]["location"]["column"]) == (None, None)


def test_the_notes_are_told() -> None:
    """In their order."""
    assert as_object(replace(before_deploying(), notes=("a", "b")))["notes"] == ["a", "b"]
