"""The local engine with many stories at once: one transaction for all, and nobody held up by anybody."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History
from acimedic.lifecycle.messages import Begin, to_json
from acimedic.lifecycle.replay import Kind, Live, context_json, replay
from acimedic.lifecycle.story import ACTIVITIES, DECIDED, story
from acimedic.model.plan import RunMode
from tests.lifecycle.lab import BEGAN, FOUND, INCIDENT, Lab, World
from tests.lifecycle.test_crash import Killed, Mortal, Points

STUCK = 60  # seconds; only what hangs takes so long
IDS = [f"00000000-0000-5000-8000-{number:012d}" for number in range(12)]


def begin(engine: Engine, *ids: str, mode: RunMode = "observe") -> None:
    for each in ids:
        given = to_json(Begin(incident=each, mode=mode))
        engine.start(each, given, now=BEGAN)


def words(engine: Engine) -> list[str]:
    return [each.status for each in engine.statuses()]


def advance(engine: Engine, clock: Callable[[], datetime] | None = None) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(STUCK):
            await engine.advance(BEGAN, clock=clock)

    asyncio.run(bounded())


class Counted(History):
    """A history that counts its transactions."""

    transactions = 0

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        with super().change() as database:
            yield database
        self.transactions += 1


def of_observing(number: int) -> int:
    """How many transactions it takes until so many stories have ended."""
    history = Counted(":memory:")
    engine = Engine(history, story, World().activities)
    begin(engine, *IDS[:number])
    history.transactions = 0
    advance(engine)
    assert words(engine) == ["Completed"] * number
    return history.transactions


def test_many_stories_take_no_more_transactions_than_one() -> None:
    assert of_observing(len(IDS)) == of_observing(1)


def test_those_that_begin_at_one_moment_are_one_transaction() -> None:
    history = Counted(":memory:")
    engine = Engine(history, story, World().activities)
    given = to_json(Begin(incident=IDS[0], mode="observe"))

    async def all_at_once() -> list[bool]:
        return await asyncio.gather(*(engine.begin(each, given, now=BEGAN) for each in (*IDS, IDS[0])))

    assert asyncio.run(all_at_once()) == [True] * len(IDS) + [False]
    assert history.transactions == 1


def test_one_that_cannot_begin_takes_no_other_with_it() -> None:
    history = History(":memory:")
    with history.change() as database:
        full = (
            "CREATE TRIGGER full BEFORE INSERT ON instances WHEN NEW.id = '%s' BEGIN SELECT raise(ABORT, 'full'); END"
        )
        database.execute(full % IDS[1])
    engine = Engine(history, story, World().activities)

    async def all_at_once() -> list[bool | BaseException]:
        starts = (engine.begin(each, {}, now=BEGAN) for each in IDS[:3])
        return await asyncio.gather(*starts, return_exceptions=True)

    first, refused, last = asyncio.run(all_at_once())
    assert (first, last) == (True, True)
    assert isinstance(refused, sqlite3.Error)
    assert [each.instance for each in engine.statuses()] == [IDS[0], IDS[2]]


def test_no_more_activities_are_under_way_than_there_are_places() -> None:
    """Three stories begin, and while they are looked into, nine wake that waited for a decision."""
    world, under_way, most = World(), 0, 0

    def counted(name: str) -> Callable[[Any], Any]:
        async def act(message: Any) -> Any:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            if name == "diagnose" and message["incident"] == IDS[9]:
                for each in IDS[:9]:
                    engine.raise_event(each, DECIDED, "nonce", now=BEGAN)
                await asyncio.sleep(0.05)
            await asyncio.sleep(0)
            under_way -= 1
            return world.answer(name, message)

        return act

    engine = Engine(History(":memory:"), story, {name: counted(name) for name in ACTIVITIES}, at_once=3)
    begin(engine, *IDS[:9], mode="review")
    advance(engine)
    begin(engine, *IDS[9:])
    advance(engine)
    assert world.asked["decision"] > 9
    assert most == 3


class Slow(World):
    """The first story is looked into as long as it takes until so many others are closed."""

    def __init__(self, others: int, **answers: Any) -> None:
        super().__init__(**answers)
        self._left, self._over = others, asyncio.Event()

    def activity(self, name: str) -> Callable[[Any], Any]:
        async def act(message: Any) -> Any:
            answer = self.answer(name, message)
            if name == "diagnose" and message["incident"] == IDS[0]:
                await self._over.wait()
            elif name == "record" and message["closed"]:
                self._left -= 1
                if not self._left:
                    self._over.set()
            return answer

        return act


def test_a_slow_activity_holds_up_no_other_story() -> None:
    engine = Engine(History(":memory:"), story, Slow(len(IDS) - 1).activities, at_once=2)
    begin(engine, *IDS)
    advance(engine)
    assert words(engine) == ["Completed"] * len(IDS)


def test_what_comes_while_an_activity_is_slow_is_taken_up() -> None:
    def found(message: Any, before: int) -> Any:
        if message["incident"] == IDS[0]:
            asyncio.get_running_loop().call_later(0.02, begin, engine, IDS[1])
        return FOUND

    engine = Engine(History(":memory:"), story, Slow(1, diagnose=found).activities)
    begin(engine, IDS[0])
    advance(engine)
    assert words(engine) == ["Completed"] * 2


def test_with_a_clock_a_timer_goes_off_while_an_activity_is_slow() -> None:
    """The second story waits for the error's text, which is there when the clock has reached that moment."""

    def found(message: Any, before: int) -> Any:
        return FOUND | {"error_known": message["incident"] == IDS[0] or message["attempt"] > 0}

    asked = 0

    def clock() -> datetime:
        nonlocal asked
        due = engine.next_due()
        if due is None:
            return BEGAN
        asked += 1
        return due if asked > 2 else due - timedelta(milliseconds=10)

    engine = Engine(History(":memory:"), story, Slow(1, diagnose=found).activities)
    begin(engine, *IDS[:2])
    advance(engine, clock)
    assert words(engine) == ["Completed"] * 2
    assert asked > 2


def test_what_goes_on_comes_before_what_only_begins() -> None:
    world = World()
    engine = Engine(History(":memory:"), story, world.activities, at_once=1)
    begin(engine, *IDS[:3])
    advance(engine)
    of_whom = [message["incident"] for _, message in world.calls]
    assert of_whom == sorted(of_whom)


@pytest.mark.parametrize("damage", ["{", '{"EventType": 0}'], ids=["no JSON", "no event"])
def test_a_story_whose_history_is_damaged_fails_and_takes_no_other_with_it(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "stories.db"
    history = History(path)
    begun = Engine(history, story, World().activities)
    begin(begun, *IDS[:3])
    with history.change() as database:
        database.execute("UPDATE inbox SET event = ? WHERE instance = ?", (damage, IDS[1]))
    advance(begun)
    assert words(begun) == ["Completed", "Failed", "Completed"]
    failed = begun.status(IDS[1])
    assert failed is not None
    assert "cannot be gone on with" in str(failed.error) or "could not replay" in str(failed.error)
    history.close()


def test_what_an_activity_that_has_ended_said_is_kept_when_the_engine_is_stopped(tmp_path: Path) -> None:
    world, stopping = World(), True

    async def diagnose(message: Any) -> Any:
        if stopping and message["incident"] == IDS[0]:
            await asyncio.Event().wait()
        elif stopping:
            asyncio.get_running_loop().call_soon(running[0].cancel)
        return world.answer("diagnose", message)

    running: list[asyncio.Task[None]] = []
    history = History(tmp_path / "stories.db")
    engine = Engine(history, story, world.activities | {"diagnose": diagnose})
    begin(engine, *IDS[:2])

    async def stopped() -> None:
        running.append(asyncio.create_task(engine.advance(BEGAN)))
        with pytest.raises(asyncio.CancelledError):
            await running[0]

    asyncio.run(stopped())
    stopping = False
    advance(engine)
    assert words(engine) == ["Completed"] * 2
    assert [message["incident"] for message in world.said("diagnose")] == [IDS[1], IDS[0]]
    history.close()


class Watched(World):
    """Activities before and after which the process may end."""

    points = Points()

    def answer(self, name: str, message: Any) -> Any:
        self.points.reach(f"before {name}")
        answer = super().answer(name, message)
        self.points.reach(f"after {name}")
        return answer


def live(path: Path, points: Points) -> list[list[object]]:
    """One life of a process with three stories; what each was told, and in which order."""
    world = Watched()
    world.points = points
    history = Mortal(path, points)
    engine = Engine(history, story, world.activities)
    try:
        begin(engine, *IDS[:3])
        advance(engine)
        assert words(engine) == ["Completed"] * 3
        return [[(item["EventType"], item["EventId"]) for item in history.events(each)] for each in IDS[:3]]
    finally:
        history.close()


def test_killed_at_any_point_between_many_stories_each_ends_as_if_alone(tmp_path: Path) -> None:
    points = Points()
    unharmed = live(tmp_path / "unharmed.db", points)
    assert points.names.count("in a transaction") > 5
    for last, name in enumerate(points.names):
        path = tmp_path / f"{last}.db"
        with pytest.raises(Killed):
            live(path, Points(last))
        assert live(path, Points()) == unharmed, (last, name)


def test_going_on_from_the_end_of_a_history_is_the_same_as_replaying_it() -> None:
    lab = Lab(World(decision=lambda message, before: {"word": "approve"} if message["nonce"] else {"word": "none"}))
    lab.begin()
    lab.go(timedelta(days=1))
    lab.decide()
    lab.finish()
    events, given = lab.history.events(INCIDENT), json.dumps(lab.status().input)
    ends = [n for n, item in enumerate(events) if item["EventType"] == Kind.ORCHESTRATOR_COMPLETED]
    kept = Live(story)
    turned = kept.begin(context_json(INCIDENT, given, events[: ends[0]]))
    for before, end in pairwise(ends):
        assert turned == replay(story, context_json(INCIDENT, given, events[:before]))
        turned = kept.go_on(events[before + 1 : end])
    assert turned.done
    assert turned == replay(story, context_json(INCIDENT, given, events[: ends[-1]]))


def test_what_another_process_has_done_to_a_story_is_noticed(tmp_path: Path) -> None:
    """It deletes the story, which waits for a decision here, and begins it anew."""
    path = tmp_path / "stories.db"
    lab, other = Lab(World(), path), Lab(World(), path)
    lab.begin()
    lab.advance()
    other.engine.forget(INCIDENT)
    other.begin()
    lab.advance()
    assert lab.world.asked["diagnose"] == 2
    assert lab.status().status == "Running"
    lab.history.close()
    other.history.close()


class Full(History):
    """A history whose disk may be full when all is to be committed."""

    full = False

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        with super().change() as database:
            yield database
            if self.full:
                raise sqlite3.OperationalError("database or disk is full")


def test_what_could_not_be_written_is_not_taken_for_told() -> None:
    history = Full(":memory:")
    answer = {"word": "reject"}
    lab = Lab(World(decision=lambda message, before: answer if message["nonce"] else {"word": "none"}), history=history)
    lab.begin()
    lab.advance()
    lab.decide()
    history.full = True
    with pytest.raises(sqlite3.OperationalError, match="full"):
        lab.advance()
    history.full = False
    lab.finish()
    assert lab.output()["state"] == "rejected"
    assert len(lab.world.said("diagnose")) == 1
