"""What goes on is told as going on: one cause on one group, and the same state not twice within half an hour."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from acimedic.model.record import IncidentRecord
from acimedic.notify.threads import Thread, thread_of, told_of_late
from tests.notify.square import NOON, Square, square

T = TypeVar("T")


def play(folder: Path, story: Callable[[Square], Awaitable[T]]) -> T:
    async def run() -> T:
        async with square(folder) as here:
            return await story(here)

    return asyncio.run(run())


async def thread(here: Square, record: IncidentRecord) -> Thread:
    found = await thread_of(record, here.store)
    assert found is not None
    return found


async def told(here: Square, record: IncidentRecord, state: str = "diagnosed") -> bool:
    """Whether it was told of late."""
    return await told_of_late(await thread(here, record), here.news(record, state), here.store, here.now)


def test_before_it_is_diagnosed_an_incident_is_of_no_thread(tmp_path: Path) -> None:
    async def story(here: Square) -> Thread | None:
        return await thread_of(replace(await here.failed(), outcome=None), here.store)

    assert play(tmp_path, story) is None


@pytest.mark.parametrize(("hours", "times"), [(12, 2), (13, 1)])
def test_a_thread_goes_on_for_twelve_hours(tmp_path: Path, hours: int, times: int) -> None:
    async def story(here: Square) -> Thread:
        await thread(here, await here.failed())
        here.go(hours=hours)
        return await thread(here, await here.failed())

    found = play(tmp_path, story)
    assert (found.times, found.since) == (times, NOON if times == 2 else None)


@pytest.mark.parametrize(
    "other", [{"group": "another"}, {"cause": "tag-missing"}, {"cause": None, "outcome": "undetermined"}]
)
def test_another_group_or_cause_is_another_thread(tmp_path: Path, other: dict[str, str]) -> None:
    async def story(here: Square) -> int:
        await thread(here, await here.failed())
        here.go(minutes=5)
        return (await thread(here, await here.failed(**other))).times  # type: ignore[arg-type]

    assert play(tmp_path, story) == 1


def test_asked_again_an_incident_has_the_same_place_in_its_thread(tmp_path: Path) -> None:
    async def story(here: Square) -> list[int]:
        records = []
        for _ in range(3):
            records.append(await here.failed())
            await thread(here, records[-1])
            here.go(minutes=5)
        return [(await thread(here, each)).times for each in reversed(records)]

    assert play(tmp_path, story) == [3, 2, 1]


@pytest.mark.parametrize(("seconds", "late"), [(1799, True), (1800, False)])
def test_the_same_is_told_again_after_half_an_hour(tmp_path: Path, seconds: int, late: bool) -> None:
    async def story(here: Square) -> tuple[bool, bool]:
        first = await told(here, await here.failed())
        here.go(seconds=seconds)
        return first, await told(here, await here.failed())

    assert play(tmp_path, story) == (False, late)


def test_the_half_hour_counts_from_what_was_told_and_not_from_what_was_kept_back(tmp_path: Path) -> None:
    async def story(here: Square) -> list[bool]:
        said = []
        for _ in range(4):
            said.append(await told(here, await here.failed()))
            here.now += timedelta(minutes=20)
        return said

    assert play(tmp_path, story) == [False, True, False, True]


def test_asked_again_for_one_incident_the_answer_is_the_same(tmp_path: Path) -> None:
    async def story(here: Square) -> list[bool]:
        first, second = await here.failed(), await here.failed()
        before = [await told(here, first)]
        here.go(minutes=1)
        before.append(await told(here, second))
        here.go(hours=2)
        return [*before, await told(here, first), await told(here, second)]

    assert play(tmp_path, story) == [False, True, False, True]


def test_another_state_is_told_at_once(tmp_path: Path) -> None:
    async def story(here: Square) -> bool:
        await told(here, await here.failed())
        return await told(here, await here.failed(), "failed")

    assert play(tmp_path, story) is False
