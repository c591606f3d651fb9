"""The simulator against recordings of Azure: seeded with what was recorded, it must answer what was recorded."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

Exchanges = Callable[[str], list[dict[str, Any]]]
RESOURCES = {
    "groups": r"/containerGroups/[^/?]+\?",
    "registries": r"/registries/[^/?]+\?",
    "identities": r"/userAssignedIdentities/[^/?]+\?",
    "deployments": r"/Microsoft\.Resources/deployments/[^/?]+\?",
    "resourceGroups": r"/subscriptions/[^/]+/resourcegroups/[^/?]+\?",
}


@pytest.mark.parametrize("section", RESOURCES)
def test_a_resource_is_shown_as_it_was_recorded(section: str, start: Any, recorded: Exchanges, found: Any) -> None:
    """For the same api-version, the body is equal: nothing left out, nothing added."""
    seen = 0
    exchanges = list(found(recorded("*"), RESOURCES[section]))
    azure = start({})
    for exchange in exchanges:
        body = exchange["response_body"]
        if exchange["host"] != "management.azure.com" or "id" not in body:
            continue
        if section == "deployments":  # the recordings gave deployments another name in the address
            body = body | {"id": exchange["target"].partition("?")[0]}
        azure.world.clear()
        azure.world[section] = {"it": body}
        answer = azure("GET", exchange["target"])
        assert (answer.status, answer.body) == (200, body), f"{exchange['file']} {exchange['number']}"
        seen += 1
    assert seen >= {"identities": 2, "deployments": 20}.get(section, 50)


@pytest.mark.parametrize("section", ["groups", "registries"])
def test_a_list_is_shown_as_it_was_recorded(section: str, start: Any, recorded: Exchanges, found: Any) -> None:
    pattern = {"groups": r"/containerGroups\?", "registries": r"/registries\?"}[section]
    seen = 0
    for exchange in found(recorded("*"), pattern):
        value = exchange["response_body"]["value"]
        azure = start({section: {str(place): body for place, body in enumerate(value)}})
        assert azure("GET", exchange["target"]).body["value"] == value
        seen += bool(value)
    assert seen


def test_a_list_of_groups_leaves_the_instance_views_out(start: Any, recorded: Exchanges, found: Any) -> None:
    exchanges = recorded("container-2021__test_container_create")
    one = next(found(exchanges, RESOURCES["groups"]))["response_body"]
    listed = next(found(exchanges, r"/containerGroups\?"))
    azure = start({"groups": {"it": one}})
    assert azure("GET", listed["target"]).body["value"] == listed["response_body"]["value"]


def test_operations_and_templates_of_deployments_are_as_recorded(start: Any, recorded: Exchanges) -> None:
    seen = {"operations": 0, "exportTemplate": 0}
    for exchange in recorded("resource__*"):
        kind = next((name for name in seen if re.search(rf"/{name}\?", exchange["target"])), "")
        if not kind or exchange["status"] != 200 or "/deploymentStacks/" in exchange["target"]:
            continue
        path = exchange["target"].partition("?")[0].rpartition("/")[0]
        own = path.replace("/deployments/", "/providers/Microsoft.Resources/deployments/")
        own = path if "/providers/Microsoft.Resources/" in path else own
        body = exchange["response_body"]
        held = {"x-operations": body.get("value", []), "x-template": body.get("template")}
        azure = start({"deployments": {"it": {"id": own, "name": "it", "properties": {}} | held}})
        assert azure(exchange["method"], exchange["target"]).body == body
        seen[kind] += 1
    assert seen["operations"] >= 7
    assert seen["exportTemplate"] >= 4


def test_the_activity_log_is_read_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    """The recorded entries through the recorded filter; it was bare, which only ``unquotedFilters`` allows."""
    exchanges = recorded("role__test_role_assignment_audits")
    full = [each for each in found(exchanges, r"/eventtypes/management/values") if each["response_body"]["value"]]
    assert full
    for exchange in full:
        value = exchange["response_body"]["value"]
        subscription = exchange["target"].split("/")[2]
        entries = [entry | {"subscriptionId": subscription} for entry in value]
        azure = start({"activityLog": entries, "now": "2023-08-23T13:30:00Z", "unquotedFilters": True})
        answer = azure("GET", exchange["target"]).body["value"]
        assert sorted(answer, key=json.dumps) == sorted(entries, key=json.dumps)


def test_a_start_before_90_days_is_refused_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    seen = 0
    for exchange in found(recorded("monitor*"), r"/eventtypes/management/values", "GET", 400):
        answer = start({"unquotedFilters": True})("GET", exchange["target"])
        assert (answer.status, answer.body) == (400, exchange["response_body"])
        seen += 1
    assert seen == 2


@pytest.mark.parametrize(
    ("recording", "pattern", "world"),
    [
        (
            "container__test_container_create_with_msi_scope",
            r"/containerGroups/",
            {"groupNotFoundCode": "ContainerGroupNotFound"},
        ),
        ("container__test_container_create_with_vnet", r"/virtualNetworks/", {}),
        ("acr__test_repository_token_create", r"/scopeMaps/", {"registry": True}),
    ],
)
def test_what_is_missing_is_refused_as_recorded(
    recording: str, pattern: str, world: dict[str, Any], start: Any, recorded: Exchanges, found: Any
) -> None:
    seen = 0
    for exchange in found(recorded(recording), pattern, "GET", 404):
        group = exchange["target"].partition("/providers/")[0]
        full = world | {"resourceGroups": {"it": {"id": group}}}
        if full.pop("registry", False):
            own = exchange["target"].partition("/scopeMaps/")[0]
            full["registries"] = {"it": {"id": own, "name": own.rsplit("/", 1)[-1], "properties": {"loginServer": "x"}}}
        answer = start(full)("GET", exchange["target"])
        assert (answer.status, answer.body) == (404, exchange["response_body"])
        assert answer.headers.get("x-ms-failure-cause") == exchange["headers"].get("x-ms-failure-cause")
        seen += 1
    assert seen


def test_tokens_scope_maps_and_connections_are_shown_as_recorded(start: Any, recorded: Exchanges) -> None:
    kinds = {"tokens": "x-tokens", "scopeMaps": "x-scopeMaps", "cacheRules": "x-cacheRules"}
    seen = dict.fromkeys([*kinds, "privateEndpointConnections"], 0)
    for exchange in recorded("*"):
        matched = re.search(r"(.*/registries/[^/]+)/(\w+)(/[^/?]+)?\?", exchange["target"])
        if not matched or matched[2] not in seen or exchange["status"] != 200 or exchange["method"] != "GET":
            continue
        body = exchange["response_body"]
        parts = body.get("value", [body])
        registry: dict[str, Any] = {"id": matched[1], "name": "it", "properties": {"loginServer": "it.azurecr.io"}}
        if matched[2] in kinds:
            registry[kinds[matched[2]]] = {part["name"]: part for part in parts}
        else:
            registry["properties"]["privateEndpointConnections"] = parts
        assert start({"registries": {"it": registry}})("GET", exchange["target"]).body == body
        seen[matched[2]] += 1
    assert all(seen.values()), seen


def test_a_registry_asks_for_a_token_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    exchange = next(found(recorded("acr__test_acr_create_abac*"), r"^/v2/", "GET", 401))
    registry = next(found(recorded("acr__test_acr_create_abac*"), RESOURCES["registries"]))["response_body"]
    answer = start({"registries": {"it": registry}})(
        "GET", "/v2/", host=exchange["host"], headers={"Authorization": ""}
    )
    assert (answer.status, answer.body) == (401, exchange["response_body"])


def test_names_are_taken_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    seen = set()
    for exchange in found(recorded("acr__*"), "/checkNameAvailability", "POST"):
        body, name = exchange["response_body"], exchange["request_body"]["name"]
        registry = {
            "id": "/subscriptions/s/resourceGroups/g/x",
            "name": name,
            "properties": {"loginServer": f"{name}.azurecr.io"},
        }
        world = {} if body["nameAvailable"] else {"registries": {"it": registry}}
        assert start(world)("POST", exchange["target"], body=exchange["request_body"]).body == body
        seen.add(body["nameAvailable"])
    assert seen == {True, False}
