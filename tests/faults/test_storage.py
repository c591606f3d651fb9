"""No room on the disk: nothing is half written, what was refused comes again, and stories go on when there is room."""

import asyncio
import json
import logging
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from acimedic.approver import Reader
from acimedic.lifecycle.local import Local
from acimedic.simulator import Simulator, load_world
from acimedic.store.port import Store
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.events import take_in
from acimedic.web.serving import Background
from acimedic.web.site import Doors, Site, answer
from tests.whole.life import ROLE, Life, Places, Town, Watched
from tests.whole.test_crash import Unharmed, ended_well

OPEN = Doors(looks=lambda _: Reader(may_decide=True), decides=lambda _: None, asks=lambda _: None)


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


@dataclass
class Disk:
    """The disk of this process, for which a limit of the operating system stands: no file takes a byte while full."""

    cleared: bool = False
    _limits: tuple[int, int] = field(default_factory=lambda: resource.getrlimit(resource.RLIMIT_FSIZE))

    def fill(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, self._limits[1]))

    def clear(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)
        self.cleared = True


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    yield made
    made.clear()


@dataclass
class Served:
    """What `acimedic serve` answers with, over stories of its own."""

    site: Site
    local: Local
    life: Life

    async def event(self) -> Answer:
        body = json.dumps(self.life.town.event).encode()
        headers = {"Content-Type": "application/json"}
        asked = Asked(
            method="POST", origin="http://127.0.0.1", path="/api/events", headers=headers, query={}, body=body
        )
        return await answer(asked, self.site, OPEN)


@asynccontextmanager
async def served(town: Town, places: Places) -> AsyncIterator[Served]:
    async with town.life() as life:
        tools = replace(life.tools, store=cast(Store, Watched(life.tools.store, places)))
        with Local(tools, town.home / "own.stories") as local:
            taking = partial(take_in, tools=tools, stories=local)
            site = Site(tools=tools, take_in=taking, waker=local, came=lambda: None, stories=local)
            yield Served(site, local, life)


@pytest.mark.parametrize("when", [None, "store put_incident_if_absent", "store append_audit"])
def test_an_event_for_which_there_is_no_room_is_refused_and_taken_in_when_it_comes_again(
    tmp_path: Path, azure: Simulator, disk: Disk, caplog: pytest.LogCaptureFixture, when: str | None
) -> None:
    """At once; when the incident is recorded and its trail is not; when only its story could not be begun."""
    town = Town(tmp_path, azure, ROLE, mode="observe")

    async def whole() -> tuple[list[int], list[str | None]]:
        places = Places(lambda _, effect: disk.fill() if effect == when and not disk.cleared else None)
        async with served(town, places) as one:
            await one.life.tools.store.incidents()  # the file is there, as in an app that runs
            if when is None:
                disk.fill()
            statuses = [(await one.event()).status for _ in range(2)]
            assert one.local.engine.statuses() == ()
            disk.clear()
            statuses.append((await one.event()).status)
            await one.local.advance()
            assert len(one.local.engine.statuses()) == 1
            return statuses, [each.cause for each in (await one.life.tools.store.incidents()).records]

    statuses, causes = asyncio.run(whole())
    assert (statuses, causes) == ([503, 503, 200], ["pull-role-missing"])
    told = [record for record in caplog.records if "comes-again" in record.getMessage()]
    assert len(told) == 2
    assert not [record for record in caplog.records if record.exc_info and record.name == "acimedic.web"]


@pytest.mark.parametrize("when", ["mail sends", "azure PUT"])
def test_a_story_for_which_there_is_no_room_goes_on_when_there_is(
    tmp_path: Path, azure: Simulator, disk: Disk, when: str
) -> None:
    """Full after somebody was told, of which nothing can be noted; and after the change, whose receipt has no room."""
    town = Town(tmp_path, azure, ROLE)
    one = Unharmed(town=town, world=ROLE, remains=(), operations=())
    full: list[str] = []

    def fill(_: int, effect: str) -> None:
        if effect == when and not full:
            full.append(effect)
            disk.fill()

    async def whole() -> int:
        async with town.life(Places(fill)) as life:
            refused = 0
            for work in (life.told, life.to_decide, life.to_the_end):
                try:
                    await work()
                except sqlite3.OperationalError:
                    refused += 1
                    for _ in range(2):
                        with pytest.raises(sqlite3.OperationalError):
                            await life.engine.advance(life.tools.now())
                    disk.clear()
                    await life.engine.advance(life.tools.now())
            await life.to_the_end()
            await ended_well(life, one)
            return refused

    for sink in town.sinks:
        sink.places = Places(fill)
    assert asyncio.run(whole()) == 1


def test_that_stories_have_no_room_is_logged_and_they_are_tried_again(
    tmp_path: Path, azure: Simulator, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    town = Town(tmp_path, azure, ROLE, mode="observe")

    async def whole() -> None:
        async with served(town, Places()) as one:
            await one.event()
            tried, ended = asyncio.Event(), asyncio.Event()

            async def advance() -> None:
                try:
                    await one.local.advance()
                finally:
                    tried.set()
                ended.set()

            disk.fill()
            background = Background(advance, one.local.engine.next_due, one.life.tools.now, after_trouble=0)
            going = asyncio.create_task(background.run())
            await tried.wait()
            disk.clear()
            await ended.wait()
            background.end()
            await going
            (record,) = (await one.life.tools.store.incidents()).records
            assert (record.cause, record.closed) == ("pull-role-missing", True)

    with caplog.at_level(logging.ERROR, "acimedic.serve"):
        asyncio.run(whole())
    assert "the stories do not go on, and are tried again: OperationalError" in caplog.text
