"""Readings that several diagnoses need at the same time, made once for all of them.

Many failures at once are mostly about a few registries, identities and roles. What several ask while it is under way is
asked once, and its answer is good for some seconds. What kept an answer from one is not held against the next who asks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from acimedic.model.reading import Gap

T = TypeVar("T")
_SWEEP = 1.0  # seconds between two looks for answers that nobody asked for again


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    task: "asyncio.Task[Any]"
    at: float
    until: float

    def is_over(self, now: float) -> bool:
        """Whether it is no answer to whoever asks now. A clock that was set back would keep it for as long."""
        done = self.task
        return done.done() and (_is_none(done) or not self.at <= now < self.until)


class Readings:
    """Readings of one principal. limit: seconds that one of them may take. clock: seconds, which may jump."""

    def __init__(self, limit: float, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._asked: dict[Hashable, _Asked] = {}
        self._swept = 0.0

    async def read(self, key: Hashable, good_for: float, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to what is asked, or was asked just now. Raises what the asking raises, or TimeoutError."""
        now = self._clock()
        if not self._swept <= now < self._swept + _SWEEP:
            self._forget_old(now)
        asked = self._asked.get(key)
        if asked is None or asked.is_over(now):
            task = asyncio.ensure_future(self._bounded(ask))
            asked = self._asked[key] = _Asked(task=task, at=now, until=now + good_for)
            task.add_done_callback(lambda done: self._settle(key, done))
        # One who gives up must not take the answer from the others.
        return cast(T, await asyncio.shield(asked.task))

    @property
    def empty(self) -> bool:
        """Whether nothing is under way, and no answer is good any more."""
        self._forget_old(self._clock())
        return not self._asked

    async def settle(self) -> None:
        """Give up what is still under way; the answers that there are stay."""
        under_way = {key: each.task for key, each in self._asked.items() if not each.task.done()}
        for key, task in under_way.items():
            del self._asked[key]  # nobody who comes now is to wait for what is given up
            task.cancel()
        await asyncio.gather(*under_way.values(), return_exceptions=True)

    async def _bounded(self, ask: Callable[[], Awaitable[T]]) -> T:
        async with asyncio.timeout(self._limit):
            return await ask()

    def _settle(self, key: Hashable, done: "asyncio.Task[Any]") -> None:
        """What is no answer is nothing to keep."""
        asked = self._asked.get(key)
        if _is_none(done) and asked is not None and asked.task is done:
            del self._asked[key]

    def _forget_old(self, now: float) -> None:
        self._swept = now
        old = [key for key, each in self._asked.items() if each.is_over(now)]
        for key in old:
            del self._asked[key]


def _is_none(done: "asyncio.Task[Any]") -> bool:
    """Whether what has ended has no answer."""
    return done.cancelled() or done.exception() is not None or isinstance(done.result(), Gap)
