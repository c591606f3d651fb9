"""What was found is kept, told, and offered where it may be."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.deciding import pending
from acimedic.lifecycle.diagnosing import diagnose, felt_after
from acimedic.lifecycle.keeping import NoIncidentError, kept_bundle, kept_plan, kept_report
from acimedic.lifecycle.messages import Found, Look
from acimedic.lifecycle.offers import offered
from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord
from acimedic.policy import Consent, NoPolicy
from tests.lifecycle.asking import say, stand, standing, token
from tests.lifecycle.repairs import BOTH, ROLE, Repair, play

ELSEWHERE = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"
QUIET = {"time_zone": "UTC", "windows": [{"days": ["friday"], "from": "08:00", "to": "09:00"}]}


def look(one: Repair, *, live: bool = False) -> Look:
    return Look(incident=one.record.id, attempt=0, live=live)


def diagnosed(
    folder: Path, world: str = ROLE, *, live: bool = False, before: Callable[[Repair], Repair] | None = None, **how: Any
) -> tuple[Found, IncidentRecord, Plan]:
    """What a diagnosis says, where the incident stands then, and what would be done."""

    async def story(one: Repair) -> tuple[Found, IncidentRecord, Plan]:
        over = one if before is None else before(one)
        return await diagnose(over.tools, look(one, live=live)), await standing(one), one.plan

    return play(folder, story, world, **how)


def nothing_is_told_of_why(one: Repair) -> Repair:
    one.world.update(activityLog=[], deployments={})
    return one


def nobody_consents(one: Repair) -> Repair:
    return one.with_tools(consent=Consent(mode="review", policy=NoPolicy()))


def role_given(one: Repair) -> Repair:
    """Somebody gave the role meanwhile."""
    grant: Any = one.plan.steps[-1].change
    role = {"roleDefinitionId": grant.role_definition_id, "principalId": grant.principal_id}
    push = one.world["roleAssignments"]["push"]
    one.world["roleAssignments"]["given"] = push | {
        "name": "given",
        "id": push["id"].rsplit("/", 1)[0] + "/given",
        "properties": push["properties"] | role,
    }
    return one


# --- what was found


def test_the_cause_is_where_the_incident_stands(tmp_path: Path) -> None:
    _, stands, plan = diagnosed(tmp_path)
    assert (stands.outcome, stands.cause, stands.plan_hash) == ("cause-found", "pull-role-missing", plan.hash)


def test_what_was_found_is_kept_for_whoever_looks(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await diagnose(one.tools, look(one))
        report, bundle = await kept_report(one.tools, one.record.id), await kept_bundle(one.tools, one.record.id)
        assert report is not None
        assert bundle is not None
        assert bundle.evidence.incident == one.record.incident
        assert await kept_plan(one.tools, one.record.id, one.plan.hash) == one.plan

    play(tmp_path, story)


def test_the_trail_says_what_was_found_and_by_what(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await diagnose(one.tools, look(one))
        said = json.loads((await one.trail("diagnosed"))[0])
        assert (said["cause"], said["plan"]) == ("pull-role-missing", one.plan.hash)
        assert said["facts"]

    play(tmp_path, story)


def test_a_diagnosis_that_is_repeated_later_is_on_the_trail_again(tmp_path: Path) -> None:
    async def story(one: Repair) -> int:
        for _ in range(2):
            await diagnose(one.tools, look(one))
            one.clock.go(timedelta(minutes=1))
        return len(await one.trail("diagnosed"))

    assert play(tmp_path, story) == 2


def test_an_incident_that_is_gone_is_not_looked_into(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        asked = len(one.azure.requests)
        with pytest.raises(NoIncidentError):
            await diagnose(one.tools, Look(incident=ELSEWHERE, attempt=0))
        assert len(one.azure.requests) == asked

    play(tmp_path, story)


# --- before Azure has told why


def test_until_azure_has_told_why_the_story_hears_that_it_is_not_known(tmp_path: Path) -> None:
    found, _, _ = diagnosed(tmp_path, before=nothing_is_told_of_why)
    assert (found.error_known, found.plan) == (False, None)
    assert found.said.startswith("Azure has not told yet why it failed")


def test_until_azure_has_told_why_the_incident_stands_where_it_stood(tmp_path: Path) -> None:
    _, stands, _ = diagnosed(tmp_path, before=nothing_is_told_of_why)
    assert (stands.outcome, stands.cause) == (None, None)


def test_what_azure_does_not_tell_is_in_the_end_judged_without(tmp_path: Path) -> None:
    found, stands, _ = diagnosed(tmp_path, live=True, before=nothing_is_told_of_why)
    assert found.error_known
    assert stands.outcome is not None


# --- what is offered


def test_a_plan_that_the_policy_allows_is_offered_until_nobody_may_decide_any_more(tmp_path: Path) -> None:
    found, stands, plan = diagnosed(tmp_path)
    offer = offered(stands)
    assert offer is not None
    assert (found.plan, offer.plan) == (plan.hash, plan.hash)
    assert found.decide_within == timedelta(hours=24).total_seconds()


def test_what_is_offered_may_be_decided_on(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await diagnose(one.tools, look(one))
        offer = offered(await stand(one, lambda record: replace(record, state="awaiting-decision")))
        assert offer is not None
        assert (await pending(one.tools, one.record.id, token(offer))).plan == one.plan

    play(tmp_path, story)


def test_asked_again_it_is_the_same_offer_and_ends_no_later(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        first = await diagnose(one.tools, look(one))
        before = offered(await standing(one))
        one.clock.go(timedelta(hours=1))
        second = await diagnose(one.tools, look(one))
        assert offered(await standing(one)) == before
        assert first.decide_within - second.decide_within == 3600

    play(tmp_path, story)


@pytest.mark.parametrize(("state", "same"), [("applying", True), ("rejected", False)])
def test_what_was_decided_on_is_offered_anew_once_its_story_is_over(tmp_path: Path, state: str, same: bool) -> None:
    async def story(one: Repair) -> bool:
        await diagnose(one.tools, look(one))
        first = offered(await stand(one, lambda record: replace(record, state="awaiting-decision")))
        assert first is not None
        await say(one, first, "reject")
        await stand(one, lambda record: replace(record, state=state))
        await diagnose(one.tools, look(one))
        return offered(await standing(one)) == first

    assert play(tmp_path, story) is same


@pytest.mark.parametrize("policy", [{"quiet_hours": QUIET}, {"changes_per_hour": 1}], ids=["quiet", "often"])
def test_what_only_the_hour_is_against_is_offered_all_the_same(tmp_path: Path, policy: dict[str, Any]) -> None:
    """Whoever makes the change waits for its hour."""

    async def story(one: Repair) -> Found:
        await one.tools.store.count_change(one.plan.steps[0].change.registry_id, "another", one.clock())
        return await diagnose(one.tools, look(one))

    assert play(tmp_path, story, **policy).plan is not None


def test_what_the_policy_does_not_allow_is_told_with_its_reason_and_not_offered(tmp_path: Path) -> None:
    found, stands, _ = diagnosed(tmp_path, before=nobody_consents)
    assert (found.plan, offered(stands)) == (None, None)
    assert found.said.endswith("A repair is known, and it may not be carried out: no policy.")


def test_what_the_policy_does_not_allow_can_be_read_at_the_incident_all_the_same(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await diagnose(nobody_consents(one).tools, look(one))
        stands = await standing(one)
        assert stands.cause == "pull-role-missing"
        plan = await kept_plan(one.tools, one.record.id, stands.plan_hash or "")
        assert plan is not None
        assert (plan.allowed, plan.steps) == (False, one.plan.steps)

    play(tmp_path, story)


def test_where_no_repair_is_known_none_is_offered(tmp_path: Path) -> None:
    found, stands, _ = diagnosed(tmp_path, before=role_given)
    assert (found.error_known, found.plan, stands.plan_hash, offered(stands)) == (True, None, None, None)


def test_the_mode_is_the_policys_word_on_this_plan(tmp_path: Path) -> None:
    assert diagnosed(tmp_path, mode="auto")[0].mode == "auto"


def test_a_tag_of_the_registry_narrows_the_mode(tmp_path: Path) -> None:
    def tagged(world: dict[str, Any]) -> None:
        world["registries"]["contoso"]["tags"]["acimedic-remediation"] = "review"

    assert diagnosed(tmp_path, mode="auto", first=tagged)[0].mode == "review"


@pytest.mark.parametrize(("policy", "seconds"), [({}, None), ({"expires_after": "PT4H"}, 4 * 3600)])
def test_what_is_lent_is_lent_for_as_long_as_the_policy_says(
    tmp_path: Path, policy: dict[str, Any], seconds: int | None
) -> None:
    assert diagnosed(tmp_path, **policy)[0].grant == seconds


# --- how long it takes


def test_a_plan_is_felt_once_its_slowest_step_is(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[int, list[int]]:
        return felt_after(one.plan), [felt_after(replace(one.plan, steps=(step,))) for step in one.plan.steps]

    assert play(tmp_path, story, BOTH) == (600, [300, 600])


@pytest.mark.parametrize(("before", "seconds"), [(None, 600), (role_given, 300)], ids=["role", "bypass-alone"])
def test_how_long_a_change_takes_is_told_to_the_story(
    tmp_path: Path, before: Callable[[Repair], Repair] | None, seconds: int
) -> None:
    assert diagnosed(tmp_path, BOTH, before=before)[0].propagation == seconds
