"""The managed identity that is to pull does not exist.

Cause: the user-assigned identity was deleted, or its id is misspelt.
Evidence: Azure answers 404 for the identity that the credential names.
Fix: make the identity again and give it the pull role (it gets a new principal id), or name another one.
Source: https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Absent, Gap, NotKnownError, need
from acimedic.model.registry import Identity
from acimedic.model.verdict import Fact, Fail, Pass, Verdict

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi"
CHANGES = ("microsoft.managedidentity/userassignedidentities/",)


def check(pull: Pull) -> Verdict:
    """Whether the identity of the credential is there."""
    credential = pull.identity_credential()
    named = need(credential.identity)
    match pull.identity:
        case Gap() as gap:
            raise NotKnownError(gap)
        case Identity() as identity:
            return Pass(f"identity '{identity.name}' exists")
        case Absent(source=source):
            return Fail(
                summary=f"The identity '{named.rstrip('/').rsplit('/', 1)[-1]}' with which {pull.where} is to pull "
                "does "
                "not exist.",
                fix=in_words("Name an identity that exists, or make this one again and give it a pull role."),
                evidence=(Fact("the identity", "404", source),),
            )
