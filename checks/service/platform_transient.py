"""The platform may have failed for a moment: it worked before and nothing has changed, or many groups fail at once.

Cause: incidents of Azure or of a registry have healed themselves within hours, more than once.
Evidence: an earlier deployment of the same template with the same parameters made this group, and neither the
registry nor the identity nor the roles were changed between it and the failure, as far as the activity log tells; or
several other groups of the subscription failed to pull within the same quarter of an hour.
Fix: deploy once more.
Source: https://github.com/Azure/azure-cli/issues/18596
"""

from acimedic.fixes import in_words
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict

ABOUT = "group"
ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/service-health/resource-health-overview"
ONLY_WHERE_NOTHING_IS_CONFIRMED = True
MANY = 3  # other groups; two may share a mistake


def check(evidence: Evidence) -> Verdict:
    """Whether it worked before and nothing has changed, or others fail too."""
    if len(evidence.others) >= MANY:
        _ensure_all_told(evidence)
        return _at_once(evidence)
    before = evidence.precedent
    if before is None:
        return Skip("no earlier success of this group is known")
    if not before.same_definition:
        return Skip("the earlier success asked for something else")
    history = evidence.history
    if isinstance(history, Gap):
        raise NotKnownError(history)
    if history.changes:
        last = history.changes[-1]
        return Pass(f"something has changed since: {last.what} on {last.when:%Y-%m-%d %H:%M} UTC")
    _ensure_all_told(evidence)
    return Fail(
        summary=f"The same definition of container group '{evidence.group.name}' worked on "
        f"{before.when:%Y-%m-%d %H:%M} UTC, "
        "and nothing is known to have changed since: the platform or the registry may have failed for a moment.",
        fix=in_words("Wait a while and change nothing."),
        evidence=(
            Fact(
                "the same template with the same parameters succeeded",
                f"{before.when:%Y-%m-%d %H:%M} UTC",
                before.source,
            ),
            Fact("changes at the registry and the identity since", "none in the activity log", "activity-log"),
        ),
        confidence="likely",
    )


def _ensure_all_told(evidence: Evidence) -> None:
    """Raise NotKnownError where Azure has not told something: that may hold the cause."""
    for gap in evidence.gaps:
        if gap.permission is not None:
            raise NotKnownError(gap)


def _at_once(evidence: Evidence) -> Fail:
    return Fail(
        summary=f"{len(evidence.others)} other container groups of the subscription failed to pull within the same "
        "quarter "
        f"of an hour as '{evidence.group.name}': the platform or a registry may have failed for a moment.",
        fix=in_words("Wait a while and change nothing."),
        evidence=(Fact("other groups that failed to pull", ", ".join(evidence.others[:5]), "activity-log"),),
        confidence="likely",
    )
