"""The pull identity and the registry belong to different tenants.

Cause: a role cannot be assigned to an identity of another tenant, and Azure does not pull across tenants with one.
Evidence: the tenant of the registry's subscription, and the identity's.
Fix: import the image into a registry of the identity's tenant, or pull with a service principal that both tenants know.
Source: https://learn.microsoft.com/azure/container-registry/authenticate-aks-cross-tenant
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import Fact, Fail, Pass, Verdict

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-registry/authenticate-aks-cross-tenant"


def check(pull: Pull) -> Verdict:
    """Whether both are of one tenant."""
    registry, identity = pull.acr(), pull.principal()
    home, guest = ResourceId.parse(registry.id).subscription, ResourceId.parse(identity.id).subscription
    if home.lower() == guest.lower():
        return Pass("the registry and the identity are in one subscription, so in one tenant")
    tenant = need(pull.evidence.tenant(home))
    if tenant.lower() == identity.tenant_id:
        return Pass(f"the registry and the identity are in one tenant, {tenant}")
    return Fail(
        summary=f"Registry '{registry.name}' is in tenant {tenant}, identity '{identity.name}' in tenant "
        f"{identity.tenant_id}; an identity cannot pull across tenants.",
        fix=in_words("Import the image into a registry of the identity's tenant and pull it from there."),
        evidence=(
            Fact("tenant of the registry's subscription", tenant, f"GET /subscriptions/{home}"),
            Fact("tenant of the identity", identity.tenant_id, identity.source),
        ),
    )
