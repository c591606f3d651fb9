"""Where registries are is told by Resource Graph, and nothing that could not be a registry's place is taken from it."""

from typing import Any

import pytest

from acimedic.model.reading import Gap
from acimedic.model.registry import RegistryPlaces
from acimedic.model.resource_id import ResourceId

from . import bodies as of
from .asking import ask_of
from .replay import Answer, route

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
ROW = {"id": of.REGISTRY_ID, "tenantId": "T", "loginServer": "Contoso.azurecr.io"}
WHOLE = {"count": 1, "totalRecords": 1, "resultTruncated": "false"}


def told(data: Any, **more: object) -> RegistryPlaces | Gap:
    answer = Answer(body={"data": data, **WHOLE, **more})
    return ask_of(lambda reader: reader.registry_places(), route("POST", GRAPH, answer))


def places(*rows: Any) -> tuple[str, ...]:
    said = told(list(rows))
    assert isinstance(said, RegistryPlaces)
    return tuple(place.login_server for place in said.places)


def test_a_place_is_known_by_the_login_server_in_lower_case() -> None:
    assert places(ROW) == ("contoso.azurecr.io",)


@pytest.mark.parametrize(
    "odd",
    [
        {"loginServer": None},
        {"loginServer": ""},
        {"loginServer": "\N{KELVIN SIGN}ontoso.azurecr.io"},
        {"loginServer": "contoso.azurecr.io/v2"},
        {"loginServer": "contoso.azurecr.io@evil.example"},
        {"loginServer": "contoso.azurecr.io\\evil.example"},
        {"id": of.GROUP_ID},
        {"id": f"{of.REGISTRY_ID}/replications/west"},
    ],
    ids=str,
)
def test_a_row_that_is_no_registrys_is_left_out(odd: dict[str, str | None]) -> None:
    assert places(ROW | odd, ROW) == ("contoso.azurecr.io",)


@pytest.mark.parametrize(
    "data",
    [
        {"columns": [], "rows": []},
        None,
        [None],
        [[]],
        ["contoso.azurecr.io"],
        [{"loginServer": "contoso.azurecr.io"}],
        [ROW | {"id": None}],
        [ROW | {"id": "contoso"}],
        [ROW | {"tenantId": 7}],
        [ROW | {"loginServer": ["contoso.azurecr.io"]}],
    ],
    ids=str,
)
def test_an_answer_of_another_shape_is_no_answer(data: Any) -> None:
    assert isinstance(told(data), Gap)


@pytest.mark.parametrize(
    ("more", "whole"),
    [
        ({}, True),
        ({"resultTruncated": "true"}, False),
        ({"resultTruncated": None}, False),
        ({"$skipToken": "more"}, False),
    ],
    ids=str,
)
def test_the_places_are_all_only_where_azure_says_so(more: dict[str, object], whole: bool) -> None:
    said = told([ROW], **more)
    assert isinstance(said, RegistryPlaces)
    assert said.whole is whole


def test_what_is_found_by_name_is_a_registry_or_nothing() -> None:
    answer = Answer(body={"data": [{"id": of.GROUP_ID}, {"id": of.REGISTRY_ID}], **WHOLE})
    found = ask_of(lambda reader: reader.find_registries(("contoso.azurecr.io",)), route("POST", GRAPH, answer))
    assert found == (ResourceId.parse(of.REGISTRY_ID),)
