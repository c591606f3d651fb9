"""Container groups: made, read, restarted, deleted; and registries changed so that they can be pulled."""

import json
from typing import Any

GROUP = "/subscriptions/3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3/resourceGroups/rg-orders-prod"
PATH = f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/cg-web-01"
VERSION = "2023-05-01"


def put(azure: Any, group: Any, version: str = VERSION) -> Any:
    return azure("PUT", f"{PATH}?api-version={version}", body=group)


def test_a_refused_group_does_not_exist(azure: Any, group: Any) -> None:
    azure.world["roleAssignments"].pop("pull")
    assert put(azure, group).code == "InaccessibleImage"
    assert azure.get(PATH, VERSION).status == 404


def test_a_repaired_world_takes_the_group(azure: Any, group: Any) -> None:
    """The story of the demo: refused, the role is assigned and the bypass switched on, accepted."""
    registry = azure.world["registries"]["contoso"]
    assignment = azure.world["roleAssignments"].pop("pull")
    registry["properties"]["networkRuleBypassOptions"] = "None"
    assert put(azure, group).status == 400
    wanted = {name: assignment["properties"][name] for name in ("roleDefinitionId", "principalId", "principalType")}
    assert azure("PUT", f"{assignment['id']}?api-version=2022-04-01", body={"properties": wanted}).status == 201
    assert put(azure, group).status == 400
    patch = {"properties": {"networkRuleBypassOptions": "AzureServices"}}
    assert azure("PATCH", f"{registry['id']}?api-version=2025-11-01", body=patch).status == 200
    assert put(azure, group).status == 201


def test_an_accepted_group_runs_and_tells_of_its_pull(azure: Any, group: Any) -> None:
    made = put(azure, group)
    assert made.body["properties"]["provisioningState"] == "Pending"
    shown = azure.get(PATH, VERSION).body
    assert (shown["properties"]["provisioningState"], shown["properties"]["instanceView"]["state"]) == (
        "Succeeded",
        "Running",
    )
    events = shown["properties"]["containers"][0]["properties"]["instanceView"]["events"]
    assert [event["name"] for event in events] == ["Pulling", "Pulled", "Created", "Started"]
    assert events[1]["message"] == 'Successfully pulled image "contoso.azurecr.io/app/web:1.4.2"'
    assert put(azure, group).status == 200


def test_identities_come_back_in_lower_case_with_their_principal(azure: Any, group: Any) -> None:
    upper = {key.replace("resourcegroups", "resourceGroups"): {} for key in group["identity"]["userAssignedIdentities"]}
    group["identity"]["userAssignedIdentities"] = upper
    identity = put(azure, group).body["identity"]
    properties = azure.world["identities"]["pull"]["properties"]
    ((key, value),) = identity["userAssignedIdentities"].items()
    assert f"{GROUP.replace('resourceGroups', 'resourcegroups')}/providers/Microsoft.ManagedIdentity" in key
    assert value == {name: properties[name] for name in ("principalId", "clientId")}
    assert "principalId" not in identity


def test_secrets_never_come_back(azure: Any, group: Any) -> None:
    registry = azure.world["registries"]["contoso"]["properties"]
    registry.update(adminUserEnabled=True, publicNetworkAccess="Enabled", networkRuleSet={"defaultAction": "Allow"})
    credential = {"server": "contoso.azurecr.io", "username": "contoso", "password": "p4ssw0rd"}
    group["properties"]["imageRegistryCredentials"] = [credential]
    group["properties"]["volumes"] = [{"name": "v", "secret": {"key": "aGlkZGVu"}}]
    group["properties"]["diagnostics"] = {"logAnalytics": {"workspaceId": "w", "workspaceKey": "k3y"}}
    answers = [put(azure, group), azure.get(PATH, VERSION), azure.get(PATH.rpartition("/")[0], VERSION)]
    text = json.dumps([answer.body for answer in answers])
    assert [secret for secret in ("p4ssw0rd", "s3cret", "aGlkZGVu", "k3y", "x-definition") if secret in text] == []
    assert answers[1].body["properties"]["imageRegistryCredentials"] == [
        {"server": "contoso.azurecr.io", "username": "contoso"}
    ]


def test_newer_properties_are_hidden_from_older_versions(azure: Any, group: Any) -> None:
    put(azure, group)
    azure.world["groups"]["cg-web-01"]["properties"] |= {"secretReferences": [], "subnetIds": []}
    newest, middle, oldest = (
        set(azure.get(PATH, version).body["properties"]) for version in ("2025-09-01", VERSION, "2018-10-01")
    )
    assert "secretReferences" in newest
    assert "secretReferences" not in middle
    assert "subnetIds" in middle
    assert not {"subnetIds", "sku", "initContainers"} & oldest
    assert "identity" not in azure.get(PATH, "2019-12-01").body["properties"]["imageRegistryCredentials"][0]


def test_a_restart_pulls_again_and_can_fail(azure: Any, group: Any) -> None:
    put(azure, group)
    assert azure("POST", f"{PATH}/restart?api-version={VERSION}").status == 204
    azure.world["roleAssignments"].pop("pull")
    for action in ("restart", "start"):
        assert azure("POST", f"{PATH}/{action}?api-version={VERSION}").code == "InaccessibleImage"
    assert azure("POST", f"{PATH}/stop?api-version={VERSION}").status == 204
    assert azure.get(PATH, VERSION).body["properties"]["instanceView"]["state"] == "Stopped"


def test_a_group_is_deleted_once(azure: Any, group: Any) -> None:
    put(azure, group)
    assert [azure("DELETE", f"{PATH}?api-version={VERSION}").status for _ in range(2)] == [200, 204]


def test_a_registry_outside_premium_shows_no_network_rules(azure: Any) -> None:
    registry = azure.world["registries"]["contoso"]
    assert "networkRuleSet" in azure.get(registry["id"], "2025-11-01").body["properties"]
    registry["sku"] = {"name": "Standard", "tier": "Standard"}
    assert "networkRuleSet" not in azure.get(registry["id"], "2025-11-01").body["properties"]
    patch = {"properties": {"networkRuleSet": {"defaultAction": "Deny"}}}
    assert azure("PATCH", f"{registry['id']}?api-version=2025-11-01", body=patch).status == 400


def test_what_old_versions_of_the_registry_api_hide(azure: Any) -> None:
    path = azure.world["registries"]["contoso"]["id"]
    shown = {
        version: azure.get(path, version).body["properties"]
        for version in ("2019-05-01", "2023-07-01", "2025-11-01", "2025-03-01-preview")
    }
    assert not {"publicNetworkAccess", "networkRuleBypassOptions", "roleAssignmentMode"} & set(shown["2019-05-01"])
    assert {"publicNetworkAccess", "networkRuleBypassOptions"} <= set(shown["2023-07-01"])
    assert "roleAssignmentMode" not in shown["2023-07-01"]
    assert shown["2025-11-01"]["roleAssignmentMode"] == shown["2025-03-01-preview"]["roleAssignmentMode"]


def test_network_rules_of_subnets_are_shown_by_old_previews_only(azure: Any) -> None:
    registry = azure.world["registries"]["contoso"]
    rules = [{"id": "/subnet", "action": "Allow"}]
    registry["properties"]["networkRuleSet"]["virtualNetworkRules"] = rules
    seen = {
        version: azure.get(registry["id"], version).body["properties"]["networkRuleSet"]
        for version in ("2021-08-01-preview", "2025-11-01")
    }
    assert seen["2021-08-01-preview"]["virtualNetworkRules"] == rules
    assert "virtualNetworkRules" not in seen["2025-11-01"]


def test_a_patch_may_be_long_running(azure: Any) -> None:
    azure.world.update(registryPatch="async", polls=1)
    path = azure.world["registries"]["contoso"]["id"]
    answer = azure("PATCH", f"{path}?api-version=2025-11-01", body={"properties": {"networkRuleBypassOptions": "None"}})
    assert answer.status == 201
    poll = answer.headers["azure-asyncoperation"].removeprefix("https://management.azure.com")
    assert azure.get(path, "2025-11-01").body["properties"]["provisioningState"] == "Updating"
    assert [azure("GET", poll).body["status"] for _ in range(2)] == ["Updating", "Succeeded"]
    assert azure.get(path, "2025-11-01").body["properties"]["provisioningState"] == "Succeeded"


def test_a_patch_leaves_the_rest_alone(azure: Any) -> None:
    path = azure.world["registries"]["contoso"]["id"]
    before = azure.get(path, "2025-11-01").body["properties"]
    patch = {"properties": {"networkRuleBypassOptions": "None"}}
    after = azure("PATCH", f"{path}?api-version=2025-11-01", body=patch).body["properties"]
    assert after == before | {"networkRuleBypassOptions": "None"}
    wrong = {"properties": {"networkRuleBypassOptions": "Everybody"}}
    assert azure("PATCH", f"{path}?api-version=2025-11-01", body=wrong).status == 400
