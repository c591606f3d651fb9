"""Custom roles: where they are listed, and what keeps them from being deleted."""

from typing import Any

import pytest

PLATFORM = "/subscriptions/b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
GROUP = f"{PLATFORM}/resourceGroups/rg-platform-registry"
ROLES = "providers/Microsoft.Authorization/roleDefinitions"
NAME = "2b1d6a08-91f4-4c3e-8a57-e60d3f9c7b12"


@pytest.fixture
def roles(azure: Any) -> Any:
    """One custom role, which may be assigned in one resource group."""
    properties = {"roleName": "Of a group", "type": "CustomRole", "assignableScopes": [GROUP], "permissions": []}
    azure.world["roleDefinitions"] = {"ours": {"id": f"/{ROLES}/{NAME}", "name": NAME, "properties": properties}}
    return azure


def custom(azure: Any, scope: str, wanted: str = "") -> list[str]:
    found = azure.get(f"{scope}/{ROLES}" + (f"?$filter={wanted}" if wanted else ""), "2022-04-01").body["value"]
    return [each["properties"]["roleName"] for each in found if each["properties"]["type"] == "CustomRole"]


def test_a_role_is_listed_where_it_may_be_assigned_and_below(roles: Any) -> None:
    below = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso"
    assert custom(roles, GROUP) == custom(roles, below) == ["Of a group"]
    assert custom(roles, PLATFORM) == []


def test_above_it_is_listed_where_that_is_asked_for(roles: Any) -> None:
    assert custom(roles, PLATFORM, "atScopeAndBelow()") == ["Of a group"]
    assert custom(roles, "/subscriptions/3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3", "atScopeAndBelow()") == []


def test_a_role_that_nobody_has_is_deleted_and_then_gone(roles: Any) -> None:
    path = f"{PLATFORM}/{ROLES}/{NAME}?api-version=2022-04-01"
    assert roles("DELETE", path).body["properties"]["roleName"] == "Of a group"
    assert roles("DELETE", path).status == 204


def test_a_role_that_somebody_has_stays(roles: Any) -> None:
    pull = roles.world["roleAssignments"]["pull"]["properties"]
    pull["roleDefinitionId"] = f"{PLATFORM}/{ROLES}/{NAME}"
    answer = roles("DELETE", f"{PLATFORM}/{ROLES}/{NAME}?api-version=2022-04-01")
    assert (answer.status, answer.code) == (400, "RoleDefinitionHasAssignments")
    assert custom(roles, GROUP) == ["Of a group"]
