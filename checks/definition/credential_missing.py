"""No credential serves the image's registry, and the registry is private.

Cause: Azure pulls without signing in. An identity that is attached to the group, even with a pull role, is
not used unless a credential names it.
Evidence: the definition has no credential for the image's registry, and the registry does not allow
anonymous pull. Where the registry cannot be read, the finding is `likely`.
Fix: a credential with a user-assigned identity.
Not a fault: anonymous pull, or a public registry.
Source: https://github.com/MicrosoftDocs/azure-docs/issues/111077
"""

from acimedic.fixes import credential_bicep, in_words
from acimedic.image import server_fault
from acimedic.model.definition import Definition
from acimedic.model.pull import Pull
from acimedic.model.reading import Absent, Gap, need
from acimedic.model.testimony import Manifest
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Unknown, Verdict
from acimedic.pulls import idle_credentials
from acimedic.testimony import tail_fact, tails

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi"
CHANGES = ("microsoft.containerregistry/registries/write",)
_PUBLIC = ("mcr.microsoft.com",)


def check(pull: Pull) -> Verdict:
    """Whether the pull goes to a private registry without a credential."""
    reference = pull.well_formed()
    if need(pull.credential) is not None:
        return Pass(f"a credential serves {reference.host}")
    if pull.meant is not None:
        return Skip(f"imageRegistryCredentials[{pull.meant.index}] is meant for {reference.host} but is malformed")
    nameless = _nameless(pull.definition())
    if nameless is not None:
        return Skip(f"imageRegistryCredentials[{nameless}] names no registry, and may be meant for {reference.host}")
    if idle_credentials(pull.evidence):
        return Skip("a credential for another server explains it")
    if reference.host.name in _PUBLIC:
        return Pass(f"{reference.host} is public")
    if not reference.is_acr:
        return _elsewhere(pull)
    registry = pull.registry
    if isinstance(registry, Absent):
        return Skip(f"{registry.what} does not exist")
    if isinstance(gone := pull.evidence.testimony(str(reference)), Absent):
        return Skip(f"{gone.what} does not exist")
    if not isinstance(registry, Gap) and registry.anonymous_pull:
        return Pass(f"registry '{registry.name}' allows anonymous pull")
    return _fail(pull)


def _nameless(definition: Definition) -> int | None:
    """The entry without a server, or with one that no host can be read from: nobody knows for which registry it is."""
    for entry in need(definition.credentials):
        fault = server_fault(need(entry.server) or "")
        if fault is not None and fault.host is None:
            return entry.index
    return None


def _elsewhere(pull: Pull) -> Verdict:
    """Of a registry that is not Azure's, only its own refusal says that it wants a credential, and then not surely."""
    reference = pull.well_formed()
    said = pull.evidence.testimony(str(reference))
    if isinstance(said, Manifest):
        return Pass(f"{reference.host} shows the image to anybody")
    refused = tuple(tail_fact(tail) for tail in tails(pull, "unauthorized", "denied-or-absent"))
    if isinstance(said, Gap) and "private or absent" in said.reason:
        refused = (*refused, Fact("the registry, asked without a credential", said.reason, str(reference.host)))
    if not refused:
        return Unknown(f"nothing was read that says whether {reference.host} wants a credential")
    return Fail(
        summary=f"No registry credential serves {reference.host}, which does not show '{reference}' to everybody: it "
        "is private, or not there.",
        fix=in_words(f"Add an entry to imageRegistryCredentials with a user name and password for {reference.host}."),
        evidence=refused,
        confidence="likely",
    )


def _fail(pull: Pull) -> Fail:
    definition, reference, registry = pull.definition(), pull.well_formed(), pull.registry
    listed = definition.user_identities
    attached = () if isinstance(listed, Gap) else listed
    known = not isinstance(registry, Gap | Absent)
    facts = [Fact("credentials for the image's registry", "none", definition.source)]
    if known and not isinstance(registry, Gap | Absent):
        facts.append(Fact("anonymousPullEnabled of the registry", "false", registry.source))
    if attached:
        facts.append(Fact("identities attached to the group", ", ".join(attached), definition.source))
    unused = (
        " The identity attached to the group is not used for pulls unless a credential names it." if attached else ""
    )
    return Fail(
        summary=f"No registry credential serves {reference.host}, from which {pull.where} is to pull "
        f"'{reference}'.{unused}",
        fix=in_words(
            "Add an entry to imageRegistryCredentials that names the login server and a user-assigned identity.",
            bicep=credential_bicep(str(reference.host), attached[0] if attached else "<identity id>"),
        ),
        evidence=tuple(facts),
        confidence="confirmed" if known else "likely",
    )
