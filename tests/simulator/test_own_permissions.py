"""The list of what the caller may do, as it was recorded (sdk-authorization) and as the world says."""

from collections.abc import Callable
from typing import Any

from tests.simulator.conftest import Caller

OWN = "providers/Microsoft.Authorization/permissions"
ASK = "Microsoft.Authorization/permissions/read"
VERSION = "2022-04-01"


def test_without_rights_in_the_world_the_caller_is_an_owner(azure: Caller, healthy: dict[str, Any]) -> None:
    registry = healthy["registries"]["contoso"]["id"]
    found = azure.get(f"{registry}/{OWN}", VERSION)
    block = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}
    assert (found.status, found.body) == (200, {"value": [block]})


def test_only_what_reaches_the_scope_is_listed_each_right_by_itself(
    start: Callable[[dict[str, Any]], Caller], healthy: dict[str, Any]
) -> None:
    registry = healthy["registries"]["contoso"]["id"]
    group = registry.partition("/providers/")[0]
    rights = [
        {"actions": [ASK, "a/read"], "scope": "/"},
        {"actions": ["b/*"], "notActions": ["b/delete"], "dataActions": ["c/read"], "scope": registry},
    ]
    caller = start(healthy | {"permissions": rights})
    assert [each["actions"] for each in caller.get(f"{group}/{OWN}", VERSION).body["value"]] == [[ASK, "a/read"]]
    assert caller.get(f"{registry}/{OWN}", VERSION).body["value"][1] == {
        "actions": ["b/*"],
        "notActions": ["b/delete"],
        "dataActions": ["c/read"],
        "notDataActions": [],
    }


def test_whoever_may_not_ask_is_refused(start: Callable[[dict[str, Any]], Caller], healthy: dict[str, Any]) -> None:
    registry = healthy["registries"]["contoso"]["id"]
    caller = start(healthy | {"permissions": [{"actions": ["a/read"], "scope": "/"}]})
    assert caller.get(f"{registry}/{OWN}", VERSION).code == "AuthorizationFailed"


def test_its_shape_is_the_recorded_one(recorded: Callable[..., list[dict[str, Any]]], azure: Caller) -> None:
    (exchange,) = [each for each in recorded("sdk-authorization*") if each["target"].partition("?")[0].endswith(OWN)]
    ours = azure.get(f"{azure.world['registries']['contoso']['id']}/{OWN}", VERSION).body
    assert set(exchange["response_body"]) == set(ours) == {"value"}
    assert [set(each) for each in exchange["response_body"]["value"]] == [set(each) for each in ours["value"]]
