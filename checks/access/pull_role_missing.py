"""The pull identity has no role that lets it pull from the registry.

Cause: the container group signs in with a managed identity, and no role assigned to that identity, or to a
group it is in, at the registry or above grants the pull.
Evidence: the identity's principal id, the registry's role assignment mode, and its complete role assignments:
custom roles, wildcards, notActions and conditions evaluated. A listing that could not be read is unknown.
Fix: assign AcrPull (legacy mode) or Container Registry Repository Reader (ABAC mode).
Source: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
"""

from acimedic.fixes import ROLE_NAMES, give_role, role_for
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.rbac import Allowed, Refused, Undecided
from acimedic.rbac.of_pull import PullRight, pull_right

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview"
CHANGES = ("microsoft.authorization/roleassignments/delete", "microsoft.managedidentity/userassignedidentities/")


def check(pull: Pull) -> Verdict:
    """Whether no role at any scope grants the pull."""
    right = pull_right(pull)
    match right.effective.granted:
        case Allowed(reasons=reasons):
            return Pass(f"the identity may pull: {reasons[0]}")
        case Undecided(gaps=gaps):
            raise NotKnownError(gaps[0])
        case Refused():
            return _refused(right)


def _refused(right: PullRight) -> Verdict:
    if right.effective.excluded:
        return Skip("a condition that leaves this repository out explains it")
    if right.effective.wrong_mode:
        return Skip("a role of the other role assignment mode explains it")
    if right.strayed:
        return Skip("a role that was given to the wrong principal explains it")
    _ensure_read(right.access.everyone)  # without it, nobody knows whether the role went to a wrong principal
    if _other_tenant(right):
        return Skip("the registry is in another tenant, where the identity can have no role")
    role = ROLE_NAMES[role_for(right.mode)]
    return Fail(
        summary=f"Identity '{right.identity.name}' has no role that lets it pull '{right.image.repository}' from "
        "registry "
        f"'{right.registry.name}'; {role} is missing.",
        fix=give_role(right.registry, right.identity, right.mode, right.image.repository),
        evidence=(*right.facts, Fact("role assignments that grant the pull", "none", right.access.source)),
    )


def _other_tenant(right: PullRight) -> bool:
    home = ResourceId.parse(right.registry.id).subscription
    if home.lower() == ResourceId.parse(right.identity.id).subscription.lower():
        return False
    tenant = right.evidence.tenant(home)
    _ensure_read(tenant)
    return isinstance(tenant, str) and tenant.lower() != right.identity.tenant_id


def _ensure_read(reading: object) -> None:
    """End as `unknown` where a reading failed; what is not told to whoever asks leaves the plain fact standing."""
    if isinstance(reading, Gap) and reading.permission is not None:
        raise NotKnownError(reading)
