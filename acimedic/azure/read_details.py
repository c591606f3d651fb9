"""Reads what only some registries have: tokens, private endpoints, virtual network rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.rest import HttpRequest
from azure.mgmt.core import AsyncARMPipelineClient

from acimedic.azure.attempt import said_absent, status_and_code
from acimedic.azure.read_registries import API_VERSION
from acimedic.azure.session import Session
from acimedic.azure.shapes import due, mapping, properties_of, text
from acimedic.model.moment import moment
from acimedic.model.reading import Absent, Gap
from acimedic.model.resource_id import ResourceId
from acimedic.model.token import Token

TOKENS_PERMISSION = "Microsoft.ContainerRegistry/registries/tokens/read"
SCOPE_MAPS_PERMISSION = "Microsoft.ContainerRegistry/registries/scopeMaps/read"
ENDPOINTS_PERMISSION = "Microsoft.Network/privateEndpoints/read"
# The last api-version that shows virtual network rules; stable ones leave them out.
RULES_API_VERSION = "2021-08-01-preview"
_ENDPOINT_API_VERSION = "2024-01-01"


async def read_token(session: Session, registry: ResourceId, name: str) -> Token | Absent:
    """A token of a registry with the actions of its scope map."""
    source = f"GET {registry}/tokens/{name}?api-version={API_VERSION}"
    client = _registries(session, registry, API_VERSION)
    try:
        item = cast(Mapping[str, Any], await client.tokens.get(registry.resource_group or "", registry.name, name))
    except ResourceNotFoundError as error:
        if not said_absent(error):
            raise
        return Absent(what=f"token {name}", source=source)
    properties = properties_of(item)
    passwords = (properties.get("credentials") or {}).get("passwords") or []
    scope_map = properties.get("scopeMapId")
    return Token(
        name=item.get("name") or name,
        enabled=(properties.get("status") or "enabled").lower() != "disabled",
        expiries=tuple(_expiry(password.get("expiry")) for password in passwords),
        scope_map=str(scope_map).rsplit("/", 1)[-1] if scope_map else None,
        actions=await _actions(client, registry, scope_map),
        source=source,
    )


def _expiry(value: object) -> datetime | None:
    expiry = moment(value)
    if expiry is None and value is not None:
        raise ValueError("an expiry is a time, and absent where there is none")
    return expiry


async def _actions(client: Any, registry: ResourceId, scope_map: object) -> tuple[str, ...] | Gap:
    want = Gap(
        reading="scope map of the token",
        reason="the token names none",
        permission=SCOPE_MAPS_PERMISSION,
        scope=str(registry),
    )
    if not isinstance(scope_map, str):
        return want
    name = scope_map.rsplit("/", 1)[-1]
    try:
        item = await client.scope_maps.get(registry.resource_group or "", registry.name, name)
    except HttpResponseError as error:
        return Gap(reading=want.reading, reason=status_and_code(error), permission=want.permission, scope=want.scope)
    actions = properties_of(item).get("actions")
    if not isinstance(actions, list):
        raise TypeError("the actions of a scope map are a list")
    return tuple(due(text(action, "an action"), "an action") for action in actions)


async def read_endpoint_subnet(session: Session, endpoint: ResourceId) -> str:
    """The subnet of a private endpoint.

    Through azure-mgmt-core alone: azure-mgmt-network would add a hundred megabytes for this one property.
    """
    client: AsyncARMPipelineClient[HttpRequest, Any] = AsyncARMPipelineClient(
        session.settings.arm, policies=[], pipeline=session.reading
    )
    request = HttpRequest("GET", f"{session.settings.arm}{endpoint}", params={"api-version": _ENDPOINT_API_VERSION})
    response = await client.send_request(request)
    response.raise_for_status()
    subnet: str = due(text(response.json()["properties"]["subnet"]["id"], "id"), "id")
    return subnet


async def read_network_rules(session: Session, registry: ResourceId) -> tuple[str, ...]:
    """Subnets that a registry's virtual network rules name; only an old preview shows them."""
    client = _registries(session, registry, RULES_API_VERSION)
    item = cast(Mapping[str, Any], await client.registries.get(registry.resource_group or "", registry.name))
    # A registry without rules has no set of them; one with null in its place shows nothing.
    rules = due(mapping(properties_of(item).get("networkRuleSet", {}), "networkRuleSet"), "networkRuleSet")
    return tuple(due(text(rule.get("id"), "id"), "id") for rule in rules.get("virtualNetworkRules") or [])


def _registries(session: Session, registry: ResourceId, api_version: str) -> Any:
    from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient

    return session.reader(ContainerRegistryManagementClient, registry.subscription, api_version=api_version)
