"""What `reference()` gives before a deployment: facts that were read, and names for ids that do not exist yet (pure).

An id that Azure will only give out is never made up: it stands as words, such as `<principal id of id-pull>`.
"""

from collections.abc import Mapping
from typing import TypeAlias

from acimedic.model.reading import Absent, Reading
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import IDENTITIES, REGISTRIES, ResourceId
from acimedic.template import Json, Unresolved

Known: TypeAlias = Reading[Registry | Absent] | Reading[Identity | Absent]


def new_identity(resource: ResourceId, tenant: str, source: str) -> Identity:
    """An identity that the template makes. Ids are compared in lower case, so its name is too."""
    name = resource.name.lower()
    return Identity(
        id=str(resource),
        name=resource.name,
        principal_id=f"<principal id of {name}>",
        client_id=f"<client id of {name}>",
        tenant_id=tenant,
        source=source,
    )


class Facts:
    """A lookup that knows registries and identities, and remembers what else it was asked for."""

    def __init__(self, known: Mapping[ResourceId, Known]) -> None:
        self._known = known
        self.wanted: dict[ResourceId, None] = {}

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Json:  # noqa: ARG002 - a protocol's
        """What is known of a registry or an identity; everything else stays unresolved."""
        try:
            resource = ResourceId.parse(resource_id)
        except ValueError:
            return Unresolved("reference() to something that is no resource id")
        if not resource.is_a(REGISTRIES) and not resource.is_a(IDENTITIES):
            return Unresolved(f"reference() to a {resource.type}")
        if resource not in self._known:
            self.wanted.setdefault(resource)
        properties = _properties(resource, self._known.get(resource))
        return {"properties": properties} if full and not isinstance(properties, Unresolved) else properties


def _properties(resource: ResourceId, known: Known | None) -> Json:
    if isinstance(known, Registry):
        return {"loginServer": known.login_server, "name": known.name}
    if isinstance(known, Identity):
        return {"principalId": known.principal_id, "clientId": known.client_id, "tenantId": known.tenant_id}
    if isinstance(known, Absent):
        return Unresolved(f"reference() to {known.what}, which does not exist")
    why = "which was not read" if known is None else f"which could not be read: {known.reason}"
    return Unresolved(f"reference() to {resource.name}, {why}")
