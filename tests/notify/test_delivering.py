"""Delivering: what is remembered, what is repeated, and that nobody waits for whoever does not answer."""

import asyncio
from pathlib import Path

import pytest

from acimedic.model.news import Crowd
from acimedic.notify.delivering import Delivered, Letter, deliver
from acimedic.notify.port import NotToldError, PutOffError
from tests.notify.square import NOON, Ear, Square, square


async def told(here: Square, *ears: Ear, patience: float = 30.0) -> Delivered:
    """One and the same piece of news, through these."""
    record = (await here.store.incidents()).records[0]
    letters = [Letter(ear, here.news(record)) for ear in ears]
    return await deliver(letters, record.id, here.store, here.clock, patience=patience)


def test_what_was_told_is_not_told_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            for _ in range(3):
                assert await told(here, here.ear) == Delivered((), (), ())
            assert len(here.ear.heard) == 1

    asyncio.run(story())


def test_what_was_refused_for_good_is_not_tried_again_and_is_said_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            here.ear.fails(NotToldError("404", final=True))
            for _ in range(2):
                assert (await told(here, here.ear)).refused == ("ops/ear: 404",)
            assert here.ear.tried == 1

    asyncio.run(story())


def test_what_failed_for_now_is_tried_again_without_a_word_of_repetition(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            here.ear.fails(NotToldError("503"), NotToldError("503"))
            assert (await told(here, here.ear)).later == ("ops/ear: 503",)
            assert (await told(here, here.ear)).later
            assert not (await told(here, here.ear)).later
            assert [each.again for each in here.ear.heard] == [False]

    asyncio.run(story())


def test_what_nobody_knows_of_is_repeated_once_with_a_word_of_it_and_never_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            lost = NotToldError("no answer", unclear=True)
            here.ear.fails(lost, lost)
            assert (await told(here, here.ear)).later
            assert (await told(here, here.ear)).later
            assert "nobody knows" in (await told(here, here.ear)).refused[0]
            assert here.ear.tried == 2

    asyncio.run(story())


def test_the_repetition_says_that_it_may_be_one(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            here.ear.fails(NotToldError("no answer", unclear=True))
            await told(here, here.ear)
            await told(here, here.ear)
            assert [each.again for each in here.ear.heard] == [True]

    asyncio.run(story())


def test_where_repetitions_are_dropped_by_their_operation_it_is_repeated_as_often_as_it_takes(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            mail, lost = Ear("mail", once=True), NotToldError("no answer", unclear=True)
            mail.fails(lost, lost, lost, lost)
            for _ in range(5):
                await told(here, mail)
            assert len({each.operation for each in mail.heard}) == 1

    asyncio.run(story())


def test_one_that_hangs_or_fails_stops_no_other(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            hanging, failing, well = Ear("hanging"), Ear("failing"), Ear("well")
            hanging.hangs()
            failing.fails(NotToldError("503"))
            done = await told(here, hanging, failing, well, patience=0.01)
            assert done.later == ("hanging: no answer within 0.01 seconds", "failing: 503")
            assert len(well.heard) == 1

    asyncio.run(story())


def test_all_are_told_at_the_same_time(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            met = asyncio.Barrier(3)
            ears = [Ear(str(n)) for n in range(3)]

            async def meet(_message: object) -> None:
                await met.wait()

            for ear in ears:
                ear.answer = meet
            assert await told(here, *ears) == Delivered((), (), ())

    asyncio.run(story())


def test_told_twice_at_the_same_time_it_is_told_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            await asyncio.gather(*(told(here, here.ear) for _ in range(8)))
            assert len(here.ear.heard) == 1

    asyncio.run(story())


def test_what_is_put_off_is_handed_back_and_may_be_told_later(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            here.ear.fails(PutOffError("10 within the hour", until=NOON))
            done = await told(here, here.ear)
            assert [letter.sink for letter in done.put_off] == [here.ear]
            assert (done.refused, done.later) == ((), ())
            await told(here, here.ear)
            assert len(here.ear.heard) == 1

    asyncio.run(story())


def test_a_way_that_breaks_otherwise_is_no_silence(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            await here.failed()
            here.ear.fails(ZeroDivisionError())
            with pytest.raises(ZeroDivisionError):
                await told(here, here.ear)

    asyncio.run(story())


def test_a_crowd_is_remembered_with_the_incident_that_it_is_told_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            record = await here.failed()
            crowd = Crowd(operation="crowd:1", cause=None, culprit=None, count=5, since=NOON, until=NOON, told=())
            for _ in range(2):
                await deliver([Letter(here.ear, crowd)], record.id, here.store, here.clock)
            assert here.ear.heard == [crowd]
            (step,) = await here.store.steps(record.id)
            assert (step.intent.key, step.receipt and step.receipt.state) == ("tell:ops/ear:crowd:1:0", "told")

    asyncio.run(story())
