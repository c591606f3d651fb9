"""What a plan made is taken back: all of that, only that, and only as it was left."""

import copy
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.azure.standing import RefusedError
from acimedic.lifecycle.permit import NotOurTurnError
from acimedic.lifecycle.receipts import attempt_of, change_key, intend, receive
from acimedic.lifecycle.taking_back import by_hand
from acimedic.model.plan import BypassSwitch, Step
from acimedic.model.record import ReportFile
from acimedic.policy import Consent, InvalidPolicy
from tests.lifecycle.repairs import BOTH, NONCE, ROLE, STRANGER, CrashError, Crashing, Repair, crashes, play
from tests.policy import written


async def applied(one: Repair) -> None:
    await one.decided()
    assert (await one.apply()).state == "applied"


async def recorded(one: Repair, state: str) -> None:
    """What is recorded, and sealed, of a first step that came to this."""
    key = change_key(one.plan.hash, attempt_of(NONCE), 1)
    await intend(one.tools, one.record.id, key, one.plan.steps[0])
    await receive(one.tools, one.record.id, key, state, "as a test has it")


def through_azure(one: Repair) -> Repair:
    """The same, without a stand-in for Azure."""
    return one.with_tools(settings=replace(one.tools.settings, gateway=None))


async def spoil_the_plan(one: Repair) -> None:
    name = f"plan-{one.plan.hash}.json"
    spoilt = ReportFile(
        incident_id=one.record.id, name=name, media_type="application/json", made_at=one.clock(), content=b"{}"
    )
    await one.tools.store.put_report(spoilt)


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_after_the_undo_the_world_is_as_it_was_before(tmp_path: Path, world: str) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        assert one.world != one.begun
        answer = await one.undo()
        assert answer.state == "undone"
        assert one.world == one.begun

    play(tmp_path, story, world)


def test_the_last_step_is_taken_back_first(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        await one.undo()
        assert one.writes == ["PATCH", "PUT", "DELETE", "PATCH"]

    play(tmp_path, story, BOTH)


def test_a_second_undo_changes_nothing_and_answers_the_same(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        first = await one.undo()
        writes = one.writes
        assert await one.undo() == first
        assert one.writes == writes

    play(tmp_path, story, BOTH)


def test_where_nothing_was_made_there_is_nothing_to_take_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert (await one.undo()).state == "nothing"

    play(tmp_path, story)


def test_what_was_there_already_is_not_ours_to_take(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await recorded(one, "already")
        assert (await one.undo()).state == "nothing"
        assert one.writes == []

    play(tmp_path, story)


def test_of_a_plan_that_was_carried_out_halfway_that_half_is_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        one.world["faults"] = [{"method": "PUT", "status": 409, "body": {"error": {"code": "ScopeLocked"}}}]
        assert (await one.apply()).state == "incomplete"
        one.world["faults"] = []
        assert (await one.undo()).state == "undone"
        assert one.world == one.begun

    play(tmp_path, story, BOTH)


def test_what_was_made_without_a_receipt_is_found_and_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        with suppress(CrashError):
            await one.with_tools(store=Crashing(one.tools.store, 3, after=False)).apply()
        assert (len(one.assigned), await one.states()) == (1, {"change:1": None})
        assert (await one.undo()).state == "undone"
        assert one.world == one.begun

    play(tmp_path, story)


def test_what_was_intended_and_never_made_is_nothing_to_take_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        with suppress(CrashError):
            await one.with_tools(store=Crashing(one.tools.store, 0, after=True)).apply()
        assert await one.states() == {"change:1": None}
        assert (await one.undo()).state == "nothing"

    play(tmp_path, story)


# --- what somebody has changed since


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"principalId": STRANGER}, f"its principal is {STRANGER}"),
        ({"condition": "somebody's"}, "its condition is somebody's, and was none"),
        ({"roleDefinitionId": "/x/8311e382-0749-4cb8-b61a-304f252e45ec"}, "its role is 8311e382"),
        ({"scope": "/subscriptions/b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"}, "its scope is /subscriptions/b8c1a7e4"),
    ],
    ids=["principal", "condition", "role", "scope"],
)
def test_an_assignment_that_is_another_by_now_is_kept(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.assigned[0]["properties"] |= changed
        answer = await one.undo()
        assert answer.state == "kept"
        assert said in answer.said
        assert len(one.assigned) == 1

    play(tmp_path, story)


def test_a_bypass_that_is_something_else_by_now_is_kept(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.registry["properties"]["networkRuleBypassOptions"] = "Other"
        answer = await one.undo()
        assert answer.state == "kept"
        assert "networkRuleBypassOptions is Other" in answer.said
        assert (one.bypass, one.assigned) == ("Other", [])

    play(tmp_path, story, BOTH)


def test_what_is_gone_already_counts_as_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        del one.world["roleAssignments"][one.assigned[0]["name"]]
        assert (await one.undo()).state == "undone"
        assert "DELETE" not in one.writes
        assert "gone already" in (await one.trail("receipt"))[-1]

    play(tmp_path, story)


def test_what_was_kept_may_be_taken_back_later(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.assigned[0]["properties"]["condition"] = "somebody's"
        assert (await one.undo()).state == "kept"
        one.assigned[0]["properties"]["condition"] = None
        assert (await one.undo()).state == "undone"
        assert one.world == one.begun

    play(tmp_path, story)


# --- what is not allowed, or refused


@pytest.mark.parametrize(
    "consent",
    [written.consent(mode="observe"), Consent(mode="auto", policy=InvalidPolicy(("not JSON",)))],
    ids=["observe", "invalid-policy"],
)
def test_where_nothing_may_be_written_the_command_is_told(tmp_path: Path, consent: Consent) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        writes = one.writes
        answer = await one.with_tools(consent=consent).undo()
        assert answer.state == "kept"
        assert all(by_hand(step) in answer.said for step in one.plan.steps)
        assert one.writes == writes

    play(tmp_path, story, BOTH)


@pytest.mark.parametrize(("before", "allowed"), [("None", "false"), ("AzureServices", "true")])
def test_the_command_by_hand_names_the_registry_and_what_was_there_before(before: str, allowed: str) -> None:
    switch = BypassSwitch(
        registry_id="/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/x'y",
        before=before,
        after="AzureServices",
    )
    step = Step(
        remedy="enable-trusted-services",
        target=switch.registry_id,
        change=switch,
        before=None,
        after="",
        undo="",
        risk="",
        summary="",
    )
    assert by_hand(step) == f"az acr update --name 'x'\"'\"'y' --subscription s --allow-trusted-services {allowed}"


def test_a_refusal_is_told_and_the_rest_is_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        lacking = "Microsoft.Authorization/roleAssignments/delete"
        one.world["permissions"] = [{"actions": ["*"], "notActions": [lacking], "scope": "/"}]
        answer = await one.undo()
        assert answer.state == "kept"
        assert "write role" in answer.said
        assert by_hand(one.plan.steps[1]) in answer.said
        assert (one.bypass, len(one.assigned)) == ("None", 1)

    play(tmp_path, story, BOTH)


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"disconnect": True}], ids=["503", "429", "cut"])
def test_what_may_pass_is_tried_again(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.world["faults"] = [{"method": "DELETE"} | fault]
        with pytest.raises(RefusedError):
            await one.undo()
        one.world["faults"] = []
        assert (await one.undo()).state == "undone"
        assert one.world == one.begun

    play(tmp_path, story)


def test_while_another_incident_has_the_turn_nothing_is_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        await one.tools.store.end_turn(one.plan.steps[0].change.registry_id, one.record.id)
        now = one.clock()
        await one.tools.store.take_turn(
            one.plan.steps[0].change.registry_id, "another", now=now, until=now + timedelta(minutes=15)
        )
        with pytest.raises(NotOurTurnError):
            await one.undo()
        assert len(one.assigned) == 1

    play(tmp_path, story)


def test_what_was_made_through_another_azure_is_not_taken_back_here(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await recorded(through_azure(one), "done")
        assert (await one.undo()).state == "nothing"
        assert one.writes == []

    play(tmp_path, story)


def test_without_its_plan_nothing_is_taken_back_blindly(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        await spoil_the_plan(one)
        answer = await one.undo()
        assert answer.state == "kept"
        assert len(one.assigned) == 1

    play(tmp_path, story)


@pytest.mark.parametrize(("state", "answer"), [("done", "kept"), ("already", "nothing"), ("refused", "nothing")])
def test_without_its_plan_only_what_was_made_is_told(tmp_path: Path, state: str, answer: str) -> None:
    async def story(one: Repair) -> str:
        await recorded(one, state)
        await spoil_the_plan(one)
        return (await one.undo()).state

    assert play(tmp_path, story) == answer


def test_without_its_plan_what_was_made_through_another_azure_is_not_told_here(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await recorded(through_azure(one), "done")
        await spoil_the_plan(one)
        assert (await one.undo()).state == "nothing"

    play(tmp_path, story)


def test_what_somebody_made_anew_after_it_was_taken_back_is_theirs(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        made = copy.deepcopy(one.world["roleAssignments"])
        assert (await one.undo()).state == "undone"
        one.world["roleAssignments"].update(made)
        answer = await one.undo()
        assert answer.state == "kept"
        assert "it was taken back, and somebody has made it anew" in answer.said
        assert len(one.assigned) == 1

    play(tmp_path, story)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_after_a_crash_at_any_write_all_is_taken_back_once(tmp_path: Path, after: bool) -> None:
    async def story(one: Repair, at: int) -> bool:
        await applied(one)
        store = Crashing(one.tools.store, at, after=after)
        with suppress(CrashError):
            await one.with_tools(store=store).undo()
        assert (await one.undo()).state == "undone"
        assert one.world == one.begun
        undone = {key: state for key, state in (await one.states()).items() if key.startswith("undo")}
        assert undone == {"undo:1": "undone", "undo:2": "undone"}
        assert one.writes.count("DELETE") == 1
        return store.dead

    assert crashes(tmp_path, story, BOTH) == 9  # of each step intent, note, receipt, note; and what came of it all


def test_to_take_back_nobody_has_to_approve(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        assert (await one.with_tools(approval_keys=()).undo()).state == "undone"

    play(tmp_path, story)


def test_after_an_undo_the_same_change_is_not_made_again(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        await one.undo()
        await one.apply(NONCE)
        assert one.world == one.begun

    play(tmp_path, story)
