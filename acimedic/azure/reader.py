"""Reading Azure: what can be asked, and the asking. Every answer is a fact or a Gap."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast

from acimedic.azure import (
    read_access,
    read_activity,
    read_deployments,
    read_details,
    read_groups,
    read_images,
    read_registries,
)
from acimedic.azure.attempt import attempt
from acimedic.azure.good_for import GOOD_FOR, is_of_others
from acimedic.azure.session import Session
from acimedic.model.access import Assignment, DenyAssignment, Role
from acimedic.model.definition import Definition
from acimedic.model.deployment import Activity, Deployment, ExportedTemplate, Operation
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry, RegistryPlaces
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Testimony
from acimedic.model.token import Token

T = TypeVar("T")

_GRAPH = 0.4
"""Of the time limit, for Resource Graph: where it does not answer, there has to be time to look elsewhere."""


class AzureReader:
    """Reads through Azure's SDKs, all readings of one run within one time limit, none of them twice."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[object, ...], asyncio.Future[Any]] = {}
        self._deadline = asyncio.get_running_loop().time() + session.settings.time_limit

    async def group(self, group: ResourceId) -> Reading[Definition | Absent]:
        """The container group as it is now."""
        want = Gap(reading="container group", reason="", permission=read_groups.PERMISSION, scope=group.group_scope)
        return await self._read(want, read_groups.read_group, group)

    async def deployments(self, subscription: str, group: str | None) -> Reading[tuple[Deployment, ...]]:
        """The deployment history of a resource group, or (None) of the subscription."""
        scope = f"/subscriptions/{subscription}" + (f"/resourceGroups/{group}" if group else "")
        want = Gap(reading="deployments", reason="", permission=read_deployments.LIST_PERMISSION, scope=scope)
        return await self._read(want, read_deployments.list_deployments, subscription, group)

    async def deployment(self, deployment: ResourceId) -> Reading[Deployment]:
        """One deployment."""
        want = Gap(
            reading=f"deployment {deployment.name}",
            reason="",
            permission=read_deployments.LIST_PERMISSION,
            scope=deployment.group_scope,
        )
        return await self._read(want, read_deployments.read_deployment, deployment)

    async def operations(self, deployment: ResourceId) -> Reading[tuple[Operation, ...]]:
        """A deployment's operations."""
        want = Gap(
            reading=f"operations of deployment {deployment.name}",
            reason="",
            permission=read_deployments.operations_permission(deployment),
            scope=deployment.group_scope,
        )
        return await self._read(want, read_deployments.list_operations, deployment)

    async def template(self, deployment: ResourceId) -> Reading[ExportedTemplate]:
        """The template that a deployment was made from."""
        want = Gap(
            reading=f"template of deployment {deployment.name}",
            reason="",
            permission=read_deployments.EXPORT_PERMISSION,
            scope=deployment.group_scope,
        )
        return await self._read(want, read_deployments.export_template, deployment)

    async def activity(
        self, subscription: str, *, about: tuple[str, str], since: datetime, until: datetime
    ) -> Reading[tuple[Activity, ...]]:
        """The activity log about a correlation id or a resource; what was changed at a registry many want to know."""
        want = Gap(
            reading="activity log",
            reason="",
            permission=read_activity.PERMISSION,
            scope=f"/subscriptions/{subscription}",
        )
        read = read_activity.read_changes if is_of_others(about) else read_activity.read_activity
        return await self._read(want, read, subscription, about, since, until)

    async def registries(self, subscription: str) -> Reading[tuple[Registry, ...]]:
        """The registries of a subscription."""
        want = self._registries_want(f"/subscriptions/{subscription}")
        return await self._read(want, read_registries.list_registries, subscription)

    async def registry(self, registry: ResourceId) -> Reading[Registry | Absent]:
        """One registry."""
        want = self._registries_want(str(registry))
        return await self._read(want, read_registries.read_registry, registry)

    async def find_registries(self, hosts: tuple[str, ...]) -> Reading[tuple[ResourceId, ...]]:
        """Ids of the registries with these login servers, wherever we may see them."""
        want = self._registries_want("the subscription of the registry")
        return await self._read(want, read_registries.find_registries, hosts, share=_GRAPH)

    async def registry_places(self) -> Reading[RegistryPlaces]:
        """Where all registries are that we may see."""
        want = self._registries_want("the subscription of the registry")
        return await self._read(want, read_registries.registry_places, share=_GRAPH)

    async def subscriptions(self) -> Reading[tuple[str, ...]]:
        """The subscriptions that we may see."""
        want = Gap(reading="subscriptions", reason="", permission=read_registries.SUBSCRIPTIONS_PERMISSION, scope="/")
        return await self._read(want, read_registries.list_subscriptions)

    async def tenant(self, subscription: str) -> Reading[str]:
        """The tenant of a subscription."""
        want = Gap(
            reading="tenant of the subscription",
            reason="",
            permission=read_registries.SUBSCRIPTIONS_PERMISSION,
            scope=f"/subscriptions/{subscription}",
        )
        return await self._read(want, read_registries.read_tenant, subscription)

    async def identity(self, identity: ResourceId) -> Reading[Identity | Absent]:
        """A user-assigned managed identity."""
        want = Gap(
            reading=f"identity {identity.name}",
            reason="",
            permission=read_access.IDENTITY_PERMISSION,
            scope=str(identity),
        )
        return await self._read(want, read_access.read_identity, identity)

    async def assignments(self, scope: str, principal: str | None) -> Reading[tuple[Assignment, ...]]:
        """Role assignments at a scope: those that count for a principal, or (None) all."""
        want = Gap(reading="role assignments", reason="", permission=read_access.ASSIGNMENTS_PERMISSION, scope=scope)
        return await self._read(want, read_access.list_assignments, scope, principal)

    async def role(self, role_definition_id: str) -> Reading[Role]:
        """A role definition."""
        want = Gap(
            reading=f"role definition {role_definition_id.rsplit('/', 1)[-1]}",
            reason="",
            permission=read_access.ROLES_PERMISSION,
            scope=role_definition_id,
        )
        return await self._read(want, read_access.read_role, role_definition_id)

    async def denials(self, scope: str) -> Reading[tuple[DenyAssignment, ...]]:
        """Deny assignments at a scope and above."""
        want = Gap(reading="deny assignments", reason="", permission=read_access.DENIALS_PERMISSION, scope=scope)
        return await self._read(want, read_access.list_denials, scope)

    async def token(self, registry: ResourceId, name: str) -> Reading[Token | Absent]:
        """A token of a registry."""
        want = Gap(
            reading="token of the registry", reason="", permission=read_details.TOKENS_PERMISSION, scope=str(registry)
        )
        return await self._read(want, read_details.read_token, registry, name)

    async def enter(self, host: str) -> None:
        """Ask to be let in by a registry whose login server Azure has named; asking it later then takes less long."""
        await self._read(Gap(reading=f"registry host {host}", reason=""), read_images.enter, host)

    async def image(self, image: ImageReference, registry: Registry | None, platform: tuple[str, str]) -> Testimony:
        """What the registry itself says of an image; registry: as Resource Manager showed it, None where it did not."""
        want = Gap(reading=f"manifest of {image}", reason="")
        said: Testimony = await self._read(want, read_images.read_image, image, registry, platform)
        return said

    async def endpoint_subnet(self, endpoint: ResourceId) -> Reading[str]:
        """The subnet of a private endpoint."""
        want = Gap(
            reading=f"private endpoint {endpoint.name}",
            reason="",
            permission=read_details.ENDPOINTS_PERMISSION,
            scope=str(endpoint),
        )
        return await self._read(want, read_details.read_endpoint_subnet, endpoint)

    async def network_rules(self, registry: ResourceId) -> Reading[tuple[str, ...]]:
        """The virtual network rules of a registry."""
        want = Gap(
            reading="virtual network rules of the registry",
            reason="",
            permission=read_registries.PERMISSION,
            scope=str(registry),
        )
        return await self._read(want, read_details.read_network_rules, registry)

    def _registries_want(self, scope: str) -> Gap:
        return Gap(reading="registry", reason="", permission=read_registries.PERMISSION, scope=scope)

    async def _read(self, want: Gap, read: Callable[..., Awaitable[T]], *what: Hashable, share: float = 1.0) -> T | Gap:
        """Ask what was not asked before. share: of the time limit, that it may take."""
        key = (read, *what)
        if key not in self._known:
            self._known[key] = self._session.begin(self._attempted(want, read, what, share))
        return cast(T | Gap, await self._known[key])

    async def _attempted(
        self, want: Gap, read: Callable[..., Awaitable[T]], what: tuple[Hashable, ...], share: float
    ) -> T | Gap:
        left = max(self._deadline - asyncio.get_running_loop().time(), 0.001)
        limit = self._session.settings.time_limit * share
        return await attempt(self._asked(read, what), want, min(left, limit), limit)

    def _asked(self, read: Callable[..., Awaitable[T]], what: tuple[Hashable, ...]) -> Awaitable[T]:
        """Ask, or share what others ask, where it is not the incident's own."""
        shared, good_for = self._session.shared, GOOD_FOR.get(read)
        if shared is None or good_for is None:
            return read(self._session, *what)
        return shared.read((read, *what), good_for, partial(read, self._session, *what))
