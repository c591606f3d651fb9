"""The identity in a registry credential is not attached to the container group.

Cause: the identity of the credential must be among `identity.userAssignedIdentities` of the same group.
`az container create` needs both `--assign-identity` and `--acr-identity`.
Evidence: the error `InvalidImageRegistryIdentity`, or the definition. Ids are compared without regard to
case; where they differ in case alone and Azure still says that it is not found, that is said.
Fix: attach the identity to the group.
Source: https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
"""

from acimedic.fixes import credential_bicep, in_words
from acimedic.model.definition import Definition, IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure
from checks.definition.credential_identity_is_system_assigned import means_system

ABOUT = "group"
ERRORS = ("InvalidImageRegistryIdentity",)
DOCS = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/"
    "acr-image-pull-failures-managed-identity"
)


def check(evidence: Evidence) -> Verdict:
    """Whether the error says so, or the definition shows it."""
    said = failure(evidence, "identity-not-in-group")
    facts = () if said is None else (error_fact(evidence, said),)
    definition = evidence.definition
    if isinstance(definition, Gap):
        return need(definition) if said is None else _fail(evidence, None, facts)
    entries = () if isinstance(definition.credentials, Gap) else definition.credentials
    if any(means_system(entry, definition, evidence.group) for entry in entries):
        return Skip("the credential counts on the system-assigned identity, which explains it")
    missing = _missing(definition)
    if missing is not None:
        shown = Fact("identity.userAssignedIdentities", _attached(definition), definition.source)
        where = f"imageRegistryCredentials[{missing.index}].identity"
        return _fail(evidence, missing, (*facts, Fact(where, str(missing.identity), definition.source), shown))
    if said is not None:
        return _fail(evidence, None, (*facts, *_casing(definition)))
    return _pass(definition)


def _pass(definition: Definition) -> Verdict:
    credentials = need(definition.credentials)
    named = [entry for entry in credentials if isinstance(entry, IdentityCredential)]
    if not named:
        return Skip("no credential names an identity")
    need(definition.user_identities)
    for entry in named:
        need(entry.identity)
    return Pass("every identity in a credential is attached to the group")


def _missing(definition: Definition) -> IdentityCredential | None:
    if isinstance(definition.credentials, Gap) or isinstance(definition.user_identities, Gap):
        return None
    attached = {key.rstrip("/").lower() for key in definition.user_identities}
    for entry in definition.credentials:
        named = entry.identity if isinstance(entry, IdentityCredential) else None
        if (
            isinstance(entry, IdentityCredential)
            and isinstance(named, str)
            and named.rstrip("/").lower() not in attached
        ):
            return entry
    return None


def _casing(definition: Definition) -> tuple[Fact, ...]:
    """Ids that differ in case alone, which may be what Azure stumbles over."""
    if isinstance(definition.credentials, Gap) or isinstance(definition.user_identities, Gap):
        return ()
    for entry in definition.credentials:
        if isinstance(entry, IdentityCredential) and isinstance(entry.identity, str):
            twin = [key for key in definition.user_identities if key.lower() == entry.identity.lower()]
            if twin and twin[0] != entry.identity:
                return (Fact("ids that differ in case alone", f"{entry.identity} and {twin[0]}", definition.source),)
    return ()


def _attached(definition: Definition) -> str:
    listed = definition.user_identities
    return "not known" if isinstance(listed, Gap) else ", ".join(listed) or "none"


def _fail(evidence: Evidence, entry: IdentityCredential | None, facts: tuple[Fact, ...]) -> Fail:
    identity = entry.identity if entry is not None and isinstance(entry.identity, str) else "<identity id>"
    server = entry.server if entry is not None and isinstance(entry.server, str) else "<login server>"
    which = f"'{identity.rsplit('/', 1)[-1]}'" if entry is not None else "of a registry credential"
    return Fail(
        summary=f"The identity {which} that is to pull is not attached to container group '{evidence.group.name}'.",
        fix=in_words(
            "Attach the identity of the credential to the group (identity.userAssignedIdentities).",
            bicep=credential_bicep(server, identity),
        ),
        evidence=facts,
    )
