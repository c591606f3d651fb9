"""A plan that only the hour is against may be offered all the same; one that anything else is against may not."""

from datetime import UTC, datetime
from typing import Any

import pytest

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.plan import Plan
from acimedic.planning import draw_plan
from acimedic.policy import TAG, Consent, decided
from tests import build
from tests.policy.written import consent, pair

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday
QUIET: dict[str, Any] = {
    "quiet_hours": {"time_zone": "UTC", "windows": [{"days": ["friday"], "from": "08:00", "to": "12:30"}]}
}
OFTEN: dict[str, Any] = {"changes_per_hour": 4}
FAILED = build.without_role()


def word(given: Consent, *, made: int = 0, evidence: Evidence = FAILED) -> Plan:
    """The plan with the word of the policy, at a registry where so many changes were made."""
    plan = draw_plan(diagnose(evidence, checks.ALL), remediation.ALL)
    assert plan is not None
    return decided(plan, given, evidence=evidence, now=NOW, changes_last_hour={build.REGISTRY_ID: made})


@pytest.mark.parametrize(
    ("policy", "made"), [(QUIET, 0), (OFTEN, 4), (QUIET | OFTEN, 4)], ids=["quiet", "often", "quiet-and-often"]
)
def test_what_only_the_hour_is_against_passes(policy: dict[str, Any], made: int) -> None:
    plan = word(consent(**policy), made=made)
    assert (plan.allowed, plan.passing) == (False, True)


@pytest.mark.parametrize(
    "more",
    [
        {"pairs": [pair(identity=build.IDENTITY_ID.replace("id-pull", "id-other"))]},
        {"remedies": ["enable-trusted-services"]},
        {"served": (build.PLATFORM,)},
        {"mode": "observe"},
    ],
    ids=["pair", "remedy", "subscription", "mode"],
)
def test_what_something_else_is_against_does_not_pass_with_the_hour(more: dict[str, Any]) -> None:
    plan = word(consent(**QUIET, **more))
    assert len(plan.reasons) > 1
    assert (plan.allowed, plan.passing) == (False, False)


def test_what_is_allowed_has_nothing_to_wait_for() -> None:
    plan = word(consent())
    assert (plan.allowed, plan.passing) == (True, False)


def test_a_tag_narrows_the_mode_of_what_has_to_wait_too() -> None:
    """It is offered to a person, who would not be asked in the mode `auto`."""
    tagged = build.with_registry(tags=((TAG, "review"),), on=FAILED)
    plan = word(consent(mode="auto", **QUIET), evidence=tagged)
    assert (plan.mode, plan.passing) == ("review", True)


def test_the_same_registry_in_other_letters_is_the_same() -> None:
    loud = {build.REGISTRY_ID.upper(): 4}
    plan = draw_plan(diagnose(FAILED, checks.ALL), remediation.ALL)
    assert plan is not None
    assert not decided(plan, consent(**OFTEN), evidence=FAILED, now=NOW, changes_last_hour=loud).allowed
