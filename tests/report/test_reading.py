"""A report that was kept reads back equal, and nothing else reads as one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checks
from acimedic.explain import explain
from acimedic.explain.printing import report_of
from acimedic.model.evidence import Evidence
from acimedic.model.report import Report, ToldDefinition
from acimedic.report.as_json import NoReportError, as_object, as_text, read_report
from tests import build
from tests.checks.faults import FAULTS
from tests.report.hostile import HOSTILE, everywhere, reported
from tests.report.sarif_logs import before_deploying
from tests.scenarios.running import NAMES, run

CASES: dict[str, Evidence] = {
    "two blockers": build.with_registry(bypass="None", on=build.without_role()),
    "abac": build.abac_registry(on=build.without_role()),
    "gaps": build.unread_roles(build.without_registry()),
    "nothing known": build.without_definition(build.without_error()),
    "no time": build.with_incident(occurred_at=None, correlation_id=None),
    "another failure": build.with_error("ContainerGroupQuotaReached", "quota exceeded"),
    **FAULTS,
}
# As the contract shows it, with nothing that was added to version 1 later.
EARLIEST: dict[str, Any] = {
    "version": 1,
    "gateway": False,
    "incident": {
        "id": "i",
        "also": [],
        "container_group": build.GROUP_ID,
        "images": ["a"],
        "correlation_id": "c",
        "occurred_at": "2026-11-20T08:12:29Z",
        "error": {"code": "InaccessibleImage", "message": "m", "source": "deployment-operation"},
    },
    "outcome": "cause-found",
    "kind": None,
    "root_cause": "pull-role-missing",
    "findings": [
        {
            "check": "pull-role-missing",
            "verdict": "fail",
            "confidence": "confirmed",
            "container": "api",
            "image": "a",
            "summary": "s",
            "fix": {"text": "t", "az": ["az"], "bicep": None},
            "evidence": [{"fact": "f", "value": "v", "source": "s"}],
            "docs": "https://learn.microsoft.com/",
        }
    ],
    "gaps": [{"reading": "r", "reason": "403", "permission": "p", "scope": "/s"}],
    "plan": {
        "hash": "h",
        "mode": "observe",
        "allowed": False,
        "reason": "no policy",
        "steps": [
            {
                "remedy": "assign-pull-role",
                "target": "t",
                "change": {"before": None, "after": {"id": "x"}},
                "undo": "u",
                "risk": "r",
            }
        ],
    },
}


def template() -> Report:
    """Of a template, with all that is told of one."""
    resource = {"name": "cg-web-01", "properties": {"containers": [None, 1, 1.5, True, "a", {}, []]}}
    definition = ToldDefinition(name="cg-web-01", resource=resource, unresolved=(("location", "no resource group"),))
    return replace(before_deploying(), definitions=(definition,), notes=("a", "b"))


@pytest.mark.parametrize("evidence", CASES.values(), ids=CASES)
def test_a_report_reads_back_equal(evidence: Evidence) -> None:
    """Through the JSON text."""
    report = reported(evidence, gateway=True)
    assert read_report(json.loads(as_text(as_object(report)))) == report


def test_a_plan_that_the_policy_allows_reads_back_equal() -> None:
    """With the policy, what it was allowed by, and when it is taken back."""
    report = reported(CASES["abac"])
    assert report.plan is not None
    step = replace(report.plan.steps[0], expiry="90 days after the change the role is taken back")
    plan = replace(report.plan, allowed=True, policy="p", expires_after="P90D", reasons=("a", "b"), steps=(step,))
    told = replace(report, plan=plan)
    assert read_report(json.loads(as_text(as_object(told)))) == told


def test_the_report_of_a_template_reads_back_equal() -> None:
    """With its container groups, the places of its findings, and its notes."""
    assert read_report(json.loads(as_text(as_object(template())))) == template()


def test_the_report_of_a_template_without_a_container_group_reads_back_equal() -> None:
    """It is still that of a template."""
    assert read_report(json.loads(as_text(as_object(replace(template(), definitions=()))))).definitions == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_report_of_every_scenario_reads_back(name: str) -> None:
    """And is written again as it was."""
    told = run(name).report
    assert as_object(read_report(told)) == told


@pytest.mark.parametrize("text", ["InaccessibleImage", "AmbiguousImageResitryCredentialType", "hello"])
def test_an_explanation_reads_back_equal(text: str) -> None:
    """With its candidates, even where there are none."""
    report = report_of(explain(text, checks=checks.ALL))
    assert report.candidates is not None
    assert read_report(json.loads(as_text(as_object(report)))) == report


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_reads_back_equal(bad: str) -> None:
    """Whatever it holds, half a character included."""
    report = everywhere(bad)
    assert read_report(json.loads(as_text(as_object(report)))) == report


def test_fields_that_are_not_known_are_left_alone() -> None:
    """A later version may add some, to every object."""
    report = reported(CASES["two blockers"])
    document = json.loads(as_text(as_object(report)))
    for value in list(_objects(document)):
        value["added-later"] = {"a": [1, None]}
    for step in document["plan"]["steps"]:
        step["change"]["after"].pop("added-later")  # there, a name is a property of Azure's
        (step["change"]["before"] or {}).pop("added-later", None)
    assert read_report(document) == report


def test_a_report_without_what_was_added_later_is_read() -> None:
    """The name is that of the id, and a step is called after its remedy."""
    report = read_report(EARLIEST)
    assert report.incident.name == "cg-web-01"
    assert report.plan is not None
    assert report.plan.steps[0].summary == "assign-pull-role"
    assert report.support == ()
    assert report.candidates is None


@pytest.mark.parametrize("document", [None, [], "x", 1, {}, {"version": 2}, EARLIEST | {"version": "1"}])
def test_what_is_no_report_is_refused(document: object) -> None:
    """Of another version, or none at all."""
    with pytest.raises(NoReportError):
        read_report(document)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"incident": None}, "incident of the report is not an object"),
        ({"outcome": "fine"}, "outcome of the report is not one of"),
        ({"gateway": "no"}, "gateway of the report is not true or false"),
        ({"findings": {}}, "findings of the report is not a list"),
        ({"findings": [EARLIEST["findings"][0] | {"fix": None}]}, "fix of an entry of findings"),
        ({"support": [1]}, "support of the report is not a list of texts"),
        ({"incident": EARLIEST["incident"] | {"occurred_at": "yesterday"}}, "occurred_at of incident"),
    ],
)
def test_the_message_says_what_is_wrong(change: dict[str, Any], said: str) -> None:
    """The field and the object, and not what it holds."""
    with pytest.raises(NoReportError, match=said) as caught:
        read_report(EARLIEST | change)
    assert "yesterday" not in str(caught.value)


_DEFINITION = {"name": "cg", "resource": {"name": "cg"}, "unresolved": []}
_LOCATION = {"file": "main.json", "path": "resources[0]", "line": 1, "column": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"definitions": {}}, "definitions of the report is not a list"),
        ({"definitions": ["cg"]}, "an entry of definitions is not an object"),
        ({"definitions": [_DEFINITION | {"name": None}]}, "name of an entry of definitions is not a text"),
        ({"definitions": [_DEFINITION | {"resource": []}]}, "resource of an entry of definitions is not an object"),
        ({"definitions": [_DEFINITION | {"resource": {"a": [{"b": float("nan")}]}}]}, "resource of .* is not JSON"),
        ({"definitions": [_DEFINITION | {"unresolved": [["a", "b"]]}]}, "an entry of unresolved is not an object"),
        ({"notes": "a"}, "notes of the report is not a list of texts"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(change: dict[str, Any], said: str) -> None:
    """The field and the object."""
    with pytest.raises(NoReportError, match=said):
        read_report(EARLIEST | change)


@pytest.mark.parametrize("bad", [0, -1, True, "1", 1.0])
@pytest.mark.parametrize("field", ["line", "column"])
def test_a_place_counts_from_one(field: str, bad: object) -> None:
    """In whole numbers."""
    finding = EARLIEST["findings"][0] | {"location": _LOCATION | {field: bad}}
    with pytest.raises(NoReportError, match=f"{field} of location of an entry of findings is not a whole number"):
        read_report(EARLIEST | {"findings": [finding]})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_nothing_else_is_ever_raised(data: st.DataObject) -> None:
    """Whatever stands in whichever place."""
    document = json.loads(json.dumps(EARLIEST | {"definitions": [_DEFINITION]}))
    document["findings"][0]["location"] = dict(_LOCATION)
    value = data.draw(st.sampled_from(list(_objects(document))))
    value[data.draw(st.sampled_from(sorted(value)))] = data.draw(_JSON)
    try:
        report = read_report(document)
    except NoReportError:
        return
    assert read_report(json.loads(as_text(as_object(report)))) == report


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)
