"""Whole stories while clocks differ, go back, change to summer time, and come to another year."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acimedic.lifecycle.messages import Proof, Prove, Turn
from acimedic.lifecycle.proving import verify
from acimedic.lifecycle.turns import LEASE, registries, take_turn
from acimedic.model.record import IncidentRecord
from acimedic.simulator import Simulator, load_world
from acimedic.store.chain import Verified
from acimedic.store.chain import verify as is_whole
from acimedic.web.events import take_in
from tests.faults.test_time import in_zone, moved, ten_minutes_off
from tests.groups import IMAGE, a_group
from tests.lifecycle.repairs import Repair, play
from tests.notify.square import square
from tests.notify.test_digests import DIGEST, digests, told
from tests.whole.life import BEGAN, ROLE, Clock, Life, Town, in_a_life

OTHER = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"
TEN = timedelta(minutes=10)


class Skewed(Clock):
    """Ours, which is off by so much from Azure's."""

    def __init__(self, azure: Simulator, off: timedelta) -> None:
        self._off = off
        super().__init__(azure, BEGAN + off)

    def set(self, now: datetime) -> None:
        super().set(now)
        self._azure.world["now"] = (now - self._off).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


async def come(life: Life) -> None:
    await take_in(life.town.event, life.tools, life)
    await life.engine.advance(life.tools.now())


async def to_state(life: Life, state: str) -> None:
    while (await life.record()).state != state:
        assert await life.next()


async def whole_trail(life: Life) -> bool:
    record = await life.record()
    trail = await life.tools.store.audit(record.id)
    return isinstance(is_whole(trail, life.tools.audit, record.id, gateway=True), Verified)


@ten_minutes_off
def test_with_our_clock_ten_minutes_off_a_story_goes_from_the_event_to_the_proof(
    tmp_path: Path, azure: Simulator, off: timedelta
) -> None:
    """A pull is told by Azure's clock, the change by ours: one within what ours is ahead would prove nothing."""
    town = Town(tmp_path, azure, ROLE)
    town.clock = Skewed(azure, off)

    async def repaired(life: Life) -> IncidentRecord:
        await come(life)
        await life.decide()
        await to_state(life, "in-effect")
        town.clock.set(life.tools.now() + timedelta(minutes=1))
        town.deployed_again()
        (container,) = town.world["groups"]["web"]["properties"]["containers"]
        (pulled,) = container["properties"]["instanceView"]["events"]
        pulled["firstTimestamp"] = pulled["lastTimestamp"] = town.world["now"]
        await life.to_the_end(deploy=False)
        assert await whole_trail(life)
        return await life.record()

    record = in_a_life(town, repaired)
    assert (record.state, record.closed, town.written) == ("proved", True, ["PUT"])


def test_with_our_clock_ten_minutes_behind_a_pull_that_failed_before_the_change_says_nothing_about_it(
    tmp_path: Path,
) -> None:
    async def story(one: Repair) -> Proof:
        behind = one.with_tools(now=lambda: one.clock() - TEN)
        at = one.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        one.clock.go(timedelta(seconds=30))
        await behind.decided()
        assert (await behind.apply()).state == "applied"
        failed = {"name": "Failed", "message": f'Failed to pull image "{IMAGE}": unauthorized'}
        event = failed | {"type": "Warning", "count": 1, "firstTimestamp": at, "lastTimestamp": at}
        view = {"currentState": {"state": "Waiting"}, "events": [event]}
        one.world["groups"]["web"] = a_group(
            str(one.record.incident.group), one.world["identities"]["pull"]["id"], view
        )
        one.clock.go(timedelta(hours=1))
        return await verify(behind.tools, Prove(incident=one.record.id, plan=one.plan.hash, waited=True))

    assert play(tmp_path, story).state == "in-effect"


def test_a_clock_that_is_put_back_ten_minutes_hides_no_state_that_comes_after(tmp_path: Path, azure: Simulator) -> None:
    """Or the clock of another worker, on which the story goes on."""
    town = Town(tmp_path, azure, ROLE)

    async def back(life: Life) -> tuple[str, IncidentRecord]:
        await come(life)
        town.clock.set(life.tools.now() - TEN)
        await life.decide()
        applied = (await life.record()).state
        await life.to_the_end()
        return applied, await life.record()

    applied, record = in_a_life(town, back)
    assert (applied, record.state, record.closed, town.written) == ("applied", "proved", True, ["PUT"])


def test_of_two_workers_whose_clocks_are_ten_minutes_apart_one_changes_a_registry_at_a_time(tmp_path: Path) -> None:
    async def story(one: Repair) -> list[tuple[bool, int]]:
        (registry,) = registries(one.plan)
        turn = Turn(incident=one.record.id, plan=one.plan.hash)
        asked = []
        for theirs, ours in ((-TEN, timedelta()), (timedelta(), -TEN)):
            now = one.clock() + theirs
            await one.tools.store.take_turn(registry, OTHER, now=now, until=now + LEASE)
            tools = replace(one.tools, now=lambda ours=ours: one.clock() + ours)  # type: ignore[misc]  # bound now
            taken = await take_turn(tools, turn)
            asked.append((taken.granted, taken.wait))
            one.clock.go(timedelta(seconds=taken.wait))
            assert (await take_turn(tools, turn)).granted
            await one.tools.store.end_turn(registry, one.record.id)
        return asked

    assert play(tmp_path, story) == [(False, 301), (False, 1501)]


def test_a_story_that_crosses_midnight_into_another_year_is_told_to_its_end(tmp_path: Path, azure: Simulator) -> None:
    by = datetime(2026, 12, 31, 23, 59, 50, tzinfo=UTC) - BEGAN
    town = Town(tmp_path, azure, ROLE, first=lambda world: world.update(moved(world, by)))
    town.clock.set(BEGAN + by)

    async def across(life: Life) -> IncidentRecord:
        await come(life)
        town.clock.set(datetime(2027, 1, 1, 0, 0, 10, tzinfo=UTC))
        await life.to_the_end()
        assert await whole_trail(life)
        (registry,) = (each["id"] for each in town.world["registries"].values())
        assert len(await life.tools.store.changes(registry, since=BEGAN + by)) == 1
        assert [each.id for each in (await life.tools.store.incidents()).records] == [(await life.record()).id]
        return await life.record()

    record = in_a_life(town, across)
    assert (record.received_at.year, record.changed_at.year) == (2026, 2027)
    assert (record.state, record.closed) == ("proved", True)


NIGHT = {"time_zone": "Europe/Berlin", "windows": [{"days": ["sunday"], "from": "01:00", "to": "05:00"}]}


@pytest.mark.parametrize(
    ("failed", "ends"),
    [
        (datetime(2026, 3, 29, 0, 10, tzinfo=UTC), datetime(2026, 3, 29, 3, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 0, 10, tzinfo=UTC), datetime(2026, 10, 25, 4, 0, tzinfo=UTC)),
    ],
    ids=["the-hour-that-is-missing", "the-hour-that-comes-twice"],
)
def test_in_a_night_on_which_the_clocks_change_the_change_waits_for_the_end_of_quiet_hours_on_the_wall(
    tmp_path: Path, azure: Simulator, failed: datetime, ends: datetime
) -> None:
    by = failed - BEGAN
    town = Town(tmp_path, azure, ROLE, first=lambda world: world.update(moved(world, by)), quiet_hours=NIGHT)
    town.clock.set(failed)

    async def until_changed(life: Life) -> datetime:
        await come(life)
        await life.decide()
        assert (await life.record()).state == "waiting-for-turn"
        while not town.written:
            assert await life.next()
        return life.tools.now()

    with in_zone("Europe/Berlin"):
        changed = in_a_life(town, until_changed)
    assert ends <= changed <= ends + timedelta(hours=1)


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_in_a_night_on_which_the_clocks_change_every_hour_has_one_digest(tmp_path: Path, night: datetime) -> None:
    """The timer comes every quarter of an hour, as in Azure."""

    async def story() -> list[tuple[datetime, list[str]]]:
        async with square(tmp_path, routes=DIGEST) as here:
            for quarter in range(5 * 4):
                here.now = night + timedelta(minutes=15 * quarter)
                await digests(here)
                if quarter < 4 * 4:
                    await told(here, (f"g{quarter}",))
            return [(each.since, [news.record.incident.group.name for news in each.news]) for each in here.ear.digests]

    with in_zone("Europe/Berlin"):
        heard = asyncio.run(story())
    hours = [night + timedelta(hours=hour) for hour in range(4)]
    assert heard == [(at, [f"g{4 * n + quarter}" for quarter in range(4)]) for n, at in enumerate(hours)]
