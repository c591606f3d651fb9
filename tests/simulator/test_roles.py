"""Role assignments: how they are listed, made and taken away."""

from typing import Any

import pytest

PLATFORM = "/subscriptions/b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
ACR = f"{PLATFORM}/resourceGroups/rg-platform-registry/providers/Microsoft.ContainerRegistry/registries/contoso"
ACR_PULL = f"{PLATFORM}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
NAME = "2b1d6a08-91f4-4c3e-8a57-e60d3f9c7b12"
WANTED = {
    "roleDefinitionId": ACR_PULL,
    "principalId": "0a1b2c3d-1111-4222-8333-444455556666",
    "principalType": "ServicePrincipal",
}


def listed(azure: Any, scope: str, wanted: str = "") -> list[str]:
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments" + (f"?$filter={wanted}" if wanted else "")
    bodies = azure.get(path, "2022-04-01").body["value"]
    handles = {body["id"]: handle for handle, body in azure.world["roleAssignments"].items()}
    return sorted(handles[body["id"]] for body in bodies)


def put(azure: Any, properties: Any, name: str = NAME) -> Any:
    path = f"{ACR}/providers/Microsoft.Authorization/roleAssignments/{name}?api-version=2022-04-01"
    return azure("PUT", path, body={"properties": properties})


def test_a_list_holds_what_is_inherited_and_what_is_below(azure: Any) -> None:
    assert listed(azure, ACR) == ["owners", "pull", "push"]
    assert listed(azure, PLATFORM) == ["owners", "pull", "push"]
    assert listed(azure, PLATFORM, "atScope()") == ["owners"]


def test_a_scope_is_matched_by_segments(azure: Any) -> None:
    azure.world["registries"]["longer"] = azure.world["registries"]["contoso"] | {"id": f"{ACR}2", "name": "contoso2"}
    assert listed(azure, f"{ACR}2") == ["owners"]


def test_assigned_to_goes_through_groups_in_groups(azure: Any) -> None:
    owners = azure.world["roleAssignments"]["owners"]["properties"]["principalId"]
    azure.world["memberships"] |= {"aaaa": ["someone"], owners: ["AAAA"]}
    assert listed(azure, ACR, "assignedTo('someone')") == ["owners"]
    assert listed(azure, ACR, "principalId eq 'someone'") == []
    assert listed(azure, ACR, f"atScope() and principalId eq '{owners}'") == ["owners"]


def test_another_filter_is_refused(azure: Any) -> None:
    path = f"{ACR}/providers/Microsoft.Authorization/roleAssignments?$filter=roleDefinitionId eq 'x'"
    assert azure.get(path, "2022-04-01").status == 400


def test_an_old_version_shows_no_conditions(azure: Any) -> None:
    path = azure.world["roleAssignments"]["pull"]["id"]
    assert azure.get(path, "2022-04-01").body["properties"]["condition"] is None
    assert "condition" not in azure.get(path, "2018-01-01-preview").body["properties"]


def test_the_same_again_is_200_and_a_change_is_201(azure: Any) -> None:
    assert put(azure, WANTED).status == 201
    assert put(azure, WANTED).status == 200
    changed = put(azure, WANTED | {"description": "why"})
    assert (changed.status, changed.body["properties"]["description"]) == (201, "why")
    assert len([body for body in azure.world["roleAssignments"].values() if body["name"] == NAME]) == 1


@pytest.mark.parametrize(
    ("change", "name", "status", "code"),
    [
        ({}, "77777777-0000-4000-8000-000000000001", 409, "RoleAssignmentExists"),
        ({"principalId": "0a1b2c3d-9999-4222-8333-444455556666"}, NAME, 400, "RoleAssignmentUpdateNotPermitted"),
        ({"roleDefinitionId": ACR_PULL.replace("7f951dda", "00000000")}, NAME, 400, "RoleDefinitionDoesNotExist"),
        ({"principalId": ""}, NAME, 400, "InvalidRequestContent"),
    ],
)
def test_what_cannot_be_assigned_is_refused(change: Any, name: str, status: int, code: str, azure: Any) -> None:
    put(azure, WANTED)
    answer = put(azure, WANTED | change, name)
    assert (answer.status, answer.code) == (status, code)


def test_an_assignment_is_deleted_once(azure: Any) -> None:
    path = f"{ACR}/providers/Microsoft.Authorization/roleAssignments/{NAME}?api-version=2022-04-01"
    put(azure, WANTED)
    assert azure("DELETE", path).body["name"] == NAME
    assert azure("DELETE", path).status == 204
    assert azure("GET", path).status == 404


def test_roles_are_found_by_guid_and_by_name(azure: Any) -> None:
    own = {
        "id": "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/abc",
        "name": "abc",
        "properties": {"roleName": "Mine", "type": "CustomRole", "permissions": []},
    }
    azure.world["roleDefinitions"]["mine"] = own
    root = "/providers/Microsoft.Authorization/roleDefinitions"
    assert (
        azure.get(f"{root}/7f951dda-4ed3-4680-a7ca-43fe172d538d", "2022-04-01").body["properties"]["roleName"]
        == "AcrPull"
    )
    assert azure.get(f"{root}/abc", "2022-04-01").body["properties"]["roleName"] == "Mine"
    named = azure.get(f"{ACR}{root}?$filter=roleName eq 'acrpull'", "2022-04-01").body["value"]
    assert [role["name"] for role in named] == ["7f951dda-4ed3-4680-a7ca-43fe172d538d"]
    assert azure.get(f"{root}/none", "2022-04-01").code == "RoleDefinitionDoesNotExist"


def test_deny_assignments_are_listed_for_everyone_they_name(azure: Any) -> None:
    everyone = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
    deny = {
        "id": f"{ACR}/providers/Microsoft.Authorization/denyAssignments/d",
        "properties": {"scope": ACR, "principals": [everyone], "permissions": []},
    }
    azure.world["denyAssignments"]["d"] = deny
    path = f"{ACR}/providers/Microsoft.Authorization/denyAssignments"
    assert azure.get(path, "2022-04-01").body["value"] == [deny]
    assert azure.get(f"{path}?$filter=assignedTo('someone')", "2022-04-01").body["value"] == [deny]
