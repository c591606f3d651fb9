"""The registry refuses tokens that were made for Azure Resource Manager.

Cause: `azureADAuthenticationAsArmPolicy` is disabled, often by a policy. That is documented to break the pulls of other
Azure services; whether Azure Container Instances signs in with such tokens is documented nowhere.
Evidence: the policy of the registry; an event that says `token validation failed`.
Fix: enable the policy, or ask Microsoft whether Container Instances needs it.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-disable-authentication-as-arm
"""

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.testimony import tail_fact, tails

ERRORS = ("InaccessibleImage", "unauthorized: token validation failed")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-disable-authentication-as-arm"
CHANGES = ("microsoft.containerregistry/registries/write",)


def check(pull: Pull) -> Verdict:
    """Whether the registry takes only tokens of its own audience."""
    pull.identity_credential()
    registry = pull.acr()
    if (registry.arm_tokens or "enabled").lower() != "disabled":
        return Pass(f"registry '{registry.name}' takes tokens made for Resource Manager")
    policy = Fact("azureADAuthenticationAsArmPolicy", str(registry.arm_tokens), registry.source)
    return Fail(
        summary=f"Registry '{registry.name}' refuses tokens made for Azure Resource Manager, with which Azure "
        "services may "
        "sign in.",
        fix=in_words(
            "Let the registry take such tokens, if nothing else is found.",
            f"az acr config authentication-as-arm update --registry {q(registry.name)} --status enabled",
        ),
        evidence=(policy, *(tail_fact(tail) for tail in tails(pull, "token-validation"))),
        confidence="likely",
    )
