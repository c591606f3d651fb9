"""A deny assignment refuses the pull, whatever roles the identity has.

Cause: managed applications, deployment stacks and blueprints make deny assignments; nobody else can.
Evidence: the deny assignments at the registry and above: one covers the pull and the identity, and does not
exclude it.
Fix: change what made the deny assignment; it cannot be removed by itself.
Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import NotKnownError
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.rbac.of_pull import pull_right

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/role-based-access-control/deny-assignments"


def check(pull: Pull) -> Verdict:
    """Whether a deny assignment covers the identity and the pull."""
    right = pull_right(pull)
    if right.effective.denied:
        deny = right.effective.denied[0]
        return Fail(
            summary=f"Deny assignment '{deny.name}' refuses the pull from registry '{right.registry.name}' to identity "
            f"'{right.identity.name}'.",
            fix=in_words(
                "Exclude the identity in the managed application, deployment stack or blueprint that denies it."
            ),
            evidence=(*right.facts, Fact("deny assignment", deny.name, deny.id)),
        )
    for doubt in right.effective.undecided_denials:
        raise NotKnownError(doubt.gap)
    return Pass("no deny assignment covers the identity and the pull")
