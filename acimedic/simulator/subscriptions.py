"""Tenants, subscriptions, resource groups and providers."""

import re
from typing import Any

from . import paging
from .exchange import Json, Request, Response, gateway_error
from .ids import covers, segment_after
from .state import RESOURCES, State, shown

CLAUSE = re.compile(r"(resourceType|name)\s+eq\s+'([^']*)'", re.IGNORECASE)


def list_all(state: State, request: Request) -> Response:
    """List the subscriptions (specification: Subscriptions_List 2022-12-01)."""
    value = [_subscription(body) for body in state.section("subscriptions").values()]
    return paging.page(state, request, value)


def get(state: State, request: Request) -> Response:
    """Give one subscription with its tenant."""
    wanted = segment_after(request.path, "subscriptions")
    listed = state.section("subscriptions").values()
    found = next((body for body in listed if body["subscriptionId"].lower() == wanted.lower()), None)
    return Response(body=_subscription(found or {"subscriptionId": wanted}))


def tenants(state: State, request: Request) -> Response:
    """List the tenants of the subscriptions."""
    listed = dict.fromkeys(body["tenantId"] for body in state.section("subscriptions").values() if "tenantId" in body)
    value = [{"id": f"/tenants/{tenant}", "tenantId": tenant, "tenantCategory": "Home"} for tenant in listed]
    return paging.page(state, request, value)


def resource_groups(state: State, request: Request) -> Response:
    """List the resource groups of a subscription that the world names or uses."""
    subscription = segment_after(request.path, "subscriptions")
    named = (
        segment_after(found, "resourceGroups") for found in state.all_ids() if subscription.lower() in found.lower()
    )
    names = {name.lower(): name for name in named if name}
    return Response(body={"value": [_group(state, subscription, name) for name in names.values()]})


def resource_group(state: State, request: Request) -> Response:
    """Give one resource group (body as in container__test_container_create_with_acr)."""
    if request.method == "HEAD":
        return Response(status=204)
    subscription = segment_after(request.path, "subscriptions")
    return Response(body=_group(state, subscription, segment_after(request.path, "resourceGroups")))


def delete_group(state: State, request: Request) -> Response:
    """Take a resource group away with all that is in it: 202 (container__test_container_create_with_msi_scope)."""
    for section in (*RESOURCES, "resourceGroups"):
        held = state.section(section)
        for handle in [name for name, body in held.items() if covers(request.path, body["id"])]:
            del held[handle]
    return Response(status=202)


def resources(state: State, request: Request) -> Response:
    """List what is in a resource group or a subscription, by ``resourceType eq`` and ``name eq`` where these are asked.

    Deployments are no resources, nor is what belongs to another resource. Filters: REST API, Resources - List.
    """
    wanted = request.parameter("$filter") or ""
    named = CLAUSE.findall(wanted)
    if re.sub(r"\band\b", "", CLAUSE.sub("", wanted), flags=re.IGNORECASE).strip():
        message = f"Invalid $filter '{wanted}' specified in the query string."
        return gateway_error(400, "InvalidFilterInQueryString", message)
    found = [
        {
            "id": body["id"],
            "name": body.get("name", body["id"].rpartition("/")[2]),
            "type": _kind(body["id"]),
            "location": body.get("location", str(state.world.get("location", "westeurope"))),
        }
        for section in RESOURCES
        if section not in ("deployments", "subnets")
        for body in state.within(section, request.path.rstrip("/").rpartition("/")[0])
    ]
    for name, value in named:
        key = "type" if name.lower() == "resourcetype" else "name"
        found = [each for each in found if each[key].lower() == value.lower()]
    return paging.page(state, request, found)


def provider(state: State, request: Request) -> Response:
    """Give a resource provider: registered, unless the world lists it under ``unregisteredProviders``."""
    namespace = request.path.rstrip("/").rsplit("/", 1)[-1]
    missing = [name.lower() for name in state.world.get("unregisteredProviders", [])]
    registered = "NotRegistered" if namespace.lower() in missing else "Registered"
    subscription = segment_after(request.path, "subscriptions")
    body: dict[str, Any] = {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": [],
        "registrationState": registered,
        "registrationPolicy": "RegistrationRequired",
    }
    return Response(body=body)


def _kind(resource_id: str) -> str:
    namespace, kind, *_ = resource_id.rpartition("/providers/")[2].split("/")
    return f"{namespace}/{kind}"


def _subscription(body: Json) -> Json:
    return {
        "id": f"/subscriptions/{body['subscriptionId']}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": body["subscriptionId"],
        "tenantId": body.get("tenantId", "00000000-0000-0000-0000-000000000000"),
        "displayName": body.get("displayName", ""),
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def _group(state: State, subscription: str, name: str) -> Json:
    own_id = f"/subscriptions/{subscription}/resourceGroups/{name}"
    given = state.find("resourceGroups", own_id)
    return (
        shown(given)
        if given
        else {
            "id": own_id,
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": str(state.world.get("location", "westeurope")),
            "properties": {"provisioningState": "Succeeded"},
        }
    )
