"""Two short hours of everything in one process: after the second it holds what it held after the first."""

import asyncio
import copy
from typing import Any

import pytest

from bench.living import living
from bench.mixture import minutes, world
from bench.soak import grown, growth
from bench.soaking import soak


@pytest.fixture(scope="module")
def hours() -> list[dict[str, Any]]:
    worlds = [world(number, 1) for number in (0, 1, 4)]

    async def lived() -> list[dict[str, Any]]:
        return [hour async for hour in soak(far, worlds, long=3, warm=2, hours=2, trace=False)]

    with living(worlds) as far:
        return asyncio.run(lived())


def test_every_event_of_an_hour_is_taken_in_and_every_story_ends(hours: list[dict[str, Any]]) -> None:
    for hour in hours:
        assert hour["brought"]["stories"] == {"Completed": 3}
        assert hour["brought"]["requests"].keys() == {"200", "302", "400", "404", "421"}
        assert hour["brought"]["decided"]


def test_no_handle_socket_task_thread_or_row_is_left_behind(hours: list[dict[str, Any]]) -> None:
    assert grown(hours) == []
    rows = hours[-1]["held"]["rows"]
    assert {name for name, count in rows.items() if count} == {"ledgers"}


@pytest.mark.parametrize("name", ["handles", "sockets", "tasks", "threads"])
def test_one_that_is_left_behind_is_told(hours: list[dict[str, Any]], name: str) -> None:
    more = copy.deepcopy(hours)
    more[-1]["held"][name] += 1
    assert grown(more) == [name]


def test_a_row_or_memory_that_is_left_behind_is_told(hours: list[dict[str, Any]]) -> None:
    more = copy.deepcopy(hours)
    more[-1]["held"]["rows"]["db: line"] += 1
    more[-1]["held"]["traced"] += more[-1]["brought"]["deliveries"] * 1024
    assert grown(more) == ["rows of db: line", "memory"]
    assert growth(more, "traced") == 1000


def test_a_bad_hour_brings_every_failure_and_some_of_them_again() -> None:
    worlds = [world(number, 4) for number in (0, 1)]
    told = [event for minute in minutes(worlds, 10) for event in minute]
    ours = [
        event["id"] for event in told if str(event.get("eventType", event.get("type"))).endswith("ResourceWriteFailure")
    ]
    wanted = {event["id"] for world in worlds for event in world["events"]}
    assert wanted <= set(ours)
    assert len(ours) > len(wanted)
