"""Corrects with which identity the images are pulled (pure)."""

from collections.abc import Iterator, Sequence

from acimedic.image import is_acr, server_fault
from acimedic.model.definition import Credential, IdentityCredential, UnclearCredential
from acimedic.model.image import ImageReference
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.resource_id import IDENTITIES, ResourceId
from acimedic.preflight.corrections.draft import CREDENTIALS, Draft
from acimedic.preflight.corrections.paths import as_written, by_expression, path_of
from acimedic.preflight.places import Steps
from acimedic.template import Json, Unresolved
from checks.definition.credential_identity_is_system_assigned import means_system

API_VERSION = "2023-05-01"
"""The api-version that a group with an identity credential is asked for with, where its own is too old."""
_LISTED: Steps = ("identity", "userAssignedIdentities")
_PASSWORD = ("username", "password", "passwordReference")


def of_no_one_kind(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Leave one way of signing in, and name the only attached identity where there is none."""
    for credential in draft.credentials:
        if isinstance(credential, UnclearCredential):
            yield from _both(draft, credential) if credential.both else _neither(draft, credential)


def needs_newer_api(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Ask for the group with an api-version that knows identity credentials."""
    yield from draft.set(("apiVersion",), API_VERSION, f"'{API_VERSION}'")
    if draft.value(("properties", "networkProfile")) is not None:
        # https://github.com/Azure/azure-cli/issues/20587
        draft.notes.append(
            f"properties.networkProfile: api-version {API_VERSION} does not know it; name the subnet in subnetIds"
        )


def system_assigned(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Name the only user-assigned identity of the group instead."""
    for credential in draft.credentials:
        if means_system(credential, draft.definition, draft.evidence.group):
            yield from _name_identity(draft, credential)


def not_on_group(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Attach the identity of a credential to the group."""
    listed = draft.definition.user_identities
    attached = {each.rstrip("/").lower() for each in (() if isinstance(listed, Gap) else listed)}
    for credential in draft.credentials:
        identity = credential.identity if isinstance(credential, IdentityCredential) else None
        if not isinstance(identity, str) or isinstance(listed, Gap) or identity.rstrip("/").lower() in attached:
            continue
        attached.add(identity.rstrip("/").lower())
        steps = _identity(credential)
        if _is_identity(identity):
            written = draft.written(steps)
            yield from _attach(draft, identity, written if isinstance(written, str) else str(as_written(identity)))
        else:
            yield f"{path_of(steps)}: write the whole resource id of a user-assigned identity of the group"


def unserved(draft: Draft, blamed: Sequence[Pull]) -> Iterator[str]:
    """Add a credential with the only attached identity for each Azure container registry that has none."""
    only = _only_identity(draft) if draft.every_server_is_clear() else None
    containers = sum(not container.init for container, _ in draft.images())
    room = containers - len(draft.credentials)
    seen: set[str] = set()
    for pull in blamed:
        reference = pull.reference
        if not isinstance(reference, ImageReference) or reference.host.name in seen:
            continue
        server = reference.host.name
        seen.add(server)
        if only is None or reference.host.acr_endpoint != "login" or room < 1:
            yield f"{path_of(CREDENTIALS)}: add a credential for {server}"
            continue
        room -= 1
        shown = f"{server} with the group's identity, which needs a pull role there"
        written: Json = {"server": server, "identity": only[0]}
        yield from draft.append(CREDENTIALS, {"server": server, "identity": only[1]}, shown, written=written)


def for_non_acr(_draft: Draft, blamed: Sequence[Pull]) -> Iterator[str]:
    """Only a person has the user name and password of another registry."""
    for pull in blamed:
        if isinstance(pull.credential, IdentityCredential) and isinstance(pull.reference, ImageReference):
            yield (
                f"{path_of((*CREDENTIALS, pull.credential.index))}: {pull.reference.host} does not know identities; "
                "give a user name and password for it"
            )


def _both(draft: Draft, credential: Credential) -> Iterator[str]:
    entry: Steps = (*CREDENTIALS, credential.index)
    identity = draft.value((*entry, "identity"))
    has_password = any(draft.value((*entry, key)) for key in _PASSWORD[1:])
    if _elsewhere(credential) and has_password:
        yield from draft.remove((*entry, "identity"), f"{credential.server} does not know identities")
    elif isinstance(identity, str) and _is_identity(identity) and not _elsewhere(credential):
        for key in _PASSWORD:
            if draft.value((*entry, key)) is not None:
                yield from draft.remove((*entry, key), "the identity of this credential signs in")
    else:
        yield f"{path_of(entry)}: keep one of 'username' with its password and 'identity'"


def _neither(draft: Draft, credential: Credential) -> Iterator[str]:
    entry: Steps = (*CREDENTIALS, credential.index)
    given = [key for key in _PASSWORD if draft.value((*entry, key)) not in (None, "")]
    # An expression that is empty now may be given a value when somebody deploys.
    given += [key for key in _PASSWORD if by_expression(draft.written((*entry, key)))]
    if given or not _of_azure(credential):
        yield f"{path_of(entry)}: give a user name with its password, or an identity"
        return
    made = len(draft.changes)
    yield from _name_identity(draft, credential)
    for key in _PASSWORD:
        if len(draft.changes) > made and draft.value((*entry, key)) is not None:
            yield from draft.remove((*entry, key), "it is empty, and the identity signs in")


def _name_identity(draft: Draft, credential: Credential) -> Iterator[str]:
    only, steps = _only_identity(draft), _identity(credential)
    if only is None:
        yield f"{path_of(steps)}: attach a user-assigned identity with a pull role to the group, and name it here"
    else:
        yield from draft.set(steps, only[1], "the user-assigned identity of the group", written=only[0])


def _only_identity(draft: Draft) -> tuple[str, Json] | None:
    """The one user-assigned identity of the group, as written and as evaluated; an expression stays one."""
    listed, written = draft.value(_LISTED), draft.written(_LISTED)
    keys = [*listed] if isinstance(listed, dict) else []
    known: Json = keys[0] if len(keys) == 1 else Unresolved("the id of the group's identity is not known")
    if isinstance(written, dict) and len(written) == 1 and "copy" not in written:
        return next(iter(written)), known
    return (str(as_written(keys[0])), keys[0]) if len(keys) == 1 else None


def _attach(draft: Draft, identity: str, written: str) -> Iterator[str]:
    there, listed = draft.value(("identity",)), draft.value(_LISTED)
    entry: dict[str, Json] = {identity: {}}
    as_key: dict[str, Json] = {written: {}}
    shown = "the identity of the registry credential"
    if there is None:
        value: Json = {"type": "UserAssigned", "userAssignedIdentities": entry}
        text: Json = {"type": "UserAssigned", "userAssignedIdentities": as_key}
        yield from draft.set(("identity",), value, shown, written=text)
        return
    if isinstance(listed, list):
        yield f"{path_of(_LISTED)}: make it an object with the id of each identity as a key, {shown} among them"
        return
    made = len(draft.changes)
    if listed is None:
        yield from draft.set(_LISTED, entry, shown, written=as_key)
    else:
        yield from draft.set((*_LISTED, identity), {}, "attached", name=written)
    if len(draft.changes) > made:
        yield from _type(draft)


def _type(draft: Draft) -> Iterator[str]:
    """The kind of identity that the group has, with the user-assigned one."""
    kind = draft.value(("identity", "type"))
    if isinstance(kind, Unresolved):
        draft.notes.append("identity.type: it is not known; it has to say 'UserAssigned' as well")
    elif not isinstance(kind, str) or "userassigned" not in kind.replace(" ", "").lower():
        system = isinstance(kind, str) and "systemassigned" in kind.replace(" ", "").lower()
        meant = "SystemAssigned, UserAssigned" if system else "UserAssigned"
        yield from draft.set(("identity", "type"), meant, f"'{meant}'")


def _identity(credential: Credential) -> Steps:
    return (*CREDENTIALS, credential.index, "identity")


def _is_identity(text: str) -> bool:
    try:
        return ResourceId.parse(text.strip().rstrip("/")).is_a(IDENTITIES)
    except ValueError:
        return False


def _of_azure(credential: Credential) -> bool:
    """Whether the credential is surely for an Azure container registry."""
    server = credential.server
    return isinstance(server, str) and server_fault(server) is None and is_acr(server)


def _elsewhere(credential: Credential) -> bool:
    """Whether the credential is surely for a registry that is not Azure's."""
    server = credential.server
    return isinstance(server, str) and server_fault(server) is None and not is_acr(server)
