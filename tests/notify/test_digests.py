"""Digests: what is put off is told once the hour is full, once, and not beyond what is left of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from acimedic.model.news import News
from acimedic.notify.digests import MOST, Later, Rebuild
from acimedic.notify.port import NotToldError, PutOffError
from tests.notify.square import DECIDE, NOON, PAGE, Square, plan, routes, square

DIGEST = routes(
    routes=[{"name": "ops", "teams": "ACIMEDIC_TEAMS_X", "style": "digest", "decides": True}], default=["ops"]
)


def rebuilding(here: Square) -> Rebuild:
    """As the lifecycle does it: from what the store knows by now."""

    async def rebuild(incident: str, later: Later) -> News | None:
        record = await here.store.incident(incident)
        if record is None:
            return None
        known = here.news(record, later.state, step=later.step, decide=DECIDE)
        return replace(known, said=later.said, operation=later.operation)

    return rebuild


async def digests(here: Square) -> int:
    return await here.notifier.send_digests(rebuilding(here))


async def told(here: Square, groups: Sequence[str] = ("shop",)) -> None:
    for group in groups:
        await here.tell(await here.failed(group, cause=f"cause-of-{group}"))
        here.go(seconds=1)


def test_what_is_told_later_waits_until_the_hour_is_full(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here, ("a", "b"))
            assert (await digests(here), here.ear.heard) == (0, [])
            here.now = NOON + timedelta(hours=1)
            assert await digests(here) == 1
            (digest,) = here.ear.digests
            assert [news.record.incident.group.name for news in digest.news] == ["a", "b"]
            assert (digest.since, digest.until, digest.page) == (NOON, NOON + timedelta(hours=1), PAGE)

    asyncio.run(story())


def test_asked_for_as_often_as_one_likes_it_is_told_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here)
            here.go(hours=1)
            await asyncio.gather(*(digests(here) for _ in range(6)))
            await digests(here)
            assert [digest.again for digest in here.ear.digests] == [False]

    asyncio.run(story())


def test_each_hour_has_a_digest_of_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here, ("a",))
            here.go(hours=1)
            await told(here, ("b", "c"))
            here.go(hours=2)
            assert await digests(here) == 2
            assert [len(digest.news) for digest in here.ear.digests] == [1, 2]
            assert len({digest.operation for digest in here.ear.digests}) == 2

    asyncio.run(story())


def test_an_hour_in_which_nothing_was_put_off_has_none(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            here.go(hours=5)
            assert (await digests(here), here.ear.heard) == (0, [])

    asyncio.run(story())


def test_what_was_told_in_a_digest_is_not_put_off_again_when_it_is_repeated(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            record = await here.failed()
            await here.tell(record)
            await here.tell(record)
            here.go(hours=1)
            await digests(here)
            await here.tell(record)
            here.go(hours=1)
            await digests(here)
            assert [len(digest.news) for digest in here.ear.digests] == [1]

    asyncio.run(story())


def test_a_digest_that_failed_for_now_is_told_when_it_is_asked_for_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here)
            here.go(hours=1)
            here.ear.fails(NotToldError("503"))
            assert await digests(here) == 0
            assert await digests(here) == 1

    asyncio.run(story())


def test_a_digest_that_is_refused_for_good_is_given_up_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here)
            here.go(hours=1)
            here.ear.fails(NotToldError("410", final=True))
            await digests(here)
            await digests(here)
            assert here.ear.tried == 1

    asyncio.run(story())
    assert "ops/ear: 410" in caplog.text


def test_of_what_is_forgotten_nothing_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here, ("a", "b"))
            for record in (await here.store.incidents()).records:
                await here.store.forget_incident(record.id)
            here.go(hours=1)
            assert (await digests(here), here.ear.heard) == (0, [])
            assert await here.store.waiting("ops/ear", before=here.now) == ()

    asyncio.run(story())


def test_what_is_forgotten_is_left_out_and_the_rest_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here, ("a", "b"))
            first = (await here.store.incidents()).records[-1]
            await here.store.forget_incident(first.id)
            here.go(hours=1)
            await digests(here)
            assert [news.record.incident.group.name for news in here.ear.digests[0].news] == ["b"]

    asyncio.run(story())


def test_what_a_way_has_no_room_for_is_told_in_a_digest(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            record = await here.failed()
            here.ear.fails(PutOffError("10 within the hour", until=NOON))
            assert await here.tell(record) == ()
            here.go(hours=1)
            assert await digests(here) == 1
            (news,) = here.ear.digests[0].news
            assert (news.record.id, news.state, news.times) == (record.id, "diagnosed", 1)

    asyncio.run(story())


def test_where_there_is_no_room_for_a_crowd_the_digest_tells_of_what_it_was_told_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            every = [await here.failed(f"g{n}") for n in range(5)]
            for each in every[:4]:
                await here.tell(each)
            here.ear.fails(PutOffError("10 within the hour", until=NOON))
            await here.tell(every[4])
            here.go(hours=1)
            await digests(here)
            assert [news.record.id for digest in here.ear.digests for news in digest.news] == [every[4].id]

    asyncio.run(story())


def test_a_digest_for_which_there_is_no_room_waits_for_the_next_hour(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here)
            here.go(hours=1)
            here.ear.fails(PutOffError("10 within the hour", until=NOON))
            assert await digests(here) == 0
            here.go(hours=1)
            assert await digests(here) == 1

    asyncio.run(story())


def test_only_whoever_may_decide_has_the_link_in_a_digest(tmp_path: Path) -> None:
    two = routes(
        routes=[
            {"name": "owners", "teams": "ACIMEDIC_TEAMS_X", "decides": True},
            {"name": "readers", "teams": "ACIMEDIC_TEAMS_X", "style": "digest"},
        ],
        rules=[{"routes": ["owners", "readers"]}],
        default=["owners"],
    )

    async def story() -> None:
        async with square(tmp_path, ("owners", "readers"), routes=two) as here:
            here.ears["owners"].fails(PutOffError("no room", until=NOON))
            await here.tell(await here.failed(), "awaiting-decision", plan=plan())
            here.go(hours=1)
            await digests(here)
            links = {name: [news.decide for news in ear.digests[0].news] for name, ear in here.ears.items()}
            assert links == {"owners": [DECIDE], "readers": [None]}

    asyncio.run(story())


def test_a_digest_holds_no_more_than_its_limit_and_the_next_the_rest(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            groups = [f"g{n}" for n in range(MOST + 3)]
            for group in groups:
                await here.tell(await here.failed(group, cause=group))
            here.go(hours=1)
            assert await digests(here) == 2
            assert sorted(len(digest.news) for digest in here.ear.digests) == [3, MOST]

    asyncio.run(story())


def test_interrupted_after_it_was_told_it_is_not_told_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here, ("a", "b", "c"))
            here.go(hours=1)
            waiting = await here.store.waiting("ops/ear", before=here.now)
            await digests(here)
            # As if it had stopped before the last two were taken out: the first is always among what is left.
            for each in waiting[:2]:
                await here.store.put_off("ops/ear", each)
            await digests(here)
            assert len(here.ear.digests) == 1
            assert await here.store.waiting("ops/ear", before=here.now) == ()

    asyncio.run(story())


def test_who_gets_every_state_gets_what_failed_for_now_by_itself(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            topic, record = here.log, await here.failed()
            topic.fails(NotToldError("503"))
            assert await here.tell(record) == ("log: 503; it is told again later",)
            here.now = NOON + timedelta(hours=1)
            assert await digests(here) == 0
            (news,) = topic.news
            assert (news.record.id, news.operation, news.again) == (record.id, f"{record.id}:1:diagnosed", False)
            await digests(here)
            assert (len(topic.heard), await here.store.waiting("log", before=here.now)) == (1, ())

    asyncio.run(story())


def test_who_gets_every_state_never_gets_the_link_to_decide(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            here.log.fails(NotToldError("503"))
            await here.tell(await here.failed(), "awaiting-decision", plan=plan())
            here.go(hours=1)
            await digests(here)
            assert [news.decide for news in here.log.news] == [None]

    asyncio.run(story())


def test_what_fails_for_now_once_more_waits_with_all_that_came_after_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            here.log.fails(*[NotToldError("503")] * 3)
            await told(here, ("a", "b"))
            here.go(hours=1)
            await digests(here)
            assert here.log.heard == []
            await digests(here)
            assert [news.record.incident.group.name for news in here.log.news] == ["a", "b"]

    asyncio.run(story())


def test_what_is_refused_for_good_in_the_end_is_given_up_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            here.log.fails(NotToldError("503"), NotToldError("410", final=True))
            await told(here)
            here.go(hours=1)
            await digests(here)
            await digests(here)
            assert (here.log.tried, here.log.heard) == (2, [])

    asyncio.run(story())
    assert "log: 410" in caplog.text


def test_a_digest_says_that_it_may_repeat_what_may_have_arrived(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            here.ear.fails(NotToldError("no answer", unclear=True), NotToldError("503"))
            await told(here, ("a", "b"))
            here.go(hours=1)
            await digests(here)
            (digest,) = here.ear.digests
            assert digest.again
            assert [news.again for news in digest.news] == [True, False]

    asyncio.run(story())


def test_a_digest_of_what_surely_did_not_arrive_is_no_repetition(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            here.ear.fails(NotToldError("503"))
            await told(here)
            here.go(hours=1)
            await digests(here)
            assert [digest.again for digest in here.ear.digests] == [False]

    asyncio.run(story())
