"""Reads registries. They are found by login server, never by cutting a host name."""

from collections.abc import Mapping
from typing import Any, cast

from azure.core.exceptions import ResourceNotFoundError

from acimedic.azure.attempt import said_absent
from acimedic.azure.paging import every
from acimedic.azure.session import Session
from acimedic.azure.shapes import due, flag, properties_of, text
from acimedic.model.reading import Absent, Gap
from acimedic.model.registry import Mode, PrivateEndpoint, Registry, RegistryPlace, RegistryPlaces
from acimedic.model.resource_id import REGISTRIES, ResourceId

API_VERSION = "2025-11-01"  # the first stable one that shows roleAssignmentMode
PERMISSION = "Microsoft.ContainerRegistry/registries/read"
SUBSCRIPTIONS_PERMISSION = "Microsoft.Resources/subscriptions/read"
_BYPASS = "networkRuleBypassOptions"
_MOST_ROWS = 1000  # that one answer of Resource Graph holds
_OF_REGISTRIES = f"resources | where type =~ '{REGISTRIES}'"
_ROW = "project id, tenantId, loginServer = properties.loginServer"
_MODES: dict[str, Mode] = {"legacyregistrypermissions": "legacy", "abacrepositorypermissions": "abac"}


async def list_registries(session: Session, subscription: str) -> tuple[Registry, ...]:
    """All registries of a subscription that we may see."""
    source = f"GET /subscriptions/{subscription}/providers/{REGISTRIES}?api-version={API_VERSION}"
    found = await every(_client(session, subscription).registries.list)
    return tuple([_registry(item, source) for item in found])


async def read_registry(session: Session, registry: ResourceId) -> Registry | Absent:
    """One registry."""
    source = f"GET {registry}?api-version={API_VERSION}"
    client = _client(session, registry.subscription)
    try:
        item = await client.registries.get(registry.resource_group or "", registry.name)
    except ResourceNotFoundError as error:
        if not said_absent(error):
            raise
        return Absent(what=f"registry {registry.name}", source=source)
    return _registry(cast(Mapping[str, Any], item), source)


async def find_registries(session: Session, hosts: tuple[str, ...]) -> tuple[ResourceId, ...]:
    """Ids of the registries with these login servers, in all subscriptions that we may see.

    One question to Azure Resource Graph. What it answers may be minutes old, so only the id is taken.
    """
    wanted = ", ".join(f"'{host}'" for host in hosts if _plain_host(host))
    rows, _ = await _graph(session, f"{_OF_REGISTRIES} | where properties.loginServer in~ ({wanted}) | {_ROW}")
    found = (ResourceId.parse(due(text(row["id"], "id"), "id")) for row in rows)
    return tuple(each for each in found if each.is_a(REGISTRIES))


async def registry_places(session: Session) -> RegistryPlaces:
    """Where all registries are that we may see, before it is known which one is meant.

    One question to Azure Resource Graph, which may be minutes behind and tells of a thousand at most.
    """
    rows, whole = await _graph(session, f"{_OF_REGISTRIES} | {_ROW}")
    return RegistryPlaces(places=tuple(place for row in rows if (place := _place(row)) is not None), whole=whole)


async def _graph(session: Session, query: str) -> tuple[list[Mapping[str, Any]], bool]:
    """The rows of a query, and whether they are all.

    Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#paging-results
    """
    from azure.mgmt.resourcegraph.aio import ResourceGraphClient
    from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

    client = session.reader(ResourceGraphClient)
    answer = await client.resources(QueryRequest(query=query, options=QueryRequestOptions(top=_MOST_ROWS)))
    data: object = answer.data
    if not isinstance(data, list):
        raise TypeError("the answer to a query is a list of rows")
    return data, answer.result_truncated == "false" and not answer.skip_token


def _place(row: Mapping[str, Any]) -> RegistryPlace | None:
    """A registry that is still being made has no login server yet; what else is no registry's place is none either."""
    server = text(row.get("loginServer"), "loginServer")
    place = ResourceId.parse(due(text(row["id"], "id"), "id"))
    if server is None or not _plain_host(server) or not place.is_a(REGISTRIES):
        return None
    return RegistryPlace(
        id=place,
        login_server=server.lower(),
        tenant=(text(row.get("tenantId"), "tenantId") or "").lower(),
    )


async def list_subscriptions(session: Session) -> tuple[str, ...]:
    """Ids of the subscriptions that we may see."""
    from azure.mgmt.resource.subscriptions.aio import SubscriptionClient

    client = session.reader(SubscriptionClient)
    found = await every(client.subscriptions.list)
    return tuple([due(text(item["subscriptionId"], "subscriptionId"), "subscriptionId") for item in found])


async def read_tenant(session: Session, subscription: str) -> str:
    """The tenant of a subscription."""
    from azure.mgmt.resource.subscriptions.aio import SubscriptionClient

    client = session.reader(SubscriptionClient)
    item = cast(Mapping[str, Any], await client.subscriptions.get(subscription))
    tenant: str = due(text(item["tenantId"], "tenantId"), "tenantId")
    return tenant.lower()


def _client(session: Session, subscription: str) -> Any:
    from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient

    return session.reader(ContainerRegistryManagementClient, subscription, api_version=API_VERSION)


def _plain_host(host: str) -> bool:
    return bool(host) and host.isascii() and all(char.isalnum() or char in ".-:" for char in host)


def _registry(item: Mapping[str, Any], source: str) -> Registry:
    properties = properties_of(item)
    rules = properties.get("networkRuleSet") or {}
    policies = properties.get("policies") or {}
    state = properties.get("status") or {}
    connections = properties.get("privateEndpointConnections") or []
    return Registry(
        id=str(ResourceId.parse(item["id"])),
        name=due(text(item.get("name"), "name"), "name"),
        login_server=due(text(properties.get("loginServer"), "loginServer"), "loginServer").lower(),
        sku=text((item.get("sku") or {}).get("name"), "sku.name"),
        location=text(item.get("location"), "location"),
        mode=_mode(properties.get("roleAssignmentMode")),
        public_access=text(properties.get("publicNetworkAccess"), "publicNetworkAccess") or "Enabled",
        default_action=text(rules.get("defaultAction"), "defaultAction") or "Allow",
        ip_rules=tuple(str(rule.get("value")) for rule in rules.get("ipRules") or []),
        bypass=_shown(text(properties.get("networkRuleBypassOptions"), _BYPASS), _BYPASS),
        admin_enabled=_shown(flag(properties.get("adminUserEnabled"), "adminUserEnabled"), "adminUserEnabled"),
        anonymous_pull=bool(flag(properties.get("anonymousPullEnabled"), "anonymousPullEnabled")),
        private_endpoints=tuple(_endpoint(connection) for connection in connections),
        arm_tokens=_status(policies, "azureADAuthenticationAsArmPolicy"),
        quarantine=_status(policies, "quarantinePolicy"),
        encryption=_status(properties, "encryption"),
        provisioning_state=text(properties.get("provisioningState"), "provisioningState"),
        status=" ".join(str(state[key]) for key in ("displayStatus", "message") if state.get(key)) or None,
        tags=tuple((str(key), str(value)) for key, value in (item.get("tags") or {}).items()),
        source=source,
    )


def _mode(value: object) -> Mode | Gap:
    """The role assignment mode; absent where the api-version or the registry does not show it."""
    mode = _MODES.get(value.lower()) if isinstance(value, str) else None
    said = "the answer does not show it" if value is None else f"'{value}' is not a mode that is known"
    return mode or Gap(reading="roleAssignmentMode of the registry", reason=said)


def _shown(value: Any, name: str) -> Any:
    """A property, or a Gap: absent is not the same as off."""
    if value is None:
        return Gap(
            reading=f"{name} of the registry",
            reason="the answer does not show it (a registry made with an old api-version may not have it)",
        )
    return value


def _endpoint(connection: Mapping[str, Any]) -> PrivateEndpoint:
    properties = connection.get("properties") or {}
    endpoint = properties.get("privateEndpoint") or {}
    return PrivateEndpoint(
        endpoint_id=text(endpoint.get("id"), "id"), status=_status(properties, "privateLinkServiceConnectionState")
    )


def _status(holder: Mapping[str, Any], name: str) -> str | None:
    """The `status` of an object that may be absent."""
    status: str | None = text((holder.get(name) or {}).get("status"), f"{name}.status")
    return status
