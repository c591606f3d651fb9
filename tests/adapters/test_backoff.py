"""Once Azure has refused one request as too many, all of its kind wait, and none of another kind."""

import asyncio

import pytest

from acimedic.azure.attempt import attempt
from acimedic.azure.backoff import READS, Backoff, Lane, ThrottledError, lanes_of
from acimedic.azure.common import in_common
from acimedic.azure.reader import AzureReader
from acimedic.azure.retrying import seconds_asked
from acimedic.azure.session import Session
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.settings import read_settings

from . import bodies as of
from .asking import noon
from .replay import Answer, Replay, error, route

READ, WRITE = (True, "one"), (False, "one")
LEFT = "x-ms-ratelimit-remaining-subscription-reads"


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
    assert clock.waits == pytest.approx([7, 1 / READS, 1 / READS])


def test_who_gives_up_waiting_costs_nobody_a_place() -> None:
    clock = Clock()

    async def run() -> float:
        mine = backoff(clock)
        mine.refused(READ, 7)
        waiting = [asyncio.ensure_future(mine.turn(READ)) for _ in range(100)]
        await asyncio.sleep(0)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        began = clock.now
        await mine.turn(READ)
        return clock.now - began

    assert asyncio.run(run()) <= 7


def test_who_waits_is_let_go_in_the_order_in_which_they_came() -> None:
    clock = Clock()
    went: list[int] = []

    async def go(mine: Backoff, number: int) -> None:
        await mine.turn(READ)
        went.append(number)

    async def run() -> None:
        mine = backoff(clock)
        mine.refused(READ, 7)
        await asyncio.gather(*(go(mine, number) for number in range(50)))

    asyncio.run(run())
    assert went == list(range(50))


def test_a_row_that_is_too_long_for_anybody_grows_no_longer() -> None:
    clock = Clock()

    async def run() -> int:
        mine = backoff(clock, longest=10)
        mine.refused(READ, 1)
        came = await asyncio.gather(*(mine.turn(READ) for _ in range(1000)), return_exceptions=True)
        return sum(each is None for each in came)

    assert asyncio.run(run()) == pytest.approx(9 * READS, abs=1)


def test_what_was_said_of_a_longer_wait_holds_where_a_shorter_one_is_said_after_it() -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock)
        mine.refused(READ, 9)
        mine.refused(READ, None)
        await mine.turn(READ)

    asyncio.run(run())
    assert clock.waits == [9]


@pytest.mark.parametrize("lane", [WRITE, (True, "two"), (True, "one/microsoft.insights")])
def test_a_refusal_holds_nothing_of_another_kind(lane: Lane) -> None:
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
        mine.refused(READ, 90)
        return await attempt(mine.turn(READ), want, 30, 30)

    said = asyncio.run(run())
    assert said == Gap(reading="registry", reason="429: Azure asks to wait, which takes all requests 90 s")
    assert clock.waits == []


@pytest.mark.parametrize("asked", [300, 3600, 1e300, float("inf")], ids=str)
def test_after_five_minutes_azure_is_asked_again_whatever_it_has_said(asked: float) -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock, longest=5)
        mine.refused(READ, asked)
        with pytest.raises(ThrottledError):
            await mine.turn(READ)
        clock.now += 311
        await asyncio.gather(*(mine.turn(READ) for _ in range(100)))

    asyncio.run(run())
    assert clock.waits == []


def test_who_waits_while_others_are_refused_on_and_on_is_told_when_it_is_worth_it_no_more() -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock, longest=30)
        mine.refused(READ, 20)
        waiting = asyncio.ensure_future(mine.turn(READ))
        await asyncio.sleep(0)
        mine.refused(READ, 60)
        with pytest.raises(ThrottledError):
            await waiting

    asyncio.run(run())


ARM = "https://management.azure.com"


@pytest.mark.parametrize(
    ("method", "url", "lanes"),
    [
        ("GET", f"{ARM}/subscriptions/AB/resourceGroups/x?y=1", ((True, "ab"),)),
        ("HEAD", f"{ARM}/subscriptions/ab", ((True, "ab"),)),
        ("PUT", f"{ARM}/subscriptions/ab/x", ((False, "ab"),)),
        ("GET", f"{ARM}/Subscriptions/ab/Providers/P.Q/rs", ((True, "ab"), (True, "ab/p.q"))),
        ("GET", f"{ARM}/subscriptions/ab/providers/p/r/s/providers/Q/t", ((True, "ab"), (True, "ab/q"))),
        ("POST", "https://h/providers/Microsoft.ResourceGraph/resources?x", ((False, "microsoft.resourcegraph"),)),
        ("GET", f"{ARM}/providers/p/r/s/providers/Q/t", ((True, "p"),)),
        ("GET", f"{ARM}/subscriptions?api-version=1", ((True, ""),)),
        ("GET", f"{ARM}/subscriptions/ab/providers/", ((True, "ab"), (True, "ab/"))),
        ("GET", f"{ARM}//subscriptions/ab", ((True, ""),)),
        ("GET", f"{ARM}/subscriptions/..%2f/providers/%00", ((True, "..%2f"), (True, "..%2f/%00"))),
    ],
)
def test_requests_are_counted_as_azure_counts_them(method: str, url: str, lanes: tuple[Lane, ...]) -> None:
    assert lanes_of(method, url) == lanes


@pytest.mark.parametrize(
    ("left", "others_wait"), [({}, True), ({LEFT: "0"}, True), ({LEFT: "x"}, True), ({LEFT: "7"}, False)]
)
def test_what_a_provider_refuses_holds_its_own_requests_and_resource_managers_all(
    left: dict[str, str], others_wait: bool
) -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "7"} | left)
    with Replay(
        route("GET", f"{of.GROUP_ID}\\?", busy, Answer(body=of.group_body())),
        route("GET", f"{of.REGISTRY_ID}\\?", Answer(body=of.registry_body())),
    ) as replay:
        waits: list[float] = []

        async def note(seconds: float) -> None:
            waits.append(seconds)

        async def run() -> None:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), note) as session:
                reader = AzureReader(session)
                await reader.group(of.GROUP)
                before = len(waits)
                await reader.registry(of.REGISTRY)
                assert (len(waits) > before) is others_wait

        asyncio.run(run())


DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-7"}, 0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"x-ms-retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": DATE}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 09:59:30 GMT", "date": DATE}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "today"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 -0000", "date": DATE}, None),
        ({"retry-after": "Sun, 22 Nov 99999 10:00:30 GMT", "date": DATE}, None),
        ({"retry-after": f"Sun, 22 Nov 2026 10:00:30 +{'9' * 40}", "date": DATE}, None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_azure_says_how_long_to_wait_by_its_own_clock(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_asked(headers) == seconds


@pytest.mark.parametrize(("status", "code"), [(429, "TooManyRequests"), (503, "ServerBusy")])
def test_who_is_to_wait_for_longer_than_there_is_time_is_refused_at_once(status: int, code: str) -> None:
    busy = error(status, code, headers={"Retry-After": "3600"})
    with Replay(route("GET", f"{of.REGISTRY_ID}\\?", busy)) as replay:
        waits: list[float] = []

        async def note(seconds: float) -> None:
            waits.append(seconds)

        async def run() -> object:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), note) as session:
                return await AzureReader(session).registry(of.REGISTRY)

        said = asyncio.run(run())
        assert isinstance(said, Gap)
        assert said.reason == f"{status} {code}"
        assert (waits, len(replay.asked)) == ([], 1)


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
            async with in_common(settings, note, now=noon) as one, in_common(settings, note, now=noon) as two:
                await AzureReader(one).group(of.GROUP)
                before = len(waits)
                await AzureReader(two).group(other)
                assert [round(wait) for wait in waits[before:]] == [7]

        asyncio.run(run())


def test_what_was_refused_outlives_those_who_were() -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "7"})
    with Replay(route("GET", f"{of.GROUP_ID}\\?", busy, Answer(body=of.group_body()))) as replay:
        waits: list[float] = []

        async def note(seconds: float) -> None:
            waits.append(seconds)

        async def run() -> None:
            settings = read_settings({"ACIMEDIC_GATEWAY": replay.url})
            for _ in range(2):
                async with in_common(settings, note, now=noon) as session:
                    await AzureReader(session).group(of.GROUP)

        asyncio.run(run())
        assert [round(wait) for wait in waits] == [7, 7]


# --- before a diagnosis begins


def test_there_is_room_for_everybody_before_azure_has_refused() -> None:
    clock = Clock()
    asyncio.run(backoff(clock).room(READ))
    assert clock.waits == []


def test_one_diagnosis_after_the_other_comes_in_while_few_requests_wait() -> None:
    clock = Clock()
    came: list[float] = []

    async def come(mine: Backoff) -> None:
        await mine.room(READ)
        came.append(clock.now)

    async def run() -> None:
        mine = backoff(clock)
        mine.refused(READ, 0)
        await asyncio.gather(*(come(mine) for _ in range(5)))

    asyncio.run(run())
    assert came == pytest.approx([100.2, 100.4, 100.6, 100.8, 101.0])


def test_there_is_no_room_while_many_requests_wait() -> None:
    clock = Clock()
    went: list[int] = []

    async def go(mine: Backoff, number: int) -> None:
        await mine.turn(READ)
        went.append(number)

    async def run() -> int:
        mine = backoff(clock)
        mine.refused(READ, 1)
        going = [asyncio.ensure_future(go(mine, number)) for number in range(100)]
        await asyncio.sleep(0)
        await mine.room(READ)
        gone = len(went)
        await asyncio.gather(*going)
        return gone

    assert asyncio.run(run()) >= 90


@pytest.mark.parametrize(("asked", "waited"), [(30, 29), (300, 0.2)])
def test_there_is_room_when_azure_lets_the_next_in_and_where_waiting_is_worth_nothing(
    asked: float, waited: float
) -> None:
    clock = Clock()

    async def run() -> None:
        mine = backoff(clock, longest=100)
        mine.refused(READ, asked)
        await mine.room(READ)

    asyncio.run(run())
    assert clock.now - 100 == pytest.approx(waited, abs=0.3)


@pytest.mark.parametrize("stands_still", [False, True])
def test_nobody_waits_for_room_for_more_than_a_minute(stands_still: bool) -> None:
    clock = Clock()

    async def run() -> None:
        async def pause(seconds: float) -> None:
            mine.refused(READ, 30)
            if not stands_still:
                await clock.pause(seconds)

        mine = Backoff(pause, clock, 100)
        mine.refused(READ, 30)
        await mine.room(READ)

    asyncio.run(run())
    assert clock.now - 100 <= 60.3


def test_a_session_has_room_by_the_subscription_whatever_its_case() -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "7"})
    with Replay(route("GET", f"{of.GROUP_ID}\\?", busy, Answer(body=of.group_body()))) as replay:
        waits: list[float] = []

        async def note(seconds: float) -> None:
            waits.append(seconds)

        async def run() -> None:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), note) as session:
                await AzureReader(session).group(of.GROUP)
                before = len(waits)
                await session.room("another")
                assert len(waits) == before
                await session.room(of.SUBSCRIPTION.upper())
                assert len(waits) > before

        asyncio.run(run())
