"""Rows and keys: what other versions wrote, what is damaged, and which keys are safe."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acimedic.store import codec, documents
from acimedic.store.embedded import SqliteShelf
from acimedic.store.incidents import INCIDENT
from acimedic.store.kept import KeptStore
from acimedic.store.keys import BY_TIME, hashed, key_of, partition_of, time_key
from acimedic.store.port import IncidentFilter
from acimedic.store.shelf import Upsert
from acimedic.store.trouble import NotThereError, StoreError, UnreadableError
from tests.store.values import HOSTILE, KEYS, NOON, later, new_id, note, record

FIRST_VERSION = """{"v":1,"state":"received","closed":false,"outcome":null,"cause":null,"plan_hash":null,"said":"",
"body":"{}","incident":{"id":"it","correlation_id":"abc","operation":"write","deployer":null,"also":["other"],
"group":{"subscription":"s","resource_group":"rg","type":"Microsoft.ContainerInstance/containerGroups",
"names":["shop"]},"occurred_at":"2026-03-14T12:00:00.000000+00:00"},
"received_at":"2026-03-14T12:00:00.000000+00:00","changed_at":"2026-03-14T12:00:00.000000+00:00","due_at":null}"""


def test_a_row_of_the_first_version_is_read() -> None:
    read = codec.read(FIRST_VERSION, documents.incident_record)
    assert (read.id, read.received_at, read.incident.also) == ("it", NOON, ("other",))
    assert read.incident.group.name == "shop"


def test_what_a_newer_version_adds_is_overlooked() -> None:
    fields: dict[str, Any] = json.loads(FIRST_VERSION)
    fields |= {"mood": "good", "incident": fields["incident"] | {"weather": "fair"}}
    assert codec.read(json.dumps(fields), documents.incident_record) == codec.read(
        FIRST_VERSION, documents.incident_record
    )


def test_what_only_a_newer_version_understands_is_refused() -> None:
    fields = json.loads(FIRST_VERSION) | {"v": codec.VERSION + 1}
    with pytest.raises(UnreadableError, match="upgrade"):
        codec.read(json.dumps(fields), documents.incident_record)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"v":1}', '{"v":"x"}', "[" * 100_000, '{"v":1,"incident":3}']
)
def test_a_damaged_row_is_said_to_be(text: str) -> None:
    with pytest.raises(UnreadableError):
        codec.read(text, documents.incident_record)


@given(st.text(), st.text(), st.datetimes(timezones=st.just(UTC)))
def test_a_record_comes_back_from_its_row(incident_id: str, said: str, at: datetime) -> None:
    put = record(incident_id, said=said, received_at=at)
    text = codec.write(documents.incident_fields(put))
    assert text.isascii()
    assert codec.read(text, documents.incident_record) == put


@given(st.text() | st.sampled_from(HOSTILE))
def test_any_text_makes_a_safe_key(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{1,66}", key_of(text))


@given(st.text(alphabet="ab-x_/A\x00", max_size=4), st.text(alphabet="ab-x_/A\x00", max_size=4))
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    assert (key_of(one) == key_of(other)) == (one == other)
    assert key_of(key_of(one)) == key_of(one) or key_of(one).startswith("x_")


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(min_value=timedelta(microseconds=1)))
def test_the_later_sorts_first(at: datetime, by: timedelta) -> None:
    try:
        then = at + by
    except OverflowError:
        return
    assert time_key(then, "b") < time_key(at, "a")


async def test_one_damaged_incident_hides_no_other(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        sound, damaged = record(new_id()), record(new_id(), received_at=later(seconds=1), closed=True)
        for each in (sound, damaged):
            await store.put_incident_if_absent(each)
        await shelf.write(partition_of(damaged.id), Upsert(INCIDENT, "{"))
        page = await store.incidents()
        assert (page.records, page.unreadable) == ((sound,), (damaged.id,))
        assert (await store.forget(later(days=1))).ids == ()
        assert await store.forget_incident(damaged.id)
        assert (await store.incidents()).unreadable == ()


async def test_an_incident_whose_pointer_is_damaged_is_listed_and_forgotten_with_the_others(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        one, two = record("one", closed=True), record("two", received_at=later(seconds=1), closed=True)
        for each in (one, two):
            await store.put_incident_if_absent(each)
        await shelf.write(BY_TIME, Upsert(time_key(two.received_at, two.id), "{"))
        assert (await store.incidents()).records == (two, one)
        assert (await store.forget(later(days=1))).ids == ("two", "one")
        assert (await store.incidents()).records == ()


async def test_where_a_pointers_damage_hides_the_id_the_others_are_listed_and_forgotten(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        one, two = record("one", closed=True), record("T/W/O", received_at=later(seconds=1), closed=True)
        for each in (one, two):
            await store.put_incident_if_absent(each)
        pointer = time_key(two.received_at, two.id)
        await shelf.write(BY_TIME, Upsert(pointer, "{"))
        page = await store.incidents()
        assert (page.records, page.unreadable) == ((one,), (pointer,))
        assert (await store.forget(later(days=1))).ids == ("one",)
        assert await store.incident(two.id) == two


async def test_a_time_without_a_zone_in_one_row_hides_no_other(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        sound, damaged = record(new_id()), record(new_id())
        for each in (sound, damaged):
            await store.put_incident_if_absent(each)
        zoneless = codec.write(documents.incident_fields(damaged)).replace("+00:00", "")
        await shelf.write(partition_of(damaged.id), Upsert(INCIDENT, zoneless))
        page = await store.incidents(IncidentFilter(since=NOON))
        assert (page.records, page.unreadable) == ((sound,), (damaged.id,))


async def test_what_is_not_among_those_asked_for_is_not_even_read(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        sound, damaged = record(new_id()), record(new_id())
        for each in (sound, damaged):
            await store.put_incident_if_absent(each)
        await shelf.write(partition_of(damaged.id), Upsert(INCIDENT, "{"))
        page = await store.incidents(IncidentFilter(among=frozenset({hashed(sound.id)})))
        assert (page.records, page.unreadable) == ((sound,), ())


async def test_of_many_pointers_to_an_incident_its_own_stays(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        many = [record("it", received_at=later(seconds=n)) for n in range(20)]
        await asyncio.gather(*map(store.put_incident_if_absent, many))
        assert len(await shelf.rows(BY_TIME, above="", below="~", limit=99)) == 1


async def test_a_pointer_left_by_who_came_second_neither_lists_nor_deletes(tmp_path: Path) -> None:
    shelf = SqliteShelf(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        put = record("it", closed=True)
        await store.put_incident_if_absent(put)
        await shelf.write(BY_TIME, Upsert(time_key(later(days=-9), "it"), codec.write({"id": "it"})))
        assert (await store.incidents()).records == (put,)
        assert (await store.forget(later(days=-8))).ids == ()
        assert await store.incident("it") == put
        assert len(await shelf.rows(BY_TIME, above="", below="~", limit=99)) == 1


async def test_nothing_is_added_to_what_is_half_deleted(tmp_path: Path) -> None:
    shelf = _Dying(tmp_path / "acimedic.db")
    async with KeptStore(shelf, KEYS) as store:
        await store.put_incident_if_absent(record("it"))
        shelf.left = 2
        with pytest.raises(StoreError):
            await store.forget_incident("it")
        shelf.left = 1000
        with pytest.raises(NotThereError):
            await store.append_audit(note("it"))


async def test_deletion_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    """Whatever the moment: each of its deletions is the last that is made."""
    for made in range(12):
        shelf = _Dying(tmp_path / f"{made}.db")
        async with KeptStore(shelf, KEYS) as store:
            put = record(new_id(), closed=True)
            await store.put_incident_if_absent(put)
            await store.append_audit(note(put.id))
            shelf.left = made
            try:
                ids = (await store.forget(later(days=1))).ids
            except StoreError:
                ids = ()
            shelf.left = 1000
            again = await store.forget(later(days=1))
            assert (*ids, *again.ids) == (put.id,)
            assert await shelf.rows(partition_of(put.id), above="", below="~", limit=9) == ()
            assert (await store.incidents()).records == ()


async def test_recording_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    for made in range(4):
        shelf = _Dying(tmp_path / f"{made}.db")
        async with KeptStore(shelf, KEYS) as store:
            put = record(new_id())
            shelf.left = made
            try:
                await store.put_incident_if_absent(put)
            except StoreError:
                assert (await store.incidents()).records == ()
            shelf.left = 1000
            await store.put_incident_if_absent(put)
            assert (await store.incidents()).records == (put,)


class _Dying(SqliteShelf):
    """Makes so many changes yet, and then none."""

    left = 1000

    async def write(self, partition: str, *changes: Any) -> str:
        self._spend()
        return await super().write(partition, *changes)

    async def remove(self, partition: str, *names: str) -> None:
        for name in names:
            self._spend()
            await super().remove(partition, name)

    async def remove_blobs(self, partition: str, *, start: str = "") -> None:
        self._spend()
        await super().remove_blobs(partition, start=start)

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreError("died")


def test_a_store_that_nobody_waits_for_any_more_goes_on(tmp_path: Path) -> None:
    async def story() -> None:
        async with KeptStore(SqliteShelf(tmp_path / "acimedic.db"), KEYS) as store:
            waiting = [asyncio.ensure_future(store.put_incident_if_absent(record(new_id()))) for _ in range(20)]
            await asyncio.gather(asyncio.ensure_future(store.incidents()))
            for each in waiting[::2]:
                each.cancel()
            done = await asyncio.gather(*waiting, return_exceptions=True)
            assert sum(not isinstance(each, BaseException) for each in done) >= 10
            assert (await store.put_incident_if_absent(record(new_id()))).new

    asyncio.run(story())
