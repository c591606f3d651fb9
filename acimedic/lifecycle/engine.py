"""The local engine: runs the very orchestrator that runs in Azure, with its history in SQLite and no host.

No clock is looked at here: `advance(now)` does all that is due at `now`. An activity's result is recorded in the
transaction that takes the activity off the list, so that it is carried out at least once, and not again once its
result is recorded. Killed at any point, the next `advance` goes on from what is recorded.

Whatever has come at one moment is one transaction: the results, the timers, and the turns of all stories that follow
from them. Each transaction waits for the disk, and all stories wait with it.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from acimedic.lifecycle.beginning import Beginning, Together, begin
from acimedic.lifecycle.history import ENDED, Event, History, Status, forget, put
from acimedic.lifecycle.replay import Kind, event
from acimedic.lifecycle.turning import Orchestrator, Turning
from acimedic.lifecycle.working import Activity, Answered, Refused, Result, Working

__all__ = ["LONGEST_HISTORY", "Activity", "Engine"]

LONGEST_HISTORY = 5000  # events; the longest story there is, each step of which fails, stays below it
_LARGEST_EVENT = 4096  # characters of what an event may say
_AT_ONCE = 32  # activities; most of their time is spent waiting for Azure
_TURNED_AT_ONCE = 50  # stories in one transaction; nothing else goes on meanwhile
_LOOKS_AGAIN = 1.0  # seconds: another process may have left something in the same file


class Engine:
    """Orchestrations of one kind.

    Takes a History, the orchestrator, and the activities by name: each is called with the decoded JSON of its input,
    and its answer travels as JSON. at_once: how many activities are under way at a time.
    """

    def __init__(
        self,
        history: History,
        orchestrator: Orchestrator,
        activities: Mapping[str, Activity],
        *,
        name: str = "story",
        at_once: int = _AT_ONCE,
    ) -> None:
        self._history = history
        self._turning = Turning(history, orchestrator)
        self._activities = activities
        self._name = name
        self._at_once = at_once
        self._together = Together(self._begin)
        self._running = asyncio.Lock()
        self._working: Working | None = None
        self._rests = False

    def start(self, instance: str, given: object, *, now: datetime, over: frozenset[str] = frozenset()) -> bool:
        """Begin an orchestration, unless one of that id is there already; gives back whether it began.

        over: the statuses (`Completed`, `Failed`) in which one that is there has ended and makes way.
        """
        return self._begin([self._beginning(instance, given, now, over)])[0]

    async def begin(self, instance: str, given: object, *, now: datetime, over: frozenset[str] = frozenset()) -> bool:
        """As `start`; all that begin at one moment wait for the disk together."""
        return await self._together.add(self._beginning(instance, given, now, over))

    def _beginning(self, instance: str, given: object, now: datetime, over: frozenset[str]) -> Beginning:
        return Beginning(instance=instance, name=self._name, given=json.dumps(given), now=now, over=over)

    def _begin(self, those: Sequence[Beginning]) -> list[bool]:
        with self._history.change() as database:
            begun = [begin(database, one, self._history.word(one.instance)) for one in those]
        self._turning.forget(*(one.instance for one, new in zip(those, begun, strict=True) if new))
        self._wake()
        return begun

    def raise_event(self, instance: str, name: str, said: object, *, now: datetime) -> bool:
        """Tell an orchestration something; False if there is none, or it has ended. Raises ValueError if too long."""
        text = json.dumps(said)
        if len(text) > _LARGEST_EVENT:
            raise ValueError(f"an event says at most {_LARGEST_EVENT} characters")
        with self._history.change() as database:
            if self._history.word(instance) in {None, *ENDED}:
                return False
            put(database, instance, event(Kind.EVENT_RAISED, now, Name=name, Input=text))
        self._wake()
        return True

    def _wake(self) -> None:
        if self._working is not None:
            self._working.wake()

    def status(self, instance: str) -> Status | None:
        """Where an orchestration stands; None if there is none."""
        return self._history.status(instance)

    def statuses(self) -> tuple[Status, ...]:
        """All orchestrations, in the order in which they began."""
        return self._history.statuses()

    def next_due(self) -> datetime | None:
        """When `advance` will have something to do, unless somebody tells it something before."""
        return self._history.next_due()

    def forget(self, instance: str) -> None:
        """Delete an orchestration, ended or not; one that is not there is no matter."""
        with self._history.change() as database:
            forget(database, instance)
        self._turning.forget(instance)
        self._history.tidy()

    def purge(self, before: datetime) -> int:
        """Delete the orchestrations that ended before this moment; gives back how many."""
        with self._history.change() as database:
            old = self._history.ended_before(before)
            for instance in old:
                forget(database, instance)
        self._turning.forget(*old)
        self._history.tidy()
        return len(old)

    def rest(self) -> None:
        """Begin no activity any more: `advance` ends with those that are under way."""
        self._rests = True

    async def advance(self, now: datetime, *, clock: Callable[[], datetime] | None = None) -> None:
        """Do all that is due, and all that follows from it. Raises BusyError.

        clock: tells the time while this goes on; without one all of it happens at `now`. Whoever stops it loses
        nothing of what has ended, and what is under way is carried out again.
        """
        async with self._running:
            self._history.hold()
            async with Working(self._activities, self._at_once) as working:
                self._working = working
                try:
                    await self._go_on(working, clock or (lambda: now))
                except asyncio.CancelledError:
                    with suppress(sqlite3.Error):  # what cannot be recorded is carried out again
                        self._settle(working.take(), clock() if clock else now)
                    raise
                finally:
                    self._working = None

    async def _go_on(self, working: Working, clock: Callable[[], datetime]) -> None:
        while True:
            moved = self._settle(working.take(), clock())
            if working.free and not self._rests:
                working.hand_out(self._history.work(self._at_once))
            if moved:
                await asyncio.sleep(0)  # whoever takes in events is not to wait for all the stories
            elif working.idle:
                return
            else:
                await working.wait(self._patience(clock()))

    def _patience(self, now: datetime) -> float:
        due = self._history.next_due()
        return _LOOKS_AGAIN if due is None else min(_LOOKS_AGAIN, max(0.0, (due - now).total_seconds()))

    def _settle(self, results: Sequence[Result], now: datetime) -> bool:
        """Record what has come, and turn the stories for which something has; whether there was anything."""
        if not (results or self._history.is_woken(now)):
            return False
        try:
            with self._history.change() as database:
                self._turning.see()
                _record(database, results, now)
                _fire(database, self._history.due(now), now)
                for instance in self._history.woken(_TURNED_AT_ONCE):
                    self._turning.turn(database, instance, now, longest=LONGEST_HISTORY)
        except BaseException:
            self._turning.forget_all()  # they were told what is not recorded
            raise
        return True


# Unless another story of the same id has come in the place of the one that this was for.
_TAKE_OFF = (
    "DELETE FROM work WHERE instance = ? AND task = ? AND EXISTS (SELECT * FROM instances WHERE id = ? AND begun = ?)"
)


def _record(database: sqlite3.Connection, results: Sequence[Result], now: datetime) -> None:
    for result in results:
        work = result.work
        gone = database.execute(_TAKE_OFF, (work.instance, work.task, work.instance, work.begun))
        if gone.rowcount:
            put(database, work.instance, _come(result, now))


def _come(result: Result, now: datetime) -> Event:
    match result:
        case Answered(work=work, answer=answer):
            return event(Kind.TASK_COMPLETED, now, TaskScheduledId=work.task, Result=answer)
        case Refused(work=work, told=told):
            return event(Kind.TASK_FAILED, now, TaskScheduledId=work.task, Reason=told, Details="")


def _fire(database: sqlite3.Connection, due: Sequence[tuple[str, int, str]], now: datetime) -> None:
    for instance, task, moment in due:
        database.execute("DELETE FROM timers WHERE instance = ? AND task = ?", (instance, task))
        put(database, instance, event(Kind.TIMER_FIRED, now, TimerId=task, FireAt=moment))
