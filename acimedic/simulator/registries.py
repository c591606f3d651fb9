"""Registries as ARM shows and changes them."""

from . import paging, versions
from .exchange import Json, Request, Response, error
from .identities import not_found
from .ids import last_segment, segment_after
from .state import State

ASYNCHRONOUS = {"anonymousPullEnabled", "encryption", "roleAssignmentMode"}  # with the identity: 13 of 13 recorded
CHOICES = {
    "networkRuleBypassOptions": ("AzureServices", "None"),
    "publicNetworkAccess": ("Enabled", "Disabled"),
    "roleAssignmentMode": ("LegacyRegistryPermissions", "AbacRepositoryPermissions"),
}


def list_at(state: State, request: Request) -> Response:
    """List the registries of a subscription or a resource group."""
    scope = request.path.rpartition("/providers/")[0]
    found = [versions.registry(body, request.api_version) for body in state.within("registries", scope)]
    return paging.page(state, request, found)


def get(state: State, request: Request) -> Response:
    """Give one registry."""
    found = state.find("registries", request.path)
    return Response(body=versions.registry(found, request.api_version)) if found else not_found(request)


def patch(state: State, request: Request) -> Response:
    """Change a registry in part.

    200 at once (acr__test_acr_with_public_network_access: 23 of 23 recorded); 201 with Azure-AsyncOperation for
    anonymous pull and identities (acr__test_acr_with_anonymous_pull, acr__test_acr_identity), and for everything where
    the world sets ``"registryPatch": "async"``.
    """
    registry = state.find("registries", request.path)
    if registry is None:
        return not_found(request)
    body = request.json()
    refused = _refusal(registry, body)
    if refused:
        return refused
    _merge(registry, body)
    at_once = not ASYNCHRONOUS & set(body.get("properties", {})) and "identity" not in body
    if at_once and state.world.get("registryPatch") != "async":
        return Response(body=versions.registry(registry, request.api_version))
    return _accept(state, request, registry)


def operation_status(state: State, request: Request) -> Response:
    """Tell how far an operation is: ``{"status": "Succeeded"}`` in the end (acr-2021__test_acr_identity)."""
    operation = state.operations.get(last_segment(request.path))
    registry = state.find("registries", request.path.lower().partition("/operationstatuses/")[0])
    if operation is None or registry is None:
        return error(404, "OperationNotFound", f"The operation {last_segment(request.path)} could not be found.")
    header = {"Azure-AsyncOperation": f"https://{request.host}{request.path}?{request.query}"}
    if operation["polls"] > 0:
        operation["polls"] -= 1
        return Response(body={"status": "Updating"}, headers=header)
    registry["properties"]["provisioningState"] = "Succeeded"
    return Response(body={"status": "Succeeded"}, headers=header)


def check_name(state: State, request: Request) -> Response:
    """Tell whether a registry name is taken, by anyone (acr__test_check_name_availability)."""
    name = str(request.json().get("name", "")).lower()
    taken = {body["name"].lower() for body in state.section("registries").values()}
    hosts = [body["properties"]["loginServer"] for body in state.section("registries").values()]
    taken |= {host.lower().split(".")[0] for host in [*hosts, *state.section("hosts")] if ".azurecr." in host.lower()}
    if name not in taken:
        return Response(body={"nameAvailable": True})
    message = f"The registry {name} is already in use."
    return Response(body={"nameAvailable": False, "reason": "AlreadyExists", "message": message})


def _refusal(registry: Json, body: Json) -> Response | None:
    for name, allowed in CHOICES.items():
        value = body.get("properties", {}).get(name)
        if value is not None and value not in allowed:
            message = f"The value '{value}' of '{name}' is invalid. Supported values: {', '.join(allowed)}."
            return error(400, "InvalidRequestContent", message)
    premium = registry.get("sku", {}).get("name", "").lower() == "premium"
    if "networkRuleSet" in body.get("properties", {}) and not premium:
        return error(400, "NetworkRulesNotSupported", "Network rules are only supported in the Premium SKU.")
    return None


def _merge(registry: Json, body: Json) -> None:
    for name in ("tags", "identity", "sku"):
        if name in body:
            registry[name] = {**registry.get(name, {}), **body[name]}
    if body.get("sku"):
        registry["sku"]["tier"] = registry["sku"]["name"]
    properties = registry.setdefault("properties", {})
    for name, value in body.get("properties", {}).items():
        nested = isinstance(value, dict) and isinstance(properties.get(name), dict)
        properties[name] = {**properties[name], **value} if nested else value
    if "dataEndpointEnabled" in body.get("properties", {}):
        host = f"{registry['name']}.{registry['location']}.data.azurecr.io"
        properties["dataEndpointHostNames"] = [host] if properties["dataEndpointEnabled"] else []
    for rule in (properties.get("networkRuleSet") or {}).get("virtualNetworkRules", []):
        rule.setdefault("action", "Allow")


def _accept(state: State, request: Request, registry: Json) -> Response:
    registry["properties"]["provisioningState"] = "Updating"
    name = f"registries-{state.new_id()}"
    state.operations[name] = {"polls": int(state.world.get("polls", 0))}
    path = (
        f"/subscriptions/{segment_after(request.path, 'subscriptions')}{_below(request.path)}/operationStatuses/{name}"
    )
    status = f"https://{request.host}{path}?api-version={request.api_version}"
    body = versions.registry(registry, request.api_version)
    return Response(status=201, body=body, headers={"Azure-AsyncOperation": status})


def _below(path: str) -> str:
    return "/" + "/".join(path.rstrip("/").split("/")[3:])
