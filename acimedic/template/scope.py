"""Where a template is deployed, and what that alone tells: subscription(), resourceGroup(), tenant() and their like.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-scope
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Protocol, TypeAlias

from acimedic.template.values import Json, Unresolved, member

Level: TypeAlias = Literal["group", "subscription", "managementGroup", "tenant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where and when a template is deployed; None is what nobody said."""

    subscription_id: str | None = None
    resource_group: str | None = None
    tenant_id: str | None = None
    location: str | None = None
    deployment_name: str | None = None
    management_group: str | None = None
    now: datetime | None = None
    cloud: str = "AzureCloud"


class Lookup(Protocol):
    """Facts about resources, read from Azure by somebody else."""

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Json:
        """The properties of a resource (all of the resource when `full`), or `Unresolved`."""
        ...


@dataclass(frozen=True, slots=True)
class NoLookup:
    """Knows nothing of Azure."""

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Json:  # noqa: ARG002 - a protocol
        """Always unresolved: the resource was not read."""
        return Unresolved(f"properties of {resource_id} were not read from Azure")


@dataclass(frozen=True, slots=True)
class Place:
    """A scope together with the level that the template is deployed at."""

    scope: Scope
    level: Level

    @classmethod
    def of(cls, template: Mapping[str, Json], scope: Scope) -> Place:
        """The level is what the template's schema says, else what the scope has."""
        return cls(scope, _level_of_schema(member(template, "$schema")) or _level_of_scope(scope))

    def base(self) -> str | Unresolved:
        """The resource id of the scope itself, which ids of its resources begin with; empty for the tenant."""
        match self.level:
            case "group":
                return self.group_id()
            case "subscription":
                return self.subscription_path()
            case "managementGroup":
                name = self.scope.management_group
                if name is None:
                    return Unresolved("the management group of the deployment is not known")
                return f"/providers/Microsoft.Management/managementGroups/{name}"
            case "tenant":
                return ""

    def subscription_path(self) -> str | Unresolved:
        """`/subscriptions/...` of the scope."""
        if self.scope.subscription_id is None:
            return Unresolved("the subscription of the deployment is not known")
        return f"/subscriptions/{self.scope.subscription_id}"

    def group_id(self) -> str | Unresolved:
        """The resource id of the scope's resource group."""
        subscription = self.subscription_path()
        if isinstance(subscription, Unresolved):
            return subscription
        if self.scope.resource_group is None:
            return Unresolved("the resource group of the deployment is not known")
        return f"{subscription}/resourceGroups/{self.scope.resource_group}"

    def at_tenant(self) -> Place:
        """The tenant above this place."""
        outer = replace(self.scope, subscription_id=None, resource_group=None, management_group=None)
        return Place(outer, "tenant")

    def at_management_group(self, name: str) -> Place:
        """A management group of the same tenant."""
        outer = replace(self.scope, subscription_id=None, resource_group=None, management_group=name)
        return Place(outer, "managementGroup")

    def at_subscription(self, subscription_id: str) -> Place:
        """A subscription of the same tenant."""
        outer = replace(self.scope, subscription_id=subscription_id, resource_group=None)
        return Place(outer, "subscription")

    def at_group(self, subscription_id: str | None, name: str, location: str | None) -> Place:
        """A resource group; its location is seldom known unless it is the one we are in."""
        inner = replace(self.scope, subscription_id=subscription_id, resource_group=name, location=location)
        return Place(inner, "group")


def _level_of_schema(schema: Json) -> Level | None:
    if not isinstance(schema, str):
        return None
    name = schema.rstrip("#").rpartition("/")[2].lower()
    levels: dict[str, Level] = {
        "deploymenttemplate.json": "group",
        "subscriptiondeploymenttemplate.json": "subscription",
        "managementgroupdeploymenttemplate.json": "managementGroup",
        "tenantdeploymenttemplate.json": "tenant",
    }
    return levels.get(name)


def _level_of_scope(scope: Scope) -> Level:
    if scope.resource_group is not None:
        return "group"
    if scope.subscription_id is not None:
        return "subscription"
    return "group" if scope.management_group is None else "managementGroup"  # a tenant's template says so


def or_unresolved(value: str | None, what: str) -> Json:
    """The value, or that nobody said it."""
    return Unresolved(f"{what} is not known") if value is None else value


def subscription(place: Place) -> Json:
    """What `subscription()` returns."""
    scope = place.scope
    return {
        "id": place.subscription_path(),
        "subscriptionId": or_unresolved(scope.subscription_id, "the subscription of the deployment"),
        "tenantId": or_unresolved(scope.tenant_id, "the tenant of the deployment"),
        "displayName": Unresolved("the display name of the subscription was not read from Azure"),
    }


def resource_group(place: Place) -> Json:
    """What `resourceGroup()` returns."""
    if place.level != "group":
        return Unresolved("resourceGroup() has no meaning outside a resource group deployment")
    scope = place.scope
    name = or_unresolved(scope.resource_group, "the resource group of the deployment")
    return {
        "id": place.group_id(),
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": or_unresolved(scope.location, "the location of the resource group"),
        "managedBy": Unresolved("who manages the resource group was not read from Azure"),
        "tags": Unresolved("the tags of the resource group were not read from Azure"),
        "properties": {"provisioningState": "Succeeded"},
    }


def tenant(place: Place) -> Json:
    """What `tenant()` returns."""
    unread = Unresolved("the names of the tenant were not read from Azure")
    tenant_id = or_unresolved(place.scope.tenant_id, "the tenant of the deployment")
    return {"tenantId": tenant_id, "country": unread, "countryCode": unread, "displayName": unread}


def management_group(place: Place) -> Json:
    """What `managementGroup()` returns."""
    if place.level != "managementGroup":
        return Unresolved("managementGroup() has no meaning outside a management group deployment")
    name = place.scope.management_group
    unread = Unresolved("the properties of the management group were not read from Azure")
    return {
        "id": place.base(),
        "name": or_unresolved(name, "the management group of the deployment"),
        "type": "/providers/Microsoft.Management/managementGroups",
        "properties": unread,
    }


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC; without a zone it counts as UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
