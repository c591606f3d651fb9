"""What was not made here is not taken back here: what another incident made, and what Azure refused to make."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.azure.standing import RefusedError
from acimedic.lifecycle.looking import BusyError
from acimedic.lifecycle.messages import TakenBack, Turn
from acimedic.lifecycle.turns import end_turn
from tests.lifecycle.repairs import BOTH, ROLE, Repair, _diagnosed, play

ANOTHER = "11111111-1111-5111-8111-111111111111"
THROTTLED = {"status": 429, "body": {"error": {"code": "TooManyRequests"}}}


async def over(one: Repair) -> None:
    """The story of an incident gives its turn back."""
    await end_turn(one.tools, Turn(incident=one.record.id, plan=one.plan.hash))


async def applied(one: Repair) -> None:
    await one.decided()
    assert (await one.apply()).state == "applied"
    await over(one)


async def of_another_incident(one: Repair) -> Repair:
    """Another incident of the same container group, which comes to the same plan."""
    incident = replace(one.record.incident, id=ANOTHER)
    return replace(await _diagnosed(one.azure, one.clock, one.tools, incident), begun=one.begun)


def reset(one: Repair) -> None:
    """The owner's templates put Azure back to what it was."""
    for name in [name for name in one.world["roleAssignments"] if name not in one.begun["roleAssignments"]]:
        del one.world["roleAssignments"][name]
    one.registry["properties"]["networkRuleBypassOptions"] = one.begun["registries"]["contoso"]["properties"][
        "networkRuleBypassOptions"
    ]


async def made_by_two(one: Repair) -> Repair:
    """One incident makes it, its owner resets it, another incident makes it; gives back the other."""
    await applied(one)
    reset(one)
    one.clock.go(timedelta(minutes=1))
    other = await of_another_incident(one)
    await applied(other)
    return other


# --- another incident


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_what_another_incident_has_made_since_is_kept(tmp_path: Path, world: str) -> None:
    async def story(one: Repair) -> None:
        await made_by_two(one)
        writes = one.writes
        answer = await one.undo()
        assert answer.state == "kept"
        assert answer.said.count("another incident has made it since") == len(one.plan.steps)
        assert one.writes == writes

    play(tmp_path, story, world)


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_who_made_it_last_takes_it_back(tmp_path: Path, world: str) -> None:
    async def story(one: Repair) -> None:
        other = await made_by_two(one)
        await one.undo()
        await over(one)
        assert (await other.undo()).state == "undone"
        assert len(one.assigned) == 0
        assert one.bypass == one.begun["registries"]["contoso"]["properties"]["networkRuleBypassOptions"]

    play(tmp_path, story, world)


def test_once_the_other_has_taken_it_back_the_first_has_nothing_left_to_take_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        other = await made_by_two(one)
        await other.undo()
        await over(other)
        return (await one.undo()).state

    assert play(tmp_path, story) == "undone"


def test_what_an_interrupted_change_may_have_made_is_not_its_own_once_another_incident_made_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        one.world["faults"] = [{"method": "PUT", "status": 503}]
        with pytest.raises(RefusedError):
            await one.apply()
        one.world["faults"] = []
        await over(one)
        other = await of_another_incident(one)
        await applied(other)
        assert "(it was there already)" in (await one.apply()).said
        assert (await one.states())["change:1"] == "already"
        await over(one)
        assert (await one.undo()).state == "nothing"
        assert len(one.assigned) == 1

    play(tmp_path, story)


# --- what Azure refused


async def refused(one: Repair, method: str) -> None:
    await one.decided()
    one.world["faults"] = [{"method": method} | THROTTLED]
    with pytest.raises(RefusedError):
        await one.apply()
    one.world["faults"] = []


def switched_on(one: Repair) -> None:
    one.registry["properties"]["networkRuleBypassOptions"] = "AzureServices"


def test_what_the_owner_made_after_azure_refused_it_to_us_is_not_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> TakenBack:
        await refused(one, "PATCH")
        switched_on(one)
        writes, answer = one.writes, await one.undo()
        assert (one.bypass, one.writes) == ("AzureServices", writes)
        return answer

    assert play(tmp_path, story, BOTH) == TakenBack(
        state="nothing", said="Azure refused it, so that nothing was made; it is not made any more"
    )


def test_what_the_owner_made_after_azure_refused_it_to_us_does_not_become_ours(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await refused(one, "PATCH")
        switched_on(one)
        answer = await one.apply()
        assert answer.state == "refused"
        assert await one.states() == {"change:1": None}
        assert (await one.undo()).state == "nothing"
        assert one.bypass == "AzureServices"

    play(tmp_path, story, BOTH)


def test_what_azure_refused_is_not_made_any_more_once_it_was_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await refused(one, "PUT")
        assert (await one.undo()).state == "nothing"
        answer = await one.apply()
        assert answer.state == "refused"
        assert "it was taken back meanwhile" in answer.said
        assert one.world["roleAssignments"] == one.begun["roleAssignments"]

    play(tmp_path, story)


def test_what_was_made_before_azure_refused_the_rest_is_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await refused(one, "PUT")
        assert one.bypass == "AzureServices"
        answer = await one.undo()
        assert answer.state == "undone"
        assert answer.said == f"Taken back: {one.plan.steps[0].summary}."
        assert (one.bypass, one.assigned) == ("None", [])

    play(tmp_path, story, BOTH)


def test_what_azure_refused_at_first_and_made_then_is_ours(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await refused(one, "PUT")
        assert (await one.apply()).state == "applied"
        assert (await one.undo()).state == "undone"
        assert one.assigned == []

    play(tmp_path, story)


@pytest.mark.parametrize("fault", [{"status": 503}, {"disconnect": True}, {"status": 408}], ids=["503", "cut", "408"])
def test_what_may_have_been_made_by_a_try_after_a_refusal_is_ours(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def story(one: Repair) -> None:
        await refused(one, "PATCH")
        one.world["faults"] = [{"method": "PATCH"} | fault]
        with pytest.raises((RefusedError, BusyError)):
            await one.apply()
        one.world["faults"] = []
        switched_on(one)
        assert (await one.undo()).state == "undone"
        assert one.bypass == "None"

    play(tmp_path, story, BOTH)


def test_what_azure_refused_twice_is_not_ours_either(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await refused(one, "PATCH")
        one.world["faults"] = [{"method": "PATCH"} | THROTTLED]
        with pytest.raises(RefusedError):
            await one.apply()
        one.world["faults"] = []
        switched_on(one)
        assert (await one.undo()).state == "nothing"
        assert one.bypass == "AzureServices"
        assert len(await one.trail("nothing-made")) == 2

    play(tmp_path, story, BOTH)
