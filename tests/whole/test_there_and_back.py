"""There and back: what was changed and taken back leaves Azure exactly as it was, whoever takes it back, and when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.messages import Prove, TakeBack
from acimedic.lifecycle.proving import verify
from acimedic.lifecycle.taking_back import undo
from acimedic.simulator import Simulator, load_world
from tests.whole.life import BEGAN, BOTH, ROLE, Killed, Life, Places, Town, in_a_life

WORLDS = pytest.mark.parametrize("world", [ROLE, BOTH])


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


async def repaired(life: Life) -> str:
    """The story goes to its end; gives back the hash of the plan that was carried out."""
    await life.told()
    await life.to_the_end(deploy=False)
    record = await life.record()
    assert record.state == "in-effect", record.said
    assert record.plan_hash is not None
    return record.plan_hash


@WORLDS
def test_by_hand_weeks_later(tmp_path: Path, azure: Simulator, world: str) -> None:
    town = Town(tmp_path, azure, world)

    async def there_and_back(life: Life) -> tuple[str, str, str]:
        plan = await repaired(life)
        assert not town.is_as_before()
        town.clock.set(BEGAN + timedelta(days=40))
        incident = town.incident.id
        back = await undo(life.tools, TakeBack(incident=incident, plan=plan))
        writes = town.written
        again = await undo(life.tools, TakeBack(incident=incident, plan=plan))
        assert town.written == writes
        proof = await verify(life.tools, Prove(incident=incident, plan=plan, waited=True))
        return back.state, again.state, proof.state

    assert in_a_life(town, there_and_back) == ("undone", "undone", "undone")
    assert town.is_as_before()


@WORLDS
def test_a_grant_is_taken_back_when_its_time_is_over(tmp_path: Path, azure: Simulator, world: str) -> None:
    town = Town(tmp_path, azure, world, expires_after="P30D")

    async def until_it_ends(life: Life) -> Any:
        await life.told()
        while (await life.record()).state != "in-effect":
            await life.to_decide()
            await life.next()
        assert not town.is_as_before()
        await life.to_the_end(deploy=False)
        return await life.record()

    record = in_a_life(town, until_it_ends)
    assert (record.state, record.closed) == ("undone", True)
    assert timedelta(days=30) <= town.clock() - BEGAN < timedelta(days=31)
    assert town.is_as_before()


@WORLDS
def test_a_grant_that_ends_while_no_process_lives_is_taken_back_by_the_next(
    tmp_path: Path, azure: Simulator, world: str
) -> None:
    town = Town(tmp_path, azure, world, expires_after="P30D")

    async def half(life: Life) -> None:
        await life.told()
        await life.decide()

    in_a_life(town, half)
    assert not town.is_as_before()
    town.clock.set(BEGAN + timedelta(days=90))
    assert in_a_life(town, ended) == "undone"
    assert town.is_as_before()


@WORLDS
def test_a_taking_back_that_is_killed_after_any_effect_is_finished(
    tmp_path: Path, azure: Simulator, world: str
) -> None:
    town, remains = Town(tmp_path / "plain", azure, world, expires_after="P1D"), []

    def keep(number: int, effect: str) -> None:
        if town.clock() - BEGAN >= timedelta(days=1):
            remains.append(town.keep(tmp_path / f"{number}", effect))

    town.watch(Places(keep))
    assert in_a_life(town, told_and_ended) == "undone"
    writes = town.written
    assert {"azure DELETE", "store record_receipt"} <= {each.effect for each in remains}
    for each in remains:
        town.go_back(each)
        town.watch(Places())
        assert in_a_life(town, ended) == "undone", each.effect
        assert (town.is_as_before(), town.written) == (True, writes), each.effect


def test_what_is_told_halfway_through_a_taking_back_is_true(tmp_path: Path, azure: Simulator) -> None:
    town = Town(tmp_path, azure, BOTH)

    async def killed_halfway(life: Life) -> tuple[bool, str]:
        plan = await repaired(life)

        def end(_number: int, effect: str) -> None:
            if effect == "azure DELETE":
                raise Killed

        with pytest.raises(Killed):
            async with town.life(Places(end)) as other:
                await undo(other.tools, TakeBack(incident=town.incident.id, plan=plan))
        half = town.is_as_before()
        return half, (await undo(life.tools, TakeBack(incident=town.incident.id, plan=plan))).state

    assert in_a_life(town, killed_halfway) == (False, "undone")
    assert town.is_as_before()
    assert town.written.count("DELETE") == 1


async def ended(life: Life) -> str:
    await life.engine.advance(life.tools.now())
    await life.to_the_end(deploy=False)
    return (await life.record()).state


async def told_and_ended(life: Life) -> str:
    await life.told()
    return await ended(life)
