"""The routes' document: what is refused, with every fault at its place, and what a rule is about."""

import json
from pathlib import Path
from typing import Any

import pytest

from acimedic.notify.routes import MOST_BYTES, InvalidRoutes, Routes, parse_routes, severity
from tests.notify.square import SUBSCRIPTION, routes

OPS = {"name": "ops", "teams": "ACIMEDIC_TEAMS_OPS"}
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-orders"


def document(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "routes": [OPS], "default": ["ops"]} | changes


def faults(text: str | bytes) -> tuple[str, ...]:
    found = parse_routes(text)
    assert isinstance(found, InvalidRoutes), found
    return found.faults


def only(**changes: Any) -> str:
    (fault,) = faults(json.dumps(document(**changes), indent=1))
    return fault


def test_a_document_says_who_hears_what() -> None:
    found = routes(
        routes=[OPS | {"style": "digest", "decides": True, "note": "n"}, {"name": "b", "mail": ["b@example.com"]}],
        rules=[{"routes": ["b"], "subscriptions": [SUBSCRIPTION.upper()], "severities": ["info", "action"]}],
        default=["ops"],
    )
    ops, other = found.routes
    assert (ops.name, ops.teams, ops.style, ops.decides) == ("ops", "ACIMEDIC_TEAMS_OPS", "digest", True)
    assert (other.mail, other.style, other.decides) == (("b@example.com",), "each", False)
    assert found.rules[0].subscriptions == (SUBSCRIPTION,)
    assert found.rules[0].severities == ("action", "info")


def test_the_example_in_the_documentation_is_valid() -> None:
    text = (Path(__file__).parents[2] / "docs" / "routes.example.json").read_bytes()
    assert isinstance(parse_routes(text), Routes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2}, "a whole number from 1 to 1"),
        ({"rules": []}, "the list is empty"),
        ({"default": ["nobody"]}, "default[0] (line"),
        ({"default": "ops"}, "a list is expected, and this is a text"),
        ({"rules": [{"routes": ["nobody"]}]}, "rules[0].routes[0]"),
        ({"rules": [{"routes": ["ops"], "severities": ["loud"]}]}, "it is one of action, problem, info"),
        ({"rules": [{"routes": ["ops"], "outcomes": ["bad"]}]}, "it is one of cause-found, undetermined"),
        ({"rules": [{"routes": ["ops"], "subscriptions": ["*"]}]}, "not a subscription id"),
        ({"rules": [{"routes": ["ops"], "resource_groups": ["rg"]}]}, "rules[0].resource_groups[0]"),
        ({"rules": [{"routes": ["ops"], "groups": ["x"]}]}, "there is no such key here"),
        ({"routes": [OPS, OPS | {"mail": ["a@example.com"]}]}, "another route has this name"),
        ({"routes": [{"name": "ops"}]}, "a route has `teams`, or `mail`, or both"),
        ({"routes": [OPS | {"style": "loud"}]}, "it is one of each, digest, quiet"),
        ({"routes": [OPS | {"decides": "yes"}]}, "true or false is expected"),
        ({"routes": [OPS | {"mail": ["nobody"]}]}, "a mail address such as"),
        ({"routes": [OPS | {"mail": [f"p{n}@example.com" for n in range(51)]}]}, "a mail goes to 50 at most"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changes: dict[str, Any], said: str) -> None:
    assert said in only(**changes)


def test_every_fault_is_named_and_not_only_the_first() -> None:
    wrong = document(version=2, routes=[OPS | {"style": "x"}], default=["nobody"])
    assert len(faults(json.dumps(wrong))) == 3


def test_a_name_of_a_route_is_plain() -> None:
    assert any("the name of a route" in fault for fault in faults(json.dumps(document(routes=[OPS | {"name": "a b"}]))))


@pytest.mark.parametrize(
    "teams", ["https://x.logic.azure.com/?sig=s3cret", "ACIMEDIC_APPROVAL_KEY", "acimedic_teams_ops", "ACIMEDIC_TEAMS_"]
)
def test_an_address_or_another_setting_is_no_way_to_teams_and_is_not_repeated(teams: str) -> None:
    fault = only(routes=[OPS | {"teams": teams}])
    assert "the name of a setting that begins with ACIMEDIC_TEAMS_" in fault
    assert "s3cret" not in fault


def test_an_address_that_is_none_is_not_repeated_for_it_names_a_person() -> None:
    assert "petra" not in only(routes=[OPS | {"mail": ["petra musterfrau"]}])


def test_recipients_are_in_no_text_of_a_route() -> None:
    found = routes(routes=[OPS | {"mail": ["petra@example.com"]}], default=["ops"])
    assert "petra" not in repr(found)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", b"\xff\xfe\x00", '{"version": 1, "version": 1}', "[" * 5000])
def test_what_is_no_document_is_refused_with_a_reason(text: str | bytes) -> None:
    assert faults(text)


def test_a_document_too_long_is_refused() -> None:
    assert "longer than" in faults(" " * (MOST_BYTES + 1))[0]


@pytest.mark.parametrize(
    ("state", "outcome", "expected"),
    [
        ("awaiting-decision", "cause-found", "action"),
        ("failed", None, "action"),
        ("incomplete", "cause-found", "action"),
        ("kept", "cause-found", "action"),
        ("did-not-help", "cause-found", "action"),
        ("diagnosed", "cause-found", "problem"),
        ("diagnosed", "undetermined", "problem"),
        ("diagnosed", "not-a-pull-failure", "info"),
        ("refused", "cause-found", "problem"),
        ("expired", "cause-found", "problem"),
        ("rejected", "cause-found", "info"),
        ("proved", "cause-found", "info"),
        ("a-state-of-next-year", "cause-found", "problem"),
    ],
)
def test_a_state_asks_so_much_of_a_person(state: str, outcome: str | None, expected: str) -> None:
    assert severity(state, outcome) == expected
