"""One thread, one SQLite connection, and one transaction for all that waits: a commit costs a wait for the disk."""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

from acimedic.store.trouble import StoreUnavailableError

Answer = TypeVar("Answer")
Work: TypeAlias = Callable[[sqlite3.Connection], Answer]
Kind: TypeAlias = Literal["reads", "writes", "alone"]
_TOGETHER = 200


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    work: Work[Any]
    kind: Kind
    future: "Future[Any]" = field(default_factory=Future)


class Commits:
    """Runs jobs on a connection that is opened when the first one comes. connect: opens it, in the thread."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[_Job] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="acimedic-store")

    def submit(self, work: Work[Answer], kind: Kind) -> "Future[Answer]":
        """Have a job done, wholly or not at all; its answer comes once it is on disk.

        kind: `alone` runs outside any transaction. A job may run twice, the first run undone.
        """
        job = _Job(work, kind)
        self._waiting.append(job)
        try:
            self._thread.submit(self._run_waiting)
        except RuntimeError as error:
            raise StoreUnavailableError("the store has been closed") from error
        return job.future

    def close(self) -> None:
        """Finish what waits, and close the connection; closed before, it stays so."""
        try:
            closing = self._thread.submit(self._disconnect)
        except RuntimeError:
            return
        closing.result()
        self._thread.shutdown()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run_waiting(self) -> None:
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < _TOGETHER:
            job = self._waiting.popleft()
            if not job.future.set_running_or_notify_cancel():
                continue
            jobs.append(job)
            if job.kind == "alone":
                break
        try:
            self._run(jobs)
        except BaseException as error:  # noqa: BLE001 - a caller who waits for an answer is told, whatever it is
            for job in jobs:
                if not job.future.done():
                    job.future.set_exception(error)

    def _run(self, jobs: Sequence[_Job]) -> None:
        if self._connection is None:
            self._connection = self._connect()
        together = [job for job in jobs if job.kind != "alone"]
        try:
            answers = _transact(self._connection, together)
        except sqlite3.Error as error:
            # One of them cannot be done (the disk is full, say): the others are not to suffer for it.
            if len(together) == 1:
                together[0].future.set_exception(error)
            else:
                for job in together:
                    self._run_single(self._connection, job)
        else:
            _deliver(together, answers)
        for job in jobs:
            if job.kind == "alone":
                job.future.set_result(job.work(self._connection))

    def _run_single(self, connection: sqlite3.Connection, job: _Job) -> None:
        try:
            _deliver([job], _transact(connection, [job]))
        except sqlite3.Error as error:
            job.future.set_exception(error)


def _deliver(jobs: Sequence[_Job], answers: Sequence[Any]) -> None:
    for job, answer in zip(jobs, answers, strict=True):
        if isinstance(answer, Exception):
            job.future.set_exception(answer)
        else:
            job.future.set_result(answer)


def _transact(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[Any]:
    """The answers of all, or what each was refused with; committed when this returns. Raises sqlite3.Error."""
    if not jobs:
        return []
    # A write takes its lock before it looks: a read that grew into a write could not wait for another process.
    connection.execute("BEGIN IMMEDIATE" if any(job.kind == "writes" for job in jobs) else "BEGIN")
    try:
        answers = [_within_savepoint(connection, job) for job in jobs]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answers


def _within_savepoint(connection: sqlite3.Connection, job: _Job) -> Any:
    connection.execute("SAVEPOINT job")
    try:
        answer = job.work(connection)
    except sqlite3.Error:
        raise
    except Exception as refusal:  # noqa: BLE001 - it is this job's answer
        connection.execute("ROLLBACK TO job")
        answer = refusal
    connection.execute("RELEASE job")
    return answer
