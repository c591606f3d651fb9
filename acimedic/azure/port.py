"""What a diagnosis may ask of Azure, whoever answers."""

from datetime import datetime
from typing import Protocol

from acimedic.model.access import Assignment, DenyAssignment, Role
from acimedic.model.definition import Definition
from acimedic.model.deployment import Activity, Deployment, ExportedTemplate, Operation
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Reading
from acimedic.model.registry import Identity, Registry, RegistryPlaces
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Testimony
from acimedic.model.token import Token


class Reader(Protocol):
    """What a diagnosis may ask of Azure. Nothing here changes anything."""

    async def group(self, group: ResourceId) -> Reading[Definition | Absent]: ...  # noqa: D102 - the names say it
    async def deployments(self, subscription: str, group: str | None) -> Reading[tuple[Deployment, ...]]: ...  # noqa: D102
    async def deployment(self, deployment: ResourceId) -> Reading[Deployment]: ...  # noqa: D102
    async def operations(self, deployment: ResourceId) -> Reading[tuple[Operation, ...]]: ...  # noqa: D102
    async def template(self, deployment: ResourceId) -> Reading[ExportedTemplate]: ...  # noqa: D102
    async def activity(  # noqa: D102
        self, subscription: str, *, about: tuple[str, str], since: datetime, until: datetime
    ) -> Reading[tuple[Activity, ...]]: ...
    async def registries(self, subscription: str) -> Reading[tuple[Registry, ...]]: ...  # noqa: D102
    async def registry(self, registry: ResourceId) -> Reading[Registry | Absent]: ...  # noqa: D102
    async def find_registries(self, hosts: tuple[str, ...]) -> Reading[tuple[ResourceId, ...]]: ...  # noqa: D102
    async def registry_places(self) -> Reading[RegistryPlaces]: ...  # noqa: D102
    async def subscriptions(self) -> Reading[tuple[str, ...]]: ...  # noqa: D102
    async def tenant(self, subscription: str) -> Reading[str]: ...  # noqa: D102
    async def identity(self, identity: ResourceId) -> Reading[Identity | Absent]: ...  # noqa: D102
    async def assignments(self, scope: str, principal: str | None) -> Reading[tuple[Assignment, ...]]: ...  # noqa: D102
    async def role(self, role_definition_id: str) -> Reading[Role]: ...  # noqa: D102
    async def denials(self, scope: str) -> Reading[tuple[DenyAssignment, ...]]: ...  # noqa: D102
    async def token(self, registry: ResourceId, name: str) -> Reading[Token | Absent]: ...  # noqa: D102
    async def enter(self, host: str) -> None: ...  # noqa: D102
    async def image(  # noqa: D102
        self, image: ImageReference, registry: Registry | None, platform: tuple[str, str]
    ) -> Testimony: ...
    async def endpoint_subnet(self, endpoint: ResourceId) -> Reading[str]: ...  # noqa: D102
    async def network_rules(self, registry: ResourceId) -> Reading[tuple[str, ...]]: ...  # noqa: D102
