"""The identity has a pull role that this registry's mode does not honour.

Cause: a registry in ABAC mode ignores AcrPull, and Reader, Contributor and Owner give no data there; a legacy
registry ignores Container Registry Repository Reader.
Evidence: `roleAssignmentMode` of the registry, and the assignments that count for the identity.
Fix: the role that the mode honours.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
"""

from acimedic.fixes import give_role
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.rbac.of_pull import pull_right

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions"
CHANGES = ("microsoft.containerregistry/registries/write", "microsoft.authorization/roleassignments/")


def check(pull: Pull) -> Verdict:
    """Whether every role that would let pull belongs to the other mode."""
    right = pull_right(pull)
    if not right.refused:
        return Pass("a role lets the identity pull, or may let it")
    if not right.effective.wrong_mode:
        return Pass("the identity has no role that lets pull in the other mode only")
    if right.effective.excluded:
        return Pass("a role of the right mode leaves out this repository, which explains it")
    names = ", ".join(dict.fromkeys(role.name for _, role in right.effective.wrong_mode))
    mode = "ABAC" if right.mode == "abac" else "legacy"
    roles = tuple(
        Fact(f"{role.name} for the identity", item.scope, item.id) for item, role in right.effective.wrong_mode
    )
    return Fail(
        summary=f"Identity '{right.identity.name}' has {names} at registry '{right.registry.name}', which gives no "
        "pull "
        f"there: the registry's role assignment mode is {mode}.",
        fix=give_role(right.registry, right.identity, right.mode, right.image.repository),
        evidence=(*right.facts, *roles),
    )
