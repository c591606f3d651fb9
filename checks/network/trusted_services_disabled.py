"""The registry is restricted, and trusted services may not pass its firewall.

Cause: Azure Container Instances pulls from the platform's own addresses. A registry without public access, or
with a default action of Deny, refuses them unless `networkRuleBypassOptions` is `AzureServices`, and then
only with a managed identity.
Evidence: the registry's network properties, and the credential of the image.
Fix: allow trusted services. It opens the registry's firewall to all trusted services, which still need a role.
Not a fault: an unrestricted registry. An absent property is unknown: a registry made with an old api-version
may not show it.
Source: https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
"""

from acimedic.fixes import enable_trusted_services
from acimedic.model.definition import IdentityCredential
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict

ERRORS = ("InaccessibleImage", "denied: client with IP")
DOCS = "https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services"
CHANGES = ("microsoft.containerregistry/registries/write",)


def check(pull: Pull) -> Verdict:
    """Whether the firewall shuts a managed identity out."""
    registry, credential = pull.acr(), pull.credential
    if not isinstance(credential, IdentityCredential | Gap):
        return Skip("this image is not pulled with a managed identity, which alone may pass as a trusted service")
    if not registry.restricted:
        return Pass(f"registry '{registry.name}' is not restricted: {registry.restriction}")
    bypass = need(registry.bypass)
    if bypass.lower() != "none":
        return Pass(f"trusted services may pass: networkRuleBypassOptions is {bypass}")
    return Fail(
        summary=f"Registry '{registry.name}' is closed to the public network ({registry.restriction}) and does not let "
        "trusted services through, so Azure Container Instances cannot pull from it.",
        fix=enable_trusted_services(registry),
        evidence=(
            Fact("publicNetworkAccess", registry.public_access, registry.source),
            Fact("networkRuleSet.defaultAction", registry.default_action, registry.source),
            Fact("networkRuleBypassOptions", bypass, registry.source),
        ),
        confidence="likely" if isinstance(credential, Gap) else "confirmed",
    )
