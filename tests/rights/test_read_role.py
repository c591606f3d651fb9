"""The read role holds what the readings ask for, no more and no less; what is missing of it is named."""

import re
from pathlib import Path

import pytest

from acimedic import permissions
from acimedic.permissions import DIAGNOSING, EXAMINING, LISTENERS, OWN, TOPICS
from tests.rights.bicep import Module
from tests.rights.doctoring import doctored
from tests.rights.showing import shown_by
from tests.rights.worlds import READS, limited, new_gaps, requested, run_without, with_images
from tests.scenarios.running import NAMES, Run, diagnose, load, run

_OF_THE_IMAGE = {right.action for right in permissions.IMAGES}


def _image_unknown(with_pull: Run, without: Run) -> bool:
    """Whether the root cause went with what the registry says of the image, and it is said that this is missing."""
    cause = with_pull.report["root_cause"]
    named = {gap["permission"] for gap in without.report["gaps"]} & _OF_THE_IMAGE
    return without.report["root_cause"] is None and cause in without.checks("unknown") and bool(named)


def test_the_module_is_for_a_subscription_and_assigns_what_it_defines() -> None:
    module = Module("access-read")
    (assigned,) = module.assigned
    assert module.scope == "subscription"
    assert (assigned.role, assigned.principal, assigned.principal_type) == ("role", "principalId", "ServicePrincipal")
    assert list(module.definitions) == ["role"]


def test_the_name_of_the_role_carries_the_suffix() -> None:
    module = Module("access-read", suffix="blue")
    assert " blue " in module.value(module.definitions["role"]["roleName"])


def test_the_role_holds_exactly_the_actions_of_the_table() -> None:
    assert sorted(Module("access-read").actions, key=str.lower) == sorted(READS, key=str.lower)


def test_an_action_is_named_in_full() -> None:
    assert [
        action for action in READS if not re.fullmatch(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(read|action)", action)
    ] == []


def test_every_action_is_one_that_reads() -> None:
    assert [action for action in READS if not action.endswith(("/read", "/exportTemplate/action"))] == []


def test_all_scenarios_and_the_doctor_together_ask_for_exactly_the_actions_of_the_role(tmp_path: Path) -> None:
    asked = set().union(*(requested(run(name).requests) for name in NAMES), requested(doctored(tmp_path, READS)[1]))
    assert {action.lower() for action in asked} == {action.lower() for action in READS}


def test_no_scenario_asks_for_what_the_table_gives_to_the_doctor_alone() -> None:
    asked = {action.lower() for name in NAMES for action in requested(run(name).requests)}
    assert asked & {right.action.lower() for right in EXAMINING} == set()


def test_with_the_role_alone_the_doctor_knows_of_rights_and_events(tmp_path: Path) -> None:
    words, _ = doctored(tmp_path, READS)
    assert words == {"rights": {"ok"}, "events": {"ok"}}


@pytest.mark.parametrize(("action", "about"), [(OWN, "rights"), (LISTENERS, "events"), (TOPICS, "events")])
def test_without_one_of_its_own_actions_the_doctor_does_not_know(action: str, about: str, tmp_path: Path) -> None:
    words, _ = doctored(tmp_path, [each for each in READS if each != action])
    assert "unknown" in words[about]


def test_every_permission_that_a_gap_can_name_is_in_the_table() -> None:
    named = {gap["permission"] for name in NAMES for gap in run_without(name).report["gaps"]} - {None}
    assert named <= {right.action for right in permissions.ALL}


@pytest.mark.parametrize("name", NAMES)
def test_with_the_role_alone_a_scenario_has_the_same_root_cause_unless_the_image_itself_tells_it(name: str) -> None:
    before, after = run(name), run_without(name)
    assert after.report["root_cause"] == before.report["root_cause"] or _image_unknown(before, after)


def test_without_a_pull_right_nothing_is_said_of_an_image_in_an_azure_registry() -> None:
    """Of 'image-not-found' a pass and a fail both need the registry's word."""
    told = [
        (name, finding["image"])
        for name in NAMES
        for finding in run_without(name).report["findings"]
        if finding["check"] == "image-not-found"
        and finding["verdict"] == "pass"
        and any(finding["image"].startswith(registry) for registry in _private(name))
    ]
    assert told == []


@pytest.mark.parametrize("name", NAMES)
def test_with_access_images_a_scenario_comes_to_all_that_it_came_to(name: str) -> None:
    after = diagnose(with_images(limited(load(name))))
    assert after.came_to == run(name).came_to


@pytest.mark.parametrize("right", DIAGNOSING, ids=lambda right: right.action)
def test_without_an_action_a_scenario_names_precisely_that_one(right: permissions.Right) -> None:
    """What follows from it without a permission of its own (no definition, no error text) may be named too."""
    name = shown_by(right)
    assert new_gaps(run_without(name), run_without(name, right.action)) - {None} == {right.action}


@pytest.mark.parametrize("right", DIAGNOSING, ids=lambda right: right.action)
def test_without_an_action_no_other_outcome_is_made_up(right: permissions.Right) -> None:
    name = shown_by(right)
    before, after = run_without(name), run_without(name, right.action)
    assert after.report["outcome"] in {before.report["outcome"], "undetermined"}


def _private(name: str) -> list[str]:
    return [
        registry["properties"]["loginServer"].lower()
        for registry in load(name).get("registries", {}).values()
        if not registry["properties"].get("anonymousPullEnabled")
    ]
