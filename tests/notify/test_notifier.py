"""The notifier: threads, who is given the link, what is said of routes that are wrong, and what is remembered."""

import asyncio
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from acimedic.notify.port import NotToldError
from acimedic.notify.scene import Scene
from tests.notify.square import DECIDE, HOST, NOON, Square, plan, routes, square
from tests.notify.test_digests import digests

TEAM = {"teams": "ACIMEDIC_TEAMS_X"}
THREE = routes(
    routes=[{"name": "ops"} | TEAM, {"name": "owners", "decides": True} | TEAM, {"name": "readers"} | TEAM],
    rules=[{"routes": ["ops"]}],
    default=["ops"],
)


def test_the_first_failure_of_a_group_is_no_repetition(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.tell(await here.failed())
            assert [(news.times, news.since) for news in here.ear.news] == [(1, None)]

    asyncio.run(story())


def test_the_same_cause_on_the_same_group_is_counted_from_the_first_time(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for _ in range(3):
                await here.tell(await here.failed())
                here.go(hours=2)
            assert [(news.times, news.since) for news in here.ear.news] == [(1, None), (2, NOON), (3, NOON)]

    asyncio.run(story())


def test_after_twelve_hours_a_thread_begins_anew(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.tell(await here.failed())
            here.go(hours=12, seconds=1)
            await here.tell(await here.failed())
            assert [news.times for news in here.ear.news] == [1, 1]

    asyncio.run(story())


def test_another_cause_or_another_group_is_another_thread(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.tell(await here.failed())
            await here.tell(await here.failed(cause="image-not-found"))
            await here.tell(await here.failed("other"))
            assert [news.times for news in here.ear.news] == [1, 1, 1]

    asyncio.run(story())


def test_what_is_not_diagnosed_yet_belongs_to_no_thread(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for _ in range(2):
                await here.tell(await here.failed(outcome=None, cause=None), "failed")
            assert [news.times for news in here.ear.news] == [1, 1]

    asyncio.run(story())


def test_a_state_told_within_half_an_hour_is_not_told_again_but_to_the_log(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for _ in range(7):
                await here.tell(await here.failed())
                here.go(minutes=16)
            assert [news.times for news in here.ear.news] == [1, 3, 5, 7]
            assert len(here.log.news) == 7

    asyncio.run(story())


def test_the_same_plan_for_another_incident_is_the_same_and_another_plan_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for identity in ("one", "one", "two"):
                await here.tell(await here.failed(), plan=plan(identity))
                here.go(minutes=6)
            assert [news.times for news in here.ear.news] == [1, 3]

    asyncio.run(story())


def test_what_needs_a_decision_is_told_again_each_time(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            for _ in range(3):
                await here.tell(await here.failed(), "awaiting-decision", plan=plan())
                here.go(minutes=1)
            assert [news.times for news in here.ear.news] == [1, 2, 3]

    asyncio.run(story())


def test_tried_again_it_is_no_repetition_of_itself(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            record = await here.failed()
            here.ear.fails(NotToldError("503"))
            await here.tell(record)
            here.go(minutes=5)
            await here.tell(record)
            assert [(news.times, news.again) for news in here.ear.news] == [(1, False)]

    asyncio.run(story())


def test_the_link_goes_to_the_route_that_the_policy_names_and_nowhere_else(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, ("ops", "owners", "readers"), routes=THREE, asked=("owners",)) as here:
            record = await here.failed(scene=Scene(route="readers", registry=HOST))
            await here.tell(record, "awaiting-decision", plan=plan())
            links = {name: [news.decide for news in ear.news] for name, ear in here.ears.items()}
            assert links == {"ops": [None], "owners": [DECIDE], "readers": [None]}
            assert [news.decide for news in here.log.news] == [None]

    asyncio.run(story())


def test_without_a_route_that_may_decide_nobody_has_the_link_and_the_incident_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, ("ops", "owners", "readers"), routes=THREE, asked=("readers",)) as here:
            said = await here.tell(await here.failed(), "awaiting-decision", plan=plan())
            assert said == ("no link to decide: the route 'readers' that the policy names does not have `decides`",)
            assert {news.decide for ear in here.ears.values() for news in ear.news} == {None}

    asyncio.run(story())


def test_a_tag_that_names_no_route_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.tell(await here.failed(scene=Scene(route="no\nbody")))
            assert len(here.ear.news) == 1

    with caplog.at_level(logging.WARNING, "acimedic.notify"):
        asyncio.run(story())
    (line,) = caplog.messages
    assert json.loads(line)["tag"] == "no\nbody"
    assert "\n" not in line


def test_what_is_wrong_with_the_routes_is_said_with_every_news(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, troubles=("the routes are not valid",)) as here:
            assert await here.tell(await here.failed()) == ("the routes are not valid",)
            assert len(here.ear.news) == 1

    asyncio.run(story())


def test_what_does_not_arrive_is_given_back_and_put_off_where_it_may_arrive_yet(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            here.ear.fails(NotToldError("410", final=True))
            assert await here.tell(await here.failed()) == ("ops/ear: 410",)
            here.go(minutes=61)
            assert await digests(here) == 0
            here.ear.fails(NotToldError("503"))
            assert await here.tell(await here.failed("other")) == ("ops/ear: 503; it is told again later",)
            here.go(minutes=61)
            assert await digests(here) == 1

    asyncio.run(story())


def test_whoever_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, patience=0.01) as here:
            here.ear.hangs()
            (said,) = await here.tell(await here.failed())
            assert "no answer within" in said
            assert len(here.log.news) == 1

    asyncio.run(story())


def test_of_an_incident_that_is_forgotten_nothing_is_left_but_hashes(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            record = await here.failed("a-name-to-forget")
            await here.tell(record)
            await here.store.forget_incident(record.id)
            await here.store.close()
            assert record.id.encode() not in _all_bytes(tmp_path)
            assert b"a-name-to-forget" not in _all_bytes(tmp_path)

    asyncio.run(story())


def test_what_the_store_knows_counts_and_not_who_asks(tmp_path: Path) -> None:
    """Each call has a notifier of its own, as each process would."""

    async def story() -> None:
        async with square(tmp_path) as here:
            record = await here.failed()
            first, second = here.notifier, here.notifier
            assert first is not second
            await first.tell(here.news(record))
            await second.tell(here.news(record))
            assert len(here.ear.news) == 1

    asyncio.run(story())


def test_in_a_thread_the_half_hour_counts_from_when_it_was_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            moments = await _told_at(here, minutes=(0, 20, 29, 31, 50, 62))
            assert moments == [NOON, NOON + timedelta(minutes=31), NOON + timedelta(minutes=62)]

    asyncio.run(story())


async def _told_at(here: Square, minutes: tuple[int, ...]) -> list[object]:
    for minute in minutes:
        here.now = NOON + timedelta(minutes=minute)
        await here.tell(await here.failed())
    return [news.record.received_at for news in here.ear.news]


def _all_bytes(folder: Path) -> bytes:
    """What all files of a folder hold."""
    return b"".join(each.read_bytes() for each in folder.iterdir())
