"""The local engine: runs the very orchestrator that runs in Azure, with its history in SQLite and no host.

Nothing here sleeps or looks at a clock: `advance(now)` does all that is due at `now`. An activity's result is recorded
in the transaction that takes the activity off the list, so that it is carried out at least once, and not again once
its result is recorded. Killed at any point, the next `advance` goes on from what is recorded.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from acimedic.lifecycle.history import Event, History, Status, Work, append, drop, forget, put, written
from acimedic.lifecycle.replay import Kind, ReplayError, Taken, Turned, context_json, event, replay, take

Activity: TypeAlias = Callable[[Any], Awaitable[object]]
LONGEST_HISTORY = 5000  # events; the longest story there is, each step of which fails, stays below it
_LARGEST_EVENT = 4096  # characters of what an event may say


class Engine:
    """Orchestrations of one kind.

    Takes a History, the orchestrator, and the activities by name: each is called with the decoded JSON of its input,
    and its answer travels as JSON. at_once: how many activities are under way at a time.
    """

    def __init__(
        self,
        history: History,
        orchestrator: Callable[[Any], Generator[Any, Any, Any]],
        activities: Mapping[str, Activity],
        *,
        name: str = "story",
        at_once: int = 8,
    ) -> None:
        self._history = history
        self._orchestrator = orchestrator
        self._activities = activities
        self._name = name
        self._at_once = at_once
        self._running = asyncio.Lock()

    def start(self, instance: str, given: object, *, now: datetime, over: frozenset[str] = frozenset()) -> bool:
        """Begin an orchestration, unless one of that id is there already; gives back whether it began.

        over: the statuses (`Completed`, `Failed`) in which one that is there has ended and makes way.
        """
        text, moment = json.dumps(given), written(now)
        begun = event(Kind.EXECUTION_STARTED, now, Name=self._name, Input=text, Version=None)
        with self._history.change() as database:
            there = self._history.status(instance)
            if there is not None and there.ended and there.status in over:
                forget(database, instance)
            row = (instance, text, "Pending", moment, moment)
            made = database.execute(
                "INSERT INTO instances (id, input, status, begun, changed) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO NOTHING",
                row,
            )
            if made.rowcount:
                put(database, instance, begun)
            return made.rowcount == 1

    def raise_event(self, instance: str, name: str, said: object, *, now: datetime) -> bool:
        """Tell an orchestration something; False if there is none, or it has ended. Raises ValueError if too long."""
        text = json.dumps(said)
        if len(text) > _LARGEST_EVENT:
            raise ValueError(f"an event says at most {_LARGEST_EVENT} characters")
        with self._history.change() as database:
            status = self._history.status(instance)
            if status is None or status.ended:
                return False
            put(database, instance, event(Kind.EVENT_RAISED, now, Name=name, Input=text))
            return True

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

    def purge(self, before: datetime) -> int:
        """Delete the orchestrations that ended before this moment; gives back how many."""
        with self._history.change() as database:
            old = [one.instance for one in self._history.statuses() if one.ended and one.changed < before]
            for instance in old:
                forget(database, instance)
            return len(old)

    async def advance(self, now: datetime) -> None:
        """Do all that is due, and all that follows from it at this moment. Raises BusyError."""
        async with self._running:
            self._history.hold()
            while self._fire(now) or self._turn_all(now) or await self._work(now):
                pass

    def _fire(self, now: datetime) -> bool:
        due = self._history.due(now)
        for instance, task, moment in due:
            with self._history.change() as database:
                gone = database.execute("DELETE FROM timers WHERE instance = ? AND task = ?", (instance, task))
                if gone.rowcount:
                    put(database, instance, event(Kind.TIMER_FIRED, now, TimerId=task, FireAt=moment))
        return bool(due)

    def _turn_all(self, now: datetime) -> bool:
        woken = self._history.woken()
        for instance in woken:
            self._turn(instance, now)
        return bool(woken)

    def _turn(self, instance: str, now: datetime) -> None:
        """Hand an orchestration what has come for it, and schedule what it asks for."""
        with self._history.change() as database:
            come = database.execute("SELECT n, event FROM inbox WHERE instance = ? ORDER BY n", (instance,)).fetchall()
            database.executemany("DELETE FROM inbox WHERE n = ?", [(n,) for n, _ in come])
            status = self._history.status(instance)
            if status is None or status.ended:
                return
            old = self._history.events(instance)
            new = [event(Kind.ORCHESTRATOR_STARTED, now), *(json.loads(text) for _, text in come)]
            turned, taken = self._replayed(status, [*old, *new], now)
            new += taken.new
            if turned.done or turned.error is not None:
                new.append(_completed(turned, now))
            new.append(event(Kind.ORCHESTRATOR_COMPLETED, now))
            append(database, instance, new, after=len(old))
            schedule = [(instance, item) for item in taken.new]
            for sql, kind, keys in _SCHEDULES:
                rows = [(one, *(item[key] for key in keys)) for one, item in schedule if item["EventType"] == kind]
                database.executemany(sql, rows)
            gone = [(instance, number) for number in taken.cancelled]
            database.executemany("DELETE FROM timers WHERE instance = ? AND task = ?", gone)
            word = _word(turned)
            if word != "Running":
                drop(database, instance, "inbox", "work", "timers")
            database.execute(
                "UPDATE instances SET status = ?, output = ?, error = ?, shown = ?, changed = ? WHERE id = ?",
                (word, json.dumps(turned.output), turned.error, json.dumps(turned.shown), written(now), instance),
            )

    def _replayed(self, status: Status, history: Sequence[Event], now: datetime) -> tuple[Turned, Taken]:
        """What follows from a history; one that cannot go on ends as failed, where it can be seen."""
        try:
            _ensure_bounded(history)
            context = context_json(status.instance, json.dumps(status.input), history)
            turned = replay(self._orchestrator, context)
            return turned, take(turned.actions, history, now)
        except ReplayError as error:
            failed = Turned(actions=[], done=False, output=None, shown=status.shown, error=str(error))
            return failed, Taken()

    async def _work(self, now: datetime) -> bool:
        work = self._history.work()[: self._at_once]
        await asyncio.gather(*(self._perform(one, now) for one in work))
        return bool(work)

    async def _perform(self, work: Work, now: datetime) -> None:
        try:
            answer = json.dumps(await self._activities[work.name](json.loads(work.input)))
            come = event(Kind.TASK_COMPLETED, now, TaskScheduledId=work.task, Result=answer)
        except Exception as error:  # noqa: BLE001  (whatever an activity raises is its failure, and the story's to judge)
            told = f"Activity function '{work.name}' failed: {type(error).__name__}: {error}"
            come = event(Kind.TASK_FAILED, now, TaskScheduledId=work.task, Reason=told, Details="")
        with self._history.change() as database:
            gone = database.execute("DELETE FROM work WHERE instance = ? AND task = ?", (work.instance, work.task))
            if gone.rowcount:
                put(database, work.instance, come)


_SCHEDULES = (
    (
        "INSERT INTO work (instance, task, name, input) VALUES (?, ?, ?, ?)",
        Kind.TASK_SCHEDULED,
        ("EventId", "Name", "Input"),
    ),
    ("INSERT INTO timers (instance, task, due) VALUES (?, ?, ?)", Kind.TIMER_CREATED, ("EventId", "FireAt")),
)


def _ensure_bounded(history: Sequence[Event]) -> None:
    if len(history) > LONGEST_HISTORY:
        raise ReplayError(f"its history has more than {LONGEST_HISTORY} events")


def _word(turned: Turned) -> str:
    if turned.error is not None:
        return "Failed"
    return "Completed" if turned.done else "Running"


def _completed(turned: Turned, now: datetime) -> Event:
    said = json.dumps(turned.output) if turned.error is None else turned.error
    return event(Kind.EXECUTION_COMPLETED, now, OrchestrationStatus=_word(turned), Result=said)
