"""The witness: when Azure Container Instances would take a container group, and what it says when it would not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from acimedic.simulator import load_world, pull_outcome

Code = Callable[..., str]


def first(group: Any) -> Any:
    return group["properties"]["imageRegistryCredentials"][0]


def image(group: Any, name: str) -> None:
    group["properties"]["containers"][0]["properties"]["image"] = name


def test_the_healthy_group_would_be_pulled(healthy: Any, group: Any) -> None:
    before = deepcopy(healthy)
    assert pull_outcome(healthy, group, "2023-05-01") == (201, None)
    assert healthy == before


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ("role-missing", "InaccessibleImage"),
        ("trusted-services-off-and-role-missing", "InaccessibleImage"),
        ("quota-exceeded", "ContainerGroupQuotaReached"),
    ],
)
def test_the_shipped_scenarios_fail_as_they_say(world: str, expected: str, group: Any, code: Code) -> None:
    assert code(load_world(world), group) == expected


def test_both_faults_must_be_repaired(group: Any, code: Code) -> None:
    world = load_world("trusted-services-off-and-role-missing")
    world["roleAssignments"]["pull"] = load_world("healthy")["roleAssignments"]["pull"]
    assert code(world, group) == "InaccessibleImage"
    world["registries"]["contoso"]["properties"]["networkRuleBypassOptions"] = "AzureServices"
    assert code(world, group) == "pulled"


def test_a_service_principal_is_kept_out_by_the_firewall(group: Any, code: Code) -> None:
    world = load_world("service-principal-behind-firewall")
    user = next(iter(world["servicePrincipals"]))
    group["properties"]["imageRegistryCredentials"] = [
        {"server": "contoso.azurecr.io", "username": user, "password": "p"}
    ]
    assert code(world, group) == "InaccessibleImage"
    world["registries"]["contoso"]["properties"].update(
        publicNetworkAccess="Enabled", networkRuleSet={"defaultAction": "Allow"}
    )
    assert code(world, group) == "pulled"
    world["servicePrincipals"][user]["secret"] = "another"
    assert code(world, group) == "InaccessibleImage"


def test_an_identity_must_exist_and_be_of_the_tenant(healthy: Any, group: Any, code: Code) -> None:
    healthy["subscriptions"]["platform"]["tenantId"] = "11111111-2222-4333-8444-555566667777"
    assert code(healthy, group) == "InaccessibleImage"
    world = load_world("healthy")
    world["identities"].clear()
    assert code(world, group) == "InaccessibleImage"


def test_trusted_services_do_not_reach_a_registry_behind_service_endpoints(
    healthy: Any, group: Any, code: Code
) -> None:
    rules = {"defaultAction": "Deny", "virtualNetworkRules": [{"id": "/subnet", "action": "Allow"}]}
    healthy["registries"]["contoso"]["properties"].update(publicNetworkAccess="Enabled", networkRuleSet=rules)
    assert code(healthy, group) == "InaccessibleImage"


def test_a_group_in_a_network_cannot_use_identities_in_government(healthy: Any, group: Any, code: Code) -> None:
    group["properties"]["subnetIds"] = [{"id": "/subnet"}]
    assert code(healthy, group) == "pulled"
    healthy["cloud"] = "AzureUSGovernment"
    assert code(healthy, group) == "InaccessibleImage"


@pytest.mark.parametrize(
    ("registry", "credential", "expected"),
    [
        ({"adminUserEnabled": True}, {"username": "Contoso", "password": "p"}, "pulled"),
        ({"adminUserEnabled": False}, {"username": "contoso", "password": "p"}, "InaccessibleImage"),
        ({"adminUserEnabled": True}, {"username": "contoso", "password": ""}, "InaccessibleImage"),
        ({"anonymousPullEnabled": True}, None, "pulled"),
        ({}, None, "InaccessibleImage"),
        ({}, {"username": "reader", "password": "p"}, "pulled"),
        ({}, {"username": "expired", "password": "p"}, "InaccessibleImage"),
        ({}, {"username": "disabled", "password": "p"}, "InaccessibleImage"),
        ({}, {"username": "elsewhere", "password": "p"}, "InaccessibleImage"),
    ],
)
def test_user_names_and_passwords_on_an_open_registry(
    registry: Any, credential: Any, expected: str, healthy: Any, group: Any, code: Code
) -> None:
    contoso = healthy["registries"]["contoso"]
    contoso["properties"].update(
        {"publicNetworkAccess": "Enabled", "networkRuleSet": {"defaultAction": "Allow"}} | registry
    )
    contoso["x-scopeMaps"] = {
        "web": {"id": "/maps/web", "properties": {"actions": ["repositories/app/*/content/read"]}},
        "api": {
            "id": "/maps/api",
            "properties": {"actions": ["repositories/api/content/read", "repositories/app/web/content/write"]},
        },
    }
    held = {"passwords": [{"name": "password1"}]}
    old = {"passwords": [{"name": "password1", "expiry": "2026-11-01T00:00:00Z"}]}
    contoso["x-tokens"] = {
        "reader": {"properties": {"status": "enabled", "credentials": held, "scopeMapId": "/maps/WEB"}},
        "expired": {"properties": {"status": "enabled", "credentials": old, "scopeMapId": "/maps/web"}},
        "disabled": {"properties": {"status": "disabled", "credentials": held, "scopeMapId": "/maps/web"}},
        "elsewhere": {"properties": {"status": "enabled", "credentials": held, "scopeMapId": "/maps/api"}},
    }
    group["properties"]["imageRegistryCredentials"] = (
        [{"server": "contoso.azurecr.io"} | credential] if credential else []
    )
    assert code(healthy, group) == expected


@pytest.mark.parametrize(
    ("name", "server", "expected"),
    [
        ("nginx:latest", None, "pulled"),
        ("docker.io/library/nginx", "index.docker.io", "pulled"),
        ("mcr.microsoft.com/azuredocs/aci-helloworld", None, "pulled"),
        ("nginx:no-such-tag", None, "InaccessibleImage"),
        ("quay.io/someone/thing:1", None, "InaccessibleImage"),
    ],
)
def test_other_registries_are_open_to_all(
    name: str, server: Any, expected: str, healthy: Any, group: Any, code: Code
) -> None:
    image(group, name)
    credential = [{"server": server, "username": "u", "password": "p"}] if server else []
    group["properties"]["imageRegistryCredentials"] = credential
    assert code(healthy, group) == expected


def test_an_identity_means_nothing_to_another_registry(healthy: Any, group: Any, code: Code) -> None:
    image(group, "mcr.microsoft.com/azuredocs/aci-helloworld")
    first(group)["server"] = "mcr.microsoft.com"
    assert code(healthy, group) == "InaccessibleImage"


def test_a_rate_limit_is_a_409_of_the_registry(healthy: Any, group: Any) -> None:
    image(group, "nginx")
    healthy["hosts"]["docker.io"]["rateLimited"] = True
    status, body = pull_outcome(healthy, group, "2023-05-01")
    assert (status, body["error"]["code"]) == (409, "RegistryErrorResponse")
