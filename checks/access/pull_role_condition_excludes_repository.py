"""The only role that would let the identity pull has a condition that leaves out this repository.

Cause: on a registry in ABAC mode, an assignment may be narrowed to repositories by name or prefix.
Evidence: the assignments that count for the identity, and their conditions, evaluated for this repository.
A condition of another form than the documented ones is unknown.
Fix: widen the condition, or assign the role for this repository too. A condition is somebody's decision, so
nothing is changed by itself.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
"""

from acimedic.fixes import give_role
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.rbac.of_pull import pull_right

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions"
CHANGES = ("microsoft.authorization/roleassignments/write",)


def check(pull: Pull) -> Verdict:
    """Whether a condition alone keeps the identity from this repository."""
    right = pull_right(pull)
    if not right.refused:
        return Pass("a role lets the identity pull, or may let it")
    if not right.effective.excluded:
        return Pass("no condition leaves this repository out")
    grant = right.effective.excluded[0]
    return Fail(
        summary=f"{grant.role.name} of identity '{right.identity.name}' at registry '{right.registry.name}' has a "
        "condition "
        f"that leaves out repository '{right.image.repository}'.",
        fix=give_role(right.registry, right.identity, right.mode, right.image.repository),
        evidence=(
            *right.facts,
            Fact("condition of the assignment", grant.assignment.condition or "of the role", grant.assignment.id),
        ),
    )
