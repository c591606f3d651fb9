"""A registry credential does not say for which server it is.

Cause: an entry of `imageRegistryCredentials` without `server`. Azure Resource Manager refuses the whole
request with `InvalidRequestContent`, naming the entry.
Evidence: the error, or the definition.
Fix: add the registry's login server to that entry.
Source: https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
"""

import re

from acimedic.fixes import in_words
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure

ABOUT = "group"
ERRORS = ("InvalidRequestContent",)
DOCS = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/"
    "acr-image-pull-failures-managed-identity"
)
_FIX = in_words("Add 'server' with the registry's login server (such as contoso.azurecr.io) to that entry.")
_ENTRY = re.compile(r"imageRegistryCredentials\[\d{1,4}\]")


def check(evidence: Evidence) -> Verdict:
    """Whether the error, or the definition, shows an entry without a server."""
    said = failure(evidence, "server-missing")
    if said is not None:
        entry = _ENTRY.search(said.link.message)
        where = entry[0] if entry else "imageRegistryCredentials"
        return Fail(
            summary=f"{where} of container group '{evidence.group.name}' has no 'server'.",
            fix=_FIX,
            evidence=(error_fact(evidence, said),),
        )
    definition = need(evidence.definition)
    credentials = need(definition.credentials)
    for credential in credentials:
        if credential.server is None:
            where = f"imageRegistryCredentials[{credential.index}]"
            return Fail(
                summary=f"{where} of container group '{evidence.group.name}' has no 'server'.",
                fix=_FIX,
                evidence=(Fact(f"{where}.server", "absent", definition.source),),
            )
    for credential in credentials:
        if isinstance(credential.server, Gap):
            need(credential.server)
    return Pass("every credential names a server") if credentials else Skip("the group has no registry credential")
