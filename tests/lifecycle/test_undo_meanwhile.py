"""Something is taken back while it is being made: one of the two works at a time, and in the end nothing stands."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.azure.standing import RefusedError
from acimedic.lifecycle.changing import apply
from acimedic.lifecycle.messages import Applied, Change, TakeBack, TakenBack, Turn
from acimedic.lifecycle.permit import NotOurTurnError
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.turns import LEASE, end_turn, registries, take_turn, waiting, working
from tests.lifecycle.repairs import BOTH, NONCE, CrashError, Crashing, Meanwhile, Repair, crashes, play

BY_HAND = "by-hand"
LOCKED = {"method": "DELETE", "status": 409, "body": {"error": {"code": "ScopeLocked"}}}
UNKNOWN = {"method": "PUT", "status": 400, "body": {"error": {"code": "PrincipalNotFound"}}}


def of_the_story(one: Repair, *, back: bool = False) -> Turn:
    return Turn(incident=one.record.id, plan=one.plan.hash, back=back)


def by_hand(one: Repair) -> Turn:
    return Turn(incident=one.record.id, plan=one.plan.hash, back=True, nonce=BY_HAND)


async def undone_by_hand(one: Repair) -> TakenBack:
    return await undo(one.tools, TakeBack(incident=one.record.id, plan=one.plan.hash, nonce=BY_HAND))


async def applied(one: Repair, meanwhile: Callable[[], Awaitable[object]]) -> Applied:
    """The change is made; while it waits for its principal to be known, something else happens, once."""
    one.world["faults"] = [UNKNOWN]

    async def pause(_seconds: float) -> None:
        if one.world["faults"]:
            one.world["faults"] = []
            await meanwhile()

    await one.decided()
    return await apply(one.tools, Change(incident=one.record.id, plan=one.plan.hash, approval=NONCE), pause=pause)


async def free(one: Repair) -> bool:
    """Whether a stranger gets the turn."""
    (registry,) = registries(one.plan)
    now = one.clock()
    return (await one.tools.store.take_turn(registry, "stranger", now=now, until=now + LEASE)).mine


# --- one works at a time


def test_while_a_change_is_being_made_nobody_gets_the_turn_to_take_it_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await take_turn(one.tools, of_the_story(one))
        granted: list[bool] = []

        async def somebody() -> None:
            granted.append((await take_turn(one.tools, by_hand(one))).granted)

        assert (await applied(one, somebody)).state == "applied"
        assert granted == [False]

    play(tmp_path, story)


def test_who_did_not_get_the_turn_is_told_that_it_may_be_the_incidents_own_story(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        said: list[str] = []

        async def somebody() -> None:
            said.append((await take_turn(one.tools, by_hand(one))).said)

        await applied(one, somebody)
        return said[0]

    assert play(tmp_path, story) == "another incident is changing registry 'contoso', or the story of this one is"


def test_while_a_change_is_being_made_nothing_is_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        async def somebody() -> None:
            with pytest.raises(NotOurTurnError):
                await undone_by_hand(one)

        assert (await applied(one, somebody)).state == "applied"
        assert len(one.assigned) == 1

    play(tmp_path, story)


def test_whoever_waits_to_take_back_does_not_free_the_turn_of_the_change(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        strangers: list[bool] = []

        async def somebody() -> None:
            await end_turn(one.tools, by_hand(one))
            strangers.append(await free(one))

        await applied(one, somebody)
        assert strangers == [False]

    play(tmp_path, story)


def test_while_something_is_taken_back_by_hand_the_change_waits(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        assert (await take_turn(one.tools, by_hand(one))).granted
        with pytest.raises(NotOurTurnError):
            await one.apply()
        assert one.writes == []
        await end_turn(one.tools, by_hand(one))
        assert (await one.apply()).state == "applied"

    play(tmp_path, story)


def test_two_that_take_back_by_hand_wait_for_each_other(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[bool, bool]:
        first = await take_turn(one.tools, by_hand(one))
        other = Turn(incident=one.record.id, plan=one.plan.hash, back=True, nonce="another hand")
        return first.granted, (await take_turn(one.tools, other)).granted

    assert play(tmp_path, story) == (True, False)


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 503}, {"disconnect": True}], ids=["429", "503", "cut"])
def test_between_two_tries_of_a_change_it_may_be_taken_back(tmp_path: Path, fault: dict[str, Any]) -> None:
    """The story keeps its turn meanwhile, against other incidents."""

    async def story(one: Repair) -> None:
        await one.decided()
        assert (await take_turn(one.tools, of_the_story(one))).granted
        one.world["faults"] = [{"method": "PUT"} | fault]
        with pytest.raises(RefusedError):
            await one.apply()
        one.world["faults"] = []
        assert not await free(one)
        assert (await take_turn(one.tools, by_hand(one))).granted
        await undone_by_hand(one)
        await end_turn(one.tools, by_hand(one))
        assert (await one.apply()).state == "refused"
        assert one.assigned == []

    play(tmp_path, story)


def test_what_is_taken_back_by_hand_frees_the_turn(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        await end_turn(one.tools, of_the_story(one))
        await take_turn(one.tools, by_hand(one))
        await undone_by_hand(one)
        await end_turn(one.tools, by_hand(one))
        assert await free(one)

    play(tmp_path, story)


@pytest.mark.parametrize("dies", [False, True], ids=["made", "interrupted"])
def test_the_end_of_the_storys_turn_ends_what_it_worked_in(tmp_path: Path, dies: bool) -> None:
    async def story(one: Repair) -> bool:
        await one.decided()
        await take_turn(one.tools, of_the_story(one))
        if dies:
            (registry,) = registries(one.plan)
            now, story = one.clock(), waiting(one.record.id)
            work = working(one.record.id)
            assert (await one.tools.store.take_turn(registry, work, now=now, until=now + LEASE, after=story)).mine
        else:
            await one.apply()
        await end_turn(one.tools, of_the_story(one))
        return await free(one)

    assert play(tmp_path, story)


# --- a turn that ran out while its holder was at work


async def taken_back_once_the_lease_is_over(one: Repair) -> None:
    one.clock.go(LEASE + timedelta(seconds=1))
    assert (await take_turn(one.tools, by_hand(one))).granted
    assert (await undone_by_hand(one)).state == "undone"
    await end_turn(one.tools, by_hand(one))


async def too_late(one: Repair, *faults: dict[str, Any]) -> Applied:
    """The lease runs out while the change waits for its principal; by then it is taken back. faults: from then on."""

    async def somebody() -> None:
        await taken_back_once_the_lease_is_over(one)
        one.world["faults"] = [*faults]

    return await applied(one, somebody)


def test_what_is_made_after_it_was_taken_back_is_taken_back_at_once(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        answer = await too_late(one)
        assert answer.state == "refused"
        assert "it was taken back meanwhile" in answer.said
        assert one.world["roleAssignments"] == one.begun["roleAssignments"]

    play(tmp_path, story)


def test_of_what_is_made_after_it_was_taken_back_all_steps_are_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert (await too_late(one)).state == "refused"
        assert (one.bypass, one.assigned) == ("None", [])

    play(tmp_path, story, BOTH)


def test_once_it_was_taken_back_no_later_step_is_made(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()

        async def somebody() -> None:
            await taken_back_once_the_lease_is_over(one)

        late = one.with_tools(store=Meanwhile(one.tools.store, "record_receipt", somebody))
        assert (await late.apply()).state == "refused"
        assert "PUT" not in one.writes
        assert one.bypass == "None"

    play(tmp_path, story, BOTH)


def test_what_could_not_be_taken_back_after_all_is_told_and_taken_back_by_the_next(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        answer = await too_late(one, LOCKED)
        assert answer.state == "incomplete"
        assert "a lock on registry 'contoso'" in answer.said
        assert len(one.assigned) == 1
        one.world["faults"] = []
        assert (await one.undo()).state == "undone"
        assert one.assigned == []

    play(tmp_path, story)


def test_what_was_taken_back_once_more_and_stands_again_is_somebody_elses(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await too_late(one, LOCKED)
        made = dict(one.world["roleAssignments"])
        one.world["faults"] = []
        assert (await one.undo()).state == "undone"
        one.world["roleAssignments"] = made
        answer = await one.undo()
        assert answer.state == "kept"
        assert "somebody has made it anew" in answer.said

    play(tmp_path, story)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_after_a_crash_in_the_late_taking_back_the_next_finishes_it(tmp_path: Path, after: bool) -> None:
    async def story(one: Repair, at: int) -> bool:
        with pytest.raises(RefusedError):
            await too_late(one, {"method": "DELETE", "status": 503})
        one.world["faults"] = []
        store = Crashing(one.tools.store, at, after=after)
        with suppress(CrashError):
            await one.with_tools(store=store).apply()
        assert (await one.apply()).state == "refused"
        assert one.assigned == []
        return store.dead

    assert crashes(tmp_path, story) > 3


def test_what_an_interrupted_change_left_is_not_ours_once_it_was_found_gone(tmp_path: Path) -> None:
    """The owner may have made it since: a change that is delivered late does not claim it."""

    async def story(one: Repair) -> None:
        await one.decided()
        one.world["faults"] = [{"method": "PATCH", "status": 503}]
        with pytest.raises(RefusedError):
            await one.apply()
        one.world["faults"] = []
        assert (await one.undo()).state == "undone"
        one.registry["properties"]["networkRuleBypassOptions"] = "AzureServices"
        assert (await one.apply()).state == "refused"
        assert one.bypass == "AzureServices"

    play(tmp_path, story, BOTH)
