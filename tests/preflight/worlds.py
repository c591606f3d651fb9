"""Templates that make what they need, and two Azures to look into: one that answers from fields, and the simulator."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from acimedic.azure.port import Reader
from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.model.access import ACR_PULL, Assignment, DenyAssignment, Role
from acimedic.model.definition import Definition
from acimedic.model.deployment import Activity, Deployment, ExportedTemplate, Operation
from acimedic.model.diagnosis import Finding
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry, RegistryPlace, RegistryPlaces
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Testimony
from acimedic.model.token import Token
from acimedic.model.verdict import Fail
from acimedic.preflight.live import examine_live
from acimedic.preflight.request import Examination, Request
from acimedic.settings import read_settings
from acimedic.simulator import Simulator
from acimedic.template import Scope
from tests.build import APP, FAILED_AT, HOST, IDENTITY, IMAGE, MANIFEST, REGISTRY, TENANT

HERE = Scope(subscription_id=APP, resource_group="rg-orders-prod", location="westeurope", now=FAILED_AT)
HOME = f"/subscriptions/{APP}/resourceGroups/rg-orders-prod"
NEW_IDENTITY = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-new')]"
NEW_REGISTRY = "[resourceId('Microsoft.ContainerRegistry/registries', 'fresh')]"
NEW_IMAGE = "fresh.azurecr.io/app/web:1.0"
OF_NEW_IDENTITY = f"[reference({NEW_IDENTITY[1:-1]}, '2023-01-31').principalId]"
REFUSED = Gap(reading="anything", reason="403 AuthorizationFailed", permission="something/read", scope="/")
THE_ROLE = "11111111-aaaa-4bbb-8ccc-222222222222"

Template = dict[str, Any]


# --- templates ---


def template(*resources: Template, **more: Any) -> Template:
    """A template of these resources, in a resource group."""
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    return {"$schema": schema, "contentVersion": "1.0.0.0", "resources": list(resources), **more}


def group(image: str = IMAGE, identity: str = NEW_IDENTITY, *, server: str = HOST, **more: Any) -> Template:
    """A container group that pulls with an identity."""
    key = identity if identity.startswith("/") else f"[format('{{0}}', {identity[1:-1]})]"
    return {
        "type": "Microsoft.ContainerInstance/containerGroups",
        "apiVersion": "2023-05-01",
        "name": "cg-web",
        "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {key: {}}},
        "properties": {
            "osType": "Linux",
            "containers": [{"name": "web", "properties": {"image": image}}],
            "imageRegistryCredentials": [{"server": server, "identity": identity}],
        },
        **more,
    }


def with_password(image: str, username: str, *, server: str = HOST) -> Template:
    """A container group that pulls with a user name and a password."""
    made = group(image)
    del made["identity"]
    made["properties"]["imageRegistryCredentials"] = [{"server": server, "username": username, "password": "x"}]
    return made


def identity(**more: Any) -> Template:
    """The identity that the template makes."""
    return {
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "apiVersion": "2023-01-31",
        "name": "id-new",
        "location": "westeurope",
        **more,
    }


def registry(name: str = "fresh", sku: str = "Premium", more: Template | None = None, **properties: Any) -> Template:
    """A registry that the template makes, or states again."""
    return {
        "type": "Microsoft.ContainerRegistry/registries",
        "apiVersion": "2025-11-01",
        "name": name,
        "location": "westeurope",
        "sku": {"name": sku},
        "properties": properties,
        **(more or {}),
    }


def role(
    principal: str = OF_NEW_IDENTITY,
    scope: str | None = REGISTRY.id,
    guid: str = ACR_PULL,
    kind: str | None = "ServicePrincipal",
    **more: Any,
) -> Template:
    """A role assignment that the template makes; scope: None for the resource group itself."""
    properties = {
        "principalId": principal,
        "roleDefinitionId": f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{guid}')]",
        **({} if kind is None else {"principalType": kind}),
        **more.pop("properties", {}),
    }
    return {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "name": THE_ROLE,
        "properties": properties,
        **({} if scope is None else {"scope": scope}),
        **more,
    }


def module(name: str, inner: Template, parameters: Mapping[str, Any] | None = None, **more: Any) -> Template:
    """A nested deployment with a scope of its own, as Bicep writes a module."""
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": name,
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {key: {"value": value} for key, value in (parameters or {}).items()},
            "template": inner,
        },
        **more,
    }


# --- an Azure that answers from its fields ---


@dataclass(kw_only=True)
class Azure:
    """What there is. refused: why nothing can be read; None where all of it can."""

    registries_there: tuple[Registry, ...] = (REGISTRY,)
    identities_there: tuple[Identity, ...] = ()
    assigned: tuple[Assignment, ...] = ()
    roles_there: tuple[Role, ...] = ()
    subscriptions_there: tuple[str, ...] = (APP, ResourceId.parse(REGISTRY.id).subscription)
    said: Testimony = MANIFEST
    tenant_there: Reading[str] = TENANT
    refused: Gap | None = None
    refused_assignments: Gap | None = None
    asked: list[tuple[str, object]] = field(default_factory=list)

    async def registry(self, registry: ResourceId) -> Reading[Registry | Absent]:
        self.asked.append(("registry", str(registry)))
        found = next((item for item in self.registries_there if item.id.lower() == registry.key), None)
        return self.refused or found or Absent(what=f"registry {registry.name}", source=f"GET {registry}")

    async def registries(self, subscription: str) -> Reading[tuple[Registry, ...]]:
        self.asked.append(("registries", subscription))
        there = [item for item in self.registries_there if ResourceId.parse(item.id).subscription == subscription]
        return self.refused or tuple(there)

    async def find_registries(self, hosts: tuple[str, ...]) -> Reading[tuple[ResourceId, ...]]:
        there = [ResourceId.parse(item.id) for item in self.registries_there if item.login_server in hosts]
        return self.refused or tuple(there)

    async def enter(self, host: str) -> None:
        raise AssertionError("nothing is hurried before a deployment")

    async def registry_places(self) -> Reading[RegistryPlaces]:
        there = [(ResourceId.parse(item.id), item.login_server) for item in self.registries_there]
        places = tuple(RegistryPlace(id=each, login_server=server, tenant=TENANT) for each, server in there)
        return self.refused or RegistryPlaces(places=places)

    async def subscriptions(self) -> Reading[tuple[str, ...]]:
        return self.refused or self.subscriptions_there

    async def tenant(self, subscription: str) -> Reading[str]:
        return self.refused or self.tenant_there

    async def identity(self, identity: ResourceId) -> Reading[Identity | Absent]:
        self.asked.append(("identity", str(identity)))
        found = next((item for item in self.identities_there if item.id.lower() == identity.key), None)
        return self.refused or found or Absent(what=f"identity {identity.name}", source=f"GET {identity}")

    async def assignments(self, scope: str, principal: str | None) -> Reading[tuple[Assignment, ...]]:
        self.asked.append(("assignments", (scope, principal)))
        mine = tuple(item for item in self.assigned if principal in (None, item.principal_id))
        return self.refused or self.refused_assignments or mine

    async def role(self, role_definition_id: str) -> Reading[Role]:
        self.asked.append(("role", role_definition_id))
        guid = role_definition_id.rpartition("/")[2]
        found = next((item for item in self.roles_there if item.guid == guid), None)
        return self.refused or found or replace(REFUSED, reading=f"role definition {guid}")

    async def denials(self, scope: str) -> Reading[tuple[DenyAssignment, ...]]:
        self.asked.append(("denials", scope))
        return self.refused or ()

    async def token(self, registry: ResourceId, name: str) -> Reading[Token | Absent]:
        self.asked.append(("token", name))
        return self.refused or Absent(what=f"token {name}", source=f"GET {registry}/tokens/{name}")

    async def image(self, image: ImageReference, registry: Registry | None, platform: tuple[str, str]) -> Testimony:
        self.asked.append(("image", (str(image), registry)))
        return self.refused or self.said

    async def endpoint_subnet(self, endpoint: ResourceId) -> Reading[str]:
        return self.refused or Gap(reading=f"private endpoint {endpoint.name}", reason="404")

    async def network_rules(self, registry: ResourceId) -> Reading[tuple[str, ...]]:
        return self.refused or ()

    async def group(self, group: ResourceId) -> Reading[Definition | Absent]:
        raise AssertionError(f"nobody looks at {group} before it is there")

    async def deployments(self, subscription: str, group: str | None) -> Reading[tuple[Deployment, ...]]:
        raise AssertionError(f"no deployment of {subscription} {group} is looked at")

    async def deployment(self, deployment: ResourceId) -> Reading[Deployment]:
        raise AssertionError(f"{deployment} is not looked at")

    async def operations(self, deployment: ResourceId) -> Reading[tuple[Operation, ...]]:
        raise AssertionError(f"{deployment} is not looked at")

    async def template(self, deployment: ResourceId) -> Reading[ExportedTemplate]:
        raise AssertionError(f"{deployment} is not looked at")

    async def activity(
        self, subscription: str, *, about: tuple[str, str], since: datetime, until: datetime
    ) -> Reading[tuple[Activity, ...]]:
        raise AssertionError(f"the log of {subscription} is not looked at for {about} from {since} to {until}")


EVERYTHING = Azure(identities_there=(IDENTITY,))


# --- looking ---


@dataclass(frozen=True)
class Seen:
    """What came of looking at a template."""

    examination: Examination

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for each in self.examination.groups for finding in each.diagnosis.findings)

    @property
    def faults(self) -> dict[str, str]:
        """The checks that found a fault, with their confidence."""
        return {each.check: each.verdict.confidence for each in self.findings if isinstance(each.verdict, Fail)}

    def verdict(self, check: str) -> str:
        """What one check says, in a word."""
        found = next(each for each in self.findings if each.check == check)
        return type(found.verdict).__name__.lower()

    def fail(self, check: str) -> Fail:
        """The fault that a check found."""
        found = next(each.verdict for each in self.findings if each.check == check)
        assert isinstance(found, Fail), found
        return found

    def reason(self, check: str) -> str:
        """Why a check does not say more."""
        return str(next(each for each in self.findings if each.check == check).verdict)

    @property
    def notes(self) -> str:
        return "\n".join(note for each in self.examination.groups for note in each.notes)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(gap for each in self.examination.groups for gap in each.diagnosis.gaps)


def look(asked: Template, azure: Reader, *, scope: Scope = HERE, parameters: Template | None = None) -> Seen:
    """Look at a template with what there is in Azure."""
    request = Request(name="azuredeploy.json", template=asked, parameters=parameters or {}, scope=scope)
    return Seen(asyncio.run(examine_live(request, azure, now=FAILED_AT)))


def look_in(world: dict[str, Any], asked: Template, *, scope: Scope = HERE) -> tuple[Seen, list[tuple[str, str]]]:
    """Look at a template in a world of the simulator, through the real reader: also what was asked (method, path)."""

    async def run(url: str) -> Examination:
        settings = read_settings({"ACIMEDIC_GATEWAY": url, "ACIMEDIC_TIME_LIMIT": "300"})
        async with Session(settings) as session:
            request = Request(name="azuredeploy.json", template=asked, scope=scope)
            return await examine_live(request, AzureReader(session), now=FAILED_AT)

    with Simulator(world) as azure:
        examination = asyncio.run(run(azure.url))
        requests = [(method, path) for method, _, path, _ in azure.requests]
    return Seen(examination), requests
