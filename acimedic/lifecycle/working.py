"""The activities under way: handed out one by one as places become free, so that a slow one holds up no other.

Nothing is written here. What came of an activity is handed to whoever records it; one that is stopped before that is
carried out again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeAlias

from acimedic.lifecycle.history import Work
from acimedic.redact import redact

Activity: TypeAlias = Callable[[Any], Awaitable[object]]
_Key: TypeAlias = tuple[str, str, int]
LONGEST = 600.0  # seconds; in Azure it is `functionTimeout` in host.json that ends an activity
_GATHER = 0.01  # seconds: what ends within it is written down together, and waits for the disk once


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An activity that ended well. answer: as JSON."""

    work: Work
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An activity that failed. told: by whom, and why."""

    work: Work
    told: str


Result: TypeAlias = Answered | Refused


class Working:
    """Activities by name, of which `at_once` are under way at most. Use as `async with`: what is left is stopped.

    longest: seconds that one may take. One that hangs would keep its place for ever.
    """

    def __init__(self, activities: Mapping[str, Activity], at_once: int, *, longest: float = LONGEST) -> None:
        self._activities = activities
        self._at_once = at_once
        self._longest = longest
        self._under_way: dict[_Key, asyncio.Task[Result]] = {}
        self._woken = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, and all that came of what was has been taken."""
        return not self._under_way

    @property
    def free(self) -> bool:
        """Whether there is a place."""
        return len(self._under_way) < self._at_once

    def hand_out(self, waiting: Sequence[Work]) -> None:
        """Begin as many of these as there are places, in order; what is under way already is passed over."""
        for work in waiting:
            key = (work.instance, work.begun, work.task)
            if not self.free:
                return
            if key in self._under_way:
                continue
            task = asyncio.create_task(self._perform(work))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._woken.set())

    def take(self) -> list[Result]:
        """What came of those that have ended since; of one that was stopped, nothing.

        Raises what ended one of them otherwise than by an error.
        """
        ended = {key: task for key, task in self._under_way.items() if task.done()}
        # Where one raises, the others are stopped with what is left.
        results = [task.result() for task in ended.values() if not task.cancelled()]
        for key in ended:
            del self._under_way[key]
        return results

    def wake(self) -> None:
        """Somebody has something for a story: `wait` is over."""
        self._woken.set()

    async def wait(self, longest: float) -> None:
        """Until an activity has ended, or `wake`, or so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._woken.wait()
                if not all(task.done() for task in self._under_way.values()):
                    await asyncio.sleep(_GATHER)
        self._woken.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _perform(self, work: Work) -> Result:
        try:
            return Answered(work=work, answer=json.dumps(await self._carried_out(work)))
        except asyncio.CancelledError as error:
            if is_stopped():
                raise
            return _refused(work, error)  # it waited for something that was called off
        except Exception as error:  # noqa: BLE001  (whatever an activity raises is its failure, and the story's to judge)
            return _refused(work, error)

    async def _carried_out(self, work: Work) -> object:
        limit = asyncio.timeout(self._longest)
        try:
            async with limit:
                return await self._activities[work.name](json.loads(work.input))
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise TimeoutError(f"it was not done after {self._longest:g} seconds") from error


def is_stopped() -> bool:
    """Whether somebody has called off the task that runs, and not something that it waits for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _refused(work: Work, error: BaseException) -> Refused:
    told = f"Activity function '{work.name}' failed: {type(error).__name__}: {redact(str(error))}"
    return Refused(work=work, told=told)
