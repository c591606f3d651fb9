"""One thread, one SQLite connection, and one transaction for all that waits: a commit costs a wait for the disk."""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from acimedic.store.trouble import StoreUnavailableError
from acimedic.store.write_ahead import is_locked

Answer = TypeVar("Answer")
Work: TypeAlias = Callable[[sqlite3.Connection], Answer]
Kind: TypeAlias = Literal["reads", "writes", "alone"]
_TOGETHER = 200


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """future: whom the answer is for; one of a loop is told there, and never from the thread."""

    work: Work[Any]
    kind: Kind
    future: "Future[Any] | asyncio.Future[Any]"

    @property
    def wanted(self) -> bool:
        """Whether somebody still waits; from here on the job cannot be called off."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What came of a job: an answer, or what it was refused with."""

    job: _Job
    answer: Any

    def deliver(self) -> None:
        """Tell whoever still waits."""
        if self.job.future.done():
            return
        if isinstance(self.answer, BaseException):
            self.job.future.set_exception(self.answer)
        else:
            self.job.future.set_result(self.answer)


class Commits:
    """Runs jobs on a connection that is opened when the first one comes. connect: opens it, in the thread."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="acimedic-store")

    def submit(self, work: Work[Answer], kind: Kind) -> "Future[Answer]":
        """Have a job done, wholly or not at all; its answer comes once it is on disk.

        kind: `alone` runs outside any transaction. A job may run twice, the first run undone.
        """
        future: Future[Answer] = Future()
        self._add(_Job(work, kind, future))
        return future

    async def run(self, work: Work[Answer], kind: Kind) -> Answer:
        """The same for a coroutine; all answers of one transaction come to its loop together."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._add(_Job(work, kind, future))
        return await future

    def close(self) -> None:
        """Finish what waits, and close the connection; closed before, it stays so."""
        with self._lock:  # what comes from here on is refused, and opens the file no more
            try:
                closing = self._thread.submit(self._disconnect)
            except RuntimeError:
                return
            self._thread.shutdown(wait=False)
        closing.result()
        self._thread.shutdown()

    def _add(self, job: _Job) -> None:
        with self._lock:
            self._waiting.append(job)
            if len(self._waiting) > 1:
                return  # the thread was called, and takes whatever waits
            try:
                self._thread.submit(self._run_waiting)
            except RuntimeError as error:
                self._waiting.clear()
                raise StoreUnavailableError("the store has been closed") from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run_waiting(self) -> None:
        while jobs := self._taken():
            try:
                told = self._run([job for job in jobs if job.wanted])
            except BaseException as error:  # noqa: BLE001 - a caller who waits for an answer is told, whatever it is
                told = [_Told(job, error) for job in jobs]
            _deliver(told)

    def _taken(self) -> list[_Job]:
        """What waits, up to the first that runs alone."""
        jobs: list[_Job] = []
        with self._lock:
            while self._waiting and len(jobs) < _TOGETHER:
                jobs.append(self._waiting.popleft())
                if jobs[-1].kind == "alone":
                    break
        return jobs

    def _run(self, jobs: Sequence[_Job]) -> list[_Told]:
        if self._connection is None:
            self._connection = self._connect()
        together = [job for job in jobs if job.kind != "alone"]
        try:
            told = _transact(self._connection, together)
        except sqlite3.Error as error:
            told = _one_by_one(self._connection, together, error)
        if len(told) < len(jobs):
            _deliver(told)  # whatever befalls the job that runs alone
            told = [_Told(jobs[-1], jobs[-1].work(self._connection))]
        return told


def _one_by_one(connection: sqlite3.Connection, jobs: Sequence[_Job], why: sqlite3.Error) -> list[_Told]:
    """What comes of jobs that could not be done together: where one does not fit the disk, say, the others do.

    While another process has the file nobody can write: each would wait as long as all of them have waited.
    """
    told: list[_Told] = []
    locked = why if is_locked(why) else None
    for job in jobs:
        if len(jobs) == 1 or (locked and job.kind == "writes"):
            told.append(_Told(job, locked or why))
            continue
        try:
            told += _transact(connection, [job])
        except sqlite3.Error as error:
            told.append(_Told(job, error))
            locked = error if is_locked(error) else locked
    return told


def _deliver(told: Sequence[_Told]) -> None:
    """Tell everybody; each loop once, since to call into it costs more than most answers."""
    of_loops: dict[asyncio.AbstractEventLoop, list[_Told]] = {}
    for each in told:
        if isinstance(each.job.future, Future):
            each.deliver()
        else:
            of_loops.setdefault(each.job.future.get_loop(), []).append(each)
    for loop, its in of_loops.items():
        with suppress(RuntimeError):  # a loop that has ended: nobody waits any more
            loop.call_soon_threadsafe(_deliver_here, its)


def _deliver_here(told: Sequence[_Told]) -> None:
    for each in told:
        each.deliver()


def _transact(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[_Told]:
    """The answers of all, or what each was refused with; committed when this returns. Raises sqlite3.Error."""
    if not jobs:
        return []
    # A write takes its lock before it looks: a read that grew into a write could not wait for another process.
    connection.execute("BEGIN IMMEDIATE" if any(job.kind == "writes" for job in jobs) else "BEGIN")
    try:
        told = [_Told(job, _done(connection, job)) for job in jobs]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return told


def _done(connection: sqlite3.Connection, job: _Job) -> Any:
    """The job's answer, or what it was refused with, and then nothing of it is left."""
    if job.kind == "reads":
        return _answer(connection, job)
    connection.execute("SAVEPOINT job")
    answer = _answer(connection, job)
    if isinstance(answer, Exception):
        connection.execute("ROLLBACK TO job")
    connection.execute("RELEASE job")
    return answer


def _answer(connection: sqlite3.Connection, job: _Job) -> Any:
    try:
        return job.work(connection)
    except sqlite3.Error:
        raise
    except Exception as refusal:  # noqa: BLE001 - it is this job's answer
        return refusal
