"""Each digest is an operation of its own: whoever delivers drops what bears the name of what was delivered."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from acimedic.model.news import Message
from acimedic.notify.digests import MOST
from acimedic.notify.port import NotToldError
from acimedic.store.kept import KeptStore
from acimedic.store.port import Waiting
from tests.notify.square import NOON, Square, square
from tests.notify.test_digests import DIGEST, digests, told


def test_two_digests_of_one_hour_are_two_operations(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            for number in range(MOST + 1):
                await here.tell(await here.failed(f"g{number}", cause=f"cause-{number}"))
            here.go(hours=1)
            assert await digests(here) == 2
            assert len({digest.operation for digest in here.ear.digests}) == 2

    asyncio.run(story())


def test_the_same_news_of_two_hours_are_two_operations(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            for _ in range(2):
                await told(here)
                here.now = here.now.replace(minute=0, second=0) + timedelta(hours=1)
            await digests(here)
            assert len({digest.operation for digest in here.ear.digests}) == 2

    asyncio.run(story())


def test_a_digest_that_is_tried_again_is_the_same_operation(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            tried: list[str] = []
            await _failing(here, tried)
            for _ in range(2):
                here.go(hours=1)
                await digests(here)
            assert len(tried) == 2
            assert len(set(tried)) == 1

    asyncio.run(story())


async def _failing(here: Square, tried: list[str]) -> None:
    """Something was put off, and whoever delivers is away; which operations were tried is remembered."""
    await told(here)

    async def away(message: Message) -> None:
        tried.append(message.operation)
        raise NotToldError("503")

    here.ear.answer = away


def test_what_was_told_among_others_is_not_told_again_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            first, second = await here.failed("a", cause="one"), await here.failed("b", cause="another")
            for record in (first, second):
                await here.tell(record)
                here.go(seconds=1)
            here.go(hours=1)
            await digests(here)
            await here.tell(second)
            here.go(hours=1)
            await digests(here)
            assert [len(digest.news) for digest in here.ear.digests] == [2]

    asyncio.run(story())


class Interrupted:
    """A store behind a process that ends as it has taken out the first of what it was to take out."""

    def __init__(self, store: KeptStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def take_out(self, outbox: str, *told: Waiting) -> None:
        await self._store.take_out(outbox, *told[:1])
        raise KeyboardInterrupt


def test_interrupted_while_it_is_taken_out_it_is_not_told_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here, ("a", "b", "c"))
            here.go(hours=1)
            with pytest.raises(KeyboardInterrupt):
                await digests(replace(here, store=cast(KeptStore, Interrupted(here.store))))
            await digests(here)
            assert [len(digest.news) for digest in here.ear.digests] == [3]
            assert await here.store.waiting("ops/ear", before=here.now) == ()

    asyncio.run(story())


def test_a_digest_says_how_often_a_cause_was_met_and_since_when(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            await told(here)
            here.go(minutes=31)
            await told(here)
            here.go(hours=1)
            await digests(here)
            (digest,) = here.ear.digests
            assert [(news.times, news.since) for news in digest.news] == [(1, None), (2, NOON)]

    asyncio.run(story())
