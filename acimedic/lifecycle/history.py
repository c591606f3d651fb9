"""What the local engine keeps: the histories of its orchestrations, and what is under way, in one SQLite file.

Every change is one transaction, so that a process that is killed leaves either all of it or nothing. Deleting is real:
SQLite overwrites what is deleted (`secure_delete`), and `tidy` empties the log that still holds it.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from acimedic.store.write_ahead import empty_log, log_ahead, make_file

Event: TypeAlias = dict[str, object]

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"  # as the library writes it; in the order of time when sorted as text
_TABLES = """
CREATE TABLE IF NOT EXISTS instances (id TEXT PRIMARY KEY, input TEXT NOT NULL, status TEXT NOT NULL, output TEXT,
    error TEXT, shown TEXT, begun TEXT NOT NULL, changed TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS history (instance TEXT NOT NULL, n INTEGER NOT NULL, event TEXT NOT NULL,
    PRIMARY KEY (instance, n)) STRICT;
CREATE TABLE IF NOT EXISTS inbox (n INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, event TEXT NOT NULL)
    STRICT;
CREATE TABLE IF NOT EXISTS work (instance TEXT NOT NULL, task INTEGER NOT NULL, name TEXT NOT NULL,
    input TEXT NOT NULL, PRIMARY KEY (instance, task)) STRICT;
CREATE TABLE IF NOT EXISTS timers (instance TEXT NOT NULL, task INTEGER NOT NULL, due TEXT NOT NULL,
    PRIMARY KEY (instance, task)) STRICT;
CREATE INDEX IF NOT EXISTS inbox_of_each ON inbox (instance);
CREATE INDEX IF NOT EXISTS work_in_order ON work (task > 0 DESC);
CREATE INDEX IF NOT EXISTS timers_in_order ON timers (due);
"""
_PATIENCE = 5.0  # seconds to wait for another process's lock
_OF_AN_INSTANCE = ("history", "inbox", "work", "timers")
ENDED = frozenset({"Completed", "Failed"})


class BusyError(Exception):
    """Another process runs the orchestrations of this file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An activity that was scheduled and has no result yet.

    begun: when its story was, as the file has it: another of the same id may have come in its place meanwhile.
    """

    instance: str
    begun: str
    task: int
    name: str
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where an orchestration stands. status: as Durable Functions words it. shown: what the story shows meanwhile."""

    instance: str
    status: str
    input: object
    output: object
    error: str | None
    shown: object
    begun: datetime
    changed: datetime

    @property
    def ended(self) -> bool:
        """Whether nothing is going to happen any more."""
        return self.status in ENDED


class History:
    """The file, opened."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._held: sqlite3.Connection | None = None
        self._database = self._opened(self._path, _PATIENCE)
        try:
            log_ahead(self._database, _PATIENCE)
            self._database.executescript(_TABLES)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
        if self._held is not None:
            self._held.close()
            self._held = None

    def hold(self) -> None:
        """Be the one process that runs what is in the file. Raises BusyError.

        The lock is on a second file beside it, which the operating system gives up when the process ends, however it
        ends. Starting, raising events and asking need no lock.
        """
        if self._held is not None or self._path == ":memory:":
            return
        held = self._opened(f"{self._path}.runner", 0)
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            held.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise  # no room for the file, say
            raise BusyError(f"another process is running {Path(self._path).name}") from error
        self._held = held

    def _opened(self, path: str, patience: float) -> sqlite3.Connection:
        if self._path != ":memory:":
            with suppress(OSError):  # which SQLite meets as well, and tells
                make_file(path)
        return sqlite3.connect(path, isolation_level=None, timeout=patience)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """All of it, or nothing. Raises sqlite3.OperationalError where it cannot be written, and goes on afterwards."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # where the disk is full, SQLite may have ended it by itself
                self._database.execute("ROLLBACK")
            raise

    def tidy(self) -> None:
        """Leave no trace of what was deleted: the write-ahead log still holds it."""
        empty_log(self._database)

    def status(self, instance: str) -> Status | None:
        """Where an orchestration stands; None if there is none."""
        found = self._statuses("WHERE id = ?", (instance,))
        return found[0] if found else None

    def word(self, instance: str) -> str | None:
        """The status of an orchestration alone, which can be told where the rest of it is damaged."""
        found = self._database.execute("SELECT status FROM instances WHERE id = ?", (instance,)).fetchone()
        return None if found is None else str(found[0])

    def ended_before(self, moment: datetime) -> list[str]:
        """The orchestrations that ended before this moment."""
        query = "SELECT id FROM instances WHERE status IN (?, ?) AND changed < ? ORDER BY begun, id"
        return [instance for (instance,) in self._database.execute(query, (*sorted(ENDED), written(moment)))]

    def statuses(self) -> tuple[Status, ...]:
        """All orchestrations, in the order in which they began."""
        return self._statuses("ORDER BY begun, id", ())

    def events(self, instance: str) -> list[Event]:
        """The history of an orchestration."""
        rows = self._database.execute("SELECT event FROM history WHERE instance = ? ORDER BY n", (instance,))
        return [json.loads(event) for (event,) in rows]

    def version(self) -> int:
        """Changes whenever somebody else has changed the file: another process, or another of these."""
        (found,) = self._database.execute("PRAGMA data_version").fetchone()
        return int(found)

    def is_woken(self, now: datetime) -> bool:
        """Whether something has come for an orchestration, or a timer's moment has."""
        query = "SELECT EXISTS (SELECT * FROM inbox) OR EXISTS (SELECT * FROM timers WHERE due <= ?)"
        (found,) = self._database.execute(query, (written(now),)).fetchone()
        return bool(found)

    def woken(self, most: int) -> list[str]:
        """The orchestrations for which something has come, whoever has waited longest first."""
        rows = self._database.execute("SELECT instance FROM inbox GROUP BY instance ORDER BY min(n) LIMIT ?", (most,))
        return [instance for (instance,) in rows]

    def work(self, most: int) -> list[Work]:
        """The first activities of those that have no result: what goes on comes before what only begins."""
        query = (
            "SELECT instance, begun, task, name, work.input FROM work CROSS JOIN instances ON id = instance "
            "ORDER BY task > 0 DESC, work.rowid LIMIT ?"
        )
        rows = self._database.execute(query, (most,))
        return [
            Work(instance=instance, begun=begun, task=task, name=name, input=said)
            for instance, begun, task, name, said in rows
        ]

    def due(self, now: datetime) -> list[tuple[str, int, str]]:
        """The timers whose moment has come, in the order of their moments: instance, task, moment."""
        rows = self._database.execute(
            "SELECT instance, task, due FROM timers WHERE due <= ? ORDER BY due, instance, task", (written(now),)
        )
        return list(rows)

    def next_due(self) -> datetime | None:
        """The moment of the next timer. One that is damaged is none, and keeps no other from going off."""
        (found,) = self._database.execute("SELECT min(due) FROM timers").fetchone()
        try:
            return None if found is None else read_moment(found)
        except ValueError:
            return None

    def _statuses(self, where: str, values: Sequence[str]) -> tuple[Status, ...]:
        columns = "id, status, input, output, error, shown, begun, changed"
        rows = self._database.execute(f"SELECT {columns} FROM instances {where}", values)  # noqa: S608  # nosec B608  # our words
        return tuple(
            Status(
                instance=instance,
                status=status,
                input=json.loads(given),
                output=None if output is None else json.loads(output),
                error=error,
                shown=None if shown is None else json.loads(shown),
                begun=read_moment(begun),
                changed=read_moment(changed),
            )
            for instance, status, given, output, error, shown, begun, changed in rows
        )


def forget(database: sqlite3.Connection, instance: str) -> None:
    """Delete an orchestration and all that belongs to it."""
    drop(database, instance, *_OF_AN_INSTANCE)
    database.execute("DELETE FROM instances WHERE id = ?", (instance,))


def drop(database: sqlite3.Connection, instance: str, *tables: str) -> None:
    """Delete what these tables hold of an orchestration."""
    for table in tables:
        database.execute(f"DELETE FROM {table} WHERE instance = ?", (instance,))  # noqa: S608  # nosec B608  # our words


def put(database: sqlite3.Connection, instance: str, event: Event) -> None:
    """Something has come for an orchestration."""
    database.execute("INSERT INTO inbox (instance, event) VALUES (?, ?)", (instance, json.dumps(event)))


def append(database: sqlite3.Connection, instance: str, events: Sequence[Event], *, after: int) -> None:
    """Lengthen a history that holds `after` events."""
    rows = [(instance, n, json.dumps(event)) for n, event in enumerate(events, after)]
    database.executemany("INSERT INTO history (instance, n, event) VALUES (?, ?, ?)", rows)


def written(moment: datetime) -> str:
    """A moment as the history has it."""
    return moment.astimezone(UTC).strftime(MOMENT)


def read_moment(text: str) -> datetime:
    """A moment that the history has."""
    return datetime.fromisoformat(text).astimezone(UTC)
