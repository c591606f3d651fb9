"""What makes failures a storm, and how many they are: at its very edges."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from acimedic.model.record import IncidentRecord
from acimedic.notify.crowds import MANY, Storm, crowd_for, storm_of
from acimedic.notify.scene import Scene, scene_of
from acimedic.store.port import Gathered, Joined, Store
from tests.notify.square import HOST, NOON, Square, square

T = TypeVar("T")
ID = "/subscriptions/s/id-"


def play(folder: Path, story: Callable[[Square], Awaitable[T]]) -> T:
    async def run() -> T:
        async with square(folder) as here:
            return await story(here)

    return asyncio.run(run())


async def stormy(here: Square, record: IncidentRecord) -> Storm | None:
    return await storm_of(here.news(record), scene_of(record), here.store, here.now)


async def fail(here: Square, number: int, **what: Any) -> Storm | None:
    return await stormy(here, await here.failed(f"g{number}", **what))


# --- how far it reaches


@pytest.mark.parametrize(("seconds", "count"), [(900, MANY + 1), (901, MANY)])
def test_a_storm_goes_back_as_far_as_no_quarter_of_an_hour_lies_between(
    tmp_path: Path, seconds: int, count: int
) -> None:
    async def story(here: Square) -> Storm | None:
        await fail(here, 0)
        here.go(seconds=seconds)
        storms = [await fail(here, number) for number in range(1, MANY + 1)]
        return storms[-1]

    storm = play(tmp_path, story)
    assert storm is not None
    assert (storm.count, len(storm.run)) == (count, count)


@pytest.mark.parametrize(("seconds", "count"), [(900, MANY + 1), (901, MANY)])
def test_a_storm_goes_on_as_far_as_no_quarter_of_an_hour_lies_between(tmp_path: Path, seconds: int, count: int) -> None:
    async def story(here: Square) -> Storm | None:
        first = await here.failed("first")
        await stormy(here, first)
        for number in range(1, MANY):
            await fail(here, number)
        here.go(seconds=seconds)
        await fail(here, MANY)
        return await stormy(here, first)

    storm = play(tmp_path, story)
    assert storm is not None
    assert storm.count == count


@dataclass(frozen=True)
class Told:
    """A store that tells of a gathering what it is given; of very many it tells the latest, and counts the others."""

    gathered: Gathered

    async def join(self, *_asked: object, **_more: object) -> Gathered:
        return self.gathered


def gathered(*moments: datetime, count: int) -> Gathered:
    joined = tuple(Joined(who=f"{number:03}", at=at) for number, at in enumerate(moments))
    return Gathered(joined=joined, count=count, mine=joined[-1])


def counted(folder: Path, moments: Sequence[datetime], count: int) -> int:
    async def story(here: Square) -> int:
        record = await here.failed()
        store = cast(Store, Told(gathered(*moments, count=count)))
        storm = await storm_of(here.news(record), scene_of(record), store, here.now)
        assert storm is not None
        return storm.count

    return play(folder, story)


def test_of_very_many_those_that_are_only_counted_belong_to_the_run_that_goes_back_to_them(tmp_path: Path) -> None:
    assert counted(tmp_path, [NOON] * MANY, 1500) == 1500


def test_of_very_many_those_before_a_lull_belong_to_no_later_run(tmp_path: Path) -> None:
    assert counted(tmp_path, [NOON - timedelta(hours=2), *[NOON] * MANY], 1500) == MANY


def test_a_crowd_ends_no_earlier_than_its_last_failure(tmp_path: Path) -> None:
    """Whoever tells it may have a clock that is behind."""

    async def story(here: Square) -> None:
        for number in range(MANY - 1):
            await fail(here, number)
        here.go(minutes=3)
        record = await here.failed("last")
        storm = await stormy(here, record)
        assert storm is not None
        crowd = await crowd_for("ops", storm, here.news(record), here.store, NOON, concerns=lambda _: True, page=None)
        assert crowd is not None
        assert (crowd.since, crowd.until) == (NOON, NOON + timedelta(minutes=3))

    play(tmp_path, story)


# --- when the platform is likelier than any of them


def baffled(folder: Path, *scenes: Scene) -> bool:
    """Whether the last of these, which nothing explains, is part of a storm of the platform."""

    async def story(here: Square) -> bool:
        found: Storm | None = None
        for number, scene in enumerate(scenes):
            found = await fail(here, number, scene=scene, outcome="undetermined", cause=None)
        return found is not None and found.baffling

    return play(folder, story)


def at(registry: str | None, identity: str | None) -> Scene:
    return Scene(registry=registry, identity=identity, region="westeurope")


def test_three_registries_and_three_identities_have_nothing_in_common(tmp_path: Path) -> None:
    assert baffled(tmp_path, *(at(f"r{n}.azurecr.io", f"{ID}{n}") for n in range(3)))


def test_a_registry_that_is_not_known_is_no_third_one(tmp_path: Path) -> None:
    assert not baffled(tmp_path, at("r0.azurecr.io", f"{ID}0"), at("r1.azurecr.io", f"{ID}1"), at(None, f"{ID}2"))


def test_an_identity_that_is_not_known_is_no_third_one(tmp_path: Path) -> None:
    known = [at(f"r{n}.azurecr.io", f"{ID}{n}") for n in range(2)]
    assert not baffled(tmp_path, *known, at("r2.azurecr.io", None))


def test_five_groups_of_which_neither_is_known_have_nothing_in_common_that_is_known(tmp_path: Path) -> None:
    assert baffled(tmp_path, *[at(None, None)] * 5)


def test_four_groups_of_which_neither_is_known_are_too_few(tmp_path: Path) -> None:
    assert not baffled(tmp_path, *[at(None, None)] * 4)


def test_five_groups_at_one_registry_have_that_in_common(tmp_path: Path) -> None:
    assert not baffled(tmp_path, *[at(HOST, None)] * 5)
