"""The registry is restricted by virtual network rules, where trusted services do not apply.

Cause: a registry with a service endpoint lets only its listed subnets in. Azure Container Instances cannot be one of
them, and the bypass for trusted services does not count for such a registry.
Evidence: the registry denies by default, and an old preview api-version, which alone shows them, lists virtual network
rules. Where that api-version is refused, it stays unknown.
Fix: a private endpoint instead of the service endpoint, with trusted services allowed.
Source: https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.verdict import Fact, Fail, Pass, Verdict

ERRORS = ("InaccessibleImage", "denied: client with IP")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-vnet"
CHANGES = ("microsoft.containerregistry/registries/write",)


def check(pull: Pull) -> Verdict:
    """Whether virtual network rules keep Azure out."""
    registry = pull.acr()
    if registry.public_access.lower() == "disabled" or registry.default_action.lower() != "deny":
        return Pass(f"no virtual network rules apply to registry '{registry.name}': {registry.restriction}")
    if registry.ip_rules or registry.private_endpoints:
        return Pass(f"registry '{registry.name}' is restricted by addresses or private endpoints")
    rules = need(pull.evidence.service_endpoint_rules(registry.id))
    if not rules:
        return Pass(f"registry '{registry.name}' has no virtual network rules")
    return Fail(
        summary=f"Registry '{registry.name}' lets in only the subnets of its virtual network rules, where trusted "
        "services "
        "do not apply, so Azure Container Instances cannot pull from it.",
        fix=in_words("Replace the service endpoint by a private endpoint, and allow trusted services."),
        evidence=(
            Fact("networkRuleSet.defaultAction", registry.default_action, registry.source),
            Fact("virtual network rules", ", ".join(rules), f"GET {registry.id}?api-version=2021-08-01-preview"),
        ),
        confidence="likely",
    )
