"""Orchestrations that begin: those that begin at one moment are one transaction, and wait for the disk once."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from acimedic.lifecycle.history import ENDED, forget, put, written
from acimedic.lifecycle.replay import Kind, event
from acimedic.store.write_ahead import is_locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """One that is to begin. given: its input as JSON. over: the statuses in which one of that id makes way."""

    instance: str
    name: str
    given: str
    now: datetime
    over: frozenset[str]


Begin: TypeAlias = Callable[[Sequence[Beginning]], list[bool]]


def begin(database: sqlite3.Connection, one: Beginning, there: str | None) -> bool:
    """Begin it, unless one of that id is there and does not make way; whether it began. there: its status."""
    if there is not None:
        if there not in ENDED & one.over:
            return False
        forget(database, one.instance)
    moment = written(one.now)
    database.execute(
        "INSERT INTO instances (id, input, status, begun, changed) VALUES (?, ?, 'Pending', ?, ?)",
        (one.instance, one.given, moment, moment),
    )
    begun = event(Kind.EXECUTION_STARTED, one.now, Name=one.name, Input=one.given, Version=None)
    put(database, one.instance, begun)
    return True


class Together:
    """Gathers those that coroutines begin while the loop goes round once. begin: begins them all, or none."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._waiting: list[tuple[Beginning, asyncio.Future[bool]]] = []

    async def add(self, one: Beginning) -> bool:
        """Begin it with all others; gives back whether it began, once that is on disk. Raises what `begin` raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((one, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._begin_all)
        return await future

    def _begin_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            begun = self._begin([one for one, _ in waiting])
        except sqlite3.Error as error:
            if len(waiting) > 1 and not is_locked(error):
                # One of them cannot be written (the disk is full, say): the others are not to suffer for it.
                for each in waiting:
                    self._waiting = [each]
                    self._begin_all()
                return
            _refuse(waiting, error)
        except BaseException as error:  # noqa: BLE001  (whoever waits for an answer is told, whatever it is)
            _refuse(waiting, error)
        else:
            for (_, future), new in zip(waiting, begun, strict=True):
                if not future.done():
                    future.set_result(new)


def _refuse(waiting: Sequence[tuple[Beginning, "asyncio.Future[bool]"]], error: BaseException) -> None:
    for _, future in waiting:
        if not future.done():
            future.set_exception(error)
