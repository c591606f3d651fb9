"""A registry credential counts on the group's system-assigned identity.

Cause: Azure Container Instances pulls only with user-assigned identities, on any operating system; the
system-assigned one does not exist before the group does. Azure answers `InvalidImageRegistryIdentity`.
Evidence: the credential's identity is the group itself or a word for its own identity, or there is none
and the group has nothing but a system-assigned identity.
Fix: a user-assigned identity with a pull role.
Source: https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi
"""

from acimedic.fixes import credential_bicep, in_words
from acimedic.model.definition import Credential, Definition, IdentityCredential, UnclearCredential
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, need
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict

ABOUT = "group"
ERRORS = ("InvalidImageRegistryIdentity",)
DOCS = "https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi"
_WORDS = {"system", "[system]", "systemassigned", "systemassignedidentity"}


def check(evidence: Evidence) -> Verdict:
    """Whether a credential means the group's own identity."""
    definition = need(evidence.definition)
    credentials = need(definition.credentials)
    for credential in credentials:
        if means_system(credential, definition, evidence.group):
            return _fail(evidence, definition, credential)
    if not any(isinstance(entry, IdentityCredential | UnclearCredential) for entry in credentials):
        return Skip("no credential is meant for an identity")
    for credential in credentials:
        if isinstance(credential, IdentityCredential):
            need(credential.identity)
    return Pass("every identity in a credential is a user-assigned one")


def means_system(credential: Credential, definition: Definition, group: ResourceId) -> bool:
    """Whether this entry counts on the system-assigned identity."""
    if isinstance(credential, IdentityCredential) and isinstance(credential.identity, str):
        text = credential.identity.strip().rstrip("/")
        if text.lower().replace(" ", "") in _WORDS:
            return True
        try:
            return ResourceId.parse(text) == group
        except ValueError:
            return False
    neither = isinstance(credential, UnclearCredential) and not credential.both
    none_of_users = not isinstance(definition.user_identities, Gap) and not definition.user_identities
    return neither and definition.system_identity is True and none_of_users


def _fail(evidence: Evidence, definition: Definition, credential: Credential) -> Fail:
    said = credential.identity if isinstance(credential, IdentityCredential) else "absent"
    server = credential.server if isinstance(credential.server, str) else "<login server>"
    return Fail(
        summary=f"imageRegistryCredentials[{credential.index}] of container group '{evidence.group.name}' counts on "
        "the "
        "system-assigned identity, with which Azure Container Instances does not pull.",
        fix=in_words(
            "Attach a user-assigned identity to the group, name it in the credential and give it a pull role.",
            bicep=credential_bicep(server),
        ),
        evidence=(
            Fact(f"imageRegistryCredentials[{credential.index}].identity", str(said), definition.source),
            Fact("group has a system-assigned identity", str(definition.system_identity is True), definition.source),
        ),
        confidence="confirmed" if isinstance(credential, IdentityCredential) else "likely",
    )
