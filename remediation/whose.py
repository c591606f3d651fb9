"""Whether it is the group's own affair: its own identity, and its own tenant's registry.

Without that, whoever names somebody's registry or identity would be given what he asks for.
"""

from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId


def is_attached(identity: Identity, evidence: Evidence) -> bool:
    """Whether the identity is among the group's own."""
    definition = evidence.definition
    if isinstance(definition, Gap) or isinstance(definition.user_identities, Gap):
        return False
    return identity.id.lower() in {key.rstrip("/").lower() for key in definition.user_identities}


def is_of_same_tenant(registry: Registry, identity: Identity, evidence: Evidence) -> bool:
    """Whether registry and identity are surely of one tenant."""
    home, guest = ResourceId.parse(registry.id).subscription, ResourceId.parse(identity.id).subscription
    if home.lower() == guest.lower():
        return True
    tenant = evidence.tenant(home)
    return isinstance(tenant, str) and tenant == identity.tenant_id
