"""Deployments and the activity log: where the error text of a failure is found."""

import json
from typing import Any

import pytest

APP = "/subscriptions/3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3"
GROUP = f"{APP}/resourceGroups/rg-orders-prod"
DEPLOYMENTS = f"{GROUP}/providers/Microsoft.Resources/deployments"
LOG = f"{APP}/providers/Microsoft.Insights/eventtypes/management/values"
SINCE = "eventTimestamp ge '2026-11-20T08:00:00Z'"
CORRELATION = "9b7e2f41-0c3d-4a58-b6e9-71d4f8a2c035"


def log(azure: Any, wanted: str, more: str = "") -> Any:
    return azure.get(f"{LOG}?$filter={wanted}{more}", "2015-04-01")


def test_failed_deployments_are_found(azure: Any) -> None:
    failed = azure.get(f"{DEPLOYMENTS}/?$filter=provisioningState eq 'Failed'", "2021-04-01").body["value"]
    assert [(body["name"], body["properties"]["correlationId"]) for body in failed] == [("deploy-web", CORRELATION)]
    assert azure.get(f"{DEPLOYMENTS}?$filter=provisioningState eq 'Succeeded'", "2021-04-01").body["value"] == []
    assert azure.get(f"{DEPLOYMENTS}?$filter=name eq 'x'", "2021-04-01").status == 400
    assert "x-template" not in failed[0]


def test_deployments_are_listed_at_their_own_scope_only(azure: Any) -> None:
    at_subscription = f"{APP}/providers/Microsoft.Resources/deployments"
    azure.world["deployments"]["sub"] = {
        "id": f"{at_subscription}/sub",
        "name": "sub",
        "properties": {"timestamp": "1"},
    }
    assert [body["name"] for body in azure.get(at_subscription, "2021-04-01").body["value"]] == ["sub"]
    assert [body["name"] for body in azure.get(DEPLOYMENTS, "2021-04-01").body["value"]] == ["deploy-web"]


def test_operations_carry_the_error_as_an_object(azure: Any) -> None:
    operations = azure.get(f"{DEPLOYMENTS}/deploy-web/operations", "2021-04-01").body["value"]
    assert operations[0]["properties"]["statusMessage"]["error"]["code"] == "InaccessibleImage"
    one = azure.get(f"{DEPLOYMENTS}/deploy-web/operations/{operations[0]['operationId']}", "2021-04-01")
    assert one.body == operations[0]
    assert azure.get(f"{GROUP}/deployments/deploy-web/operations", "2021-04-01").body["value"] == operations


def test_a_linked_template_is_not_exported(azure: Any) -> None:
    export = f"{DEPLOYMENTS}/deploy-web/exportTemplate?api-version=2021-04-01"
    assert azure("POST", export).body["template"]["resources"][0]["apiVersion"] == "2023-05-01"
    deployment = azure.world["deployments"]["web"]
    deployment.pop("x-template")
    deployment["properties"]["templateLink"] = {"id": "/ts", "contentVersion": "1.0.0.0"}
    assert azure("POST", export).body == {"template": None, "templateLink": {"id": "/ts", "contentVersion": "1.0.0.0"}}


@pytest.mark.parametrize(
    ("subject", "count"),
    [
        ("", 5),
        (f" and correlationId eq '{CORRELATION}'", 5),
        (" and resourceGroupName eq 'RG-ORDERS-PROD'", 5),
        (f" and resourceUri eq '{GROUP}/providers/microsoft.containerinstance/containergroups/cg-web-01'", 2),
        (" and resourceProvider eq 'Microsoft.ContainerInstance'", 2),
        (" and eventTimestamp le '2026-11-20T08:12:25Z'", 3),
        (" and correlationId eq 'another'", 0),
    ],
)
def test_the_log_is_filtered_by_time_and_one_subject(subject: str, count: int, azure: Any) -> None:
    value = log(azure, SINCE + subject).body["value"]
    assert len(value) == count
    stamps = [entry["eventTimestamp"] for entry in value]
    assert stamps == sorted(stamps, reverse=True)


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "correlationId eq 'x'",
        SINCE + " and status eq 'Failed'",
        SINCE + " and level eq 'Error'",
        SINCE + " and correlationId eq 'x' and resourceGroupName eq 'y'",
        SINCE + " or correlationId eq 'x'",
        SINCE + " and correlationId ne 'x'",
        "eventTimestamp ge 2026-11-20T08:00:00Z",
        "eventTimestamp ge '2026-11-20'",
        "eventTimestamp ge 'yesterday'",
        "eventTimestamp ge '2026-08-20T08:00:00Z'",
    ],
)
def test_any_other_filter_is_refused(wanted: str, azure: Any) -> None:
    answer = log(azure, wanted)
    assert (answer.status, answer.body["code"]) == (400, "BadRequest")


def test_the_log_is_late(azure: Any) -> None:
    azure.world["now"] = "2026-11-20T08:15:30Z"
    assert len(log(azure, SINCE).body["value"]) == 3
    azure.world["now"] = "2026-11-20T08:16:00Z"
    assert len(log(azure, SINCE).body["value"]) == 5


def test_the_log_carries_the_error_as_a_string(azure: Any) -> None:
    entries = log(azure, SINCE, "&$select=status,properties").body["value"]
    assert {name for entry in entries for name in entry} == {"status", "properties"}
    failed = [entry for entry in entries if entry["status"]["value"] == "Failed"]
    assert json.loads(failed[1]["properties"]["statusMessage"])["error"]["code"] == "InaccessibleImage"
