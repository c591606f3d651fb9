"""The contract on Azure's side, through the real SDKs against a real Azurite."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline import PipelineResponse

from acimedic.store.kept import KeptStore
from acimedic.store.trouble import StoreUnavailableError
from tests.store.azurite import Azurite
from tests.store.contract import Contract, asked, tried
from tests.store.values import KEYS, NOON, decision, intent, later, new_id, note, receipt, record, report


@pytest.fixture
def store(azurite: Azurite, runner: asyncio.Runner) -> Iterator[KeptStore]:
    made = KeptStore(azurite.shelf(f"t{uuid4().hex}"), KEYS)
    yield made
    runner.run(made.close())


@pytest.fixture
def deliveries() -> int:
    return 300


class TestAzure(Contract):
    pass


async def test_another_process_finds_what_was_kept(azurite: Azurite) -> None:
    name = f"t{uuid4().hex}"
    put = record(new_id())
    async with KeptStore(azurite.shelf(name), KEYS) as store:
        await store.put_incident_if_absent(put)
    async with KeptStore(azurite.shelf(name), KEYS) as store:
        assert await store.incident(put.id) == put


async def test_of_several_processes_one_records_an_incident(azurite: Azurite) -> None:
    name, incident_id = f"t{uuid4().hex}", new_id()
    stores = [KeptStore(azurite.shelf(name), KEYS) for _ in range(5)]
    placed, refused = await tried(store.put_incident_if_absent(record(incident_id)) for store in stores)
    assert not refused
    assert sum(each.new for each in placed) == 1
    noted, refused_notes = await tried(store.append_audit(note(incident_id, str(n))) for n, store in enumerate(stores))
    assert not refused_notes
    assert sorted(each.number for each in noted) == [1, 2, 3, 4, 5]
    for store in stores:
        await store.close()


async def test_of_several_processes_one_has_the_turn_and_every_change_counts(azurite: Azurite) -> None:
    name = f"t{uuid4().hex}"
    stores = [KeptStore(azurite.shelf(name), KEYS) for _ in range(5)]
    held, refused = await tried(asked(store, "registry", str(n)) for n, store in enumerate(stores))
    assert not refused
    assert sum(each.mine for each in held) == 1
    _, refused = await tried(store.count_change("registry", str(n), NOON) for n, store in enumerate(stores * 4))
    assert not refused
    assert await stores[0].changes("registry", since=NOON) == (NOON,) * 20
    for store in stores:
        await store.close()


async def test_stopped_it_is_unavailable_whatever_is_asked(tmp_path: Path) -> None:
    put = record(new_id())
    with Azurite(tmp_path) as azurite:
        store = KeptStore(azurite.shelf(retry_total=0), KEYS)
        put = (await store.put_incident_if_absent(put)).value
        azurite.stop()
        calls = (
            store.put_incident_if_absent(record(new_id())),
            store.incident(put.id),
            store.incidents(),
            store.advance(put),
            store.use_approval_once(decision(put.id)),
            store.record_intent(intent(put.id)),
            store.record_receipt(receipt(put.id)),
            store.take_turn("registry", put.id, now=NOON, until=later(minutes=15)),
            store.end_turn("registry", put.id),
            store.count_change("registry", "key", NOON),
            store.changes("registry", since=NOON),
            store.append_audit(note(put.id)),
            store.audit(put.id),
            store.put_report(report(put.id)),
            store.report(put.id, "report.json"),
            store.forget_incident(put.id),
        )
        answers, refused = await tried(calls)
        await store.close()
    assert answers == []
    assert {type(each) for each in refused} == {StoreUnavailableError}


class _LostAnswers:
    """The request is carried out, and its answer never arrives: once for each write."""

    def __init__(self) -> None:
        self.lost = 0
        self._seen: set[str] = set()

    def __call__(self, response: PipelineResponse[Any, Any]) -> None:
        request = response.http_request
        if request.url.endswith("$batch") and request.headers["x-ms-client-request-id"] not in self._seen:
            self._seen.add(request.headers["x-ms-client-request-id"])
            self.lost += 1
            raise ServiceResponseError("the answer was lost")


async def test_a_write_whose_answer_was_lost_is_not_taken_for_anothers(azurite: Azurite) -> None:
    lost = _LostAnswers()
    shelf = azurite.shelf(f"t{uuid4().hex}", raw_response_hook=lost, retry_backoff_factor=0)
    async with KeptStore(shelf, KEYS) as store:
        placed = await store.put_incident_if_absent(record(new_id()))
        assert placed.new
        advanced = await store.advance(replace(placed.value, state="diagnosed"))
        assert (await store.advance(replace(advanced, state="closed"))).state == "closed"
        assert (await store.record_intent(intent(advanced.id))).new
        assert await store.use_approval_once(decision(advanced.id)) == decision(advanced.id)
        for n in range(3):
            assert (await store.append_audit(note(advanced.id, str(n)))).number == n + 1
        assert (await asked(store, "registry", advanced.id)).mine
        await store.count_change("registry", "key", NOON)
        assert await store.changes("registry", since=NOON) == (NOON,)
    assert lost.lost >= 10
