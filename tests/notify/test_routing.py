"""Who hears of it, in which manner, and who is given the link to decide."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from acimedic.model.news import News
from acimedic.notify.routes import Routes
from acimedic.notify.routing import Audience, audience
from tests.notify.square import SUBSCRIPTION, routes, square

TEAM = {"teams": "ACIMEDIC_TEAMS_X"}


def three(rules: list[Any] | None = None, default: tuple[str, ...] = ("ops",), **ops: Any) -> Routes:
    return routes(
        routes=[
            {"name": "ops", "decides": True} | TEAM | ops,
            {"name": "owners", "decides": True} | TEAM,
            {"name": "readers"} | TEAM,
        ],
        default=[*default],
        **({} if rules is None else {"rules": rules}),
    )


def news(folder: Path, state: str = "diagnosed", **what: Any) -> News:
    """News of an incident of the resource group rg-orders."""

    async def made() -> News:
        async with square(folder) as here:
            return here.news(await here.failed(**what), state)

    return asyncio.run(made())


def heard(found: Audience) -> dict[str, str]:
    return {each.route.name: each.manner for each in found.hearers}


def deciders(found: Audience) -> list[str]:
    return [each.route.name for each in found.hearers if each.decides]


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ({}, True),
        ({"subscriptions": [SUBSCRIPTION]}, True),
        ({"subscriptions": ["b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"]}, False),
        ({"resource_groups": [f"/subscriptions/{SUBSCRIPTION}/resourceGroups/RG-ORDERS"]}, True),
        ({"resource_groups": [f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-order"]}, False),
        ({"severities": ["problem"]}, True),
        ({"severities": ["action", "info"]}, False),
        ({"outcomes": ["cause-found"]}, True),
        ({"outcomes": ["undetermined"]}, False),
        ({"subscriptions": [SUBSCRIPTION], "outcomes": ["undetermined"]}, False),
    ],
)
def test_every_part_of_a_rule_has_to_hold(tmp_path: Path, rule: dict[str, Any], matches: bool) -> None:
    found = audience(three([rule | {"routes": ["readers"]}]), news(tmp_path), tag=None, asked=())
    assert heard(found) == {"readers" if matches else "ops": "now"}


def test_all_rules_that_match_add_their_routes_each_once(tmp_path: Path) -> None:
    rules = [{"routes": ["readers", "owners"]}, {"routes": ["owners"]}]
    assert heard(audience(three(rules), news(tmp_path), tag=None, asked=())) == {"readers": "now", "owners": "now"}


def test_the_groups_own_tag_adds_a_route(tmp_path: Path) -> None:
    found = audience(three(), news(tmp_path), tag="readers", asked=())
    assert heard(found) == {"ops": "now", "readers": "now"}


def test_a_tag_that_names_no_route_is_told_and_changes_nothing(tmp_path: Path) -> None:
    found = audience(three(), news(tmp_path), tag="](https://evil)", asked=())
    assert (heard(found), found.unknown) == ({"ops": "now"}, "](https://evil)")


def test_by_a_tag_nobody_is_given_the_link_though_the_route_may_decide(tmp_path: Path) -> None:
    found = audience(three(), news(tmp_path, "awaiting-decision"), tag="owners", asked=())
    assert deciders(found) == ["ops"]


def test_the_route_that_the_policy_names_is_given_the_link_and_no_other(tmp_path: Path) -> None:
    found = audience(three(), news(tmp_path, "awaiting-decision"), tag=None, asked=("owners",))
    assert deciders(found) == ["owners"]
    assert heard(found) == {"ops": "now", "owners": "now"}


def test_where_the_policy_names_none_the_default_is_given_the_link_whatever_the_rules_add(tmp_path: Path) -> None:
    found = audience(three([{"routes": ["readers"]}]), news(tmp_path, "awaiting-decision"), tag=None, asked=())
    assert deciders(found) == ["ops"]
    assert heard(found) == {"readers": "now", "ops": "now"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nobody",), "the route 'nobody' that the policy names is not among the routes"),
        (("readers",), "the route 'readers' that the policy names does not have `decides`"),
        (("ops", "owners"), "the plan's pairs name different routes in the policy (ops, owners)"),
    ],
)
def test_where_no_route_may_decide_nobody_is_given_the_link_and_it_is_said(
    tmp_path: Path, asked: tuple[str, ...], said: str
) -> None:
    found = audience(three(), news(tmp_path, "awaiting-decision"), tag=None, asked=asked)
    assert deciders(found) == []
    assert found.troubles == (f"no link to decide: {said}",)
    assert "ops" in heard(found)


def test_of_what_waits_for_nobody_no_route_decides(tmp_path: Path) -> None:
    found = audience(three(), news(tmp_path), tag=None, asked=("owners",))
    assert (deciders(found), found.troubles, heard(found)) == ([], (), {"ops": "now"})


@pytest.mark.parametrize(
    ("style", "state", "manner"),
    [
        ("each", "proved", "now"),
        ("quiet", "diagnosed", "not"),
        ("quiet", "proved", "not"),
        ("quiet", "failed", "now"),
        ("quiet", "did-not-help", "now"),
        ("digest", "diagnosed", "later"),
        ("digest", "failed", "later"),
        ("digest", "awaiting-decision", "now"),
        ("quiet", "awaiting-decision", "now"),
    ],
)
def test_each_style_has_its_manner(tmp_path: Path, style: str, state: str, manner: str) -> None:
    assert heard(audience(three(style=style), news(tmp_path, state), tag=None, asked=())) == {"ops": manner}


def test_a_digest_that_may_not_decide_tells_of_a_decision_later(tmp_path: Path) -> None:
    rules = [{"routes": ["ops"]}]
    found = audience(three(rules, ("owners",), style="digest"), news(tmp_path, "awaiting-decision"), tag=None, asked=())
    assert heard(found) == {"ops": "later", "owners": "now"}
