"""A user name and password cannot pass the registry's firewall.

Cause: only managed identities pass a restricted registry as a trusted service. A service principal, the admin
account or a token comes from a random address of the platform. Adding an address does not help: neither the
group's nor a NAT gateway's address is used for pulls.
Evidence: the credential of the image, and the registry's network properties. A private endpoint beside open
public access makes it likely only.
Fix: pull with a user-assigned managed identity and allow trusted services.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-using-azure-container-registry
"""

from acimedic.fixes import use_identity
from acimedic.model.pull import Pull
from acimedic.model.registry import Registry
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.testimony import tail_fact, tails

ERRORS = ("InaccessibleImage", "denied: client with IP")
DOCS = "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/configuration-setup/inaccessible-image"
CHANGES = ("microsoft.containerregistry/registries/write",)


def check(pull: Pull) -> Verdict:
    """Whether the firewall shuts a user name and password out."""
    pull.password_credential()
    registry = pull.acr()
    refused = tails(pull, "firewall")
    facts = tuple(tail_fact(tail) for tail in refused)
    approved = [item for item in registry.private_endpoints if (item.status or "").lower() == "approved"]
    if registry.restricted or refused:
        return _fail(
            pull, registry, (*_facts(registry), *facts), f"closed to the public network ({registry.restriction})"
        )
    if approved:
        shown = Fact("approved private endpoints", str(len(approved)), registry.source)
        return _fail(pull, registry, (*_facts(registry), shown), "behind a private endpoint", sure=False)
    return Pass(f"registry '{registry.name}' is not restricted: {registry.restriction}")


def _facts(registry: Registry) -> tuple[Fact, ...]:
    return (
        Fact("publicNetworkAccess", registry.public_access, registry.source),
        Fact("networkRuleSet.defaultAction", registry.default_action, registry.source),
    )


def _fail(pull: Pull, registry: Registry, facts: tuple[Fact, ...], how: str, *, sure: bool = True) -> Fail:
    return Fail(
        summary=f"Registry '{registry.name}' is {how}, and {pull.where} signs in with a user name and password, which "
        "cannot pass; only a managed identity can.",
        fix=use_identity(registry.login_server, pull.evidence.group.name),
        evidence=facts,
        confidence="confirmed" if sure else "likely",
    )
