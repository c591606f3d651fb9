"""A finding points at the line and column of its culprit."""

import json
from typing import Any

import pytest

from acimedic.model.report import ToldPlace
from acimedic.preflight.source import Source
from tests.preflight.templates import changed, examined, healthy, the_fail


def _written(place: ToldPlace | None, template: dict[str, Any]) -> str:
    """The line that is pointed at, from the column on."""
    assert place is not None
    assert place.line is not None
    assert place.column is not None
    return json.dumps(template, indent=2).split("\n")[place.line - 1][place.column - 1 :]


@pytest.mark.parametrize(
    ("check", "change", "begins"),
    [
        (
            "image-reference-malformed",
            lambda g: _image(g, "contoso.azurecr.io/App:1"),
            '"image": "contoso.azurecr.io/A',
        ),
        ("image-host-missing", lambda g: _image(g, "app:1"), '"image": "app:1"'),
        ("credential-server-malformed", lambda g: _credential(g, server="https://contoso.azurecr.io"), '"server": "h'),
        ("credential-server-missing", lambda g: _credential(g, server=None), "{"),
        ("credential-server-mismatch", lambda g: _credential(g, server="other.azurecr.io"), '"server": "other'),
        ("credential-type-ambiguous", lambda g: _credential(g, username="me"), "{"),
        ("credential-identity-needs-newer-api", lambda g: g.update(apiVersion="2021-03-01"), '"apiVersion": "2021-03'),
        ("credential-missing", lambda g: g["properties"].pop("imageRegistryCredentials"), '"image": "[param'),
        ("credential-identity-for-non-acr", lambda g: _elsewhere(g), '"identity": "/subscr'),
        ("credential-identity-not-on-group", lambda g: g.pop("identity"), '"identity": "/subscr'),
    ],
)
def test_the_culprit_is_pointed_at(check: str, change: Any, begins: str) -> None:
    template = changed(change)
    assert _written(the_fail(examined(template), check).place, template).startswith(begins)


def test_the_second_container_is_told_from_the_first() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["containers"].append({"name": "b", "properties": {"image": "contoso.azurecr.io/B"}})

    template = changed(change)
    assert _written(examined(template).fails[0].place, template).startswith('"image": "contoso.azurecr.io/B"')


def test_an_init_container_is_found_among_init_containers() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["initContainers"] = [{"name": "i", "properties": {"image": "contoso.azurecr.io/B"}}]

    place = examined(changed(change)).fails[0].place
    assert place is not None
    assert place.path == "resources[0].properties.initContainers[0].properties.image"


def test_an_expression_for_a_whole_array_is_the_place() -> None:
    template = changed(lambda group: group["properties"].update(containers="[variables('all')]"))
    template["variables"] = {"all": [{"name": "app", "properties": {"image": "contoso.azurecr.io/App"}}]}
    place = examined(template).fails[0].place
    assert place is not None
    assert place.path == "resources[0].properties.containers"


def test_the_element_of_a_loop_is_its_input() -> None:
    def change(group: dict[str, Any]) -> None:
        loop = {
            "name": "containers",
            "count": 1,
            "input": {"name": "a", "properties": {"image": "contoso.azurecr.io/A"}},
        }
        del group["properties"]["containers"]
        group["properties"]["copy"] = [loop]

    place = examined(changed(change)).fails[0].place
    assert place is not None
    assert place.path == "resources[0].properties.copy[0].input.properties.image"


def test_names_of_properties_are_found_in_any_case() -> None:
    def change(group: dict[str, Any]) -> None:
        group["Properties"] = group.pop("properties")
        group["Properties"]["Containers"] = group["Properties"].pop("containers")
        _image(group, "contoso.azurecr.io/App", "Properties", "Containers")

    place = examined(changed(change)).fails[0].place
    assert place is not None
    assert place.path == "resources[0].Properties.Containers[0].properties.image"


def test_a_line_is_counted_through_comments_and_strings_over_several_lines() -> None:
    text = '// one\n{ /* two\nthree */ "resources": [],\n"a": "x\ny", "b":\n  [{"c": 1}]}'
    assert Source("t", text).place("b", (0, "c")) == ToldPlace(file="t", path="b[0].c", line=6, column=5)


def test_what_is_written_nowhere_is_the_template_itself() -> None:
    assert Source("t", '\n {"resources": []}').place("resources[7]") == ToldPlace(file="t", path="", line=2, column=2)


def test_what_blames_nothing_has_no_place() -> None:
    assert all(each.place is None for each in examined(healthy()).findings)


def _image(group: dict[str, Any], image: str, properties: str = "properties", containers: str = "containers") -> None:
    group[properties][containers][0]["properties"]["image"] = image


def _credential(group: dict[str, Any], **fields: str | None) -> None:
    entry = group["properties"]["imageRegistryCredentials"][0]
    for key, value in fields.items():
        entry.pop(key, None)
        if value is not None:
            entry[key] = value


def _elsewhere(group: dict[str, Any]) -> None:
    _image(group, "ghcr.io/contoso/app:1")
    _credential(group, server="ghcr.io")
