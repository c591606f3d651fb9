"""The registry holds the image in quarantine.

Cause: with the quarantine policy on, an image that nobody has vetted is hidden: by tag it is `not found`, by digest
`The operation is disallowed`.
Evidence: the policy of the registry, and the image not readable; an event that says `disallowed`.
Fix: release the image from quarantine.
Source: https://github.com/Azure/acr/tree/main/docs/preview/quarantine
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.testimony import Manifest
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.testimony import tail_fact, tails

ERRORS = ("manifest unknown", "unknown: The operation is disallowed.")
DOCS = "https://github.com/Azure/acr/tree/main/docs/preview/quarantine"


def check(pull: Pull) -> Verdict:
    """Whether quarantine is on and the image is not readable."""
    registry, reference = pull.acr(), pull.well_formed()
    hidden = tails(pull, "disallowed", "manifest-unknown")
    disallowed = [tail for tail in hidden if tail.kind == "disallowed"]
    if (registry.quarantine or "").lower() != "enabled" and not disallowed:
        return Pass(f"registry '{registry.name}' has no quarantine")
    said = pull.evidence.testimony(str(reference))
    if isinstance(said, Manifest) and not hidden:
        return Pass(f"'{reference}' is readable, so it is not in quarantine")
    if isinstance(said, Gap) and not hidden and "quarantine" not in said.reason:
        raise NotKnownError(said)  # we were not let in, which says nothing; an image that is hidden says so itself
    policy = Fact("quarantinePolicy of the registry", registry.quarantine or "not shown", registry.source)
    return Fail(
        summary=f"The image '{reference}' of {pull.where} may be held in quarantine by registry '{registry.name}'.",
        fix=in_words("Release the image from quarantine, or switch the quarantine policy off."),
        evidence=(policy, *(tail_fact(tail) for tail in hidden)),
        confidence="likely",
    )
