"""Storms: many failures with one thing in common are told as one, and so are many with nothing in common."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from acimedic.model.news import Crowd
from acimedic.model.record import IncidentRecord
from acimedic.notify.crowds import level_of
from acimedic.notify.notifier import ALONE
from acimedic.notify.port import NotToldError
from acimedic.notify.scene import Scene
from tests.notify.square import HOST, NOON, PAGE, SUBSCRIPTION, Square, routes, square

SIZES = [5, 10, 20, 40, 80, 160]


def place(n: int, **what: object) -> Scene:
    """One of which nothing is the same as of any other, and nothing is known to have changed."""
    said = {"registry": f"r{n}.azurecr.io", "identity": f"/id/{n}", "region": f"region-{n}"} | what
    return Scene(**said)  # type: ignore[arg-type]  # texts, and whether something has changed


async def failures(here: Square, count: int) -> list[IncidentRecord]:
    return [await here.failed(f"shop-{n}") for n in range(count)]


async def baffled(here: Square, scenes: Sequence[Scene], **what: object) -> list[Crowd]:
    """What is told of failures at these scenes that nothing explains."""
    for n, scene in enumerate(scenes):
        unexplained = {"outcome": "undetermined", "cause": None} | what
        await here.tell(await here.failed(f"g{n}", scene=scene, **unexplained))
    return [crowd for crowd in here.ear.crowds if crowd.baffling]


@pytest.mark.parametrize("seed", range(2))
def test_of_two_hundred_at_once_with_duplicates_four_are_told_singly_at_most_and_the_crowd_once_a_size(
    tmp_path: Path, seed: int
) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = await failures(here, 200) * 2
            Random(seed).shuffle(every)  # noqa: S311 - an order, not a secret
            done = await asyncio.gather(*map(here.tell, every), return_exceptions=True)
            # Who comes second while the first is still under way may be told to come again.
            assert {type(each) for each in done} <= {tuple, NotToldError}
            for each in every:
                await here.tell(each)
            assert len({news.record.id for news in here.ear.news}) <= 4
            once = [crowd for crowd in here.ear.crowds if not crowd.again]
            assert len({crowd.operation.split(":")[2] for crowd in once}) == len(once)
            assert max(crowd.count for crowd in once) >= 160
            assert len(here.ear.heard) <= 2 * (4 + len(SIZES))
            assert {each.record.id for each in here.log.news} == {each.id for each in every}

    asyncio.run(story())


@pytest.mark.parametrize("seed", range(2))
def test_one_after_the_other_the_crowd_is_told_at_the_fifth_and_whenever_it_has_doubled(
    tmp_path: Path, seed: int
) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = await failures(here, 200)
            Random(seed).shuffle(every)  # noqa: S311 - an order, not a secret
            for n, each in enumerate(every):
                await here.tell(each)
                await here.tell(every[n // 2])
                here.go(seconds=3)
            assert [crowd.count for crowd in here.ear.crowds] == SIZES
            assert len(here.ear.news) == 4

    asyncio.run(story())


def test_a_crowd_says_what_its_failures_have_in_common(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = await failures(here, 5)
            for each in every:
                await here.tell(each)
                here.go(seconds=10)
            (crowd,) = here.ear.crowds
            assert (crowd.cause, crowd.culprit, crowd.count) == ("pull-role-missing", f"registry {HOST}", 5)
            assert (crowd.since, crowd.until, crowd.page) == (NOON, NOON + timedelta(seconds=40), PAGE)
            assert {each.id for each in crowd.told} == {each.id for each in every}
            assert not crowd.baffling

    asyncio.run(story())


@pytest.mark.parametrize(
    "scenes",
    [
        [Scene(registry=f"r{n}.azurecr.io") for n in range(6)],
        [Scene() for _ in range(6)],
    ],
    ids=["other registries", "nothing known"],
)
def test_without_a_culprit_in_common_there_is_no_storm(tmp_path: Path, scenes: list[Scene]) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for n, scene in enumerate(scenes):
                await here.tell(await here.failed(f"g{n}", scene=scene))
            assert (len(here.ear.news), here.ear.crowds) == (6, [])

    asyncio.run(story())


def test_other_causes_at_one_registry_are_no_storm(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for n in range(6):
                await here.tell(await here.failed(f"g{n}", cause=f"cause-{n}"))
            assert (len(here.ear.news), here.ear.crowds) == (6, [])

    asyncio.run(story())


def test_of_a_fault_of_the_platform_the_region_is_the_culprit(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for n in range(5):
                scene = Scene(registry=f"r{n}.azurecr.io", region="westeurope", changed=True)
                await here.tell(await here.failed(f"g{n}", scene=scene, cause="platform-transient"))
            assert [crowd.culprit for crowd in here.ear.crowds] == ["region westeurope"]

    asyncio.run(story())


def test_spread_over_more_than_a_quarter_of_an_hour_they_are_told_one_by_one(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for each in await failures(here, 8):
                await here.tell(each)
                here.go(minutes=4)
            assert (len(here.ear.news), here.ear.crowds) == (8, [])

    asyncio.run(story())


def test_a_storm_after_a_storm_is_told_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for n in range(2):
                for each in [await here.failed(f"shop-{n}-{m}") for m in range(5)]:
                    await here.tell(each)
                here.go(minutes=40)
            assert [crowd.count for crowd in here.ear.crowds] == [5, 5]
            assert len({crowd.operation for crowd in here.ear.crowds}) == 2

    asyncio.run(story())


def test_whoever_claimed_a_crowd_and_could_not_tell_it_tells_it_when_it_comes_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = await failures(here, 6)
            for each in every[:4]:
                await here.tell(each)
            here.ear.fails(NotToldError("503"))
            assert "503" in "; ".join(await here.tell(every[4]))
            await here.tell(every[5])
            assert here.ear.crowds == []
            await here.tell(every[4])
            assert [crowd.count for crowd in here.ear.crowds] == [6]

    asyncio.run(story())


def test_what_needs_a_person_is_told_in_a_storm_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = await failures(here, 8)
            for each in every:
                await here.tell(each)
                await here.tell(each, "failed")
            assert len([news for news in here.ear.news if news.state == "failed"]) == 8

    asyncio.run(story())


def test_ten_an_hour_are_told_that_they_are_needed_and_then_a_crowd_leads_to_the_list(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = [await here.failed(f"g{n}", state="awaiting-decision", cause=f"c{n}") for n in range(25)]
            for each in every:
                await here.tell(each, "awaiting-decision")
                here.go(seconds=1)
            assert len(here.ear.news) == ALONE
            assert [(crowd.count, crowd.page) for crowd in here.ear.crowds] == [(11, PAGE), (20, PAGE)]
            assert {each.state for crowd in here.ear.crowds for each in crowd.told} == {"awaiting-decision"}
            here.go(hours=1, minutes=1)
            await here.tell(await here.failed("late", cause="late"), "awaiting-decision")
            assert len(here.ear.news) == ALONE + 1

    asyncio.run(story())


def test_of_two_hundred_different_ones_at_once_no_more_than_four_are_told_singly_and_each_size_once(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await asyncio.gather(*map(here.tell, await failures(here, 200)))
            assert len(here.ear.news) <= 4
            sizes = [int(crowd.operation.split(":")[2]) for crowd in here.ear.crowds]
            assert len(sizes) == len(set(sizes))
            assert max(sizes) == 160
            assert {*sizes} <= {*SIZES}

    asyncio.run(story())


def test_of_fifty_decisions_at_once_no_more_than_ten_are_told_singly(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = [await here.failed(f"g{n}", state="awaiting-decision") for n in range(50)]
            await asyncio.gather(*(here.tell(each, "awaiting-decision") for each in every))
            assert len(here.ear.news) <= ALONE
            assert any(crowd.headline.startswith("50 times within an hour") for crowd in here.ear.crowds)

    asyncio.run(story())


def test_a_decision_that_was_among_the_ten_stays_so_when_it_is_tried_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            first, *others = [await here.failed(f"g{n}", cause=f"c{n}") for n in range(12)]
            here.ear.fails(NotToldError("503"))
            await here.tell(first, "awaiting-decision")
            for each in others:
                await here.tell(each, "awaiting-decision")
            await here.tell(first, "awaiting-decision")
            assert first.id in {news.record.id for news in here.ear.news}

    asyncio.run(story())


def test_each_route_hears_once_of_a_size_and_sees_no_incident_of_others(tmp_path: Path) -> None:
    two = routes(
        routes=[{"name": name, "teams": "ACIMEDIC_TEAMS_X"} for name in ("a", "b")],
        rules=[
            {"routes": [name], "resource_groups": [f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{name}"]}
            for name in ("a", "b")
        ],
        default=["a"],
    )

    async def story() -> None:
        async with square(tmp_path, ("a", "b"), routes=two) as here:
            every = [await here.failed(f"g{n}", resource_group=f"rg-{'ab'[n % 2]}") for n in range(8)]
            for each in every:
                await here.tell(each)
            for name, ear in here.ears.items():
                (crowd,) = ear.crowds
                assert {each.incident.group.resource_group for each in crowd.told} == {f"rg-{name}"}
                assert len(ear.news) == 2

    asyncio.run(story())


def test_a_quiet_route_hears_of_no_storm(tmp_path: Path) -> None:
    async def story() -> None:
        quiet = routes(routes=[{"name": "ops", "teams": "ACIMEDIC_TEAMS_X", "style": "quiet"}], default=["ops"])
        async with square(tmp_path, routes=quiet) as here:
            for each in await failures(here, 6):
                await here.tell(each)
            assert here.ear.heard == []
            assert [crowd.count for crowd in here.log.crowds] == [5]

    asyncio.run(story())


def test_with_three_registries_and_identities_and_no_change_the_platform_is_likelier(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            (crowd,) = await baffled(here, [place(n) for n in range(3)])
            assert (crowd.count, crowd.cause, crowd.culprit) == (3, None, None)
            assert "Wait, and change nothing." in crowd.headline

    asyncio.run(story())


def test_of_faults_of_the_platform_everywhere_it_is_told_as_well(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            what = {"outcome": "cause-found", "cause": "platform-transient"}
            assert len(await baffled(here, [place(n) for n in range(4)], **what)) == 1

    asyncio.run(story())


def test_while_nobody_knows_why_the_others_are_not_told_singly(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            crowds = await baffled(here, [place(n) for n in range(12)])
            assert [crowd.count for crowd in crowds] == [3, 10]
            assert len(here.ear.news) == 2

    asyncio.run(story())


def test_without_known_identities_it_takes_five_groups(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            (crowd,) = await baffled(here, [place(n, identity=None) for n in range(5)])
            assert crowd.count == 5

    asyncio.run(story())


@pytest.mark.parametrize(
    "scenes",
    [
        [place(n) for n in range(2)],
        [place(n, identity=None) for n in range(4)],
        [place(n, registry=HOST) for n in range(4)],
        [place(n, identity="/one") for n in range(4)],
        [place(n, registry=HOST, identity=None) for n in range(6)],
        [place(n, changed=True) for n in range(6)],
    ],
    ids=["two", "four groups", "one registry", "one identity", "one registry, no identity", "something has changed"],
)
def test_with_something_in_common_or_changed_or_too_few_the_platform_is_not_blamed(
    tmp_path: Path, scenes: list[Scene]
) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            assert await baffled(here, scenes) == []

    asyncio.run(story())


def test_where_a_cause_is_known_the_platform_is_not_blamed(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            what = {"outcome": "cause-found", "cause": "image-not-found"}
            assert await baffled(here, [place(n) for n in range(6)], **what) == []

    asyncio.run(story())


def test_sizes_are_the_first_and_then_ten_and_each_twice_the_one_before() -> None:
    assert [level_of(count, 5) for count in (5, 9, 10, 19, 20, 39, 40, 10_000)] == [5, 5, 10, 10, 20, 20, 40, 5120]
