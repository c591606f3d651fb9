"""Processes that are killed at any moment, and processes of two versions over the same files."""

import asyncio
import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History
from acimedic.lifecycle.messages import VERSION, Begin, to_json
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.story import NAME, story
from acimedic.simulator import Simulator, load_world
from acimedic.simulator.state import State
from acimedic.store.chain import Verified, verify
from acimedic.store.codec import VERSION as ROW
from acimedic.store.embedded import SqliteShelf
from acimedic.store.incidents import INCIDENT
from acimedic.store.keys import partition_of
from acimedic.store.shelf import Upsert
from acimedic.store.trouble import UnreadableError
from acimedic.web.events import take_in
from tests.faults.mortal import SIZE, settings_in
from tests.policy import written
from tests.whole.life import ROLE, WRITES, Life, Town

EARLIER = Path(__file__).with_name("earlier")


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


class Mortals:
    """Processes that begin at once, since all that they need has been imported. home: of whichever is alive."""

    def __init__(self, process: "subprocess.Popen[str]", azure: Simulator) -> None:
        self._process = process
        self._azure = azure

    def say(self, **wanted: Any) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(
            f"{json.dumps(wanted | {'url': self._azure.url, 'event': self._azure.world['event']})}\n"
        )
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def live(self, home: Path, after: int, work: str = "tell") -> bool:
        """Begin one, which is killed after so many effects; whether it came to its end before."""
        status = int(self.say(home=str(home), after=after, work=work))
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return False
        assert os.WEXITSTATUS(status) == 0
        return True


def a_home(folder: Path, azure: Simulator) -> Path:
    """An empty folder with a policy, in a make-believe Azure in which nothing has been changed."""
    azure.state = State(load_world(ROLE) | {"caller": {}, "now": "2026-11-20T08:20:00Z"})
    folder.mkdir()
    (folder / "policy.json").write_text(json.dumps(written.document()))
    return folder


@pytest.fixture(scope="module")
def mortals(azure: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortals]:
    command = [sys.executable, str(Path(__file__).with_name("mortal.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        made = Mortals(process, azure)
        assert made.say(home=str(a_home(tmp_path_factory.mktemp("mortal") / "warm", azure))) == "warm"
        yield made
        assert process.stdin is not None
        process.stdin.close()


def test_killed_for_real_again_and_again_a_story_comes_to_its_end_once(
    tmp_path: Path, azure: Simulator, mortals: Mortals
) -> None:
    home, how = a_home(tmp_path / "home", azure), random.Random(20261122)  # noqa: S311 - an order, not a secret
    asked, deaths = len(azure.requests), 0
    while not mortals.live(home, how.randrange(3, 15)):
        deaths += 1
        assert deaths < 100
    assert deaths > 4
    assert [method for method, *_ in azure.requests[asked:] if method in WRITES] == ["PUT"]
    told = (home / "told").read_text().splitlines()
    assert [each.rpartition(":")[2] for each in dict.fromkeys(told)] == TOLD

    async def look() -> None:
        async with open_tools(settings_in(home, azure.url), sinks=()) as tools:
            (record,) = (await tools.store.incidents()).records
            assert (record.state, record.closed, record.cause) == ("in-effect", True, "pull-role-missing")
            steps = [each for each in await tools.store.steps(record.id) if each.intent.key.startswith("change:")]
            assert [each.receipt and each.receipt.state for each in steps] == ["done"]
            assert len(await tools.store.decisions(record.id)) == 1
            assert isinstance(
                verify(await tools.store.audit(record.id), tools.audit, record.id, gateway=True), Verified
            )

    asyncio.run(look())
    with closing(History(home / "stories.db")) as history:
        (status,) = history.statuses()
        assert status.status == "Completed"


TOLD = ["diagnosed", "awaiting-decision", "applied", "in-effect"]


def test_killed_while_a_report_is_written_the_report_is_one_or_the_other_and_whole(
    tmp_path: Path, azure: Simulator, mortals: Mortals
) -> None:
    home = a_home(tmp_path / "home", azure)

    async def kept() -> bytes:
        async with open_tools(settings_in(home, azure.url), sinks=()) as tools:
            (record,) = (await tools.store.incidents()).records
            report = await tools.store.report(record.id, "letters")
            assert report is not None
            return report.content

    for after in (3, 4, 7):
        assert not mortals.live(home, after, "report")
        assert asyncio.run(kept()) in {b"a" * SIZE, b"b" * SIZE}


def of_the_version_before(folder: Path, azure: Simulator, moment: str) -> Town:
    """A town in which a process of the version before has ended, with what it left behind."""
    town, left = Town(folder, azure, ROLE, expires_after="P30D"), EARLIER / moment
    for file, name in (("store.gz", "acimedic.db"), ("stories.gz", "stories.db")):
        (town.home / name).write_bytes(gzip.decompress((left / file).read_bytes()))
    there = json.loads(gzip.decompress((left / "azure.json.gz").read_bytes()))
    azure.state = State(there["world"])
    town.clock.set(datetime.fromisoformat(there["now"]))
    town.changes = there["changes"]
    return town


@pytest.mark.parametrize(("moment", "state"), [("waits", "awaiting-decision"), ("lent", "in-effect")])
def test_what_the_version_before_has_begun_ends_under_the_version_that_it_began_with(
    tmp_path: Path, azure: Simulator, moment: str, state: str
) -> None:
    town = of_the_version_before(tmp_path, azure, moment)

    async def ends() -> None:
        async with town.life() as life:
            page = await life.tools.store.incidents()
            assert ([each.state for each in page.records], page.unreadable) == ([state], ())
            await take_in(town.event, life.tools, life)
            await life.engine.advance(life.tools.now())
            await life.to_the_end(deploy=False)
            record = await life.record()
            assert (record.state, record.closed) == ("undone", True)
            assert isinstance(
                verify(await life.tools.store.audit(record.id), life.tools.audit, record.id, gateway=True), Verified
            )
            (status,) = life.engine.statuses()
            assert isinstance(status.input, dict)
            assert (status.input["version"], status.status) == (1, "Completed")

    asyncio.run(ends())
    assert VERSION > 1
    assert (town.assigned, town.written) == ([], ["PUT", "DELETE"])


def test_a_story_of_a_later_version_is_refused_without_harm_and_others_go_on(tmp_path: Path, azure: Simulator) -> None:
    """As where an older worker comes upon it: nothing of it is carried out, and the incident stays open, to be seen."""
    town = Town(tmp_path, azure, ROLE, mode="observe")

    async def meet(life: Life) -> None:
        incident = town.incident.id
        later = to_json(Begin(incident=incident, mode="auto", version=VERSION + 1))
        stopped = replace(life, engine=Engine(History(":memory:"), story, {}, name=NAME))
        await take_in(town.event, life.tools, stopped)
        life.engine.start(incident, later, now=life.tools.now())
        await life.engine.advance(life.tools.now())
        status = life.engine.status(incident)
        assert status is not None
        assert (status.status, f"there is no version {VERSION + 1} of the story" in str(status.error)) == (
            "Failed",
            True,
        )
        record = await life.record()
        assert (record.state, record.closed) == ("received", False)
        assert not town.sink("mail").sent

    async def whole() -> None:
        async with town.life() as life:
            await meet(life)

    asyncio.run(whole())


def test_an_incident_that_a_later_version_wrote_is_left_as_it_is_and_its_event_comes_again(
    tmp_path: Path, azure: Simulator
) -> None:
    town = Town(tmp_path, azure, ROLE, mode="observe")
    later = json.dumps({"v": ROW + 1, "mood": "good"})

    async def meet() -> None:
        async with town.life() as life:
            await take_in(town.event, life.tools, life)
            shelf = SqliteShelf(town.home / "acimedic.db")
            await shelf.write(partition_of(town.incident.id), Upsert(INCIDENT, later))
            with pytest.raises(UnreadableError, match="upgrade"):
                await take_in(town.event, life.tools, life)
            await life.engine.advance(life.tools.now())
            row = await shelf.read(partition_of(town.incident.id), INCIDENT)
            assert row is not None
            assert row.document == later
            assert (await life.tools.store.incidents()).unreadable == (town.incident.id,)
            assert not town.sink("mail").sent
            await shelf.close()

    asyncio.run(meet())
    assert town.written == []
