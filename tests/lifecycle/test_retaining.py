"""What is older than it may be kept is deleted from the store, and its story from the engine."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from acimedic.incident import from_words
from acimedic.lifecycle.retaining import retain
from acimedic.model.incident import Incident
from acimedic.model.record import IncidentRecord
from acimedic.store.port import Store
from tests.lifecycle.repairs import Repair, play

DAYS = 30


@dataclass
class Kept:
    """Where stories are kept. failing: how many of them cannot be deleted at first. there: the incidents' store."""

    there: Store
    failing: int = 0
    forgotten: list[str] = field(default_factory=list)
    before: list[datetime] = field(default_factory=list)

    async def forget(self, incident: str) -> None:
        assert await self.there.incident(incident) is None, "the incident goes first, so that nothing adds to it"
        if self.failing:
            self.failing -= 1
            raise OSError("the engine is away")
        self.forgotten.append(incident)

    async def forget_before(self, time: datetime) -> None:
        self.before.append(time)


def rarely(one: Repair) -> Repair:
    return one.with_tools(settings=replace(one.tools.settings, retention_days=DAYS))


async def received(one: Repair, name: str, age: timedelta, *, closed: bool = True) -> str:
    """An incident that was received so long ago."""
    about, at = from_words(str(one.record.incident.group), name), one.clock() - age
    assert isinstance(about, Incident)
    new = IncidentRecord(incident=about, state="diagnosed", received_at=at, changed_at=at, closed=closed)
    return (await one.tools.store.put_incident_if_absent(new)).value.id


def test_an_old_incident_goes_with_its_story(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        stories = Kept(one.tools.store)
        old = await received(one, "old", timedelta(days=DAYS, seconds=1))
        assert await retain(rarely(one).tools, stories) == 1
        assert (stories.forgotten, await one.tools.store.incident(old)) == ([old], None)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("age", "closed"),
    [(timedelta(days=DAYS), True), (timedelta(days=DAYS - 1), True), (timedelta(days=9 * DAYS), False)],
    ids=["just-not", "younger", "open"],
)
def test_what_may_be_kept_and_what_is_open_stays(tmp_path: Path, age: timedelta, closed: bool) -> None:
    async def story(one: Repair) -> None:
        stories = Kept(one.tools.store)
        there = await received(one, "there", age, closed=closed)
        assert await retain(rarely(one).tools, stories) == 0
        assert stories.forgotten == []
        assert await one.tools.store.incident(there) is not None

    play(tmp_path, story)


def test_however_many_there_are_all_of_them_go(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        stories = Kept(one.tools.store)
        age = timedelta(days=DAYS + 1)
        old = {await received(one, f"old-{number}", age + timedelta(seconds=number)) for number in range(205)}
        assert await retain(rarely(one).tools, stories) == 205
        assert set(stories.forgotten) == old

    play(tmp_path, story)


def test_the_stories_that_an_earlier_night_left_go_by_their_age(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        stories = Kept(one.tools.store)
        await retain(rarely(one).tools, stories)
        assert stories.before == [one.clock() - timedelta(days=DAYS)]

    play(tmp_path, story)


def test_what_one_night_could_not_finish_another_one_does(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        stories = Kept(one.tools.store, failing=1)
        for name in ("one", "two"):
            await received(one, name, timedelta(days=DAYS + 1))
        with pytest.raises(OSError, match="the engine is away"):
            await retain(rarely(one).tools, stories)
        assert stories.before == []
        await retain(rarely(one).tools, stories)
        assert (await one.tools.store.incidents()).records == (one.record,)
        assert stories.before == [one.clock() - timedelta(days=DAYS)]

    play(tmp_path, story)
