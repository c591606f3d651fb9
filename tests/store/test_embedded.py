"""The contract on a file, and what befalls files."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acimedic.store.chain import Verified, verify
from acimedic.store.commits import Commits
from acimedic.store.embedded import FORMAT, SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.trouble import StoreUnavailableError, UnreadableError
from acimedic.store.write_ahead import log_ahead
from tests.store.contract import Contract, is_whole, tried, with_everything
from tests.store.values import KEYS, intent, new_id, note, record, report

_NEIGHBOUR = Path(__file__).with_name("neighbour.py")


def opened(path: Path, **how: float) -> KeptStore:
    return KeptStore(SqliteShelf(path, **how), KEYS)  # type: ignore[arg-type]  # whole numbers are pages


def written(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def linked(path: Path) -> Path:
    """Where a link at this path leads: to a file that is not there yet."""
    path.symlink_to(path.with_name("real.db"))
    return path.with_name("real.db")


def all_bytes(folder: Path) -> bytes:
    """What all files of a folder hold: the log beside the database, too."""
    return b"".join(each.read_bytes() for each in sorted(folder.iterdir()))


def neighbour(*arguments: str) -> "subprocess.Popen[str]":
    """Another process."""
    return subprocess.Popen([sys.executable, str(_NEIGHBOUR), *arguments], stdout=subprocess.PIPE, text=True)


def shared_with_neighbours(path: Path, ids: list[str]) -> tuple[int, int]:
    """How many incidents two processes recorded, and approvals they used, between them."""
    processes = [neighbour(str(path), name, *ids) for name in ("one", "two")]
    said = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return sum(int(new) for new, _ in said), sum(int(used) for _, used in said)


def killed_while_writing(path: Path, name: str, incident_id: str) -> list[str]:
    """The seals that a process was given before it was killed."""
    process = neighbour(str(path), name, incident_id, "forever")
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(20)]
    process.kill()
    return told + process.communicate()[0].split()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "acimedic.db"


@pytest.fixture
def store(path: Path, runner: asyncio.Runner) -> Iterator[KeptStore]:
    made = opened(path)
    yield made
    runner.run(made.close())


@pytest.fixture
def deliveries() -> int:
    return 10_000


class TestEmbedded(Contract):
    pass


async def test_opened_again_everything_is_there(path: Path) -> None:
    async with opened(path) as store:
        put = await with_everything(store)
    async with opened(path) as store:
        assert await is_whole(store, put)
        assert not (await store.put_incident_if_absent(put)).new


async def test_the_file_is_its_owners_alone(path: Path) -> None:
    async with opened(path) as store:
        await with_everything(store)
        assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


async def test_through_a_link_to_nothing_the_file_is_its_owners_alone(path: Path) -> None:
    real = linked(path)
    async with opened(path) as store:
        await with_everything(store)
        assert real.stat().st_mode & 0o777 == 0o600


async def test_an_empty_file_becomes_a_store(path: Path) -> None:
    written(path, b"")
    async with opened(path) as store:
        assert await is_whole(store, await with_everything(store))


async def test_what_is_acknowledged_survives_a_loss_of_power(path: Path) -> None:
    """As far as SQLite can have it: each commit waits for the disk, and on a Mac for the disk's own memory."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        log_ahead(connection, 0)
        asked = ("journal_mode", "synchronous", "fullfsync", "secure_delete")
        said = [connection.execute(f"PRAGMA {each}").fetchone()[0] for each in asked]
    assert said == ["wal", 2, 1, 1]


async def test_a_log_that_a_storm_has_made_long_becomes_short_again(path: Path) -> None:
    shelf, log = SqliteShelf(path), path.with_name(f"{path.name}-wal")
    sizes = []
    for length in (20_000_000, 1):
        await shelf.put_blob("storm", f"{length} bytes", bytes(length))
        sizes.append(log.stat().st_size)
    await shelf.close()
    assert sizes[0] > 20_000_000
    assert sizes[1] <= 16 * 1024 * 1024


async def test_of_what_is_forgotten_no_byte_stays(path: Path) -> None:
    canary = "canary-in-the-store"
    async with opened(path) as store:
        put = record(new_id(), said=canary, body=canary)
        await store.put_incident_if_absent(put)
        await store.append_audit(note(put.id, canary, body=canary))
        await store.record_intent(intent(put.id, canary, canary))
        await store.put_report(report(put.id, canary, canary.encode() * 1000))
        await store.forget_incident(put.id)
        left = all_bytes(path.parent)
    assert canary.encode() not in left
    assert put.id.encode() not in left


async def test_two_processes_share_a_file(path: Path) -> None:
    """Both record the same incidents and append to the same chain, at the same time."""
    ids = [new_id() for _ in range(40)]
    new, used = shared_with_neighbours(path, ids)
    assert (new, used) == (len(ids), len(ids))
    async with opened(path) as store:
        trail = await store.audit(ids[0])
        assert len(trail.entries) == 2 * len(ids)
        assert verify(trail, KEYS, ids[0]) == Verified(trail.head)


async def test_locked_by_another_it_is_unavailable_and_then_as_before(path: Path) -> None:
    async with opened(path, busy=0) as store:
        put = await with_everything(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailableError, match="locked"):
                await store.advance(replace(put, state="diagnosed"))
            with pytest.raises(StoreUnavailableError):
                await store.append_audit(note(put.id, "locked"))
            assert await is_whole(store, put)
        assert (await store.advance(replace(put, state="diagnosed"))).state == "diagnosed"


async def test_on_a_full_disk_nothing_is_half_written(path: Path) -> None:
    async with opened(path) as store:
        put = await with_everything(store)
    async with opened(path, most_pages=20) as store:
        with pytest.raises(StoreUnavailableError, match="full"):
            await store.put_report(report(put.id, content=bytes(1_000_000)))
        with pytest.raises(StoreUnavailableError):
            await store.append_audit(note(put.id, "full", body="x" * 300_000))
        assert await is_whole(store, put)


async def test_one_that_does_not_fit_takes_no_other_with_it(path: Path) -> None:
    async with opened(path, most_pages=60) as store:
        put = await with_everything(store)
        large = store.put_report(report(put.id, "large", bytes(1_000_000)))
        small = [store.append_audit(note(put.id, f"n{n}")) for n in range(5)]
        done, refused = await tried((large, *small))
        assert [type(each) for each in refused] == [StoreUnavailableError]
        assert len(done) == 5
        trail = await store.audit(put.id)
        assert verify(trail, KEYS, put.id) == Verified(trail.head)


def test_a_job_that_runs_alone_does_not_fail_with_the_one_it_waited_beside(path: Path) -> None:
    started, go = threading.Event(), threading.Event()

    def hold_up(_connection: sqlite3.Connection) -> bool:
        started.set()
        return go.wait(60)

    commits = Commits(lambda: sqlite3.connect(path, isolation_level=None))
    commits.submit(hold_up, "reads")
    assert started.wait(60)
    failing = commits.submit(lambda connection: connection.execute("SELECT * FROM nothing"), "writes")
    alone = commits.submit(lambda _connection: "tidied", "alone")
    go.set()
    assert alone.result() == "tidied"
    assert isinstance(failing.exception(), sqlite3.OperationalError)
    commits.close()


async def test_a_file_that_may_not_be_written_can_still_be_read(path: Path) -> None:
    async with opened(path) as store:
        put = await with_everything(store)
    async with KeptStore(_ReadOnly(path), KEYS) as store:
        assert await is_whole(store, put)
        with pytest.raises(StoreUnavailableError, match="readonly"):
            await store.append_audit(note(put.id, "more"))


class _ReadOnly(SqliteShelf):
    """As if the file system had become read-only; file modes do not bind root, as whom tests may run."""

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        connection.execute("PRAGMA query_only = ON")


async def test_in_a_folder_that_is_gone_it_is_unavailable(path: Path) -> None:
    async with opened(path.parent / "gone" / "acimedic.db") as store:
        with pytest.raises(StoreUnavailableError, match="cannot be opened"):
            await store.incidents()


async def test_a_file_of_another_kind_is_left_as_it_is(path: Path) -> None:
    notes = b"these are my notes, and no database\n" * 100
    written(path, notes)
    async with opened(path) as store:
        with pytest.raises(UnreadableError):
            await store.put_incident_if_absent(record(new_id()))
    assert all_bytes(path.parent) == notes


async def test_a_file_of_a_newer_version_is_left_to_it(path: Path) -> None:
    async with opened(path) as store:
        await with_everything(store)
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version = {FORMAT + 1}")
    async with opened(path) as store:
        with pytest.raises(UnreadableError, match="upgrade"):
            await store.incidents()


async def test_a_closed_store_says_so(path: Path) -> None:
    store = opened(path)
    await store.close()
    with pytest.raises(StoreUnavailableError, match="closed"):
        await store.incidents()


async def test_killed_at_any_moment_the_chain_is_whole(path: Path) -> None:
    """A process is killed while it writes: what it was told is written is there, and the chain verifies."""
    incident_id = new_id()
    for name in ("first", "second", "third"):
        told = killed_while_writing(path, name, incident_id)
        async with opened(path) as store:
            trail = await store.audit(incident_id)
            assert verify(trail, KEYS, incident_id, logged=told) == Verified(trail.head)
