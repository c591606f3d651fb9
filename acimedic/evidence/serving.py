"""Reads what serves the pulls: registries, identities, and who may do what at the registry."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from acimedic.azure.port import Reader
from acimedic.evidence.details import Details
from acimedic.evidence.details import read as read_details
from acimedic.evidence.finding import Seen, registry_of
from acimedic.image import parse_image, same_registry
from acimedic.model.access import Access, Assignment, DenyAssignment, Role
from acimedic.model.definition import Definition, IdentityCredential
from acimedic.model.error import ErrorChain
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import IDENTITIES, ResourceId
from acimedic.model.testimony import Testimony
from acimedic.rbac import BUILT_IN

_MOST_IMAGES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What serves the pulls; the fields are those of Evidence."""

    registries: tuple[tuple[str, Reading[Registry | Absent]], ...]
    identities: tuple[tuple[str, Reading[Identity | Absent]], ...]
    access: tuple[tuple[tuple[str, str], Access], ...]
    tenants: tuple[tuple[str, Reading[str]], ...]
    details: Details
    images: tuple[tuple[str, Testimony], ...]

    @property
    def gaps(self) -> list[Gap]:
        """What could not be read."""
        unread: list[object] = [reading for _, reading in (*self.registries, *self.identities, *self.tenants)]
        for _, access in self.access:
            unread += [access.assigned, access.everyone, access.denied, *(role for _, role in access.roles)]
        return [reading for reading in unread if isinstance(reading, Gap)] + self.details.gaps


async def read(
    reader: Reader,
    definition: Reading[Definition],
    chain: Reading[ErrorChain],
    seen: Seen,
) -> Serving:
    """Read what serves the images of the group and of the error."""
    hosts = acr_hosts(_images(definition, chain))
    who = asyncio.ensure_future(_identities(reader, definition))
    registries = await asyncio.gather(*(registry_of(reader, host, seen) for host in hosts))
    found = dict(zip(hosts, registries, strict=True))
    # A registry says of its images whatever it says, whoever is to pull them.
    saying = asyncio.ensure_future(_testimonies(reader, definition, chain, found))
    identities = await who
    access, tenants, details, images = await asyncio.gather(
        _access(reader, _pairs(definition, found, dict(identities))),
        _tenants(reader, registries, [identity for _, identity in identities], seen),
        read_details(reader, definition, found.items()),
        saying,
    )
    return Serving(
        registries=tuple(found.items()),
        identities=identities,
        access=access,
        tenants=tenants,
        details=details,
        images=images,
    )


async def _testimonies(
    reader: Reader,
    definition: Reading[Definition],
    chain: Reading[ErrorChain],
    registries: dict[str, Reading[Registry | Absent]],
) -> tuple[tuple[str, Testimony], ...]:
    """What the registries themselves say of the images."""
    os_type = None if isinstance(definition, Gap) or isinstance(definition.os_type, Gap) else definition.os_type
    platform = ((os_type or "linux").lower(), "amd64")
    named = list(dict.fromkeys(_images(definition, chain)))[:_MOST_IMAGES]
    parsed = {image: reference for image in named if isinstance(reference := parse_image(image), ImageReference)}
    known = {host: item for host, item in registries.items() if isinstance(item, Registry)}
    said = await asyncio.gather(
        *(reader.image(reference, known.get(reference.host.name), platform) for reference in parsed.values())
    )
    return tuple(zip(parsed, said, strict=True))


def acr_hosts(images: Iterable[str]) -> tuple[str, ...]:
    """The Azure container registries of these images, as far as they are well formed, each once."""
    parsed = (parse_image(image) for image in images)
    found = (item.host.name for item in parsed if isinstance(item, ImageReference) and item.is_acr)
    return tuple(dict.fromkeys(found))


def _images(definition: Reading[Definition], chain: Reading[ErrorChain]) -> list[str]:
    """Every image that the definition or the error names."""
    named = [] if isinstance(chain, Gap) else list(chain.images)
    if not isinstance(definition, Gap) and not isinstance(definition.containers, Gap):
        named += [item.image for item in definition.containers if not isinstance(item.image, Gap)]
    return named


async def _identities(
    reader: Reader, definition: Reading[Definition]
) -> tuple[tuple[str, Reading[Identity | Absent]], ...]:
    """The user-assigned identities that the credentials name, by lower-case id."""
    named: dict[str, ResourceId] = {}
    for credential in _identity_credentials(definition):
        if isinstance(credential.identity, str):
            try:
                resource = ResourceId.parse(credential.identity.rstrip("/"))
            except ValueError:
                continue
            if resource.is_a(IDENTITIES):
                named.setdefault(credential.identity.rstrip("/").lower(), resource)
    read = await asyncio.gather(*(reader.identity(resource) for resource in named.values()))
    return tuple(zip(named, read, strict=True))


def _identity_credentials(definition: Reading[Definition]) -> list[IdentityCredential]:
    if isinstance(definition, Gap) or isinstance(definition.credentials, Gap):
        return []
    return [item for item in definition.credentials if isinstance(item, IdentityCredential)]


def _pairs(
    definition: Reading[Definition],
    registries: dict[str, Reading[Registry | Absent]],
    identities: dict[str, Reading[Identity | Absent]],
) -> list[tuple[Registry, Identity]]:
    """Which identity is to pull from which registry, by the credentials' servers."""
    pairs: dict[tuple[str, str], tuple[Registry, Identity]] = {}
    for credential in _identity_credentials(definition):
        if not isinstance(credential.server, str) or not isinstance(credential.identity, str):
            continue
        identity = identities.get(credential.identity.rstrip("/").lower())
        for host, registry in registries.items():
            fits = same_registry(credential.server, host)
            if fits and isinstance(registry, Registry) and isinstance(identity, Identity):
                pairs[(registry.id.lower(), identity.principal_id)] = (registry, identity)
    return list(pairs.values())


async def _access(reader: Reader, pairs: list[tuple[Registry, Identity]]) -> tuple[tuple[tuple[str, str], Access], ...]:
    """What counts for each pair; what does not depend on who pulls is read once for a registry."""
    shared = {
        registry.id: asyncio.ensure_future(
            asyncio.gather(reader.assignments(registry.id, None), reader.denials(registry.id))
        )
        for registry, _ in pairs
    }
    read = await asyncio.gather(
        *(_access_of(reader, registry, identity, shared[registry.id]) for registry, identity in pairs)
    )
    keys = [(registry.id.lower(), identity.principal_id) for registry, identity in pairs]
    return tuple(zip(keys, read, strict=True))


async def _access_of(
    reader: Reader,
    registry: Registry,
    identity: Identity,
    shared: "asyncio.Future[tuple[Reading[tuple[Assignment, ...]], Reading[tuple[DenyAssignment, ...]]]]",
) -> Access:
    assigned, (everyone, denied) = await asyncio.gather(reader.assignments(registry.id, identity.principal_id), shared)
    return Access(
        principal_id=identity.principal_id,
        assigned=assigned,
        denied=denied,
        everyone=everyone,
        roles=await _roles(reader, assigned, everyone, identity),
        source=f"GET {registry.id}/providers/Microsoft.Authorization/roleAssignments"
        f"?$filter=assignedTo('{identity.principal_id}')",
    )


async def _roles(
    reader: Reader,
    assigned: Reading[tuple[Assignment, ...]],
    everyone: Reading[tuple[Assignment, ...]],
    identity: Identity,
) -> tuple[tuple[str, Role | Gap], ...]:
    """Definitions of the roles that matter and are not built in."""
    mine = () if isinstance(assigned, Gap) else assigned
    others = () if isinstance(everyone, Gap) else everyone
    matter = [*mine, *(item for item in others if item.principal_id == identity.client_id)]
    unknown = {item.role_guid: item.role_definition_id for item in matter if item.role_guid not in BUILT_IN}
    read = await asyncio.gather(*(reader.role(resource) for resource in unknown.values()))
    return tuple(zip(unknown, read, strict=True))


async def _tenants(
    reader: Reader,
    registries: Iterable[Reading[Registry | Absent]],
    identities: Iterable[Reading[Identity | Absent]],
    seen: Seen,
) -> tuple[tuple[str, Reading[str]], ...]:
    """Tenants of the registries' subscriptions, where an identity of another subscription is to pull.

    Where Resource Graph has told that they have the tenant of every identity, nobody need ask; blamed is only what the
    subscription itself says.
    """
    found = [item for item in registries if isinstance(item, Registry)]
    who = [item for item in identities if isinstance(item, Identity)]
    homes = {ResourceId.parse(item.id).subscription.lower() for item in found}
    guests = {ResourceId.parse(item.id).subscription.lower() for item in who}
    wanted = sorted(home for home in homes if guests - {home})
    places = [await seen.place(item.login_server) for item in found] if wanted else []
    told = {each.id.subscription.lower(): each.tenant for each in places if each is not None}
    ours = {item.tenant_id for item in who}
    read = await asyncio.gather(*(_tenant(reader, home, told.get(home), ours) for home in wanted))
    return tuple(zip(wanted, read, strict=True))


async def _tenant(reader: Reader, subscription: str, told: str | None, ours: set[str]) -> Reading[str]:
    return told if told is not None and ours == {told} else await reader.tenant(subscription)
