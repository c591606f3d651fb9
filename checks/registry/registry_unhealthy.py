"""The registry itself is not in order.

Cause: it is being made, changed or deleted, its last change failed, or the key that encrypts it was lost.
Evidence: `provisioningState`, `status` and `encryption` of the registry.
Fix: bring the registry in order; then deploy again.
Source: https://learn.microsoft.com/azure/container-registry/tutorial-troubleshoot-customer-managed-keys
"""

import re

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.registry import Registry
from acimedic.model.verdict import Fact, Fail, Pass, Verdict

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-registry/tutorial-troubleshoot-customer-managed-keys"
CHANGES = ("microsoft.containerregistry/registries/write",)
_KEY_WORDS = ("key vault", "keyvault", "cmk", "customer-managed", "encryption", "key identifier", "revoked")
_GOOD = re.compile(r"(?<!not )\b(?:ready|succeeded|ok|healthy|online)\b")


def check(pull: Pull) -> Verdict:
    """Whether the registry's state, or its encryption's, is anything but in order."""
    registry = pull.acr()
    status = (registry.status or "").lower()
    state = registry.provisioning_state
    shown = (Fact("status of the registry", registry.status, registry.source),) if registry.status else ()
    encrypted = (registry.encryption or "").lower() == "enabled"
    if encrypted and any(word in status for word in _KEY_WORDS):
        return _fail(registry, f"has lost the key that encrypts it ({registry.status})", shown)
    if state is not None and state.lower() != "succeeded":
        fact = Fact("provisioningState of the registry", state, registry.source)
        return _fail(registry, f"is not in order: its state is {state}", (fact, *shown))
    if registry.status and not _GOOD.search(status):
        return _fail(registry, f"is not in order: {registry.status}", shown)
    return Pass(f"registry '{registry.name}' is in state {state or 'not shown'}")


def _fail(registry: Registry, what: str, facts: tuple[Fact, ...]) -> Fail:
    return Fail(
        summary=f"Registry '{registry.name}' {what}.",
        fix=in_words(
            "See what the registry's health check says and bring it in order.",
            f"az acr check-health --name {q(registry.name)} --yes",
        ),
        evidence=facts,
        confidence="likely",
    )
