"""Azure as it will be once the template has been deployed: what is read now, changed by what the template makes.

Nothing here changes anything, and nothing is asked about what does not exist yet.
"""

from collections.abc import Iterable
from datetime import datetime

from acimedic.azure.port import Reader
from acimedic.model.access import Assignment, DenyAssignment, Role
from acimedic.model.definition import Definition
from acimedic.model.deployment import Activity, Deployment, ExportedTemplate, Operation
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry, RegistryPlaces
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Testimony
from acimedic.model.token import Token
from acimedic.preflight.planned.access import Given, Whose, given_to, shown_to_all
from acimedic.preflight.planned.facts import Known, new_identity
from acimedic.preflight.planned.made import Made, Planned
from acimedic.preflight.planned.registry import login_server, network_rules_after, registry_after
from acimedic.rbac import BUILT_IN


class Foreseen:
    """A reader of Azure after the deployment; what the template changes nothing of is read as it is.

    known: identities that were read before, none of which is a group.
    """

    def __init__(self, reader: Reader, planned: Planned, cloud: str, known: Iterable[Known] = ()) -> None:
        self._reader = reader
        self._planned = planned
        self._cloud = cloud
        self._real: dict[str, Registry] = {}
        self._new_principals: set[str] = set()
        self._nobodys_groups = {each for item in known if isinstance(item, Identity) for each in _ids(item)}
        self._doubts: dict[str, Gap] = {}
        self._tenant_unread: Gap | None = None

    async def registry(self, registry: ResourceId) -> Reading[Registry | Absent]:
        """A registry as the template leaves it."""
        real = await self._reader.registry(registry)
        made = self._planned.registries.get(registry.key)
        if made is None:
            return real
        return self._after(real, made) if isinstance(real, Registry) else registry_after(real, made, self._cloud)

    async def registries(self, subscription: str) -> Reading[tuple[Registry, ...]]:
        """The registries of a subscription, without those of which it is not known what the template makes of them."""
        listed = await self._reader.registries(subscription)
        if isinstance(listed, Gap):
            return listed
        made = self._planned.registries
        after = [self._after(item, made[item.id.lower()]) if item.id.lower() in made else item for item in listed]
        return tuple(item for item in after if isinstance(item, Registry))

    async def find_registries(self, hosts: tuple[str, ...]) -> Reading[tuple[ResourceId, ...]]:
        """Those that the template makes first, then those that there are."""
        planned = [made for made in self._planned.registries.values() if self._server(made) in hosts]
        sure = tuple(made.id for made in planned if made.doubt is None)
        found = sure or await self._reader.find_registries(hosts)
        return found or tuple(made.id for made in planned)

    async def identity(self, identity: ResourceId) -> Reading[Identity | Absent]:
        """An identity as it is, else as the template makes it."""
        real = await self._reader.identity(identity)
        if isinstance(real, Identity):
            self._nobodys_groups.update(_ids(real))
        if not isinstance(real, Absent):
            return real
        made = self._planned.identities.get(identity.key)
        doubt = self._planned.unseen or self._planned.nameless_identity if made is None else made.doubt
        if doubt is not None:
            return Gap(
                reading=f"identity {identity.name}", reason=f"whether the template makes it is not known: {doubt}"
            )
        return real if made is None else await self._new_identity(made)

    async def assignments(self, scope: str, principal: str | None) -> Reading[tuple[Assignment, ...]]:
        """Role assignments at a registry, those of the template among them."""
        real = await self._assigned(scope, principal)
        listed = () if isinstance(real, Gap) else real
        known = {item.id.lower() for item in listed}
        roles = [item for item in self._planned.roles if (item.id or "").lower() not in known]
        if principal is None:
            return real if isinstance(real, Gap) else (*listed, *shown_to_all(roles, scope))
        whose = Whose(principal, new=principal in self._new_principals, others=frozenset(self._nobodys_groups))
        given = given_to(roles, scope, whose, unseen=self._planned.unseen)
        relevant = [item for item in given if await self._may_pull(item)]
        if isinstance(real, Gap) and relevant:
            relevant.append(Given.in_doubt(scope, principal, real))
        self._doubts.update({item.assignment.role_guid: item.doubt for item in relevant if item.doubt is not None})
        added = tuple(item.assignment for item in relevant)
        return real if isinstance(real, Gap) and not added else (*listed, *added)

    async def role(self, role_definition_id: str) -> Reading[Role]:
        """A role, those that the template defines among them; a Gap for what stands for a doubt."""
        guid = role_definition_id.rpartition("/")[2].lower()
        planned = self._doubts.get(guid) or self._planned.definitions.get(guid)
        return await self._reader.role(role_definition_id) if planned is None else planned

    async def denials(self, scope: str) -> Reading[tuple[DenyAssignment, ...]]:
        """Deny assignments; those above a registry that is not there yet."""
        return await self._reader.denials(await self._asked_at(scope))

    async def image(self, image: ImageReference, registry: Registry | None, platform: tuple[str, str]) -> Testimony:
        """What a registry says of an image; nothing of one that is not there yet."""
        host = image.host.name
        made = next((each for each in self._planned.registries.values() if self._may_answer(each, host)), None)
        if made is not None and isinstance(await self._reader.registry(made.id), Absent):
            return Gap(
                reading=f"manifest of {image}", reason="the template makes the registry, which is empty at first"
            )
        real = registry if registry is None else self._real.get(registry.id.lower(), registry)
        said = await self._reader.image(image, real, platform)
        doubt = self._planned.unseen or self._planned.nameless_registry
        if isinstance(said, Absent) and (made is not None or doubt is not None):
            return Gap(reading=f"registry {host}", reason="it does not exist, but the template may make it")
        return said

    async def token(self, registry: ResourceId, name: str) -> Reading[Token | Absent]:
        """A token of a registry that is there."""
        if await self._is_new(registry):
            return Gap(reading="token of the registry", reason="the template makes the registry")
        return await self._reader.token(registry, name)

    async def network_rules(self, registry: ResourceId) -> Reading[tuple[str, ...]]:
        """The virtual network rules as the template leaves them."""
        made = self._planned.registries.get(registry.key)
        stated = None if made is None else network_rules_after(made)
        if stated is not None:
            return stated
        return () if await self._is_new(registry) else await self._reader.network_rules(registry)

    async def tenant(self, subscription: str) -> Reading[str]:
        """A subscription's tenant; not compared where that of a new identity is not known."""
        return self._tenant_unread or await self._reader.tenant(subscription)

    async def enter(self, host: str) -> None:  # noqa: D102
        await self._reader.enter(host)

    async def registry_places(self) -> Reading[RegistryPlaces]:  # noqa: D102 - of those that are there already
        return await self._reader.registry_places()

    async def subscriptions(self) -> Reading[tuple[str, ...]]:  # noqa: D102 - the template changes nothing of it
        return await self._reader.subscriptions()

    async def group(self, group: ResourceId) -> Reading[Definition | Absent]:  # noqa: D102 - as above
        return await self._reader.group(group)

    async def deployments(self, subscription: str, group: str | None) -> Reading[tuple[Deployment, ...]]:  # noqa: D102
        return await self._reader.deployments(subscription, group)

    async def deployment(self, deployment: ResourceId) -> Reading[Deployment]:  # noqa: D102
        return await self._reader.deployment(deployment)

    async def operations(self, deployment: ResourceId) -> Reading[tuple[Operation, ...]]:  # noqa: D102
        return await self._reader.operations(deployment)

    async def template(self, deployment: ResourceId) -> Reading[ExportedTemplate]:  # noqa: D102
        return await self._reader.template(deployment)

    async def activity(  # noqa: D102
        self, subscription: str, *, about: tuple[str, str], since: datetime, until: datetime
    ) -> Reading[tuple[Activity, ...]]:
        return await self._reader.activity(subscription, about=about, since=since, until=until)

    async def endpoint_subnet(self, endpoint: ResourceId) -> Reading[str]:  # noqa: D102
        return await self._reader.endpoint_subnet(endpoint)

    def _after(self, real: Registry, made: Made) -> Reading[Registry | Absent]:
        self._real[real.id.lower()] = real
        return registry_after(real, made, self._cloud)

    def _server(self, made: Made) -> str | None:
        return login_server(made, self._cloud)

    def _may_answer(self, made: Made, host: str) -> bool:
        """Whether a registry has this login server, or will have one that nobody knows yet and that may be it."""
        server = self._server(made)
        return host.startswith(made.id.name.lower()) if server is None else server == host

    async def _new_identity(self, made: Made) -> Identity:
        tenant = await self._reader.tenant(made.id.subscription)
        if isinstance(tenant, Gap):
            self._tenant_unread = tenant
        found = new_identity(made.id, "" if isinstance(tenant, Gap) else tenant, f"the template ({made.path})")
        self._new_principals.add(found.principal_id)
        return found

    async def _assigned(self, scope: str, principal: str | None) -> Reading[tuple[Assignment, ...]]:
        """What Azure has now. A new principal has nothing, and Azure could not be asked about it."""
        if principal in self._new_principals:
            return ()
        return await self._reader.assignments(await self._asked_at(scope), principal)

    async def _asked_at(self, scope: str) -> str:
        """Where Azure can be asked about a registry: at itself, else at what is above it and there already."""
        try:
            registry = ResourceId.parse(scope)
        except ValueError:
            return scope
        if not await self._is_new(registry):
            return scope
        above = registry.group_scope
        return f"/subscriptions/{registry.subscription}" if above.lower() in self._planned.groups else above

    async def _is_new(self, registry: ResourceId) -> bool:
        planned = registry.key in self._planned.registries
        return planned and isinstance(await self._reader.registry(registry), Absent)

    async def _may_pull(self, item: Given) -> bool:
        """Whether the role of an assignment bears on pulls; one that could not be read may."""
        if item.doubt is not None and item.guid is None:
            return True
        built_in = BUILT_IN.get(item.guid or "")
        return item.bears(built_in or await self.role(item.role_definition_id))


def _ids(identity: Identity) -> tuple[str, str]:
    return identity.principal_id.lower(), identity.client_id.lower()
