"""The pull role was given so shortly before the failure that it may not have been in effect.

Cause: a role assignment takes up to 10 minutes; through a group, up to a day for a managed identity; data
actions given at a management group, hours.
Evidence: when the assignment that grants the pull was made or changed, against the time of the failure.
Fix: wait and deploy again. Change nothing.
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.rbac import Allowed, Propagation, propagation
from acimedic.rbac.of_pull import PullRight, pull_right

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"


def check(pull: Pull) -> Verdict:
    """Whether everything that grants the pull is new."""
    right = pull_right(pull)
    if not isinstance(right.effective.granted, Allowed):
        return Skip("no role surely lets the identity pull, so none is on its way")
    late = propagation(right.effective.grants, failed_at=pull.evidence.failed_at)
    if late is None:
        return Pass("the role had been in effect for long when the pull failed")
    return _fail(right, late) if isinstance(late, Propagation) else _unknown(late)


def _unknown(gap: Gap) -> Verdict:
    return need(gap)


def _fail(right: PullRight, late: Propagation) -> Fail:
    minutes = abs(late.seconds) // 60
    when = f"{minutes} min {'after' if late.after_failure else 'before'} the failure"
    return Fail(
        summary=f"{late.grant.role.name} of identity '{right.identity.name}' at registry '{right.registry.name}' was "
        "given "
        f"{when}; it may not have been in effect yet.",
        fix=in_words(f"Wait until {late.over_at:%Y-%m-%d %H:%M} UTC; change nothing."),
        evidence=(
            *right.facts,
            Fact("the role was given or changed", f"{late.changed:%Y-%m-%d %H:%M:%S} UTC", late.grant.assignment.id),
        ),
        confidence="likely",
    )
