"""Everything that was read about one incident; the only thing checks may look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from acimedic.model.access import Access
from acimedic.model.definition import Definition
from acimedic.model.error import ErrorChain
from acimedic.model.history import History, Precedent
from acimedic.model.incident import Incident
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Testimony
from acimedic.model.token import Token

ErrorSource: TypeAlias = Literal["deployment-operation", "activity-log", "container-event", "argument", "none"]


_NOT_LOOKED_BACK = Gap(reading="what changed before the failure", reason="nobody looked back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The readings of one incident.

    error: what Azure said; a Gap where no text could be had (yet).
    live: the container group as it is now, Absent where a create was refused.
    definition: what was asked for, wherever it could be had from.
    registries: by login server or image host, lower case.
    identities: by lower-case resource id. access: by lower-case registry id and principal id.
    tenants: of subscriptions, by lower-case subscription id.
    images: what the registry itself says, by image as written. tokens: by lower-case registry id and user name.
    endpoint_subnets: subnets of private endpoints, by lower-case endpoint id.
    service_endpoints: subnets that a registry's virtual network rules name, by lower-case registry id.
    precedent: the last time that it worked. history: what changed before the failure.
    others: ids of other groups of the subscription that failed to pull within the same minutes.
    cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud.
    failed_at, began_at: when the attempt failed, and when it can have begun at the earliest.
    supplied: what the caller gave instead of Azure ("error", "template"); nothing is changed because of it.
    """

    incident: Incident
    cloud: str
    error: Reading[ErrorChain]
    error_source: ErrorSource
    live: Reading[Definition | Absent]
    definition: Reading[Definition]
    registries: tuple[tuple[str, Reading[Registry | Absent]], ...] = ()
    identities: tuple[tuple[str, Reading[Identity | Absent]], ...] = ()
    access: tuple[tuple[tuple[str, str], Access], ...] = ()
    tenants: tuple[tuple[str, Reading[str]], ...] = ()
    images: tuple[tuple[str, Testimony], ...] = ()
    tokens: tuple[tuple[tuple[str, str], Reading[Token | Absent]], ...] = ()
    endpoint_subnets: tuple[tuple[str, Reading[str]], ...] = ()
    service_endpoints: tuple[tuple[str, Reading[tuple[str, ...]]], ...] = ()
    precedent: Precedent | None = None
    others: tuple[str, ...] = ()
    history: Reading[History] = _NOT_LOOKED_BACK
    failed_at: datetime | None = None
    began_at: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    supplied: tuple[str, ...] = ()

    def registry(self, host: str) -> Reading[Registry | Absent]:
        """The registry that answers at this host."""
        for key, reading in self.registries:
            if key == host.lower():
                return reading
        return Gap(reading=f"registry {host}", reason="it was not looked for")

    def identity(self, resource_id: str) -> Reading[Identity | Absent]:
        """The user-assigned identity of this id."""
        wanted = resource_id.rstrip("/").lower()
        for key, reading in self.identities:
            if key == wanted:
                return reading
        return Gap(reading=f"identity {resource_id}", reason="it was not looked for")

    def tenant(self, subscription: str) -> Reading[str]:
        """The tenant that a subscription belongs to."""
        for key, reading in self.tenants:
            if key == subscription.lower():
                return reading
        return Gap(reading="tenant of the subscription", reason="it was not read")

    def access_of(self, registry_id: str, principal_id: str) -> Reading[Access]:
        """What counts at a registry for a principal."""
        wanted = (registry_id.lower(), principal_id.lower())
        for key, access in self.access:
            if key == wanted:
                return access
        return Gap(reading="role assignments", reason="they were not read")

    def testimony(self, image: str) -> Testimony:
        """What the registry says of an image."""
        for key, said in self.images:
            if key == image:
                return said
        return Gap(reading="image in the registry", reason="the registry was not asked")

    def token(self, registry_id: str, name: str) -> Reading[Token | Absent]:
        """The registry's token of this name; Absent where the registry has none."""
        for key, reading in self.tokens:
            if key == (registry_id.lower(), name.lower()):
                return reading
        return Gap(reading="token of the registry", reason="it was not read")

    def endpoint_subnet(self, endpoint_id: str) -> Reading[str]:
        """The subnet of a private endpoint."""
        for key, reading in self.endpoint_subnets:
            if key == endpoint_id.lower():
                return reading
        return Gap(reading="subnet of the private endpoint", reason="it was not read")

    def service_endpoint_rules(self, registry_id: str) -> Reading[tuple[str, ...]]:
        """Subnets that may reach the registry by its virtual network rules."""
        for key, reading in self.service_endpoints:
            if key == registry_id.lower():
                return reading
        return Gap(reading="virtual network rules of the registry", reason="they were not read")

    @property
    def group(self) -> ResourceId:
        """The container group's id."""
        return self.incident.group
