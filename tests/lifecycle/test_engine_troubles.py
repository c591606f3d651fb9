"""The local engine in trouble: what is damaged, fails, hangs or is stopped ends by itself, and nothing counts twice."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import refusals
from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History, Work
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.story import DECIDED, story
from acimedic.lifecycle.tools import Tools
from acimedic.lifecycle.turning import Turning
from acimedic.lifecycle.working import LONGEST, Result, Working
from acimedic.store.trouble import StoreUnavailableError
from tests.lifecycle.lab import BEGAN, FOUND, INCIDENT, Lab, World
from tests.lifecycle.test_crash import Killed, Points, summary
from tests.lifecycle.test_engine_together import IDS, Full, advance, begin, words

ROOT = Path(__file__).parents[2]
REJECTED = {"decision": lambda message, before: {"word": "reject"} if message["nonce"] else {"word": "none"}}


# --- at any statement


class Statements:
    """A connection that comes to a point before each statement; one that fails ends the transaction, as a full disk."""

    def __init__(self, database: sqlite3.Connection, points: Points) -> None:
        self._database = database
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql != "ROLLBACK":
            self._points.reach(sql)
        return self._database.execute(sql, *values)

    def executemany(self, sql: str, rows: Any) -> sqlite3.Cursor:
        self._points.reach(sql)
        return self._database.executemany(sql, rows)


class Watched(History):
    """A history in memory, to each statement of which something may happen."""

    def __init__(self, points: Points) -> None:
        super().__init__(":memory:")
        self._database = cast(sqlite3.Connection, Statements(self._database, points))


class Failing(Points):
    """As where a statement fails once: the process goes on."""

    def reach(self, name: str) -> None:
        try:
            super().reach(name)
        except Killed as killed:
            self._last = None
            raise sqlite3.OperationalError("database or disk is full") from killed


class Dying(Points):
    """As where the process ends at a statement, once."""

    def reach(self, name: str) -> None:
        try:
            super().reach(name)
        except Killed:
            self._last = None
            raise


def to_its_end(points: Points) -> Lab:
    """A story that is told, decided on and closed, whatever happens at one of its statements."""
    lab = Lab(World(**REJECTED), history=Watched(points))

    def sure(work: Callable[[], object]) -> None:
        """Once more where it failed; in a new process where the old one has ended."""
        try:
            work()
        except sqlite3.OperationalError:
            work()
        except Killed:
            lab.engine = Engine(lab.history, story, lab.world.activities)
            work()

    for work in (lab.begin, lab.advance, lambda: lab.decide() or lab.status().ended, lab.finish):
        sure(work)
    return lab


def test_at_whatever_statement_it_fails_or_is_killed_it_ends_the_same() -> None:
    points = Points()
    lab = to_its_end(points)
    names, expected = [*points.names], summary(lab)
    assert names.count("COMMIT") > 10
    for last, name in enumerate(names):
        kind = Dying if last % 2 else Failing
        assert summary(to_its_end(kind(last))) == expected, (last, kind, name)


# --- what is damaged

DEEP = "[" * 100_000
DAMAGES = {
    "what came, too deep": ("UPDATE inbox SET event = ? WHERE instance = ?", DEEP),
    "what it was begun with": ("UPDATE instances SET input = ? WHERE id = ?", "{"),
    "what it was begun with, too deep": ("UPDATE instances SET input = ? WHERE id = ?", DEEP),
    "what it shows": ("UPDATE instances SET shown = ? WHERE id = ?", "{"),
    "when it began": ("UPDATE instances SET begun = ? WHERE id = ?", "then"),
}


def damaged(history: History, damage: str) -> None:
    sql, value = DAMAGES[damage]
    with history.change() as database:
        assert database.execute(sql, (value, IDS[1])).rowcount


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_story_fails_by_itself_can_be_seen_and_makes_way(damage: str) -> None:
    history = History(":memory:")
    engine = Engine(history, story, World().activities)
    begin(engine, *IDS[:3])
    damaged(history, damage)
    advance(engine)
    assert words(engine) == ["Completed", "Failed", "Completed"]
    assert engine.start(IDS[1], {}, now=BEGAN, over=frozenset({"Failed"}))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_story_that_waits_keeps_nothing_else_from_beginning_ending_or_being_deleted(damage: str) -> None:
    history = History(":memory:")
    engine = Engine(history, story, World(**REJECTED).activities)
    begin(engine, *IDS[:2], mode="review")
    advance(engine)
    with history.change() as database:  # so that there is something to damage
        database.execute("INSERT INTO inbox (instance, event) VALUES (?, '{}')", (IDS[1],))
    damaged(history, damage)

    async def both() -> list[bool]:
        return await asyncio.gather(*(engine.begin(each, {}, now=BEGAN) for each in IDS[1:3]))

    assert asyncio.run(both()) == [False, True]
    engine.raise_event(IDS[0], DECIDED, "nonce", now=BEGAN)
    advance(engine)
    assert words(engine) == ["Completed", "Failed", "Failed"]
    assert engine.purge(BEGAN + timedelta(seconds=1)) == 3


def test_a_timer_that_is_damaged_keeps_no_other_from_going_off() -> None:
    lab = Lab(World(diagnose=lambda message, before: FOUND | {"error_known": message["attempt"] > 0}))
    lab.begin("observe")
    lab.begin("observe", IDS[0])
    lab.advance()
    with lab.history.change() as database:
        database.execute("UPDATE timers SET due = 'never' WHERE instance = ?", (IDS[0],))
    lab.now += timedelta(minutes=2)
    lab.advance()
    assert lab.status().status == "Completed"


def test_an_orchestrator_that_quotes_what_the_library_says_fails_in_its_own_words() -> None:
    def quoting(context: Any) -> Generator[Any, Any, Any]:
        yield context.create_timer(context.current_utc_datetime)
        raise OSError('it said \n\n$OutOfProcData$:{"actions": 7')

    lab = Lab(World())
    lab.engine = Engine(lab.history, quoting, {})
    lab.begin()
    lab.finish()
    assert str(lab.status().error).startswith("it said")


# --- what is kept


def waiting(ended: list[str]) -> Callable[[Any], Generator[Any, Any, Any]]:
    """An orchestrator that waits for good, and says when it is closed."""

    def waits(context: Any) -> Generator[Any, Any, Any]:
        try:
            yield context.wait_for_external_event("never")
        finally:
            ended.append(context.instance_id)

    return waits


def kept(path: str | Path = ":memory:", history: History | None = None) -> tuple[Engine, list[str]]:
    ended: list[str] = []
    engine = Engine(history or History(path), waiting(ended), {})
    begin(engine, *IDS[:2])
    advance(engine)
    assert ended == []
    return engine, ended


def test_an_orchestrator_whose_story_is_deleted_is_closed() -> None:
    engine, ended = kept()
    engine.forget(IDS[0])
    assert ended == [IDS[0]]


def test_where_something_could_not_be_written_all_orchestrators_are_closed() -> None:
    history = Full(":memory:")
    engine, ended = kept(history=history)
    engine.raise_event(IDS[0], "other", None, now=BEGAN)
    history.full = True
    with pytest.raises(sqlite3.OperationalError):
        advance(engine)
    assert sorted(ended) == IDS[:2]


def test_where_another_has_changed_the_file_all_orchestrators_are_closed(tmp_path: Path) -> None:
    engine, ended = kept(tmp_path / "stories.db")
    with closing(History(tmp_path / "stories.db")) as other:
        begin(Engine(other, waiting([]), {}), IDS[2])
    advance(engine)
    assert sorted(ended) == IDS[:2]


def test_one_orchestrator_more_than_are_kept_closes_the_one_that_has_waited_longest() -> None:
    ended: list[str] = []
    history = History(":memory:")
    turning = Turning(history, waiting(ended), most_kept=2)
    begin(Engine(history, waiting([]), {}), *IDS[:3])
    with history.change() as database:
        for each in IDS[:3]:
            turning.turn(database, each, BEGAN, longest=100)
    assert ended == [IDS[0]]


def test_a_story_that_cannot_go_on_closes_its_orchestrator() -> None:
    ended: list[str] = []
    history = History(":memory:")
    turning = Turning(history, waiting(ended))
    engine = Engine(history, waiting([]), {})
    begin(engine, IDS[0])
    with history.change() as database:
        turning.turn(database, IDS[0], BEGAN, longest=100)
        turning.turn(database, IDS[0], BEGAN, longest=1)
    assert (ended, words(engine)) == ([IDS[0]], ["Failed"])


# --- activities


def carried_out(activity: Callable[[Any], Any], **how: float) -> Result:
    work = Work(instance=INCIDENT, begun="", task=0, name="act", input="{}")

    async def whole() -> Result:
        async with asyncio.timeout(60), Working({"act": activity}, 1, **how) as working:
            working.hand_out([work])
            while not (results := working.take()):
                await working.wait(60)
            return results[0]

    return asyncio.run(whole())


async def hangs(_message: Any) -> Any:
    await asyncio.Event().wait()


def test_an_activity_that_never_ends_has_failed_in_the_end() -> None:
    assert "TimeoutError: it was not done after 0 seconds" in str(carried_out(hangs, longest=0))


def test_an_activity_may_take_as_long_as_in_azure() -> None:
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))
    assert timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds() == LONGEST


def test_an_activity_whose_own_request_was_called_off_has_failed_and_is_tried_again() -> None:
    def found(_message: Any, before: int) -> Any:
        if not before:
            raise asyncio.CancelledError
        return FOUND

    lab = Lab(World(diagnose=found))
    lab.begin("observe")
    lab.finish()
    assert lab.output()["state"] == "diagnosed"
    assert lab.world.asked["diagnose"] == 2


def test_what_an_activity_said_for_a_story_that_was_deleted_is_not_told_to_the_one_that_came_in_its_place() -> None:
    def found(_message: Any, before: int) -> Any:
        if not before:
            lab.engine.forget(INCIDENT)
            lab.now += timedelta(seconds=1)
            lab.begin("observe")
        return FOUND | {"said": f"number {before}"}

    lab = Lab(World(diagnose=found))
    lab.begin("observe")
    lab.advance()
    lab.finish()
    assert lab.output()["said"] == "number 1"


# --- being stopped


def stopped_while_one_ends(history: History, at_the_end: Callable[[], None]) -> World:
    """The engine is stopped in the moment in which an activity ends."""
    world = World()

    async def diagnose(message: Any) -> Any:
        running[0].cancel()
        at_the_end()
        return world.answer("diagnose", message)

    running: list[asyncio.Task[None]] = []
    engine = Engine(history, story, world.activities | {"diagnose": diagnose})
    begin(engine, IDS[0])

    async def stopped() -> None:
        running.append(asyncio.create_task(engine.advance(BEGAN)))
        with pytest.raises(asyncio.CancelledError):
            await running[0]

    asyncio.run(stopped())
    return world


def test_what_ends_in_the_moment_in_which_the_engine_is_stopped_is_kept() -> None:
    history = History(":memory:")
    world = stopped_while_one_ends(history, lambda: None)
    engine = Engine(history, story, world.activities)
    advance(engine)
    assert words(engine) == ["Completed"]
    assert world.asked["diagnose"] == 1


def test_stopped_while_nothing_can_be_written_it_is_stopped_and_goes_on_later() -> None:
    history = Full(":memory:")
    world = stopped_while_one_ends(history, lambda: setattr(history, "full", True))
    history.full = False
    engine = Engine(history, story, world.activities)
    advance(engine)
    assert words(engine) == ["Completed"]
    assert world.asked["diagnose"] == 2


def test_at_rest_it_begins_nothing_more_and_ends_what_is_under_way() -> None:
    history = History(":memory:")
    world = World()

    async def diagnose(message: Any) -> Any:
        engine.rest()
        return world.answer("diagnose", message)

    engine = Engine(history, story, world.activities | {"diagnose": diagnose}, at_once=1)
    begin(engine, *IDS[:2])
    advance(engine)
    assert [name for name, _ in world.calls] == ["diagnose"]
    gone_on = Engine(history, story, world.activities)
    advance(gone_on)
    assert words(gone_on) == ["Completed"] * 2
    assert world.asked["diagnose"] == 2


# --- the file


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process has the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


class Impatient(History):
    """A history that does not wait for another process, and writes down its statements."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.said: list[str] = []
        self._database.execute("PRAGMA busy_timeout = 0")
        self._database.set_trace_callback(self.said.append)


def test_while_another_has_the_file_those_that_begin_together_wait_for_it_once(tmp_path: Path) -> None:
    path = tmp_path / "stories.db"
    history = Impatient(path)
    engine = Engine(history, story, World().activities)

    async def all_at_once() -> list[bool | BaseException]:
        starts = (engine.begin(each, {}, now=BEGAN) for each in IDS)
        return await asyncio.gather(*starts, return_exceptions=True)

    with locked(path):
        refused = asyncio.run(all_at_once())
    assert {str(each) for each in refused} == {"database is locked"}
    assert history.said == ["BEGIN IMMEDIATE"]
    assert asyncio.run(all_at_once()) == [True] * len(IDS)
    history.close()


def test_a_story_that_cannot_be_deleted_now_is_told_as_a_store_that_is_away(tmp_path: Path) -> None:
    path = tmp_path / "stories.db"
    with Local(cast(Tools, None), path) as local:
        local._history._database.execute("PRAGMA busy_timeout = 0")  # not to wait for it
        with locked(path):
            for work in (local.forget(INCIDENT), local.forget_before(BEGAN)):
                with pytest.raises(StoreUnavailableError, match="locked"):
                    asyncio.run(cast(Any, work))


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_text("these are my notes" * 100)])
def test_a_file_of_stories_that_is_none_is_told_in_one_line(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "stories.db")
    with pytest.raises(CannotRunError, match="the stories of this machine"), refusals():
        History(tmp_path / "stories.db")


def test_the_files_of_the_stories_are_their_owners_alone(tmp_path: Path) -> None:
    with closing(History(tmp_path / "stories.db")) as history:
        history.hold()
        Lab(World(), history=history).begin()
        made = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert {"stories.db", "stories.db-wal", "stories.db-shm", "stories.db.runner"} <= set(made)
    assert {*made.values()} == {0o600}
