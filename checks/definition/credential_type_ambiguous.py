"""A registry credential has both, or neither, of `username` and `identity`.

Cause: Azure cannot tell which kind of sign-in is meant. An empty text or a null parameter counts as
not given. The service misspells its own code: `AmbiguousImageResitryCredentialType`.
Evidence: the error, or the definition.
Fix: keep exactly one of both, preferably `identity`.
Source: https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
"""

from acimedic.fixes import credential_bicep, in_words
from acimedic.model.definition import UnclearCredential, UnreadCredential
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure

ABOUT = "group"
ERRORS = ("AmbiguousImageResitryCredentialType", "AmbiguousImageRegistryCredentialType")
DOCS = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/"
    "acr-image-pull-failures-managed-identity"
)


def check(evidence: Evidence) -> Verdict:
    """Whether the error, or the definition, shows an entry of no one kind."""
    said = failure(evidence, "ambiguous-credential")
    definition = evidence.definition
    entries = () if isinstance(definition, Gap) or isinstance(definition.credentials, Gap) else definition.credentials
    unclear = next((entry for entry in entries if isinstance(entry, UnclearCredential)), None)
    facts = () if said is None else (error_fact(evidence, said),)
    if unclear is None and said is None:
        credentials = need(need(definition).credentials)
        for credential in credentials:
            if isinstance(credential, UnreadCredential):
                need(credential.gap)
        return Pass("every credential is of one kind") if credentials else Skip("the group has no registry credential")
    which, server = "both or neither", "<login server>"
    if unclear is not None and not isinstance(definition, Gap):
        which = "both" if unclear.both else "neither"
        where = f"imageRegistryCredentials[{unclear.index}]"
        facts = (*facts, Fact(where, f"{which} of username and identity", definition.source))
        server = unclear.server if isinstance(unclear.server, str) else server
    return Fail(
        summary=f"A registry credential of container group '{evidence.group.name}' has {which} of 'username' and "
        "'identity', so Azure cannot tell how to sign in.",
        fix=in_words("Keep exactly one of 'username' and 'identity'.", bicep=credential_bicep(server)),
        evidence=facts,
    )
