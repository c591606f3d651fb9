"""Azure Resource Manager: who may ask, and which provider answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import (
    activity_log,
    container_groups,
    deployments,
    event_grid,
    group_actions,
    identities,
    ids,
    metric_alerts,
    permissions,
    registries,
    registry_parts,
    resource_graph,
    role_assignments,
    role_definitions,
    subscriptions,
)
from .exchange import Request, Response, error, gateway_error
from .state import State

Handler = Callable[[State, Request], Response]

HOSTS = {
    "AzureCloud": "management.azure.com",
    "AzureUSGovernment": "management.usgovcloudapi.net",
    "AzureChinaCloud": "management.chinacloudapi.cn",
}


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path pattern, and who answers it."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler


def _route(method: str, path: str, handler: Handler) -> Route:
    pattern = path.replace("{rg}", "/subscriptions/{}/resourcegroups/{}").replace("{sub}", "/subscriptions/{}")
    pattern = re.escape(pattern).replace(r"\{\}", "[^/]+").replace(r"\{scope\}", ".*").replace(r"\{any\}", "(/[^/]+)*")
    return Route(method, re.compile(pattern, re.IGNORECASE), handler)


_ACI = "/providers/microsoft.containerinstance"
_ACR = "/providers/microsoft.containerregistry"
_UAMI = "/providers/microsoft.managedidentity/userassignedidentities"
_AUTH = "{scope}/providers/microsoft.authorization"
_TOPICS = "/providers/microsoft.eventgrid/systemtopics"
_DEPLOY = "/providers/microsoft.resources/deployments"

ROUTES = (
    _route("GET", f"{_AUTH}/roleassignments", role_assignments.list_at),
    _route("GET", f"{_AUTH}/roleassignments/{{}}", role_assignments.get),
    _route("PUT", f"{_AUTH}/roleassignments/{{}}", role_assignments.put),
    _route("DELETE", f"{_AUTH}/roleassignments/{{}}", role_assignments.delete),
    _route("GET", f"{_AUTH}/denyassignments", role_assignments.list_denials),
    _route("GET", f"{_AUTH}/permissions", permissions.list_at),
    _route("GET", f"{_AUTH}/roledefinitions", role_definitions.list_at),
    _route("GET", f"{_AUTH}/roledefinitions/{{}}", role_definitions.get),
    _route("DELETE", f"{_AUTH}/roledefinitions/{{}}", role_definitions.delete),
    _route("GET", f"{{sub}}{_ACI}/containergroups", container_groups.list_at),
    _route("GET", f"{{rg}}{_ACI}/containergroups", container_groups.list_at),
    _route("GET", f"{{rg}}{_ACI}/containergroups/{{}}", container_groups.get),
    _route("PUT", f"{{rg}}{_ACI}/containergroups/{{}}", container_groups.put),
    _route("DELETE", f"{{rg}}{_ACI}/containergroups/{{}}", container_groups.delete),
    _route("POST", f"{{rg}}{_ACI}/containergroups/{{}}/start", group_actions.pull_again),
    _route("POST", f"{{rg}}{_ACI}/containergroups/{{}}/restart", group_actions.pull_again),
    _route("POST", f"{{rg}}{_ACI}/containergroups/{{}}/stop", group_actions.stop),
    _route("GET", f"{{sub}}{_ACI}/locations/{{}}/operations/{{}}", group_actions.operation),
    _route("GET", f"{{sub}}{_ACR}/registries", registries.list_at),
    _route("GET", f"{{rg}}{_ACR}/registries", registries.list_at),
    _route("GET", f"{{rg}}{_ACR}/registries/{{}}", registries.get),
    _route("PATCH", f"{{rg}}{_ACR}/registries/{{}}", registries.patch),
    _route("GET", f"{{rg}}{_ACR}/registries/{{}}/operationstatuses/{{}}", registries.operation_status),
    _route("POST", f"{{sub}}{_ACR}/checknameavailability", registries.check_name),
    _route("GET", f"{{rg}}{_ACR}/registries/{{}}/{{}}", registry_parts.list_at),
    _route("GET", f"{{rg}}{_ACR}/registries/{{}}/{{}}/{{}}", registry_parts.get),
    _route("GET", f"{{sub}}{_UAMI}", identities.list_at),
    _route("GET", f"{{rg}}{_UAMI}", identities.list_at),
    _route("GET", f"{{rg}}{_UAMI}/{{}}", identities.get),
    _route("GET", f"{{sub}}{_DEPLOY}", deployments.list_at),
    _route("GET", f"{{rg}}{_DEPLOY}", deployments.list_at),
    _route("GET", f"{{scope}}{_DEPLOY}/{{}}", deployments.get),
    _route("GET", f"{{scope}}{_DEPLOY}/{{}}/operations", deployments.operations),
    _route("GET", f"{{scope}}{_DEPLOY}/{{}}/operations/{{}}", deployments.operation),
    _route("POST", f"{{scope}}{_DEPLOY}/{{}}/exporttemplate", deployments.export_template),
    _route("GET", "{rg}/deployments/{}/operations", deployments.operations),
    _route("GET", "{rg}/deployments/{}/operations/{}", deployments.operation),
    _route("GET", "{sub}/providers/microsoft.insights/eventtypes/management/values", activity_log.list_entries),
    _route("GET", f"{{sub}}{_TOPICS}", event_grid.list_at),
    _route("GET", f"{{rg}}{_TOPICS}", event_grid.list_at),
    _route("GET", f"{{rg}}{_TOPICS}/{{}}", event_grid.get),
    _route("DELETE", f"{{rg}}{_TOPICS}/{{}}", event_grid.delete),
    _route("GET", f"{{rg}}{_TOPICS}/{{}}/eventsubscriptions", event_grid.list_subscriptions),
    _route("GET", f"{{rg}}{_TOPICS}/{{}}/eventsubscriptions/{{}}", event_grid.get_subscription),
    _route("DELETE", f"{{rg}}{_TOPICS}/{{}}/eventsubscriptions/{{}}", event_grid.delete_subscription),
    _route("GET", "{sub}/providers/microsoft.eventgrid/operationsstatus/{}", event_grid.operation),
    _route("GET", "{rg}/providers/microsoft.insights/metricalerts/{}", metric_alerts.get),
    _route("DELETE", "{rg}/providers/microsoft.insights/metricalerts/{}", metric_alerts.delete),
    _route("POST", "/providers/microsoft.resourcegraph/resources", resource_graph.query),
    _route("GET", "{rg}/providers/microsoft.network{any}", identities.network),
    _route("GET", "/subscriptions", subscriptions.list_all),
    _route("GET", "{sub}", subscriptions.get),
    _route("GET", "/tenants", subscriptions.tenants),
    _route("GET", "{sub}/resourcegroups", subscriptions.resource_groups),
    _route("GET", "{rg}", subscriptions.resource_group),
    _route("HEAD", "{rg}", subscriptions.resource_group),
    _route("DELETE", "{rg}", subscriptions.delete_group),
    _route("GET", "{sub}/resources", subscriptions.resources),
    _route("GET", "{rg}/resources", subscriptions.resources),
    _route("GET", "{sub}/providers/{}", subscriptions.provider),
)

VERSION = re.compile(r"\d{4}-\d\d-\d\d(-preview|-alpha|-beta)?")


def answer(state: State, request: Request) -> Response:
    """Answer a request to ARM: sign-in, api-version, subscription, group and permission come first."""
    path = request.path.rstrip("/") or "/"
    refused = _refusal(state, request)
    if refused is not None:
        return refused
    found = [route for route in ROUTES if route.pattern.fullmatch(path)]
    for route in found:
        if route.method == request.method:
            return route.handler(state, request)
    if found:
        return error(405, "MethodNotAllowed", f"The method '{request.method}' is not supported here.")
    return gateway_error(404, "InvalidResourceType", f"The simulator has no resource type for '{request.path}'.")


def _refusal(state: State, request: Request) -> Response | None:
    return (
        _unsigned(request)
        or _bad_version(request)
        or _unknown_scope(state, request)
        or permissions.refusal(state, request)
    )


def _unsigned(request: Request) -> Response | None:
    """Any bearer token is taken. Codes as in ARM's documentation of authentication errors."""
    challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/common", error="invalid_token"'
    sent = str(request.headers.get("authorization", ""))
    if not sent:
        message = "Authentication failed. The 'Authorization' header is missing."
        return error(401, "AuthenticationFailed", message, WWW_Authenticate=challenge)
    if not sent.lower().startswith("bearer ") or not sent[7:].strip():
        return error(401, "InvalidAuthenticationToken", "The access token is invalid.", WWW_Authenticate=challenge)
    return None


def _bad_version(request: Request) -> Response | None:
    version = request.api_version
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        return gateway_error(400, "MissingApiVersionParameter", message)
    if not VERSION.fullmatch(version.lower()):
        return gateway_error(400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")
    return None


def _unknown_scope(state: State, request: Request) -> Response | None:
    subscription = ids.segment_after(request.path, "subscriptions")
    group = ids.segment_after(request.path, "resourceGroups")
    here = request.host == HOSTS.get(str(state.world.get("cloud", "AzureCloud")))
    if subscription and not (here and state.has_subscription(subscription)):
        return gateway_error(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
    if group and not state.has_resource_group(subscription, group):
        if request.method == "HEAD":
            return Response(status=404, headers={"x-ms-failure-cause": "gateway"})
        return gateway_error(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    return None
