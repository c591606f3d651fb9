"""One transaction for all that waits: who is told, and when."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from acimedic.store.commits import Commits


class Opened:
    """Commits on a file whose statements are written down."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.commits = Commits(self._connect)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("CREATE TABLE kept (name TEXT)")
        connection.set_trace_callback(self.said.append)
        return connection

    async def put(self, name: str) -> str:
        return await self.commits.run(partial(_put, name), "writes")

    @property
    def kept(self) -> list[str]:
        with sqlite3.connect(self.path) as other:
            return [name for (name,) in other.execute("SELECT name FROM kept ORDER BY rowid")]


def _put(name: str, connection: sqlite3.Connection) -> str:
    connection.execute("INSERT INTO kept VALUES (?)", (name,))
    if name == "refused":
        raise LookupError(name)
    return name


@asynccontextmanager
async def held(opened: Opened) -> AsyncIterator[Callable[[], None]]:
    """The thread is busy until `go` is called."""
    started, go = threading.Event(), threading.Event()

    def hold_up(_connection: sqlite3.Connection) -> bool:
        started.set()
        return go.wait(60)

    opened.commits.submit(hold_up, "reads")
    await asyncio.to_thread(started.wait, 60)
    opened.said.clear()
    try:
        yield go.set
    finally:
        go.set()
        await asyncio.to_thread(opened.commits.close)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(tmp_path / "kept.db")


async def test_all_that_waits_waits_for_the_disk_once_and_keeps_its_order(opened: Opened) -> None:
    names = [f"{number:02d}" for number in range(50)]
    async with held(opened) as go:
        putting = asyncio.gather(*map(opened.put, names))
        await asyncio.sleep(0)
        go()
        assert await putting == names
    assert opened.kept == names
    assert opened.said.count("COMMIT") == 2  # of who held it up, and of all


async def test_what_is_refused_leaves_nothing_and_takes_no_other_with_it(opened: Opened) -> None:
    async with held(opened) as go:
        putting = asyncio.gather(*map(opened.put, ("first", "refused", "last")), return_exceptions=True)
        await asyncio.sleep(0)
        go()
        first, refused, last = await putting
    assert (first, last) == ("first", "last")
    assert isinstance(refused, LookupError)
    assert opened.kept == ["first", "last"]


async def test_what_is_called_off_before_its_turn_is_not_done(opened: Opened) -> None:
    async with held(opened) as go:
        first, called_off = (asyncio.create_task(opened.put(name)) for name in ("first", "called off"))
        await asyncio.sleep(0)
        called_off.cancel()
        await asyncio.sleep(0)
        go()
        assert await first == "first"
    assert opened.kept == ["first"]


def test_an_answer_for_a_loop_that_has_ended_disturbs_nobody(opened: Opened) -> None:
    started, go = threading.Event(), threading.Event()

    def hold_up(_connection: sqlite3.Connection) -> bool:
        started.set()
        return go.wait(60)

    async def gone() -> None:
        asyncio.get_running_loop().create_task(opened.commits.run(hold_up, "reads"))
        await asyncio.to_thread(started.wait, 60)

    asyncio.run(gone())
    go.set()
    assert opened.commits.submit(partial(_put, "after"), "writes").result(60) == "after"
    opened.commits.close()
