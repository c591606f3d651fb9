"""There are more registry credentials than containers.

Cause: Azure takes at most as many entries in `imageRegistryCredentials` as the group has containers,
and refuses the request with `MoreImageRegistryCredentialsThanContainers`.
Evidence: the error. A count alone proves nothing where Azure has taken the request and refused it for
another reason.
Fix: leave only credentials that serve an image of the group.
Source: https://github.com/docker/cli/issues/3610
"""

from acimedic.fixes import in_words
from acimedic.model.definition import Definition
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Verdict
from acimedic.testimony import error_fact, failure

ABOUT = "group"
ERRORS = ("MoreImageRegistryCredentialsThanContainers",)
DOCS = "https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups#imageregistrycredential"


def check(evidence: Evidence) -> Verdict:
    """Whether Azure says so, or the definition shows it and Azure has not taken it."""
    said = failure(evidence, "too-many-credentials")
    definition = evidence.definition
    counts: tuple[Fact, ...] = ()
    more = False
    read = definition if isinstance(definition, Definition) else None
    if read is not None and not isinstance(read.credentials, Gap) and not isinstance(read.containers, Gap):
        credentials = len(read.credentials)
        containers = len([item for item in read.containers if not item.init])
        more = credentials > containers
        counts = (Fact("credentials and containers", f"{credentials} and {containers}", read.source),)
    if said is None and not more:
        credentials = len(need(need(definition).credentials))
        need(need(definition).containers)
        return Pass(f"there are no more credentials ({credentials}) than containers")
    if said is None and failure(evidence) is not None:
        return Pass("Azure took the number of credentials and refused the group for another reason", counts)
    return Fail(
        summary=f"Container group '{evidence.group.name}' has more registry credentials than containers.",
        fix=in_words("Remove the credentials that serve no image of the group."),
        evidence=(*(() if said is None else (error_fact(evidence, said),)), *counts),
        confidence="likely" if said is None else "confirmed",
    )
