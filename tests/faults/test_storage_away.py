"""Azure Storage that cannot be reached for a while, in the middle of a story: refused, and cut."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from acimedic.lifecycle.activities import activities
from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History
from acimedic.lifecycle.notifying import open_notifier
from acimedic.lifecycle.story import NAME, story
from acimedic.simulator import Simulator, load_world
from acimedic.store.azure import AzureShelf
from acimedic.store.chain import Verified, verify
from acimedic.store.kept import KeptStore
from acimedic.web.asked import Asked
from acimedic.web.events import take_in
from acimedic.web.site import ROUTES, Site, answer
from tests.faults.flaky import Away, Way
from tests.faults.test_storage import OPEN
from tests.store.azurite import ACCOUNT, Azurite, Tokens
from tests.whole.life import ROLE, Life, Town


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    with Azurite(tmp_path_factory.mktemp("azurite")) as started:
        yield started


class Ways:
    """The ways to both services of a storage account."""

    def __init__(self, tables: Way, blobs: Way) -> None:
        self._both = (tables, blobs)

    async def shut(self, how: Away) -> None:
        for way in self._both:
            await way.shut(how)

    async def open(self) -> None:
        for way in self._both:
            await way.open()


@asynccontextmanager
async def life_over(azurite: Azurite, town: Town) -> AsyncIterator[tuple[Life, Ways]]:
    """A process whose store is in Azure, over ways that can be shut; its stories are on this machine."""
    ports = [urlsplit(azurite.addresses[service]).port or 0 for service in ("Table", "Blob")]
    async with town.life() as life, Way(ports[0]) as tables, Way(ports[1]) as blobs:
        shelf = AzureShelf(
            f"https://127.0.0.1:{tables.port}/{ACCOUNT}",
            f"https://127.0.0.1:{blobs.port}/{ACCOUNT}",
            Tokens(),
            name=f"t{uuid4().hex}",
            options={"connection_verify": str(azurite.certificate), "retry_total": 0},
        )
        async with KeptStore(shelf, life.tools.audit) as store:
            told = open_notifier(town.settings, life.tools.consent, store, town.clock, sinks=town.sinks)
            tools = replace(life.tools, store=store, notifier=told)
            history = History(":memory:")
            yield (
                replace(life, tools=tools, engine=Engine(history, story, activities(tools), name=NAME)),
                Ways(tables, blobs),
            )
            history.close()


async def asked_everything(life: Life) -> set[tuple[str, int]]:
    """Which addresses answer what."""
    taking = partial(take_in, tools=life.tools, stories=life)
    site = Site(tools=life.tools, take_in=taking, waker=Deaf(), came=lambda: None, stories=life)
    found = set()
    for route in ROUTES:
        path = route.path.replace("{id}", life.town.incident.id).replace("{check}", "pull-role-missing")
        for method in {"GET", "POST"} & set(route.methods):
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            body = json.dumps(life.town.event).encode()
            asked = Asked(method=method, origin="http://127.0.0.1", path=path, headers=headers, body=body)
            found.add((f"{method} {route.path}", (await answer(asked, site, OPEN)).status))
    return found


class Deaf:
    """Wakes nobody."""

    async def wake(self, incident: str, nonce: str) -> None:
        raise AssertionError("nothing can be decided")


NEEDS_THE_STORE = {
    "POST /api/events",
    "GET /api/health",
    "GET /api/health/details",
    "GET /api/doctor",
    "GET /api/incidents",
    "GET /api/incidents/{id}",
    "GET /api/incidents/{id}/audit",
    "GET /api/incidents/{id}/bundle",
}


def test_a_story_whose_store_is_away_for_a_minute_goes_on_and_loses_nothing(
    tmp_path: Path, azure: Simulator, azurite: Azurite, caplog: pytest.LogCaptureFixture
) -> None:
    """It is away twice while a decision is awaited, and whoever asks meanwhile is told to come again."""
    town = Town(tmp_path, azure, ROLE)
    answered: dict[Away, set[tuple[str, int]]] = {}

    async def without_it(life: Life, ways: Ways, how: Away) -> None:
        await ways.shut(how)
        answered[how] = await asked_everything(life)
        asks = life.engine.next_due()
        assert asks is not None
        for seconds in (0, 30, 60):
            town.clock.set(asks + timedelta(seconds=seconds))
            await life.engine.advance(life.tools.now())
        await ways.open()
        await life.next()

    async def whole() -> str:
        async with life_over(azurite, town) as (life, ways):
            await take_in(town.event, life.tools, life)
            await life.engine.advance(life.tools.now())
            await without_it(life, ways, "refused")
            await without_it(life, ways, "cut")
            await life.decide()
            record = await life.record()
            trail = await life.tools.store.audit(record.id)
            assert isinstance(verify(trail, life.tools.audit, record.id, gateway=True), Verified)
            return record.state

    assert (asyncio.run(whole()), town.written) == ("applied", ["PUT"])
    assert [state for _, state, _ in town.sink("mail").sent] == ["diagnosed", "awaiting-decision", "applied"]
    for how in ("refused", "cut"):
        assert {where for where, status in answered[how] if status == 503} >= NEEDS_THE_STORE
        assert {status for _, status in answered[how] if status >= 500} == {503}
    assert not [record for record in caplog.records if record.exc_info]
