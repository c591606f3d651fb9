"""The pull role was given to the wrong id of the identity.

Cause: a managed identity has a client id and a principal id (object id). Roles count for the principal id; a role on
the client id is a role for nobody. An identity that was deleted and made again has a new principal id, and its roles
stayed with the old one.
Evidence: the role assignments at the registry, unfiltered: one names the identity's client id, or was surely made for
this identity under an earlier principal id, and none that counts for its principal id grants the pull. That another
principal has a pull role proves nothing.
Fix: assign the role to the principal id.
Source: https://github.com/Azure/acr/issues/695
"""

from acimedic.fixes import give_role
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.rbac import Misdirected
from acimedic.rbac.of_pull import pull_right

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"
CHANGES = ("microsoft.authorization/roleassignments/", "microsoft.managedidentity/userassignedidentities/")


def check(pull: Pull) -> Verdict:
    """Whether a pull role strayed to the client id."""
    right = pull_right(pull)
    if not right.refused:
        return Pass("a role lets the identity pull, or may let it")
    need(right.access.everyone)
    if not right.strayed:
        return Pass("no pull role was given to the identity's client id, or surely to an earlier principal of it")
    stray, why = right.strayed[0]
    return Fail(
        summary=f"{stray.role.name} at registry '{right.registry.name}' was given to {_whose(stray)} of identity "
        f"'{right.identity.name}'; roles count for its principal id of today alone.",
        fix=give_role(right.registry, right.identity, right.mode, right.image.repository),
        evidence=(
            *right.facts,
            Fact("client id of the identity", right.identity.client_id, right.identity.source),
            Fact(
                f"principal of the {stray.role.name} assignment",
                f"{stray.assignment.principal_id} ({why})",
                stray.assignment.id,
            ),
        ),
    )


def _whose(stray: Misdirected) -> str:
    return "the client id" if stray.kind == "client-id" else "an earlier principal"
