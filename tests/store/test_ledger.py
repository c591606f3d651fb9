"""The ledger of a registry: what its row holds, and what happens among processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.keys import ledger_of
from acimedic.store.ledger import LEDGER
from acimedic.store.shelf import Change, MovedError, Upsert
from acimedic.store.trouble import LostRaceError, UnreadableError
from tests.store.contract import asked, tried
from tests.store.values import KEYS, NOON, later, new_id, record

FIRST_VERSION = """{"v":1,"turn":{"holder":"7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
"until":"2026-03-14T12:15:00.000000+00:00"},"changes":{"2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683":
"2026-03-14T12:00:00.000000+00:00"}}"""
"""The turn of `one`, and a change under the key `key`."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "acimedic.db"


async def test_a_row_of_the_first_version_is_understood(path: Path) -> None:
    shelf = SqliteShelf(path)
    async with KeptStore(shelf, KEYS) as store:
        await shelf.write(ledger_of("registry"), Upsert(LEDGER, FIRST_VERSION))
        assert (await asked(store, "registry", "one")).mine
        assert not (await asked(store, "registry", "two")).mine
        await store.count_change("registry", "key", later(minutes=1))
        assert await store.changes("registry", since=NOON) == (NOON,)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"v":1}',
        '{"v":1,"turn":null,"changes":{}}',
        '{"v":1,"turn":{"holder":"","until":"2026-03-14T12:15:00"},"changes":{}}',
        '{"v":1,"turn":{"holder":"","until":"2026-03-14T12:15:00+00:00"},"changes":[]}',
        '{"v":2,"turn":{"holder":"","until":"2026-03-14T12:15:00+00:00"},"changes":{}}',
    ],
)
async def test_where_the_ledger_cannot_be_read_nobody_has_the_turn(path: Path, text: str) -> None:
    shelf = SqliteShelf(path)
    async with KeptStore(shelf, KEYS) as store:
        await shelf.write(ledger_of("registry"), Upsert(LEDGER, text))
        with pytest.raises(UnreadableError):
            await asked(store, "registry", "one")
        with pytest.raises(UnreadableError):
            await store.changes("registry", since=NOON)


async def test_an_incident_that_is_forgotten_leaves_no_trace_in_a_ledger(path: Path) -> None:
    async with KeptStore(SqliteShelf(path), KEYS) as store:
        put = record(new_id())
        await store.put_incident_if_absent(put)
        await asked(store, "registry-in-the-clear", put.id)
        await store.count_change("registry-in-the-clear", f"{put.id}:step-1", NOON)
        await store.set_maker("registry-in-the-clear", "role-in-the-clear", put.id)
        await store.forget_incident(put.id)
        left = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert put.id.encode() not in left
    assert b"registry-in-the-clear" not in left
    assert b"role-in-the-clear" not in left


async def test_a_change_too_old_is_in_no_row_any_more(path: Path) -> None:
    shelf = SqliteShelf(path)
    async with KeptStore(shelf, KEYS) as store:
        for n in range(5):
            await store.count_change("registry", str(n), later(hours=3 * n))
        row = await shelf.read(ledger_of("registry"), LEDGER)
    assert row is not None
    assert list(json.loads(row.document)["changes"].values()) == ["2026-03-15T00:00:00.000000+00:00"]


async def test_several_that_share_a_file_take_turns_and_lose_no_change(path: Path) -> None:
    stores = [KeptStore(SqliteShelf(path), KEYS) for _ in range(4)]
    held, refused = await tried(asked(store, "registry", str(n)) for n, store in enumerate(stores))
    assert not refused
    assert sum(each.mine for each in held) == 1
    _, refused = await tried(store.count_change("registry", str(n), NOON) for n, store in enumerate(stores * 5))
    assert not refused
    assert await stores[0].changes("registry", since=NOON) == (NOON,) * 20
    for store in stores:
        await store.close()


class _AlwaysLate(SqliteShelf):
    """Somebody else writes each time just before."""

    tries = 0

    async def write(self, partition: str, *changes: Change) -> str:
        if partition == ledger_of("registry"):
            self.tries += 1
            raise MovedError
        return await super().write(partition, *changes)


async def test_who_is_always_late_gives_up(path: Path) -> None:
    shelf = _AlwaysLate(path)
    async with KeptStore(shelf, KEYS) as store:
        with pytest.raises(LostRaceError):
            await store.count_change("registry", "key", NOON)
        assert 1 < shelf.tries < 1000


async def test_who_does_not_get_the_turn_writes_nothing(path: Path) -> None:
    shelf = SqliteShelf(path)
    async with KeptStore(shelf, KEYS) as store:
        await asked(store, "registry", "one")
        before: Any = await shelf.read(ledger_of("registry"), LEDGER)
        await asked(store, "registry", "two")
        assert await shelf.read(ledger_of("registry"), LEDGER) == before
