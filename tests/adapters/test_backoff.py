"""Once Azure has refused one request as too many, all of its kind wait, and none of another kind."""

import asyncio

import pytest

from acimedic.azure.attempt import attempt
from acimedic.azure.backoff import READS, Backoff, ThrottledError, lane_of
from acimedic.azure.common import in_common
from acimedic.azure.reader import AzureReader
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.settings import read_settings

from . import bodies as of
from .replay import Answer, Replay, error, route

READ, WRITE = (True, "one"), (False, "one")


class Clock:
    """Goes on by what is waited for, and by nothing else."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        """Everybody waits at once, so the latest wait is how far the clock gets."""
        began = self.now
        self.waits.append(seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, began + seconds)


def backoff(clock: Clock, longest: float = 30.0) -> Backoff:
    return Backoff(clock.pause, clock, longest)


def test_nobody_waits_before_azure_has_refused() -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock)
        await asyncio.gather(*(mine.turn(READ) for _ in range(500)))

    asyncio.run(run())
    assert clock.waits == []


def test_after_a_refusal_all_of_its_kind_wait_and_go_at_the_rate_at_which_the_bucket_fills() -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock)
        mine.refused(READ, 7)
        await asyncio.gather(*(mine.turn(READ) for _ in range(3)))

    asyncio.run(run())
    assert clock.waits == pytest.approx([7, 7 + 1 / READS, 7 + 2 / READS])


@pytest.mark.parametrize("lane", [WRITE, (True, "two")])
def test_a_refusal_holds_nothing_of_another_kind(lane: tuple[bool, str]) -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock)
        mine.refused(READ, 7)
        await mine.turn(lane)

    asyncio.run(run())
    assert clock.waits == []


def test_whoever_waits_when_azure_refuses_again_waits_anew() -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock)
        mine.refused(READ, 2)
        waiting = asyncio.ensure_future(mine.turn(READ))
        await asyncio.sleep(0)
        mine.refused(READ, 9)
        await waiting

    asyncio.run(run())
    assert clock.waits == pytest.approx([2, 7])  # two seconds were waited for when it looked again


def test_a_wait_that_is_worth_nothing_to_anybody_is_said_at_once() -> None:
    clock = Clock()
    want = Gap(reading="registry", reason="")

    async def run() -> object:
        mine = backoff(clock, longest=30)
        mine.refused(READ, 3600)
        return await attempt(mine.turn(READ), want, 30, 30)

    said = asyncio.run(run())
    assert said == Gap(reading="registry", reason="429: Azure asks to wait 3600 s for all requests")
    assert clock.waits == []


def test_after_the_bucket_is_full_again_the_refusal_is_forgotten() -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock, longest=5)
        mine.refused(READ, 3600)
        with pytest.raises(ThrottledError):
            await mine.turn(READ)
        clock.now += 3611
        await asyncio.gather(*(mine.turn(READ) for _ in range(100)))

    asyncio.run(run())
    assert clock.waits == []


@pytest.mark.parametrize(
    ("method", "url", "lane"),
    [
        ("GET", "https://management.azure.com/subscriptions/AB/resourceGroups/x?y=1", (True, "ab")),
        ("HEAD", "https://management.azure.com/subscriptions/ab", (True, "ab")),
        ("PUT", "https://management.azure.com/subscriptions/ab/x", (False, "ab")),
        ("POST", "https://h/providers/Microsoft.ResourceGraph/resources?x", (False, "microsoft.resourcegraph")),
        ("GET", "https://management.azure.com/subscriptions?api-version=1", (True, "")),
    ],
)
def test_requests_are_counted_as_azure_counts_them(method: str, url: str, lane: tuple[bool, str]) -> None:
    assert lane_of(method, url) == lane


def test_what_one_diagnosis_is_refused_holds_back_another_that_runs_at_the_same_time() -> None:
    other = ResourceId.parse(of.GROUP_ID.replace("cg-web", "cg-other"))
    busy = error(429, "TooManyRequests", headers={"Retry-After": "7"})
    with Replay(
        route("GET", f"{of.GROUP_ID}\\?", busy, Answer(body=of.group_body())),
        route("GET", ".*cg-other", Answer(body=of.group_body())),
    ) as replay:
        waits: list[float] = []

        async def note(seconds: float) -> None:
            waits.append(seconds)

        async def run() -> None:
            settings = read_settings({"ACIMEDIC_GATEWAY": replay.url})
            async with in_common(settings, note) as one, in_common(settings, note) as two:
                await AzureReader(one).group(of.GROUP)
                before = len(waits)
                await AzureReader(two).group(other)
                assert [round(wait) for wait in waits[before:]] == [7]

        asyncio.run(run())
