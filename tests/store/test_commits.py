"""One transaction for all that waits: who is told, and when."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from acimedic.store.commits import Commits
from acimedic.store.trouble import StoreUnavailableError


class Opened:
    """Commits on a file whose statements are written down."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.opened = 0
        self.factory = sqlite3.Connection
        self.commits = Commits(self._connect)

    def _connect(self) -> sqlite3.Connection:
        self.opened += 1
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=0, factory=self.factory)
        connection.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT)")
        connection.set_trace_callback(self.said.append)
        return connection

    async def put(self, name: str) -> str:
        return await self.commits.run(partial(_put, name), "writes")

    @property
    def kept(self) -> list[str]:
        with sqlite3.connect(self.path) as other:
            return [name for (name,) in other.execute("SELECT name FROM kept ORDER BY rowid")]


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])


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


async def test_while_another_process_has_the_file_all_wait_for_it_once_and_reading_goes_on(opened: Opened) -> None:
    async with held(opened) as go:
        with closing(sqlite3.connect(opened.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            jobs = [opened.put("one"), opened.commits.run(_count, "reads"), opened.put("two"), opened.put("three")]
            doing = asyncio.gather(*jobs, return_exceptions=True)
            await asyncio.sleep(0)
            go()
            one, count, *others = await doing
        assert [str(each) for each in (one, *others)] == ["database is locked"] * 3
        assert count == 0
        assert opened.said.count("BEGIN IMMEDIATE") == 1
        assert await opened.put("later") == "later"


async def test_what_comes_while_it_is_being_closed_is_refused_and_does_not_open_the_file_again(opened: Opened) -> None:
    refused: list[str] = []

    class Talkative(sqlite3.Connection):
        def close(self) -> None:
            with pytest.raises(StoreUnavailableError) as raised:
                opened.commits.submit(_count, "reads")
            refused.append(str(raised.value))
            super().close()

    opened.factory = Talkative
    assert await opened.put("before") == "before"
    await asyncio.to_thread(opened.commits.close)
    assert (refused, opened.opened) == (["the store has been closed"], 1)


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
