"""A registry is found by its login server with as few questions as can be, and never blamed for not being seen."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from acimedic.azure.port import Reader
from acimedic.evidence.finding import Seen, registry_of
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Registry, RegistryPlace, RegistryPlaces
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import Fail
from tests.build import APP, HOST, REGISTRY, TENANT
from tests.faults.cells import ill, well
from tests.faults.readings import READINGS
from tests.faults.spoiling import FAULTS

THERE = ResourceId.parse(REGISTRY.id)
PLACE = RegistryPlace(id=THERE, login_server=HOST, tenant=TENANT)
REFUSED = Gap(reading="registry", reason="403 AuthorizationFailed")


@dataclass
class Azure:
    """Notes what it is asked. found: what it says of registries by host; shown: of one by id."""

    found: Reading[tuple[ResourceId, ...]] = ()
    shown: Reading[Registry | Absent] = REGISTRY
    listed: dict[str, Reading[tuple[Registry, ...]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def registry(self, _registry: ResourceId) -> Reading[Registry | Absent]:
        self.asked.append("registry")
        return self.shown

    async def find_registries(self, _hosts: tuple[str, ...]) -> Reading[tuple[ResourceId, ...]]:
        self.asked.append("find")
        return self.found

    async def subscriptions(self) -> Reading[tuple[str, ...]]:
        self.asked.append("subscriptions")
        return (APP, *self.listed)

    async def registries(self, subscription: str) -> Reading[tuple[Registry, ...]]:
        self.asked.append("registries")
        return self.listed[subscription]


def look(
    azure: Azure, *, home: Reading[tuple[Registry, ...]] = (), places: Reading[RegistryPlaces] | None = None
) -> Any:
    async def run() -> Reading[Registry | Absent]:
        told: asyncio.Future[Reading[RegistryPlaces]] | None = None
        if places is not None:
            told = asyncio.get_running_loop().create_future()
            told.set_result(places)
        return await registry_of(cast(Reader, azure), HOST, Seen(home=home, subscription=APP, places=told))

    return asyncio.run(run())


def test_one_at_home_is_asked_for_no_further() -> None:
    azure = Azure()
    assert look(azure, home=(REGISTRY,), places=RegistryPlaces(places=(PLACE,))) is REGISTRY
    assert azure.asked == []


def test_one_whose_place_is_known_is_read_there() -> None:
    azure = Azure()
    assert look(azure, places=RegistryPlaces(places=(PLACE,))) is REGISTRY
    assert azure.asked == ["registry"]


def test_one_that_is_gone_from_its_place_is_looked_for_everywhere() -> None:
    elsewhere = replace(REGISTRY, id=REGISTRY.id.replace("/registries/", "/registries/new"))
    azure = Azure(shown=Absent(what="registry", source=""), listed={"other": (elsewhere,)})
    assert look(azure, places=RegistryPlaces(places=(PLACE,))) is elsewhere
    assert azure.asked == ["registry", "subscriptions", "registries"]


def test_one_that_is_not_among_all_is_asked_of_the_subscriptions_and_not_of_the_graph_again() -> None:
    azure = Azure(listed={"other": ()})
    assert isinstance(look(azure, places=RegistryPlaces(places=())), Gap)
    assert azure.asked == ["subscriptions", "registries"]


def test_one_that_is_not_among_the_first_thousand_is_asked_for_by_its_name() -> None:
    azure = Azure(found=(THERE,))
    assert look(azure, places=RegistryPlaces(places=(), whole=False)) is REGISTRY
    assert azure.asked == ["find", "registry"]


def test_where_the_graph_refuses_the_subscriptions_are_asked() -> None:
    azure = Azure(listed={"other": (REGISTRY,)})
    assert look(azure, places=REFUSED) is REGISTRY
    assert azure.asked == ["subscriptions", "registries"]


def test_where_nobody_has_asked_for_all_it_is_asked_for_by_its_name() -> None:
    azure = Azure(found=(THERE,))
    assert look(azure) is REGISTRY
    assert azure.asked == ["find", "registry"]


def test_a_place_that_another_registry_has_taken_is_not_taken_for_it() -> None:
    azure = Azure(shown=replace(REGISTRY, login_server="other.azurecr.io"), listed={"other": ()})
    assert isinstance(look(azure, places=RegistryPlaces(places=(PLACE,))), Gap)


def test_one_that_nobody_shows_is_a_gap_that_says_who_refused() -> None:
    azure = Azure(listed={"other": REFUSED})
    assert look(azure, places=REFUSED).reason == "403 AuthorizationFailed"


@pytest.mark.parametrize("fault", ["never answers", "429, Retry-After"])
def test_where_the_graph_does_not_answer_there_is_time_to_look_elsewhere(fault: str) -> None:
    graph = next(each for each in READINGS if each.name == "registry_places")
    after = ill("role-missing", graph, next(each for each in FAULTS if each.name == fault))
    assert after.given(Fail) == well("role-missing").given(Fail)
    assert after.seconds < after.limit / 2
