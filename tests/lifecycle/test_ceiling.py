"""Beyond so many failures of one subscription within an hour none is looked into: they are counted and named once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acimedic.incident import from_words
from acimedic.lifecycle.ceiling import OVER
from acimedic.lifecycle.intake import RECEIVED, receive
from acimedic.lifecycle.notifying import OfRoute
from acimedic.model.incident import Incident
from acimedic.model.news import Crowd
from acimedic.model.record import IncidentRecord
from acimedic.notify.notifier import Notifier, Ways
from acimedic.notify.port import NotToldError
from acimedic.notify.routes import Route, Routes, Style
from acimedic.store.kept import KeptStore
from tests.lifecycle.test_intake import KEYS, Stories, tools_over
from tests.notify.square import Ear

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HERE, THERE = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


def failures(count: int, subscription: str = HERE, name: str = "cg") -> list[Incident]:
    group = f"/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.ContainerInstance/containerGroups"
    return [from_words(f"{group}/{name}-{number}", f"{name}-{number}") for number in range(count)]


class Office:
    """Tools over a real store, a real notifier with one ear on a route, and a clock that the test moves."""

    def __init__(self, folder: Path, ceiling: int, style: Style = "each") -> None:
        self.now = NOON
        self.ear, self.log, self.stories = Ear("ear"), Ear("log"), Stories()
        made = tools_over(folder / "acimedic.db")
        routes = Routes(routes=(Route(name="ops", style=style),), rules=(), default=("ops",))
        ways = Ways(always=(self.log,), routes=routes, by_route={"ops": (OfRoute("ops", self.ear),)})
        self.tools = replace(
            made,
            settings=replace(made.settings, incidents_per_hour=ceiling),
            now=lambda: self.now,
            notifier=Notifier(ways, made.store, lambda: self.now, asked=lambda _: ()),
        )

    async def come(self, incidents: Sequence[Incident]) -> list[object]:
        """All at once."""
        waiting = (receive(each, self.tools, self.stories) for each in incidents)
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    async def records(self) -> list[IncidentRecord]:
        found: list[IncidentRecord] = []
        after: str | None = None
        while True:
            page = await self.tools.store.incidents(after=after)
            found += page.records
            after = page.after
            if after is None:
                return found


@pytest.fixture
def office(tmp_path: Path) -> Callable[..., Office]:
    return lambda ceiling=200, style="each": Office(tmp_path, ceiling, style)


def test_of_300_failures_at_once_200_begin_a_story_and_100_are_recorded_and_closed(
    office: Callable[..., Office],
) -> None:
    here = office()

    async def story() -> None:
        assert not [each for each in await here.come(failures(300)) if isinstance(each, Exception)]
        assert len(here.stories.begun) == 200
        kept = await here.records()
        assert Counter((record.state, record.closed) for record in kept) == {(RECEIVED, False): 200, (OVER, True): 100}
        assert {record.id for record in kept if record.state == RECEIVED} == set(here.stories.begun)
        await here.tools.store.close()

    asyncio.run(story())


def test_they_are_named_in_one_message_with_their_count(office: Callable[..., Office]) -> None:
    here = office()

    async def story() -> None:
        await here.come(failures(300))
        (told,) = here.ear.crowds
        assert 201 <= told.count <= 300
        assert told.headline.startswith(f"{told.count} failures in subscription {HERE} within this hour")
        assert here.ear.news == []
        assert len(here.log.crowds) == 1
        await here.tools.store.close()

    asyncio.run(story())


def test_they_are_named_again_when_their_number_has_doubled(office: Callable[..., Office]) -> None:
    here = office(3)

    async def story() -> None:
        for each in failures(16):
            await here.come([each])
            here.now += timedelta(seconds=1)
        assert [crowd.count for crowd in here.ear.crowds] == [4, 8, 16]
        await here.tools.store.close()

    asyncio.run(story())


def test_one_after_the_other_at_one_moment_no_more_begin_than_may(office: Callable[..., Office]) -> None:
    """Where the clock does not tell them apart, it is the claimed places that do."""
    here = office(20)

    async def story() -> None:
        for each in failures(40):
            await here.come([each])
        assert len(here.stories.begun) == 20
        await here.tools.store.close()

    asyncio.run(story())


def test_two_processes_over_one_store_begin_no_more_than_may(office: Callable[..., Office]) -> None:
    here, there = office(20), office(20)

    async def story() -> None:
        given = failures(60)
        await asyncio.gather(here.come(given[:30]), there.come(given[30:]))
        assert len(here.stories.begun) + len(there.stories.begun) == 20
        await here.tools.store.close()
        await there.tools.store.close()

    asyncio.run(story())


def test_another_subscription_has_a_ceiling_of_its_own(office: Callable[..., Office]) -> None:
    here = office(3)

    async def story() -> None:
        await here.come(failures(5))
        await here.come(failures(3, THERE, "other"))
        assert len(here.stories.begun) == 6
        await here.tools.store.close()

    asyncio.run(story())


def test_in_the_next_hour_stories_begin_again(office: Callable[..., Office]) -> None:
    here = office(3)

    async def story() -> None:
        await here.come(failures(5))
        here.now += timedelta(hours=1)
        (later,) = failures(1, name="later")
        await here.come([later])
        assert later.id in here.stories.begun
        await here.tools.store.close()

    asyncio.run(story())


def test_what_is_delivered_again_stays_on_its_side_of_the_ceiling(office: Callable[..., Office]) -> None:
    here = office(3)

    async def story() -> None:
        given = failures(5)
        await here.come([each for each in given for _ in range(4)])
        begun = set(here.stories.begun)
        here.now += timedelta(hours=3)
        await here.come(given)
        assert (len(begun), set(here.stories.begun)) == (3, begun)
        await here.tools.store.close()

    asyncio.run(story())


def test_a_story_that_could_not_be_begun_is_begun_later_however_many_came_meanwhile(
    office: Callable[..., Office],
) -> None:
    here = office(3)
    here.stories = Stories(failing=1)

    async def story() -> None:
        first, *others = failures(9)
        (came,) = await here.come([first])
        await here.come(others)
        await here.come([first])
        assert isinstance(came, OSError)
        assert first.id in here.stories.begun
        await here.tools.store.close()

    asyncio.run(story())


class Dying(KeptStore):
    """A store behind a process that dies just before it writes a record again."""

    async def advance(self, record: IncidentRecord) -> IncidentRecord:
        raise OSError("the process ends here")


def test_a_process_that_dies_before_closing_is_made_up_for_without_a_second_message(
    office: Callable[..., Office],
) -> None:
    here = office(1)
    whole = here.tools

    async def story() -> None:
        first, second = failures(2)
        await here.come([first])
        shelf = whole.store._shelf  # type: ignore[attr-defined]  # the same file, another process
        here.tools = replace(whole, store=Dying(shelf, KEYS))
        (came,) = await here.come([second])
        here.tools = whole
        await here.come([second])
        record = await whole.store.incident(second.id)
        assert isinstance(came, OSError)
        assert record is not None
        assert (record.state, len(here.ear.crowds)) == (OVER, 1)
        await whole.store.close()

    asyncio.run(story())


def test_made_up_for_in_the_next_hour_it_is_still_of_the_hour_in_which_it_came(office: Callable[..., Office]) -> None:
    here = office(1)
    whole = here.tools

    async def story() -> None:
        first, second, third, fourth = failures(4)
        await here.come([first])
        shelf = whole.store._shelf  # type: ignore[attr-defined]  # the same file, another process
        here.tools = replace(whole, store=Dying(shelf, KEYS))
        await here.come([second])
        here.tools = whole
        here.now += timedelta(hours=1)
        await here.come([second])
        assert len(here.ear.crowds) == 1
        await here.come([third])
        await here.come([fourth])
        assert ([crowd.count for crowd in here.ear.crowds], len(here.stories.begun)) == ([2, 2], 2)
        await whole.store.close()

    asyncio.run(story())


def test_a_quiet_route_is_not_told_and_the_log_is(office: Callable[..., Office]) -> None:
    here = office(1, "quiet")

    async def story() -> None:
        await here.come(failures(3))
        assert (here.ear.heard, len(here.log.crowds)) == ([], 1)
        await here.tools.store.close()

    asyncio.run(story())


def test_a_message_that_is_refused_closes_the_incident_all_the_same_and_is_on_its_trail(
    office: Callable[..., Office],
) -> None:
    here = office(1)
    here.ear.fails(NotToldError("403", final=True))

    async def story() -> None:
        first, second = failures(2)
        await here.come([first])
        await here.come([second])
        trail = await here.tools.store.audit(second.id)
        assert [entry.note.kind for entry in trail.entries] == ["received", "not-told", OVER]
        await here.tools.store.close()

    asyncio.run(story())


def test_the_message_names_no_incident_and_leads_to_the_list_of_them(office: Callable[..., Office]) -> None:
    here = office(1)
    here.tools = replace(here.tools, settings=replace(here.tools.settings, url="https://medic.example.test"))

    async def story() -> None:
        await here.come(failures(2))
        (told,) = here.ear.crowds
        assert isinstance(told, Crowd)
        assert (told.told, told.page) == ((), f"https://medic.example.test/api/incidents?state={OVER}")
        await here.tools.store.close()

    asyncio.run(story())
