"""One turn of one orchestration: it is handed what has come for it, and what it asks for is scheduled.

An orchestrator is kept at the end of its history, as far as there is room, so that a turn need not replay what went
before: what comes next is processed from there, which is what a replay would do. It is kept only as long as the
history is what it was told: whatever else changes the file has all of them replayed.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from acimedic.lifecycle.history import Event, History, Status, append, drop, written
from acimedic.lifecycle.replay import Kind, Live, ReplayError, Taken, Turned, context_json, event, take

Orchestrator: TypeAlias = Callable[[Any], Generator[Any, Any, Any]]
_MOST_KEPT = 500  # orchestrators at the end of their histories; some 30 KiB each
# What a history that is damaged may raise.
_BROKEN = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, sqlite3.IntegrityError)


@dataclass(slots=True)
class _Kept:
    """An orchestrator and the history that it has been told."""

    live: Live
    events: list[Event]


class Turning:
    """Turns orchestrations of one kind; the caller has opened the transaction."""

    def __init__(self, history: History, orchestrator: Orchestrator, *, most_kept: int = _MOST_KEPT) -> None:
        self._history = history
        self._orchestrator = orchestrator
        self._most_kept = most_kept
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._version = -1

    def forget(self, *instances: str) -> None:
        """Keep nothing of these: their histories are no longer what they were."""
        for instance in instances:
            kept = self._kept.pop(instance, None)
            if kept is not None:
                kept.live.close()

    def forget_all(self) -> None:
        """Keep nothing of any: what they were told may not have been recorded."""
        self.forget(*self._kept)

    def see(self) -> None:
        """Notice what others have done to the file, in a transaction that keeps them from doing more."""
        version = self._history.version()
        if version != self._version:
            self.forget_all()
        self._version = version

    def turn(self, database: sqlite3.Connection, instance: str, now: datetime, *, longest: int) -> None:
        """Turn one. longest: how many events its history may have.

        One that cannot go on ends as failed, where it can be seen, and takes no other with it. Raises
        sqlite3.OperationalError where nothing can be written.
        """
        database.execute("SAVEPOINT turn")
        try:
            self._turn(database, instance, now, longest)
        except _BROKEN as error:
            database.execute("ROLLBACK TO turn")
            self.forget(instance)
            self._fail(database, instance, f"its history cannot be gone on with ({type(error).__name__})", now)
        database.execute("RELEASE turn")

    def _turn(self, database: sqlite3.Connection, instance: str, now: datetime, longest: int) -> None:
        come = database.execute("SELECT n, event FROM inbox WHERE instance = ? ORDER BY n", (instance,)).fetchall()
        database.executemany("DELETE FROM inbox WHERE n = ?", [(n,) for n, _ in come])
        status = self._history.status(instance)
        if status is None or status.ended:
            return
        new = [event(Kind.ORCHESTRATOR_STARTED, now), *(json.loads(text) for _, text in come)]
        old, turned, taken = self._replayed(status, new, now, longest)
        after = len(old)
        more = list(taken.new)
        if turned.done or turned.error is not None:
            more.append(_completed(turned, now))
        more.append(event(Kind.ORCHESTRATOR_COMPLETED, now))
        append(database, instance, [*new, *more], after=after)
        if instance in self._kept:
            old += [*new, *more]
        _schedule(database, instance, taken)
        _show(database, instance, turned, now)

    def _replayed(
        self, status: Status, new: list[Event], now: datetime, longest: int
    ) -> tuple[list[Event], Turned, Taken]:
        """The history so far, and what follows from what is new."""
        kept = self._kept.pop(status.instance, None)
        old = self._history.events(status.instance) if kept is None else kept.events
        live = Live(self._orchestrator) if kept is None else kept.live
        history = [*old, *new]
        with ExitStack() as ending:
            ending.callback(live.close)
            try:
                _ensure_bounded(history, longest)
                if kept is None:
                    turned = live.begin(context_json(status.instance, json.dumps(status.input), history))
                else:
                    turned = live.go_on(new)
                taken = take(turned.actions, history, now)
            except ReplayError as error:
                failed = Turned(actions=[], done=False, output=None, shown=status.shown, error=str(error))
                return old, failed, Taken()
            if not turned.done and turned.error is None:
                ending.pop_all()
                self._keep(status.instance, _Kept(live, old))
        return old, turned, taken

    def _keep(self, instance: str, kept: _Kept) -> None:
        self._kept[instance] = kept
        if len(self._kept) > self._most_kept:
            self.forget(next(iter(self._kept)))

    def _fail(self, database: sqlite3.Connection, instance: str, why: str, now: datetime) -> None:
        """End an orchestration whose rows cannot be read: nothing of them is used."""
        drop(database, instance, "inbox", "work", "timers")
        moment = written(now)
        database.execute(
            "UPDATE instances SET status = 'Failed', error = ?, changed = ? WHERE id = ?", (why, moment, instance)
        )
        try:
            self._history.status(instance)
        except _BROKEN:  # so that it can be shown, and begun anew
            database.execute(
                "UPDATE instances SET input = 'null', output = NULL, shown = NULL, begun = ? WHERE id = ?",
                (moment, instance),
            )


_SCHEDULES = (
    (
        "INSERT INTO work (instance, task, name, input) VALUES (?, ?, ?, ?)",
        Kind.TASK_SCHEDULED,
        ("EventId", "Name", "Input"),
    ),
    ("INSERT INTO timers (instance, task, due) VALUES (?, ?, ?)", Kind.TIMER_CREATED, ("EventId", "FireAt")),
)


def _ensure_bounded(history: Sequence[Event], longest: int) -> None:
    if len(history) > longest:
        raise ReplayError(f"its history has more than {longest} events")


def _schedule(database: sqlite3.Connection, instance: str, taken: Taken) -> None:
    for sql, kind, keys in _SCHEDULES:
        rows = [(instance, *(item[key] for key in keys)) for item in taken.new if item["EventType"] == kind]
        if rows:
            database.executemany(sql, rows)
    if taken.cancelled:
        gone = [(instance, number) for number in taken.cancelled]
        database.executemany("DELETE FROM timers WHERE instance = ? AND task = ?", gone)


def _show(database: sqlite3.Connection, instance: str, turned: Turned, now: datetime) -> None:
    word = _word(turned)
    if word != "Running":
        drop(database, instance, "inbox", "work", "timers")
    database.execute(
        "UPDATE instances SET status = ?, output = ?, error = ?, shown = ?, changed = ? WHERE id = ?",
        (word, json.dumps(turned.output), turned.error, json.dumps(turned.shown), written(now), instance),
    )


def _word(turned: Turned) -> str:
    if turned.error is not None:
        return "Failed"
    return "Completed" if turned.done else "Running"


def _completed(turned: Turned, now: datetime) -> Event:
    said = json.dumps(turned.output) if turned.error is None else turned.error
    return event(Kind.EXECUTION_COMPLETED, now, OrchestrationStatus=_word(turned), Result=said)
