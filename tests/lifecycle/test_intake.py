"""One incident and one story, however often and in whatever order its events come, and whoever fails on the way."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from acimedic.azure.session import Session
from acimedic.incident import from_event, from_words
from acimedic.lifecycle.intake import NotServedError, UnresolvedError, receive
from acimedic.lifecycle.messages import Json
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import Signal
from acimedic.policy import Consent, NoPolicy
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.store.chain import AuditKeys
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.trouble import StoreUnavailableError
from tests.silence import Silence

WORLD = load_world("role-missing")
EVENT: dict[str, Any] = WORLD["event"]
KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
GROUP, _, _ = EVENT["data"]["resourceUri"].partition("/providers/")
OF_THE_GROUP = from_event(EVENT)
OF_A_DEPLOYMENT = from_event(
    EVENT
    | {
        "data": EVENT["data"]
        | {
            "operationName": "Microsoft.Resources/deployments/write",
            "resourceUri": f"{GROUP}/providers/Microsoft.Resources/deployments/deploy-web",
        }
    }
)
KEYS = AuditKeys(b"a key of the tests that is long enough", ())


class Stories:
    """Begins a story unless it is there, as every engine does. failing: how many starts fail first."""

    def __init__(self, failing: int = 0) -> None:
        self.begun: dict[str, Json] = {}
        self.asked = 0
        self._failing = failing

    async def start(self, incident: str, given: Json) -> None:
        self.asked += 1
        await asyncio.sleep(0)  # whoever comes meanwhile gets in between
        if self._failing:
            self._failing -= 1
            raise OSError("the engine is away")
        self.begun.setdefault(incident, given)


def tools_over(path: Path, *, gateway: str | None = None, busy: float = 10.0) -> Tools:
    settings = Settings(gateway=gateway, mode="review", time_limit=5.0)
    return Tools(
        settings=settings,
        store=KeptStore(SqliteShelf(path, busy=busy), KEYS),
        consent=Consent(mode="review", policy=NoPolicy()),
        azure=lambda: Session(settings),
        looking=lambda: Session(settings),
        now=lambda: datetime.now(UTC),
        approval_keys=(),
        audit=KEYS,
        notifier=Silence(),
    )


def deliver(tools: Tools, stories: Stories, *signals: Signal) -> list[object]:
    """Deliver all of them at once; gives back what came of each, its exception where it failed."""

    async def all_at_once() -> list[object]:
        try:
            waiting = (receive(signal, tools, stories) for signal in signals)
            return list(await asyncio.gather(*waiting, return_exceptions=True))
        finally:
            await tools.store.close()

    return asyncio.run(all_at_once())


def kept(path: Path) -> tuple[list[str], list[str]]:
    """The incidents, and the trail of ours."""

    async def look() -> tuple[list[str], list[str]]:
        store = KeptStore(SqliteShelf(path), KEYS)
        try:
            page, trail = await store.incidents(), await store.audit(KNOWN)
            return [record.id for record in page.records], [entry.note.kind for entry in trail.entries]
        finally:
            await store.close()

    return asyncio.run(look())


def test_fifty_deliveries_at_once_are_one_incident_and_one_story(tmp_path: Path) -> None:
    """Of the group's own event and of its deployment's, in any order."""
    signals = [OF_THE_GROUP, OF_A_DEPLOYMENT] * 25
    random.Random(11).shuffle(signals)  # noqa: S311  # an order, no secret
    stories = Stories()
    with Simulator(WORLD) as azure:
        came = deliver(tools_over(tmp_path / "acimedic.db", gateway=azure.url), stories, *signals)
    assert came == [(KNOWN,)] * 50
    assert list(stories.begun) == [KNOWN]
    assert kept(tmp_path / "acimedic.db") == ([KNOWN], ["received"])


def test_the_story_is_begun_with_the_incidents_id_and_the_mode(tmp_path: Path) -> None:
    stories = Stories()
    deliver(tools_over(tmp_path / "acimedic.db"), stories, OF_THE_GROUP)
    assert stories.begun == {KNOWN: {"incident": KNOWN, "mode": "review", "version": 2}}


def test_a_start_that_fails_is_raised_and_made_up_for_by_the_next_delivery(tmp_path: Path) -> None:
    path, stories = tmp_path / "acimedic.db", Stories(failing=1)
    (first,) = deliver(tools_over(path), stories, OF_THE_GROUP)
    (second,) = deliver(tools_over(path), stories, OF_THE_GROUP)
    assert isinstance(first, OSError)
    assert second == (KNOWN,)
    assert kept(path) == ([KNOWN], ["received"])
    assert list(stories.begun) == [KNOWN]


def test_an_incident_whose_story_is_under_way_is_not_begun_again(tmp_path: Path) -> None:
    path, stories = tmp_path / "acimedic.db", Stories()
    deliver(tools_over(path), stories, OF_THE_GROUP)
    asyncio.run(_diagnosed(tools_over(path)))
    deliver(tools_over(path), stories, OF_THE_GROUP)
    assert stories.asked == 1


async def _diagnosed(tools: Tools) -> None:
    record = await tools.store.incident(KNOWN)
    assert record is not None
    await tools.store.advance(replace(record, state="diagnosed"))
    await tools.store.close()


def test_a_subscription_that_is_not_served_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    tools = tools_over(tmp_path / "acimedic.db")
    only = replace(tools, settings=replace(tools.settings, subscriptions=("b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218",)))
    came = deliver(only, Stories(), OF_THE_GROUP, OF_A_DEPLOYMENT)
    assert [type(each) for each in came] == [NotServedError, NotServedError]


def test_a_deployment_that_is_gone_is_told_apart_from_one_that_concerns_nobody(tmp_path: Path) -> None:
    gone = {**WORLD, "deployments": {}}
    with Simulator(gone) as azure:
        (came,) = deliver(tools_over(tmp_path / "acimedic.db", gateway=azure.url), Stories(), OF_A_DEPLOYMENT)
    assert isinstance(came, UnresolvedError)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process in the middle of a write."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_store_that_stays_locked_is_raised_and_nothing_is_begun(tmp_path: Path) -> None:
    path, stories = tmp_path / "acimedic.db", Stories()
    deliver(tools_over(path), Stories(), from_words(EVENT["data"]["resourceUri"], "another"))
    with locked(path):
        (came,) = deliver(tools_over(path, busy=0.05), stories, OF_THE_GROUP)
    assert isinstance(came, StoreUnavailableError)
    assert "locked" in str(came)
    assert stories.asked == 0


def test_once_it_is_free_the_next_delivery_goes_through(tmp_path: Path) -> None:
    path, stories = tmp_path / "acimedic.db", Stories()
    deliver(tools_over(path), Stories(), from_words(EVENT["data"]["resourceUri"], "another"))
    with locked(path):
        deliver(tools_over(path, busy=0.05), stories, OF_THE_GROUP)
    assert deliver(tools_over(path), stories, OF_THE_GROUP) == [(KNOWN,)]
    assert list(stories.begun) == [KNOWN]
