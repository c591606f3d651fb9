"""What ARM does before any provider is asked, and how it lists."""

from typing import Any

import pytest

APP = "/subscriptions/3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3"
GROUP = f"{APP}/resourceGroups/rg-orders-prod"
PLATFORM = "/subscriptions/b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
ACR = f"{PLATFORM}/resourceGroups/rg-platform-registry/providers/Microsoft.ContainerRegistry/registries/contoso"

REGISTRIES = "resources | where type =~ 'microsoft.containerregistry/registries'"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "AuthenticationFailed"),
        ("Basic eDp5", "InvalidAuthenticationToken"),
        ("Bearer ", "InvalidAuthenticationToken"),
    ],
)
def test_an_unsigned_request_is_refused(sent: str, code: str, azure: Any) -> None:
    answer = azure.get(ACR, "2025-11-01", headers={"Authorization": sent})
    assert (answer.status, answer.code) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer authorization_uri=")


def test_an_api_version_is_required_and_must_be_one(azure: Any) -> None:
    assert azure("GET", ACR).code == "MissingApiVersionParameter"
    assert azure.get(ACR, "latest").code == "InvalidApiVersionParameter"


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/subscriptions/00000000-0000-0000-0000-00000000dead", "SubscriptionNotFound", "could not be found"),
        (f"{APP}/resourceGroups/rg-none", "ResourceGroupNotFound", "Resource group 'rg-none' could not be found."),
        (
            f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/cg-none",
            "ResourceNotFound",
            "The Resource 'Microsoft.ContainerInstance/containerGroups/cg-none' under resource group 'rg-orders-prod'",
        ),
        (
            f"{GROUP}/providers/Microsoft.Resources/deployments/none",
            "DeploymentNotFound",
            "Deployment 'none' could not be found.",
        ),
        (
            f"{ACR}/providers/Microsoft.Authorization/roleAssignments/none",
            "RoleAssignmentNotFound",
            "'none' is not found",
        ),
    ],
)
def test_what_is_not_there_is_named(path: str, code: str, text: str, azure: Any) -> None:
    answer = azure.get(path, "2022-09-01")
    assert (answer.status, answer.code) == (404, code)
    assert text in answer.body["error"]["message"]


def test_ids_are_matched_without_regard_to_case(azure: Any) -> None:
    assert azure.get(ACR.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), "2025-11-01").body["name"] == "contoso"


def test_the_manager_of_another_cloud_does_not_know_the_subscription(azure: Any) -> None:
    assert azure.get(ACR, "2025-11-01", host="management.usgovcloudapi.net").code == "SubscriptionNotFound"
    azure.world["cloud"] = "AzureUSGovernment"
    assert azure.get(ACR, "2025-11-01", host="management.usgovcloudapi.net").status == 200


def test_a_host_that_does_not_exist_is_not_resolved(azure: Any) -> None:
    answer = azure("GET", "/v2/", host="nowhere.azurecr.io")
    assert (answer.status, answer.headers["x-ms-error-code"]) == (502, "NameNotResolved")


@pytest.mark.parametrize(("size", "empty", "pages"), [(0, False, 1), (0, True, 2), (2, False, 3), (2, True, 4)])
def test_lists_come_in_pages(size: int, empty: bool, pages: int, azure: Any) -> None:
    """Five entries in the log; an empty page may come before the last one, and the last one is never empty."""
    azure.world.update(pageSize=size, emptyPages=empty)
    path = f"{APP}/providers/Microsoft.Insights/eventtypes/management/values"
    link: str | None = f"{path}?api-version=2015-04-01&$filter=eventTimestamp ge '2026-11-20T00:00:00Z'"
    lengths = []
    seen = []
    while link:
        body = azure("GET", link).body
        lengths.append(len(body["value"]))
        seen += [entry["eventDataId"] for entry in body["value"]]
        link = body.get("nextLink")
        assert link is None or link.startswith(f"https://management.azure.com{path}?api-version=2015-04-01&")
        link = link and link.removeprefix("https://management.azure.com")
    assert len(lengths) == pages
    assert len(set(seen)) == len(seen) == 5
    assert (0 in lengths) == empty
    assert lengths[-1] > 0


def test_a_fault_is_given_as_often_as_asked(azure: Any) -> None:
    body = {"error": {"code": "TooManyRequests", "message": "slow down"}}
    fault = {
        "method": "GET",
        "path": "/registries/contoso$",
        "status": 429,
        "body": body,
        "headers": {"Retry-After": "1"},
        "times": 2,
    }
    azure.world["faults"] = [fault]
    answers = [azure.get(ACR, "2025-11-01") for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert (answers[0].body, answers[0].headers["retry-after"]) == (body, "1")


def test_a_fault_without_times_lasts_and_may_name_a_host(azure: Any) -> None:
    azure.world["faults"] = [{"host": "azurecr", "path": ".", "status": 503, "body": {}, "times": None}]
    assert [azure("GET", "/v2/", host="contoso.azurecr.io").status for _ in range(3)] == [503, 503, 503]
    assert azure.get(ACR, "2025-11-01").status == 200


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", ACR, "Microsoft.ContainerRegistry/registries/read"),
        ("PATCH", ACR, "Microsoft.ContainerRegistry/registries/write"),
        ("GET", f"{ACR}/tokens", "Microsoft.ContainerRegistry/registries/tokens/read"),
        (
            "GET",
            f"{ACR}/providers/Microsoft.Authorization/roleAssignments",
            "Microsoft.Authorization/roleAssignments/read",
        ),
        (
            "PUT",
            f"{ACR}/providers/Microsoft.Authorization/roleAssignments/x",
            "Microsoft.Authorization/roleAssignments/write",
        ),
        (
            "GET",
            f"{APP}/providers/Microsoft.Insights/eventtypes/management/values",
            "Microsoft.Insights/eventtypes/values/read",
        ),
        (
            "POST",
            f"{GROUP}/providers/Microsoft.Resources/deployments/deploy-web/exportTemplate",
            "Microsoft.Resources/deployments/exportTemplate/action",
        ),
        (
            "GET",
            f"{GROUP}/providers/Microsoft.Resources/deployments/deploy-web/operations",
            "Microsoft.Resources/deployments/operations/read",
        ),
        (
            "GET",
            f"{GROUP}/deployments/deploy-web/operations",
            "Microsoft.Resources/subscriptions/resourceGroups/deployments/operations/read",
        ),
        ("GET", GROUP, "Microsoft.Resources/subscriptions/resourceGroups/read"),
    ],
)
def test_the_caller_may_do_only_what_was_granted(method: str, path: str, action: str, azure: Any) -> None:
    azure.world["permissions"] = [{"actions": ["*"], "notActions": [action], "scope": "/"}]
    answer = azure(method, f"{path}?api-version=2022-09-01", body={})
    assert (answer.status, answer.code) == (403, "AuthorizationFailed")
    assert (
        f"does not have authorization to perform action '{action}' over scope '{path}'"
        in answer.body["error"]["message"]
    )
    azure.world["permissions"] = [{"actions": [action.upper()], "scope": path}]
    assert azure(method, f"{path}?api-version=2022-09-01", body={}).status != 403


def test_a_list_shows_only_what_may_be_read(azure: Any) -> None:
    listed = ACR.rpartition("/")[0]
    azure.world["permissions"] = [{"actions": ["*/read"], "scope": ACR}]
    assert [body["name"] for body in azure.get(listed, "2025-11-01").body["value"]] == ["contoso"]
    azure.world["permissions"] = [{"actions": ["*/read"], "scope": f"{ACR}-other"}]
    assert azure.get(listed, "2025-11-01").body["value"] == []


def test_tenants_subscriptions_and_providers_are_listed(azure: Any) -> None:
    assert [body["displayName"] for body in azure.get("/subscriptions", "2022-12-01").body["value"]] == [
        "Contoso Orders",
        "Contoso Platform",
    ]
    assert (
        azure.get(APP, "2022-12-01").body["tenantId"]
        == azure.get("/tenants", "2022-12-01").body["value"][0]["tenantId"]
    )
    azure.world["unregisteredProviders"] = ["Microsoft.ContainerInstance"]
    states = [
        azure.get(f"{APP}/providers/{name}", "2022-09-01").body["registrationState"]
        for name in ("Microsoft.ContainerInstance", "Microsoft.Web")
    ]
    assert states == ["NotRegistered", "Registered"]


def test_network_resources_are_read_by_id(azure: Any) -> None:
    for section in ("subnets", "privateEndpoints", "virtualNetworks"):
        for body in azure.world[section].values():
            assert azure.get(body["id"], "2024-01-01").body == body


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (
            f"{REGISTRIES} | where properties.loginServer in~ ('CONTOSO.azurecr.io')",
            ["contoso"],
        ),
        (
            f"{REGISTRIES} and tolower(tostring(properties.loginServer)) =~ 'other.azurecr.io'",
            [],
        ),
        (
            "Resources | where type =~ 'Microsoft.ContainerRegistry/registries' | extend x = 1 | sort by name",
            ["contoso"],
        ),
    ],
)
def test_the_graph_finds_registries_by_login_server(query: str, names: list[str], azure: Any) -> None:
    answer = azure("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01", body={"query": query})
    assert [row["name"] for row in answer.body["data"]] == names
    assert answer.body["totalRecords"] == answer.body["count"] == len(names)


def test_the_graph_projects_and_hides_what_may_not_be_read(azure: Any) -> None:
    query = f"{REGISTRIES} | project id, server = tolower(properties.loginServer), resourceGroup"
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
    assert azure("POST", path, body={"query": query}).body["data"] == [
        {"id": ACR, "server": "contoso.azurecr.io", "resourceGroup": "rg-platform-registry"}
    ]
    assert azure("POST", path, body={"query": query, "subscriptions": [APP.rpartition("/")[2]]}).body["data"] == []
    azure.world["permissions"] = []
    assert azure("POST", path, body={"query": query}).body["data"] == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("resourceType eq 'Microsoft.ContainerRegistry/registries'", ["contoso"]),
        ("resourceType eq 'microsoft.containerregistry/REGISTRIES' and name eq 'contoso'", ["contoso"]),
        ("name eq 'fabrikam'", []),
        ("resourceType eq 'Microsoft.ManagedIdentity/userAssignedIdentities'", []),  # of the other subscription
    ],
)
def test_the_resources_of_a_subscription_are_found_by_type_and_name(wanted: str, names: list[str], azure: Any) -> None:
    found = azure.get(f"{PLATFORM}/resources?$filter={wanted}", "2021-04-01").body["value"]
    assert [each["name"] for each in found] == names


def test_a_resource_in_a_list_tells_what_it_is_and_where(azure: Any) -> None:
    wanted = "resourceType eq 'Microsoft.ContainerRegistry/registries'"
    assert azure.get(f"{PLATFORM}/resources?$filter={wanted}", "2021-04-01").body["value"] == [
        {
            "id": ACR,
            "name": "contoso",
            "type": "Microsoft.ContainerRegistry/registries",
            "location": "westeurope",
        }
    ]


def test_a_filter_of_resources_that_is_not_known_is_refused(azure: Any) -> None:
    answer = azure.get(f"{PLATFORM}/resources?$filter=tagName eq 'owner'", "2021-04-01")
    assert (answer.status, answer.code) == (400, "InvalidFilterInQueryString")
