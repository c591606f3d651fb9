"""Whom the policy names to decide on a plan: a pair's own route before the policy's."""

import json
from typing import Any

import pytest

from acimedic.model.plan import BypassSwitch, RoleGrant, Step
from acimedic.policy import NoPolicy, approval_routes
from tests import build
from tests.policy.written import document, faults, pair, policy

OTHER = build.IDENTITY_ID.replace("/id-", "/id-other-")


def grant(identity: str = build.IDENTITY_ID) -> Step:
    change = RoleGrant(
        assignment_id="a",
        registry_id=build.REGISTRY_ID.upper(),
        role_definition_id="r",
        role_name="AcrPull",
        principal_id="p",
        identity_id=identity,
        condition=None,
        mode="legacy",
        repositories=(),
    )
    return step(change)


def step(change: RoleGrant | BypassSwitch) -> Step:
    return Step(remedy="r", target="t", change=change, before=None, after="a", undo="u", risk="r", summary="s")


def switch() -> Step:
    return step(BypassSwitch(registry_id=build.REGISTRY_ID, before="None", after="AzureServices"))


def test_where_no_route_is_named_nobody_in_particular_is_asked() -> None:
    assert approval_routes(policy(), (grant(),)) == ()


def test_the_policys_own_route_is_asked_of_every_plan() -> None:
    assert approval_routes(policy(approval_route="all"), (grant(), switch())) == ("all",)


def test_a_pairs_route_goes_before_the_policys() -> None:
    found = policy(approval_route="all", pairs=[pair(approval_route="owners")])
    assert approval_routes(found, (grant(), switch())) == ("owners",)


def test_the_route_of_another_pair_is_not_asked() -> None:
    found = policy(pairs=[pair(approval_route="owners"), pair(identity=OTHER, approval_route="others")])
    assert approval_routes(found, (grant(),)) == ("owners",)
    assert approval_routes(found, (grant(OTHER),)) == ("others",)


def test_where_the_pairs_of_a_registry_name_different_routes_all_are_told() -> None:
    found = policy(pairs=[pair(approval_route="owners"), pair(identity=OTHER, approval_route="others")])
    assert approval_routes(found, (switch(),)) == ("owners", "others")


def test_without_a_policy_nobody_is_asked() -> None:
    assert approval_routes(NoPolicy(), (grant(),)) == ()


def test_what_is_no_id_belongs_to_no_pair() -> None:
    found = policy(approval_route="all", pairs=[pair(approval_route="owners")])
    assert approval_routes(found, (grant("not an id"),)) == ("all",)


def test_the_route_of_a_pair_is_part_of_the_hash() -> None:
    one, other = (policy(pairs=[pair(approval_route=name)]) for name in ("one", "other"))
    assert len({one.hash, other.hash, policy().hash}) == 3


@pytest.mark.parametrize("route", ["", "a b", "../x", 3, None])
def test_what_cannot_be_the_name_of_a_route_is_refused_at_its_place(route: Any) -> None:
    (fault,) = faults(json.dumps(document(pairs=[pair(approval_route=route)])))
    assert fault.startswith("pairs[0].approval_route (line")
