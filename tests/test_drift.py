"""What has moved between two plans, and what has moved besides what was done."""

from dataclasses import replace
from typing import Any

import pytest

from acimedic.drift import moved, moved_besides
from acimedic.model.plan import BypassSwitch, Plan, PlanFact, RoleGrant, Step
from acimedic.plan_facts import changed_by, facts_of
from acimedic.planning import fingerprint
from tests import build

SWITCH = BypassSwitch(registry_id=build.REGISTRY_ID, before="None", after="AzureServices")
GRANT = RoleGrant(
    assignment_id=f"{build.REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments/x",
    registry_id=build.REGISTRY_ID,
    role_definition_id="/r",
    role_name="AcrPull",
    principal_id=build.PRINCIPAL,
    identity_id=build.IDENTITY_ID,
    condition=None,
    mode="legacy",
    repositories=("app/web",),
)


def step(change: Any, summary: str) -> Step:
    return Step(
        remedy=summary,
        target=change.registry_id,
        change=change,
        before=None,
        after="a",
        undo="u",
        risk="r",
        summary=summary,
    )


OPEN, ASSIGN = step(SWITCH, "open"), step(GRANT, "assign")
BYPASS, ROLES = PlanFact(changed_by(OPEN), "none"), PlanFact(changed_by(ASSIGN), "none")
IMAGES = PlanFact("the images", "web: app/web:1.4.2")


def plan(*steps: Step, facts: tuple[PlanFact, ...], policy: str | None = "p") -> Plan:
    return Plan(
        hash=fingerprint("incident", steps, facts, policy),
        mode="auto",
        allowed=True,
        reason="",
        steps=steps,
        facts=facts,
        policy=policy,
    )


BEFORE = plan(OPEN, ASSIGN, facts=(IMAGES, BYPASS, ROLES))
OPENED = replace(BYPASS, value="azureservices")
AFTER = plan(ASSIGN, facts=(IMAGES, OPENED, ROLES))


def test_the_same_plan_has_not_moved() -> None:
    assert moved(BEFORE, BEFORE) == ()


def test_where_nothing_is_proposed_any_more_that_is_said() -> None:
    assert moved(BEFORE, None) == moved_besides(BEFORE, None, (OPEN,)) != ()


def test_a_fact_that_has_moved_is_said_with_both_values() -> None:
    after = plan(OPEN, ASSIGN, facts=(replace(IMAGES, value="web: app/web:1.4.1"), BYPASS, ROLES))
    assert moved(BEFORE, after) == ("the images: it was web: app/web:1.4.2, and is web: app/web:1.4.1",)


def test_what_a_step_did_itself_has_not_moved() -> None:
    assert moved_besides(BEFORE, AFTER, (OPEN,)) == ()


def test_with_nothing_done_the_two_questions_are_one() -> None:
    assert moved_besides(BEFORE, AFTER, ()) == moved(BEFORE, AFTER) != ()


def test_a_role_that_was_given_may_show_among_the_assignments() -> None:
    before = plan(ASSIGN, OPEN, facts=(IMAGES, BYPASS, ROLES))
    after = plan(OPEN, facts=(IMAGES, BYPASS, replace(ROLES, value="role x")))
    assert moved_besides(before, after, (ASSIGN,)) == ()


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (plan(ASSIGN, facts=(replace(IMAGES, value="other"), OPENED, ROLES)), "the images: it was web"),
        (plan(ASSIGN, facts=(IMAGES, replace(BYPASS, value="other"), ROLES)), "it was azureservices, and is other"),
        (plan(OPEN, ASSIGN, facts=(IMAGES, BYPASS, ROLES)), "a step is new: open"),
        (plan(ASSIGN, facts=(IMAGES, OPENED, replace(ROLES, value="role x"))), "it was none, and is role x"),
        (plan(ASSIGN, facts=(IMAGES, OPENED)), "is not among the facts any more"),
        (plan(step(replace(GRANT, role_definition_id="/s"), "assign"), facts=AFTER.facts), "a step is another"),
        (plan(ASSIGN, facts=AFTER.facts, policy="q"), "the policy has changed"),
    ],
    ids=["fact", "own-fact-to-another-value", "step-undone", "fact-of-what-is-left", "fact-gone", "step", "policy"],
)
def test_what_else_has_moved_is_said(after: Plan, said: str) -> None:
    told = moved_besides(BEFORE, after, (OPEN,))
    assert any(said in each for each in told)


@pytest.mark.parametrize("each", [OPEN, ASSIGN], ids=["bypass", "role"])
def test_what_a_step_changes_is_a_fact_that_it_rests_on(each: Step) -> None:
    assert [fact.about for fact in facts_of(build.HEALTHY, (each,))].count(changed_by(each)) == 1
