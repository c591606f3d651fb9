"""A plan is carried out: only what is allowed, each step once, whatever happens on the way."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.azure.standing import RefusedError
from acimedic.lifecycle.changing import apply
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.looking import BusyError
from acimedic.lifecycle.messages import Applied, Change
from acimedic.lifecycle.permit import NotOurTurnError
from acimedic.lifecycle.receipts import attempt_of, change_key, intend, receive
from acimedic.lifecycle.turns import LEASE
from acimedic.model.record import Intent, ReportFile, StepReceipt
from acimedic.policy import Consent, InvalidPolicy, NoPolicy
from acimedic.value_codec import as_values
from tests.lifecycle.repairs import (
    BOTH,
    NONCE,
    OTHER_KEYS,
    ROLE,
    STRANGER,
    CrashError,
    Crashing,
    Meanwhile,
    Repair,
    crashes,
    play,
)
from tests.policy import written

ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments/"
PULL = "AcrPull"


async def approved(one: Repair) -> Applied:
    await one.decided()
    return await one.apply()


def refusing(code: str, status: int, *, method: str = "PUT", **more: Any) -> dict[str, Any]:
    return {"method": method, "status": status, "body": {"error": {"code": code, "message": "no"}}} | more


def may_all_but(*actions: str) -> list[dict[str, Any]]:
    return [{"actions": ["*"], "notActions": list(actions), "scope": "/"}]


def give_role(one: Repair, name: str = "by-hand") -> None:
    """Somebody gives the identity the role."""
    pushing = json.loads(json.dumps(one.world["roleAssignments"]["push"]))
    grant: Any = one.plan.steps[-1].change
    pushing["name"] = name
    pushing["id"] = pushing["id"].rsplit("/", 1)[0] + f"/{name}"
    pushing["properties"] |= {"roleDefinitionId": grant.role_definition_id, "principalId": grant.principal_id}
    one.world["roleAssignments"][name] = pushing


def tag(value: str) -> Callable[[dict[str, Any]], None]:
    def put(world: dict[str, Any]) -> None:
        world["registries"]["contoso"]["tags"]["acimedic-remediation"] = value

    return put


# --- what is allowed is done


@pytest.mark.parametrize(("world", "states"), [(ROLE, ["done"]), (BOTH, ["done", "done"])])
def test_what_a_person_approved_is_carried_out(tmp_path: Path, world: str, states: list[str]) -> None:
    async def story(one: Repair) -> None:
        answer = await approved(one)
        assert answer.state == "applied"
        assert [*(await one.states()).values()] == states
        assert len(one.assigned) == 1
        assert one.bypass == "AzureServices"

    play(tmp_path, story, world)


def test_in_the_mode_auto_no_approval_is_needed(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert (await one.apply(None)).state == "applied"
        assert len(one.assigned) == 1

    play(tmp_path, story, mode="auto")


def test_the_answer_names_what_was_carried_out(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert (await approved(one)).said == f"Carried out: {one.plan.steps[0].summary}."

    play(tmp_path, story)


def test_the_trail_tells_the_intent_before_the_receipt(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await approved(one)
        trail = await one.tools.store.audit(one.record.id)
        assert [entry.note.kind for entry in trail.entries] == ["intent", "receipt"] * 2

    play(tmp_path, story, BOTH)


def test_each_change_is_counted_at_its_registry(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await approved(one)
        registry = one.plan.steps[0].change.registry_id
        counted = await one.tools.store.changes(registry, since=one.clock() - timedelta(hours=1))
        assert len(counted) == 2

    play(tmp_path, story, BOTH)


def test_the_same_message_again_changes_nothing_more(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        first = await approved(one)
        writes, trail = one.writes, await one.tools.store.audit(one.record.id)
        assert await one.apply() == first
        assert one.writes == writes
        assert await one.tools.store.audit(one.record.id) == trail

    play(tmp_path, story, BOTH)


# --- what is not allowed is not done


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        (written.consent(mode="observe"), "the mode is observe"),
        (Consent(mode="review", policy=NoPolicy()), "no policy"),
        (Consent(mode="auto", policy=InvalidPolicy(("the document (line 1): not JSON",))), "the policy is not valid"),
    ],
    ids=["observe", "no-policy", "invalid-policy"],
)
def test_without_mode_and_policy_nothing_is_changed(tmp_path: Path, consent: Consent, said: str) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        answer = await one.with_tools(consent=consent).apply()
        assert answer.state == "refused"
        assert said in answer.said
        assert one.world == one.begun

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ({"word": "reject"}, "what was signed is another decision"),
        ({"keys": OTHER_KEYS}, "no link of ours"),
        ({"plan": "another"}, "the plan has changed"),
        ({"incident": "another"}, "another incident"),
        ({"signed_nonce": "nonce-2"}, "what was signed is another decision"),
        ({"good_for": timedelta()}, "the approval was good until 2026-11-20 08:20 UTC"),
        ({"gateway": False}, "through another Azure"),
    ],
    ids=["rejected", "forged", "other-plan", "other-incident", "other-link", "expired", "no-gateway"],
)
def test_an_approval_that_does_not_count_changes_nothing(tmp_path: Path, decision: dict[str, Any], said: str) -> None:
    async def story(one: Repair) -> None:
        await one.decided(**decision)
        answer = await one.apply()
        assert answer.state == "refused"
        assert said in answer.said
        assert one.world == one.begun

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("approval", "said"), [(None, "nobody has approved it"), ("nonce-9", "no such approval is known")]
)
def test_without_an_approval_nothing_is_changed(tmp_path: Path, approval: str | None, said: str) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        answer = await one.apply(approval)
        assert answer.state == "refused"
        assert said in answer.said
        assert one.world == one.begun

    play(tmp_path, story)


def test_an_approval_holds_until_just_before_it_expires(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided(good_for=timedelta(seconds=1))
        assert (await one.apply()).state == "applied"

    play(tmp_path, story)


def test_a_tag_that_asks_for_review_makes_an_approval_needed(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        answer = await one.apply(None)
        assert answer.state == "refused"
        assert "nobody has approved it" in answer.said
        assert one.writes == []

    play(tmp_path, story, mode="auto", first=tag("review"))


def test_without_a_key_no_approval_counts(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        answer = await one.with_tools(approval_keys=()).apply()
        assert answer.state == "refused"
        assert "there is no key" in answer.said

    play(tmp_path, story)


def test_a_plan_that_was_altered_where_it_was_kept_is_not_carried_out(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        document = as_values(one.plan)
        document["steps"][0]["change"]["principal_id"] = STRANGER
        content = json.dumps(document).encode()
        name = f"plan-{one.plan.hash}.json"
        forged = ReportFile(
            incident_id=one.record.id, name=name, media_type="application/json", made_at=one.clock(), content=content
        )
        await one.tools.store.put_report(forged)
        answer = await one.apply()
        assert answer.state == "refused"
        assert "the plan that was kept is gone" in answer.said
        assert one.world == one.begun

    play(tmp_path, story)


def test_there_is_nothing_to_carry_out_for_an_incident_that_is_gone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        with pytest.raises(NoIncidentError):
            await apply(one.tools, Change(incident="gone", plan=one.plan.hash, approval=NONCE))

    play(tmp_path, story)


# --- what has moved since


def open_to_all(one: Repair) -> None:
    one.registry["properties"]["publicNetworkAccess"] = "Enabled"
    one.registry["properties"]["networkRuleSet"]["defaultAction"] = "Allow"


def turn_to_abac(one: Repair) -> None:
    one.registry["properties"]["roleAssignmentMode"] = "AbacRepositoryPermissions"


def another_image(one: Repair) -> None:
    one.world["deployments"]["web"]["properties"]["parameters"]["imageTag"]["value"] = "1.4.1"


def identity_made_anew(one: Repair) -> None:
    one.world["identities"]["pull"]["properties"]["principalId"] = STRANGER


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (give_role, "nothing is proposed any more"),
        (turn_to_abac, "it was legacy, and is abac"),
        (another_image, "app/web:1.4.1"),
        (identity_made_anew, f"principal {STRANGER}"),
    ],
    ids=["role-given", "mode", "image", "identity"],
)
def test_what_has_moved_since_the_approval_stops_it(
    tmp_path: Path, happens: Callable[[Repair], None], said: str
) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        happens(one)
        answer = await one.apply()
        assert answer.state == "refused"
        assert said in answer.said
        assert one.writes == []
        assert len(await one.trail("refused")) == 1

    play(tmp_path, story)


def test_another_policy_than_the_one_approved_under_stops_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        answer = await one.with_tools(consent=written.consent(changes_per_hour=3)).apply()
        assert answer.state == "refused"
        assert "the policy has changed" in answer.said
        assert one.writes == []

    play(tmp_path, story)


def test_a_tag_that_was_put_on_the_registry_since_stops_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        tag("off")(one.world)
        answer = await one.apply()
        assert answer.state == "refused"
        assert "is tagged acimedic-remediation: off" in answer.said
        assert one.writes == []

    play(tmp_path, story)


def test_the_hourly_limit_stops_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        registry = one.plan.steps[0].change.registry_id
        for number in range(4):
            await one.tools.store.count_change(registry, f"of-others-{number}", one.clock())
        answer = await one.apply()
        assert answer.state == "refused"
        assert "the hourly limit of 4 would be passed" in answer.said
        assert one.writes == []

    play(tmp_path, story)


@pytest.mark.parametrize(("minutes", "state"), [(59, "refused"), (60, "refused"), (61, "applied")])
def test_the_hourly_limit_is_of_the_last_hour(tmp_path: Path, minutes: int, state: str) -> None:
    async def story(one: Repair) -> str:
        await one.decided()
        registry = one.plan.steps[0].change.registry_id
        await one.tools.store.count_change(registry, "of-another", one.clock() - timedelta(minutes=minutes))
        return (await one.apply()).state

    assert play(tmp_path, story, changes_per_hour=1) == state


def test_what_could_not_be_read_for_the_moment_is_no_drift(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        away = {"method": "GET", "path": f"registries/contoso{ASSIGNMENTS[:-1]}$", "status": 503}
        one.world["faults"] = [away]
        with pytest.raises(BusyError):
            await one.apply()
        one.world["faults"] = []
        assert (await one.apply()).state == "applied"

    play(tmp_path, story)


def test_while_azure_has_nothing_but_trouble_it_is_tried_again(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        one.world["faults"] = [{"status": 503}]
        with pytest.raises(BusyError):
            await one.apply()
        assert await one.states() == {}

    play(tmp_path, story)


def test_while_another_incident_has_the_turn_it_is_tried_again(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        now, registry = one.clock(), one.plan.steps[0].change.registry_id
        await one.tools.store.take_turn(registry, "another", now=now, until=now + timedelta(minutes=15))
        with pytest.raises(NotOurTurnError):
            await one.apply()
        assert one.writes == []
        one.clock.go(timedelta(minutes=16))
        assert (await one.apply()).state == "applied"

    play(tmp_path, story)


def test_what_was_begun_through_another_azure_is_not_gone_on_with(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        body = json.dumps(as_values(one.plan.steps[0]), sort_keys=True)
        key = change_key(one.plan.hash, attempt_of(NONCE), 1)
        elsewhere = Intent(incident_id=one.record.id, key=key, at=one.clock(), body=body, gateway=False)
        await one.tools.store.record_intent(elsewhere)
        answer = await one.apply()
        assert answer.state == "refused"
        assert "through another Azure" in answer.said
        assert one.writes == []

    play(tmp_path, story)


def test_what_was_told_to_have_been_made_through_another_azure_is_not_gone_on_with(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        key = change_key(one.plan.hash, attempt_of(NONCE), 1)
        await intend(one.tools, one.record.id, key, one.plan.steps[0])
        elsewhere = one.with_tools(settings=replace(one.tools.settings, gateway=None))
        await receive(elsewhere.tools, one.record.id, key, "done", "made elsewhere")
        answer = await one.apply()
        assert answer.state == "refused"
        assert "through another Azure" in answer.said

    play(tmp_path, story)


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_after_it_was_taken_back_the_same_message_does_not_say_that_it_was_carried_out(
    tmp_path: Path, world: str
) -> None:
    async def story(one: Repair) -> None:
        assert (await approved(one)).state == "applied"
        await one.undo()
        answer = await one.apply()
        assert answer.state == "refused"
        assert "it was taken back meanwhile" in answer.said
        assert one.world == one.begun

    play(tmp_path, story, world)


def test_what_is_taken_back_between_two_steps_is_not_gone_on_with(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        # The turn is asked for before all steps, and before each: the third time the first one is made.
        late = one.with_tools(store=Meanwhile(one.tools.store, "take_turn", one.undo, calls_before=2))
        await late.apply()
        assert one.writes == ["PATCH", "PATCH"]
        assert one.world == one.begun

    play(tmp_path, story, BOTH)


# --- what Azure refuses


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("AuthorizationFailed", 403, "the owner of registry 'contoso' has not given ACI Medic its write role there"),
        ("ScopeLocked", 409, "a lock on registry 'contoso'"),
        ("RequestDisallowedByPolicy", 403, "an Azure Policy forbids it"),
        ("RoleAssignmentLimitExceeded", 400, "as many role assignments as Azure allows"),
        ("SomethingElse", 400, "(Azure refused it (400 SomethingElse))"),
    ],
)
def test_a_refusal_is_told_with_who_can_do_something_about_it(
    tmp_path: Path, code: str, status: int, said: str
) -> None:
    async def story(one: Repair) -> None:
        one.world["faults"] = [refusing(code, status)]
        answer = await approved(one)
        assert answer.state == "refused"
        assert said in answer.said
        assert await one.states() == {"change:1": "refused"}
        assert one.assigned == []

    play(tmp_path, story)


def test_a_refusal_halfway_leaves_the_plan_incomplete_and_says_what_was_done(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        one.world["permissions"] = may_all_but("Microsoft.Authorization/roleAssignments/write")
        answer = await approved(one)
        assert answer.state == "incomplete"
        assert "Carried out: let trusted services through" in answer.said
        assert "Not carried out: assign AcrPull" in answer.said
        assert "write role" in answer.said
        assert await one.states() == {"change:1": "done", "change:2": "refused"}

    play(tmp_path, story, BOTH)


def test_after_a_refusal_the_later_steps_are_left_alone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        one.world["permissions"] = may_all_but("Microsoft.ContainerRegistry/registries/write")
        answer = await approved(one)
        assert answer.state == "refused"
        assert await one.states() == {"change:1": "refused"}
        assert one.assigned == []

    play(tmp_path, story, BOTH)


def test_a_refused_step_is_not_tried_again_by_the_same_message(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        one.world["faults"] = [refusing("ScopeLocked", 409)]
        first = await approved(one)
        one.world["faults"] = []
        assert await one.apply() == first
        assert one.assigned == []

    play(tmp_path, story)


def test_a_switch_that_azure_takes_and_does_not_make_ends_the_plan(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        one.world["faults"] = [{"method": "PATCH", "status": 200, "body": one.registry | {"tags": {}}}]
        answer = await approved(one)
        assert answer.state == "refused"
        assert "networkRuleBypassOptions is None all the same" in answer.said
        assert await one.states() == {"change:1": "did-not-help"}
        assert one.assigned == []

    play(tmp_path, story, BOTH)


@pytest.mark.parametrize(
    "fault",
    [{"method": "PUT", "status": 503}, {"method": "PUT", "status": 429}, {"method": "PUT", "disconnect": True}],
    ids=["503", "429", "no-answer"],
)
def test_what_may_pass_leaves_no_receipt_and_is_tried_again(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        one.world["faults"] = [fault]
        with pytest.raises(RefusedError):
            await one.apply()
        assert await one.states() == {"change:1": None}
        one.world["faults"] = []
        assert (await one.apply()).state == "applied"
        assert len(one.assigned) == 1

    play(tmp_path, story)


# --- a crash anywhere


async def _crashed(one: Repair, at: int, *, after: bool) -> bool:
    """Whether the process died; whatever became of it, the same message then comes to its end."""
    store = Crashing(one.tools.store, at, after=after)
    with suppress(CrashError):
        await one.with_tools(store=store).apply()
    return store.dead


@pytest.mark.parametrize("world", [ROLE, BOTH])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_after_a_crash_at_any_write_each_step_is_done_once(tmp_path: Path, world: str, after: bool) -> None:
    steps = 1 if world == ROLE else 2

    async def story(one: Repair, at: int) -> bool:
        await one.decided()
        died = await _crashed(one, at, after=after)
        assert (await one.apply()).state == "applied"
        assert set((await one.states()).values()) == {"done"}
        assert len(await one.states()) == steps
        assert len(one.assigned) == 1
        assert one.writes.count("PUT") <= 2
        assert (len(await one.trail("intent")), len(await one.trail("receipt"))) == (steps, steps)
        return died

    assert crashes(tmp_path, story, world) == 5 * steps  # intent, note, count, receipt, note


def test_what_is_found_after_a_crash_is_not_made_again(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        assert await _crashed(one, 3, after=False)  # the assignment is there, its receipt is not
        assert (one.writes, await one.states()) == (["PUT"], {"change:1": None})
        assert (await one.apply()).state == "applied"
        assert one.writes == ["PUT"]

    play(tmp_path, story)


def test_a_plan_that_was_interrupted_is_not_held_back_by_its_own_count(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        assert await _crashed(one, 2, after=True)  # counted, and not yet made
        assert one.assigned == []
        assert (await one.apply()).state == "applied"

    play(tmp_path, story, changes_per_hour=1)


def test_what_is_counted_only_after_a_crash_does_not_hold_it_back_either(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        assert await _crashed(one, 1, after=True)  # intended, and not yet counted
        one.clock.go(timedelta(minutes=1))
        assert await _crashed(one, 2, after=True)  # counted, and not yet made
        assert (await one.apply()).state == "applied"

    play(tmp_path, story, changes_per_hour=1)


def test_whoever_loses_the_turn_between_two_steps_stops_there(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        registry = one.plan.steps[0].change.registry_id

        async def it_runs_out() -> None:
            one.clock.go(LEASE)
            now = one.clock()
            assert (await one.tools.store.take_turn(registry, "another", now=now, until=now + LEASE)).mine

        slow = one.with_tools(store=Meanwhile(one.tools.store, "record_receipt", it_runs_out))
        with pytest.raises(NotOurTurnError):
            await slow.apply()
        assert (one.writes, one.assigned) == (["PATCH"], [])

    play(tmp_path, story, BOTH)


def test_a_receipt_whose_intent_the_trail_does_not_know_stands_for_nothing(tmp_path: Path) -> None:
    """Who can write the store can write receipts."""

    async def story(one: Repair) -> None:
        await one.decided()
        key = change_key(one.plan.hash, attempt_of(NONCE), 1)
        body = json.dumps(as_values(one.plan.steps[0]), sort_keys=True)
        made_up: dict[str, Any] = {"incident_id": one.record.id, "key": key, "at": one.clock(), "gateway": True}
        await one.tools.store.record_intent(Intent(body=body, **made_up))
        await one.tools.store.record_receipt(StepReceipt(state="done", body='{"said": "done"}', **made_up))
        assert (await one.apply()).state == "applied"
        assert len(one.assigned) == 1

    play(tmp_path, story)


def test_what_moves_after_a_crash_leaves_the_rest_undone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        assert await _crashed(one, 5, after=False)  # before the second step
        one.registry["properties"]["networkRuleSet"]["defaultAction"] = "Allow"
        answer = await one.apply()
        assert answer.state == "incomplete"
        assert "networkRuleSet.defaultAction" in answer.said
        assert one.assigned == []

    play(tmp_path, story, BOTH)


def test_an_approval_that_expires_after_a_crash_leaves_the_rest_undone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided(good_for=timedelta(hours=1))
        assert await _crashed(one, 5, after=False)
        one.clock.go(timedelta(hours=1))
        answer = await one.apply()
        assert answer.state == "incomplete"
        assert "the approval was good until" in answer.said
        assert one.assigned == []

    play(tmp_path, story, BOTH)


def test_an_assignment_that_was_changed_after_the_crash_is_not_taken_for_ours(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        assert await _crashed(one, 3, after=False)
        one.assigned[0]["properties"]["condition"] = "somebody's"
        assert (await one.apply()).state == "refused"
        assert "done" not in (await one.states()).values()

    play(tmp_path, story)


def test_the_same_message_under_way_twice_does_not_answer_for_the_other(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        late = one.with_tools(store=Meanwhile(one.tools.store, "take_turn", one.apply))
        with pytest.raises(BusyError, match="under way elsewhere"):
            await late.apply()
        assert (await late.apply()).state == "applied"
        assert one.writes == ["PUT"]

    play(tmp_path, story)


def test_what_the_same_message_made_a_moment_ago_is_ours(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()

        async def dies() -> None:
            assert await _crashed(one, 3, after=False)  # made, and the receipt is not there
            assert len(one.assigned) == 1

        late = one.with_tools(store=Meanwhile(one.tools.store, "count_change", dies))
        assert (await late.apply()).state == "applied"
        assert (one.writes, await one.states()) == (["PUT"], {"change:1": "done"})

    play(tmp_path, story)


def test_what_somebody_else_made_a_moment_ago_is_not_ours(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()

        async def somebody() -> None:
            give_role(one)

        late = one.with_tools(store=Meanwhile(one.tools.store, "count_change", somebody))
        assert (await late.apply()).state == "applied"
        assert await one.states() == {"change:1": "already"}

    play(tmp_path, story)


def test_when_azure_cannot_be_opened_nothing_is_intended(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()

        def dead() -> Any:
            raise CrashError

        with pytest.raises(CrashError):
            await one.with_tools(azure=dead).apply()
        assert await one.states() == {}
        assert (await one.apply()).state == "applied"

    play(tmp_path, story)


def test_a_kept_plan_of_another_incident_is_no_plan_of_this_one(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        other = replace(one.record, incident=replace(one.record.incident, id="another"))
        await one.tools.store.put_incident_if_absent(other)
        content = json.dumps(as_values(one.plan), sort_keys=True).encode()
        name = f"plan-{one.plan.hash}.json"
        file = ReportFile(
            incident_id="another", name=name, media_type="application/json", made_at=one.clock(), content=content
        )
        await one.tools.store.put_report(file)
        answer = await apply(one.tools, Change(incident="another", plan=one.plan.hash, approval=NONCE))
        assert answer.state == "refused"

    play(tmp_path, story, mode="auto")


def test_what_was_refused_is_carried_out_once_it_is_approved_anew(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        one.world["faults"] = [refusing("AuthorizationFailed", 403)]
        assert (await one.apply()).state == "refused"
        one.world["faults"] = []
        assert (await one.apply()).state == "refused"  # the same approval is good for one attempt
        await one.decided(nonce="nonce-2")
        assert (await one.apply("nonce-2")).state == "applied"
        assert len(one.assigned) == 1

    play(tmp_path, story)


def test_what_was_taken_back_is_carried_out_once_it_is_approved_anew(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        await one.undo()
        one.clock.go(timedelta(minutes=1))
        await one.decided(nonce="nonce-2")
        assert (await one.apply("nonce-2")).state == "applied"
        assert len(one.assigned) == 1
        assert (await one.undo()).state == "undone"
        assert one.assigned == []

    play(tmp_path, story)
