"""The report as SARIF: valid, with what GitHub wants of it, and with the same identity from run to run."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

import checks
from acimedic import __version__
from acimedic.explain import explain
from acimedic.explain.printing import report_of
from acimedic.model.report import Report, ToldFinding
from acimedic.report.as_json import read_report
from acimedic.report.sarif import to_sarif
from acimedic.web.catalogue import catalogue
from tests import build
from tests.report.hostile import reported
from tests.report.sarif_logs import PLACE, before_deploying, blamed, fault, log, result_of, run_of
from tests.scenarios.running import NAMES, command, run

_MOST_OF_GITHUB = 1024


@pytest.mark.parametrize("name", NAMES)
def test_the_log_of_every_scenario_is_valid(name: str) -> None:
    """And has a result for each fault, no more."""
    told = run(name)
    (one,) = log(read_report(told.report))["runs"]
    assert [result["ruleId"] for result in one["results"]] == [each.check for each in read_report(told.report).fails]


@pytest.mark.parametrize("text", ["InaccessibleImage", "AmbiguousImageResitryCredentialType", "hello"])
def test_the_log_of_an_explanation_is_valid(text: str) -> None:
    """Whether or not anything is blamed."""
    log(report_of(explain(text, checks=checks.ALL)))


def test_it_says_which_tool_made_it() -> None:
    """With the version, by which GitHub knows that a change is the tool's."""
    driver = run_of(blamed())["tool"]["driver"]
    assert (driver["name"], driver["version"], driver["semanticVersion"]) == ("ACI Medic", __version__, __version__)


def test_every_check_of_the_report_is_a_rule() -> None:
    """Once, in catalogue order, whatever its verdict: the rules do not change from run to run."""
    rules = run_of(blamed())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [entry.id for entry in catalogue()]


def test_a_result_points_at_its_rule() -> None:
    """By id and by index."""
    told = run_of(blamed())
    rules = told["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in told["results"]] == [each["ruleId"] for each in told["results"]]
    assert len(told["results"]) == 2


@pytest.mark.parametrize("field", ["shortDescription", "fullDescription", "help"])
def test_a_rule_has_what_github_wants_of_it(field: str) -> None:
    """Neither empty nor longer than it shows."""
    for rule in run_of(blamed())["tool"]["driver"]["rules"]:
        assert 0 < len(rule[field]["text"]) <= _MOST_OF_GITHUB


def test_a_rule_is_told_in_the_words_of_its_page() -> None:
    """What it finds, its cause, all of it, and where Microsoft writes about it."""
    rules = {rule["id"]: rule for rule in run_of(blamed())["tool"]["driver"]["rules"]}
    entry = next(entry for entry in catalogue() if entry.id == "pull-role-missing")
    rule = rules["pull-role-missing"]
    assert rule["shortDescription"]["text"] == entry.finds
    assert rule["fullDescription"]["text"] == f"{entry.finds} {dict(entry.parts)['Cause']}"
    assert all(f"**{label}.** {text}" in rule["help"]["markdown"] for label, text in entry.parts if label)
    assert rule["helpUri"] == entry.docs


def test_the_help_of_a_rule_holds_no_html() -> None:
    """The standard forbids it."""
    assert [rule["id"] for rule in run_of(blamed())["tool"]["driver"]["rules"] if "<" in rule["help"]["markdown"]] == []


def test_a_check_that_is_no_more_is_told_by_its_id() -> None:
    """A report may have been kept since it was."""
    told = run_of(replace(blamed(), findings=(replace(fault(), check="gone-since"),)))
    (rule,) = told["tool"]["driver"]["rules"]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("gone-since", "gone-since")
    assert "helpUri" not in rule


@pytest.mark.parametrize(("confidence", "level"), [("confirmed", "error"), ("likely", "warning")])
def test_the_level_tells_how_sure_it_is(confidence: str, level: str) -> None:
    """What is confirmed is an error."""
    likely = replace(fault(), confidence="likely" if confidence == "likely" else "confirmed")
    assert result_of(likely)["level"] == level


def test_what_is_likely_says_so() -> None:
    """At the beginning, which is all that is shown where there is little room."""
    assert result_of(replace(fault(), confidence="likely"))["message"]["text"].startswith("Likely: ")
    assert not result_of(fault())["message"]["text"].startswith("Likely: ")


def test_the_message_is_the_summary_and_the_fix() -> None:
    """The summary is a sentence of its own."""
    finding = replace(fault(), summary="A role is missing")
    assert finding.fix is not None
    text = result_of(finding)["message"]["text"]
    assert text == f"A role is missing.\n\nFix: {finding.fix.text}"


def test_a_result_lies_where_its_place_says() -> None:
    """File, line and column; the name of the file is relative to the root."""
    (location,) = result_of(fault())["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/main.json", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 7},
    }


def test_where_only_the_file_is_known_it_lies_in_the_first_line() -> None:
    """GitHub wants a line."""
    (location,) = result_of(replace(fault(), place=replace(PLACE, line=None, column=None)))["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 1}


def test_a_file_elsewhere_has_an_address_of_its_own() -> None:
    """Which is relative to nothing."""
    (location,) = result_of(replace(fault(), place=replace(PLACE, file="/srv/main.json")))["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "file:///srv/main.json"}


def test_columns_count_characters() -> None:
    """One that UTF-16 writes as two is one."""
    assert run_of(before_deploying())["columnKind"] == "unicodeCodePoints"


def test_the_root_does_not_tell_of_the_machine() -> None:
    """It has a description and no address."""
    assert set(run_of(before_deploying())["originalUriBaseIds"]["%SRCROOT%"]) == {"description"}


def test_an_incident_lies_in_azure_alone() -> None:
    """In a container group, in no file."""
    told = run_of(blamed())
    assert {"columnKind", "originalUriBaseIds"}.isdisjoint(told)
    for result in told["results"]:
        (location,) = result["locations"]
        assert "physicalLocation" not in location
        (logical,) = location["logicalLocations"]
        assert logical["fullyQualifiedName"].startswith(build.GROUP_ID)


def test_a_place_names_container_and_container_group() -> None:
    """The container, in its group."""
    (location,) = result_of(replace(fault(), container="api"))["locations"]
    assert location["logicalLocations"] == [{"name": "api", "fullyQualifiedName": "cg-web-01/api", "kind": "container"}]


def test_what_is_about_no_container_names_the_group() -> None:
    """Alone."""
    (location,) = result_of(replace(fault(), container=None))["locations"]
    assert location["logicalLocations"] == [
        {"name": "cg-web-01", "fullyQualifiedName": "cg-web-01", "kind": "container group"}
    ]


def test_a_deployment_without_a_group_is_named() -> None:
    """As what it is."""
    report = blamed()
    incident = replace(report.incident, container_group=None, name="web")
    first = replace(report.fails[0], container=None)
    (result,) = run_of(replace(report, incident=incident, findings=(first,)))["results"]
    (logical,) = result["locations"][0]["logicalLocations"]
    assert (logical["name"], logical["kind"]) == ("web", "deployment")


SAME: dict[str, Callable[[ToldFinding], ToldFinding]] = {
    "line": lambda finding: replace(finding, place=replace(PLACE, line=99, column=1)),
    "file": lambda finding: replace(finding, place=replace(PLACE, file="moved.json")),
    "words": lambda finding: replace(finding, summary="Said in other words.", confidence="likely"),
    "image": lambda finding: replace(finding, image="contoso.azurecr.io/app/web:2"),
}
OTHERS: dict[str, Callable[[ToldFinding], ToldFinding]] = {
    "check": lambda finding: replace(finding, check="image-not-found"),
    "group": lambda finding: replace(finding, group="cg-web-02"),
    "container": lambda finding: replace(finding, container="sidecar"),
    "path": lambda finding: replace(finding, place=replace(PLACE, path="resources[1]")),
}


@pytest.mark.parametrize("moved", SAME.values(), ids=SAME)
def test_a_fault_stays_the_same_though_it_moves(moved: Callable[[ToldFinding], ToldFinding]) -> None:
    """An alert is neither closed nor opened again."""
    assert result_of(moved(fault()))["partialFingerprints"] == result_of(fault())["partialFingerprints"]


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_fault_is_another_alert(other: Callable[[ToldFinding], ToldFinding]) -> None:
    """By its check, or by what it is about."""
    assert result_of(other(fault()))["partialFingerprints"] != result_of(fault())["partialFingerprints"]


def test_faults_that_cannot_be_told_apart_are_numbered() -> None:
    """As those of two groups whose names are not known."""
    told = run_of(replace(before_deploying(), findings=(fault(), fault())))
    first, second = (result["partialFingerprints"]["findingHash/v1"] for result in told["results"])
    assert (first.partition(":")[0], first[-2:], second[-2:]) == (second.partition(":")[0], ":1", ":2")


def test_github_looks_at_the_fingerprint() -> None:
    """Under the name that it knows, for what it can show."""
    prints = result_of(fault())["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == prints["findingHash/v1"]
    assert "primaryLocationLineHash" not in result_of(replace(fault(), place=None))["partialFingerprints"]


def notes_of(report: Report) -> list[str]:
    """The texts of the notifications, each of which is a note."""
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"] is True
    told = invocation["toolExecutionNotifications"]
    assert {each["level"] for each in told} <= {"note"}
    return [each["message"]["text"] for each in told]


def test_what_could_not_be_read_is_a_note() -> None:
    """With the right that would give it."""
    assert (
        "Could not be read: role assignments: 403 AuthorizationFailed. "
        f"It takes {build.ROLES_GAP.permission} at {build.ROLES_GAP.scope}."
    ) in notes_of(reported(build.unread_roles()))


def test_what_was_not_decided_is_a_note_about_its_rule() -> None:
    """And no result."""
    report = reported(build.unread_roles())
    told = run_of(report)
    about = [each["associatedRule"] for each in told["invocations"][0]["toolExecutionNotifications"][:-1]]
    rules = told["tool"]["driver"]["rules"]
    assert [rules[each["index"]]["id"] for each in about] == [each["id"] for each in about]
    assert [each["id"] for each in about] == [each.check for each in report.findings if each.verdict == "unknown"]


def test_what_was_not_decided_names_container_and_container_group() -> None:
    """The templates of two groups may have containers of the same name."""
    finding = replace(fault(), verdict="unknown", fix=None, confidence=None, summary="roles: 403", container="api")
    assert notes_of(replace(before_deploying(), findings=(finding,))) == [
        f"Not decided: {finding.check} (api) of cg-web-01: roles: 403"
    ]


def test_the_notes_of_a_template_are_notes() -> None:
    """First of all."""
    assert (
        notes_of(replace(before_deploying(), notes=("Deploy the identity first.",)))[0] == "Deploy the identity first."
    )


@pytest.mark.parametrize("gateway", [True, False])
def test_a_gateway_is_owned_up_to(gateway: bool) -> None:
    """Whether the log speaks of a make-believe Azure."""
    assert run_of(reported(build.HEALTHY, gateway=gateway))["properties"]["gateway"] is gateway


def test_a_failure_of_another_kind_has_no_result() -> None:
    """The kind is told."""
    told = run_of(reported(build.with_error("ContainerGroupQuotaReached", "quota exceeded")))
    assert told["results"] == []
    assert (told["properties"]["outcome"], told["properties"]["kind"]) == ("not-a-pull-failure", "quota")


def test_a_thousand_faults_are_a_thousand_alerts() -> None:
    """Each has a fingerprint of its own."""
    many = tuple(replace(fault(), container=f"c{number}") for number in range(1000))
    told = run_of(replace(before_deploying(), findings=many))
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in told["results"]}) == 1000


def test_more_than_github_takes_are_left_out_and_counted() -> None:
    """The likely ones first, for a log that is too long would be refused whole."""
    likely = replace(fault(), confidence="likely")
    report = replace(before_deploying(), findings=(likely,) * 25_000 + (fault(),) * 2)
    (told,) = json.loads(to_sarif(report, catalogue()))["runs"]
    assert len(told["results"]) == 25_000
    assert told["results"][1]["level"] == "error"
    (note,) = told["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("2 more results are left out")


def test_the_command_line_explains_in_sarif() -> None:
    """The log and nothing else."""
    text = "AmbiguousImageResitryCredentialType"
    exit_code, out, err = command(["explain", "--format", "sarif"], text, {})
    assert (exit_code, err) == (1, "")
    assert out == to_sarif(report_of(explain(text, checks=checks.ALL)), catalogue())
