"""Whose turn it is, and when it is nobody's."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from acimedic.lifecycle.keeping import keep_plan
from acimedic.lifecycle.messages import Taken, Turn
from acimedic.lifecycle.turns import LEASE, end_turn, registries, take_turn
from acimedic.model.access import ACR_PULL
from acimedic.model.plan import RoleGrant
from acimedic.planning import fingerprint
from acimedic.rbac import assignment_name
from tests.lifecycle.repairs import BOTH, Repair, play

OTHER = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"


def turn(one: Repair, *, back: bool = False) -> Turn:
    return Turn(incident=one.record.id, plan=one.plan.hash, back=back)


def test_a_registry_that_nobody_changes_is_free(tmp_path: Path) -> None:
    async def story(one: Repair) -> Taken:
        return await take_turn(one.tools, turn(one))

    assert play(tmp_path, story).granted


def test_while_another_incident_has_the_turn_one_waits_until_it_runs_out(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[Taken, Taken]:
        (registry,) = registries(one.plan)
        now = one.clock()
        await one.tools.store.take_turn(registry, OTHER, now=now, until=now + LEASE)
        waits = await take_turn(one.tools, turn(one))
        one.clock.go(timedelta(seconds=waits.wait))
        return waits, await take_turn(one.tools, turn(one))

    waits, then = play(tmp_path, story)
    assert (waits.granted, then.granted) == (False, True)
    assert "another incident is changing registry 'contoso'" in waits.said
    assert waits.wait == LEASE.total_seconds() + 1


async def at_two_registries(one: Repair) -> tuple[Turn, str]:
    """The turn of a plan that changes another registry too, whose turn is asked for first; and that registry."""
    step = one.plan.steps[0]
    grant = step.change
    assert isinstance(grant, RoleGrant)
    there = grant.registry_id.replace("contoso", "alpine")
    name = assignment_name(there, grant.principal_id, ACR_PULL)
    assignment = f"{there}/providers/Microsoft.Authorization/roleAssignments/{name}"
    steps = (step, replace(step, target=there, change=replace(grant, registry_id=there, assignment_id=assignment)))
    digest = fingerprint(one.record.id, steps, one.plan.facts, one.plan.policy)
    await keep_plan(one.tools, one.record.id, replace(one.plan, steps=steps, hash=digest), one.clock())
    return Turn(incident=one.record.id, plan=digest), there


@pytest.mark.parametrize("taken", [False, True])
def test_who_does_not_get_the_turn_at_all_registries_holds_it_at_none(tmp_path: Path, taken: bool) -> None:
    async def story(one: Repair) -> tuple[bool, bool]:
        both, there = await at_two_registries(one)
        (here,) = registries(one.plan)
        now = one.clock()
        if taken:
            await one.tools.store.take_turn(here, OTHER, now=now, until=now + LEASE)
        granted = (await take_turn(one.tools, both)).granted
        free = (await one.tools.store.take_turn(there, OTHER, now=now, until=now + LEASE)).mine
        return granted, free

    assert play(tmp_path, story) == (not taken, taken)


def test_a_turn_that_was_ended_is_free_at_once(tmp_path: Path) -> None:
    async def story(one: Repair) -> bool:
        (registry,) = registries(one.plan)
        await take_turn(one.tools, turn(one))
        await end_turn(one.tools, turn(one))
        now = one.clock()
        return (await one.tools.store.take_turn(registry, OTHER, now=now, until=now + LEASE)).mine

    assert play(tmp_path, story)


def test_in_quiet_hours_one_waits_for_their_end(tmp_path: Path) -> None:
    quiet = {"time_zone": "UTC", "windows": [{"days": ["friday"], "from": "08:00", "to": "09:00"}]}

    async def story(one: Repair) -> tuple[Taken, Taken]:
        return await take_turn(one.tools, turn(one)), await take_turn(one.tools, turn(one, back=True))

    waits, back = play(tmp_path, story, quiet_hours=quiet)  # the clock stands at 08:20 of a Friday
    assert (waits.granted, waits.said) == (False, "quiet hours until 2026-11-20 09:00 UTC")
    assert 2400 <= waits.wait <= 2402
    assert back.granted  # to take something back no hour is too quiet


@pytest.mark.parametrize(("limit", "granted"), [(2, False), (3, True)])
def test_where_the_hour_is_used_up_one_waits_until_a_change_is_an_hour_old(
    tmp_path: Path, limit: int, granted: bool
) -> None:
    async def story(one: Repair) -> tuple[Taken, Taken]:
        (registry,) = registries(one.plan)
        for minute in (10, 20):
            await one.tools.store.count_change(registry, f"c{minute}", one.clock() - timedelta(minutes=minute))
        waits = await take_turn(one.tools, turn(one))
        one.clock.go(timedelta(seconds=waits.wait))
        return waits, await take_turn(one.tools, turn(one))

    waits, then = play(tmp_path, story, changes_per_hour=limit)
    assert (waits.granted, then.granted) == (granted, True)
    if not granted:
        assert waits.wait == 40 * 60 + 1
        assert "2 changes were made at registry 'contoso' within the hour, and the policy allows 2" in waits.said


def test_a_plan_that_the_limit_can_never_hold_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def story(one: Repair) -> Taken:
        return await take_turn(one.tools, turn(one))

    assert play(tmp_path, story, BOTH, changes_per_hour=1).granted  # whoever makes the change says why it may not be


def test_without_its_plan_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    async def story(one: Repair) -> Taken:
        return await take_turn(one.tools, Turn(incident=one.record.id, plan="0" * 64))

    assert play(tmp_path, story).granted
