"""Diagnoses that run at the same time ask once for what several need, and never for what a change is based on."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from weakref import ReferenceType, WeakSet, ref

import pytest

import acimedic
from acimedic.azure.common import in_common
from acimedic.azure.good_for import GOOD_FOR, LIVE
from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.azure.sharing import Readings
from acimedic.model.reading import Gap
from acimedic.settings import Settings, read_settings

from . import bodies as of
from .asking import noon
from .questions import QUESTIONS, Question
from .replay import Answer, Replay, error, route

OWN = ("group", "deployments", "deployments-of-subscription", "deployment", "operations", "template", "activity")
own = pytest.mark.parametrize("question", [q for q in QUESTIONS if q.name.startswith(OWN)], ids=lambda q: q.name)
common = pytest.mark.parametrize("question", [q for q in QUESTIONS if not q.name.startswith(OWN)], ids=lambda q: q.name)


async def no_wait(_seconds: float) -> None:
    return None


def settings_of(replay: Replay) -> Settings:
    return read_settings({"ACIMEDIC_GATEWAY": replay.url})


def over(replay: Replay, act: Callable[[Settings], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(act(settings_of(replay)))


@common
def test_two_diagnoses_at_the_same_time_ask_once(question: Question) -> None:
    async def both(settings: Settings) -> Any:
        async with in_common(settings, now=noon) as one, in_common(settings, now=noon) as two:
            return await asyncio.gather(question.ask(AzureReader(one)), question.ask(AzureReader(two)))

    with Replay(route(question.method, question.pattern, Answer(body=question.body))) as replay:
        first, second = over(replay, both)
        assert len(replay.asked) == 1
    assert first == second
    assert not isinstance(first, Gap)


@own
def test_what_is_an_incidents_own_is_asked_by_each(question: Question) -> None:
    async def both(settings: Settings) -> Any:
        async with in_common(settings, now=noon) as one, in_common(settings, now=noon) as two:
            return await asyncio.gather(question.ask(AzureReader(one)), question.ask(AzureReader(two)))

    with Replay(route(question.method, question.pattern, Answer(body=question.body))) as replay:
        over(replay, both)
        assert len(replay.asked) == 2


def asked_by_two(replay: Replay, other: Callable[[Settings], Settings] = lambda same: same) -> list[Any]:
    """The registry, asked for by one diagnosis and then, while the first still runs, by another."""

    async def both(settings: Settings) -> list[Any]:
        async with in_common(settings, no_wait, now=noon) as one, in_common(other(settings), no_wait, now=noon) as two:
            return [await AzureReader(each).registry(of.REGISTRY) for each in (one, two)]

    given: list[Any] = over(replay, both)
    return given


REGISTRY = f"{of.REGISTRY_ID}\\?"
WELL = Answer(body=of.registry_body())
REFUSED = error(403, "AuthorizationFailed")


def test_one_who_asks_a_moment_later_is_given_the_same_answer() -> None:
    with Replay(route("GET", REGISTRY, WELL)) as replay:
        first, second = asked_by_two(replay)
        assert (first, len(replay.asked)) == (second, 1)


def test_what_could_not_be_read_is_asked_again_by_the_next() -> None:
    with Replay(route("GET", REGISTRY, REFUSED, WELL)) as replay:
        first, second = asked_by_two(replay)
        assert isinstance(first, Gap)
        assert not isinstance(second, Gap)


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "another"}, {"cloud": "AzureUSGovernment"}, {"time_limit": 7.0}],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_is_shared_with_another_sign_in_cloud_or_setting(changes: dict[str, Any]) -> None:
    with Replay(route("GET", REGISTRY, WELL)) as replay:
        asked_by_two(replay, lambda settings: replace(settings, **changes))
        assert len(replay.asked) == 2


@pytest.mark.parametrize(("later", "asked"), [(0, 1), (9, 1), (10, 2), (-1, 2)], ids=str)
def test_what_was_read_outlives_those_who_read_it_by_the_seconds_for_which_it_is_good(later: float, asked: int) -> None:
    """A clock that was set back makes it good for nothing."""
    moments = [datetime(2026, 3, 1, tzinfo=UTC)]

    async def in_turn(settings: Settings) -> None:
        for _ in range(2):
            async with in_common(settings, now=clock) as one:
                await AzureReader(one).registry(of.REGISTRY)
            moments[0] += timedelta(seconds=later)

    def clock() -> datetime:
        return moments[0]

    with Replay(route("GET", REGISTRY, WELL)) as replay:
        over(replay, in_turn)
        assert len(replay.asked) == asked


def test_a_session_of_its_own_is_told_nothing_that_others_have_read() -> None:
    async def beside(settings: Settings) -> None:
        async with in_common(settings, now=noon) as one, Session(settings) as alone:
            await AzureReader(one).registry(of.REGISTRY)
            await AzureReader(alone).registry(of.REGISTRY)

    with Replay(route("GET", REGISTRY, WELL)) as replay:
        over(replay, beside)
        assert len(replay.asked) == 2


def test_only_what_people_are_told_is_found_out_by_shared_readings() -> None:
    """Whatever leads to a change, or proves one, opens a session of its own."""
    code = Path(acimedic.__file__).parent.rglob("*.py")
    assert [each.name for each in code if "looking()" in each.read_text(encoding="utf-8")] == ["diagnosing.py"]


def test_one_who_gives_up_does_not_take_the_answer_from_the_others() -> None:
    async def run() -> str:
        readings = Readings(30, lambda: 0.0)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        hasty = asyncio.ensure_future(readings.read("what", 1, lambda: answer))
        patient = asyncio.ensure_future(readings.read("what", 1, lambda: answer))
        await asyncio.sleep(0)
        hasty.cancel()
        await asyncio.gather(hasty, return_exceptions=True)
        answer.set_result("well")
        return await patient

    assert asyncio.run(run()) == "well"


def test_an_answer_is_good_for_its_time_and_no_longer() -> None:
    now, asked = [0.0], []

    async def ask() -> int:
        asked.append(now[0])
        return len(asked)

    async def run() -> list[int]:
        readings = Readings(30, lambda: now[0])
        given = []
        for moment in (0.0, 9.9, 10.0, 19.9, 20.0):
            now[0] = moment
            given.append(await readings.read("what", 10, ask))
        return given

    assert asyncio.run(run()) == [1, 1, 2, 2, 3]
    assert asked == [0.0, 10.0, 20.0]


def test_a_reading_that_takes_longer_than_its_answer_is_good_for_is_not_begun_twice() -> None:
    async def run() -> int:
        now, begun = [0.0], 0
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def ask() -> Awaitable[str]:
            nonlocal begun
            begun += 1
            return answer

        readings = Readings(30, lambda: now[0])
        first = asyncio.ensure_future(readings.read("what", 10, ask))
        await asyncio.sleep(0)
        now[0] = 25.0
        second = asyncio.ensure_future(readings.read("what", 10, ask))
        await asyncio.sleep(0)
        answer.set_result("well")
        await asyncio.gather(first, second)
        return begun

    assert asyncio.run(run()) == 1


def test_a_reading_that_never_ends_is_ended_at_its_limit() -> None:
    async def run() -> None:
        readings = Readings(0.01, lambda: 0.0)
        with pytest.raises(TimeoutError):
            await readings.read("what", 1, asyncio.Event().wait)

    asyncio.run(run())


def test_nothing_is_left_under_way_when_the_last_has_gone() -> None:
    async def run() -> int:
        readings = Readings(30, lambda: 0.0)
        waiting = asyncio.ensure_future(readings.read("what", 1, asyncio.Event().wait))
        await asyncio.sleep(0)
        await readings.settle()
        await asyncio.gather(waiting, return_exceptions=True)
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1  # this one itself


def test_one_who_comes_while_the_last_goes_waits_for_nothing_that_was_given_up() -> None:
    async def run() -> str:
        readings = Readings(30, lambda: 0.0)
        going = asyncio.Event()

        async def slow_to_go() -> str:
            try:
                await asyncio.Event().wait()
            finally:
                await going.wait()
            return "never"

        first = asyncio.ensure_future(readings.read("what", 1, slow_to_go))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        settling = asyncio.ensure_future(readings.settle())
        await asyncio.sleep(0)
        try:
            return await readings.read("what", 1, well)
        finally:
            going.set()
            await asyncio.gather(first, settling, return_exceptions=True)

    assert asyncio.run(run()) == "well"


async def well() -> str:
    return "well"


def test_one_who_asks_in_the_very_moment_of_a_failure_asks_anew() -> None:
    async def run() -> str:
        readings = Readings(30, lambda: 0.0)
        failed = asyncio.Event()

        async def fail() -> str:
            failed.set()
            raise ValueError

        async def ask_then() -> str:
            await asyncio.sleep(0)
            assert failed.is_set()
            return await readings.read("what", 1, well)

        said = await asyncio.gather(readings.read("what", 1, fail), ask_then(), return_exceptions=True)
        return str(said[1])

    assert asyncio.run(run()) == "well"


def test_old_answers_go_while_new_ones_come() -> None:
    class Said:
        pass

    now, alive = [0.0], WeakSet[Said]()

    async def ask() -> Said:
        said = Said()
        alive.add(said)
        return said

    async def run() -> int:
        readings = Readings(30, lambda: now[0])
        most = 0
        for number in range(3000):
            now[0] += 0.1
            await readings.read(number, 10, ask)
            most = max(most, len(alive))
        return most

    assert asyncio.run(run()) <= 120


class Silent(asyncio.Protocol):
    """Notes that it was asked, and says nothing."""

    def __init__(self, asked: asyncio.Event) -> None:
        self._asked = asked

    def data_received(self, _data: bytes) -> None:
        self._asked.set()


@asynccontextmanager
async def silence() -> AsyncIterator[tuple[Settings, asyncio.Event]]:
    """An Azure that never answers; and what is set as soon as it is asked."""
    asked = asyncio.Event()
    server = await asyncio.get_running_loop().create_server(lambda: Silent(asked), "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield read_settings({"ACIMEDIC_GATEWAY": f"http://{host}:{port}"}), asked


@pytest.mark.parametrize("open_one", [Session, partial(in_common, now=noon)], ids=["alone", "in common"])
def test_a_session_that_ends_leaves_no_reading_behind(
    open_one: Callable[[Settings], AbstractAsyncContextManager[Session]],
) -> None:
    async def run() -> bool:
        async with silence() as (settings, asked):
            async with open_one(settings) as session:
                asking = asyncio.ensure_future(AzureReader(session).registry(of.REGISTRY))
                await asked.wait()
            await asyncio.gather(asking, return_exceptions=True)
            return asking.cancelled()

    assert asyncio.run(run())


def test_a_loop_that_ends_while_something_is_read_has_nothing_to_complain_of() -> None:
    complaints: list[dict[str, Any]] = []

    async def read(settings: Settings) -> None:
        async with in_common(settings, now=noon) as one:
            await AzureReader(one).registry(of.REGISTRY)

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
        async with silence() as (settings, asked):
            reading = asyncio.ensure_future(read(settings))
            await asked.wait()
            assert not reading.done()

    asyncio.run(run())
    gc.collect()
    assert complaints == []


def test_nothing_of_a_loop_that_is_closed_is_kept() -> None:
    async def read(settings: Settings) -> "ReferenceType[asyncio.AbstractEventLoop]":
        async with in_common(settings, now=noon) as one:
            await AzureReader(one).registry(of.REGISTRY)
        return ref(asyncio.get_running_loop())

    with Replay(route("GET", REGISTRY, WELL)) as replay:
        first = over(replay, read)
        over(replay, read)
        gc.collect()
        assert first() is None
        assert len(replay.asked) == 2


@pytest.mark.parametrize(("about", "asked"), [(of.REGISTRY_ID, 1), (of.IDENTITY_ID, 1), (of.GROUP_ID, 2), ("odd", 2)])
def test_what_changed_at_a_registry_or_an_identity_is_asked_once_and_of_a_group_by_each(about: str, asked: int) -> None:
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)

    async def changes(session: Session) -> None:
        await AzureReader(session).activity(of.SUBSCRIPTION, about=("resourceUri", about), since=since, until=until)

    async def both(settings: Settings) -> None:
        async with in_common(settings, now=noon) as one, in_common(settings, now=noon) as two:
            await asyncio.gather(changes(one), changes(two))

    with Replay(route("GET", ".*eventtypes", Answer(body={"value": [of.activity_body()]}))) as replay:
        over(replay, both)
        assert len(replay.asked) == asked


def test_only_what_hardly_changes_or_is_old_when_it_is_told_outlives_ten_seconds() -> None:
    """An answer about what people change, such as a role, must not tell of what was."""
    lasting = {read.__name__ for read, seconds in GOOD_FOR.items() if seconds > LIVE}
    assert LIVE == 10
    assert lasting == {
        "find_registries",
        "registry_places",
        "list_subscriptions",
        "read_tenant",
        "read_endpoint_subnet",
    }


def test_an_answer_that_only_says_why_there_is_none_is_asked_for_again() -> None:
    """A registry's testimony may be a gap; it is none that the next has to take."""

    async def run() -> list[object]:
        answers: list[object] = [Gap(reading="manifest", reason="no answer"), "well"]
        readings = Readings(30, lambda: 0.0)

        async def ask() -> object:
            return answers.pop(0)

        return [await readings.read("what", 10, ask) for _ in range(2)]

    assert asyncio.run(run())[1] == "well"


def test_a_registry_lets_in_once_for_all_who_diagnose_within_seconds() -> None:
    """Also where nobody diagnosed for a moment between them."""
    host = "contoso.azurecr.io"

    async def in_turn(settings: Settings) -> None:
        for _ in range(2):
            async with in_common(settings, now=noon) as session:
                await AzureReader(session).enter(host)

    with Replay(route("POST", "/oauth2/exchange", Answer(body={"refresh_token": "r"}))) as replay:
        over(replay, in_turn)
        assert len(replay.asked) == 1
