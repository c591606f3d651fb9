"""Everything that Azure, an event and the settings tell is secret here; of a whole story nothing of it goes out."""

from collections.abc import Iterator

import pytest

from tests.canary.drives import opened, play
from tests.canary.house import House
from tests.canary.meant import MEANT, NOT_TOLD

WAYS_OUT = {
    *("card", "mail", "event of the topic", "store", "history of the stories", "keys", "log of the app"),
    *("page of GET /api/incidents/ID", "answer of GET /api/incidents/ID", "answer of GET /api/incidents/ID/audit"),
    *(
        "answer of GET /api/incidents/ID/bundle",
        "page of GET /api/incidents/ID/decision",
        "answer of POST /api/diagnose",
    ),
    *("request to Azure", "request to Azure: address", "request to Azure: headers", "card: headers", "mail: headers"),
    *("repr of the settings", "repr of the tools", "repr of a request"),
}


@pytest.fixture(scope="module", params=["of its template", "as it stands there"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which an incident went from its event to its repair."""
    made = opened(tmp_path_factory.mktemp("house"), live=request.param == "as it stands there")
    with made.azure:
        play(made)
        made.collect()
        yield made


def test_nothing_secret_goes_out_of_a_story(house: House) -> None:
    assert house.cage.found(house.out, but=MEANT) == []


def test_every_secret_came_in(house: House) -> None:
    came = {*house.cage.within(house.came_in())}
    assert house.cage.birds.keys() - came - NOT_TOLD == set()


def test_every_way_out_was_used_to_say_something(house: House) -> None:
    assert {way for way in WAYS_OUT if "contoso" not in house.out.get(way, "")} <= {
        "keys",
        "card: headers",
        "mail: headers",
        "request to Azure",
        "repr of a request",
    }
    assert WAYS_OUT - house.out.keys() == set()


def test_the_story_went_as_far_as_a_change(house: House) -> None:
    assert "PUT" in {method for method, *_ in house.azure.requests}


def test_the_log_was_at_its_most_talkative(house: House) -> None:
    assert "DEBUG asyncio" in house.out["log of the app"]


def test_a_token_of_a_registry_goes_to_that_registry_alone(house: House) -> None:
    token = house.cage("registry: token")
    assert {request.host for request in house.azure.heard if token in str(request.headers)} == {"ghcr.io"}


def test_the_token_of_resource_manager_goes_to_the_services_that_it_is_for_alone(house: House) -> None:
    signed = {request.host for request in house.azure.heard if "stand-in" in str(request.headers.get("authorization"))}
    assert signed == {
        "management.azure.com",
        "medic.europe.communication.azure.com",
        "medic.westeurope-1.eventgrid.azure.net",
    }


def test_no_cookie_is_kept(house: House) -> None:
    assert [request.host for request in house.azure.heard if "cookie" in request.headers] == []
