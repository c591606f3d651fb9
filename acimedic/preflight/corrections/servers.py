"""Corrects for which registries there are credentials (pure)."""

from collections.abc import Iterator, Sequence

from acimedic.image import same_registry, server_fault
from acimedic.model.definition import (
    Credential,
    IdentityCredential,
    PasswordCredential,
    UnclearCredential,
    UnreadCredential,
)
from acimedic.model.image import RegistryHost
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.preflight.corrections.draft import CREDENTIALS, Draft
from acimedic.preflight.corrections.paths import path_of
from acimedic.preflight.places import Steps
from acimedic.pulls import idle_credentials


def missing(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Name the one registry of the images that nothing else serves."""
    nameless = [each for each in draft.credentials if isinstance(each.server, str | None) and not _text(each)]
    hosts = draft.unserved() or ()
    for credential in nameless:
        steps = _server(credential)
        if len(nameless) == 1 and len(hosts) == 1 and _may_serve(credential, hosts[0]):
            yield from draft.set(steps, hosts[0].name, f"'{hosts[0].name}'")
        else:
            yield f"{path_of(steps)}: write the login server of the registry that this credential is for"


def malformed(draft: Draft, blamed: Sequence[Pull]) -> Iterator[str]:
    """Leave the host alone of a server, where there is one to be seen."""
    for credential in draft.credentials:
        fault = server_fault(credential.server) if isinstance(credential.server, str) else None
        if fault is None:
            continue
        steps, host = _server(credential), fault.host
        sure = fault.kind not in ("expression", "masked", "variable") and "@" not in fault.server
        if fault.kind == "empty":
            yield from missing(draft, blamed)
        elif sure and host is not None and "." in host and server_fault(host) is None:
            yield from draft.set(steps, host, f"'{host}'")
        else:
            yield f"{path_of(steps)}: write the registry's login server, for {fault.reason}"


def mismatch(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Name the image's registry in the one credential that serves nothing.

    A password is not given to a registry that it may not be meant for: both have to be Azure's.
    """
    idle, hosts = idle_credentials(draft.evidence), draft.unserved() or ()
    alone = len(idle) == 1 and len(hosts) == 1 and draft.every_server_is_clear()
    if alone and hosts[0].is_acr and _of_azure(str(idle[0].server), hosts[0]):
        yield from draft.set(_server(idle[0]), hosts[0].name, f"'{hosts[0].name}'")
        return
    for credential in idle:
        yield (
            f"{path_of(_server(credential))}: '{credential.server}' is the registry of no image; "
            "write the same registry in the image and in its credential"
        )


def too_many(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Remove what serves no image, and what another credential says already."""
    unserved = draft.unserved()
    gone: dict[int, str] = {}
    if unserved is not None:
        for credential in draft.credentials:
            earlier = [each for each in draft.credentials[: credential.index] if each.index not in gone]
            same = next((each for each in earlier if _same_server(each, credential)), None)
            if same is not None and (superfluous := _superfluous(draft, same, credential)) is not None:
                gone[superfluous] = "another credential is for the same registry"
    if not unserved and unserved is not None:
        gone |= {each.index: "it serves no image of the group" for each in idle_credentials(draft.evidence)}
    for index in sorted(gone, reverse=True):
        yield from draft.remove((*CREDENTIALS, index), gone[index])
    if not gone:
        yield f"{path_of(CREDENTIALS)}: leave one credential for each registry that the images are pulled from"


def _superfluous(draft: Draft, first: Credential, second: Credential) -> int | None:
    """Which of two credentials for one registry says nothing new; None where they differ in what nobody else knows."""
    match first, second:
        case IdentityCredential(), IdentityCredential():
            alike = str(first.identity).lower() == str(second.identity).lower()
            return second.index if alike and not isinstance(first.identity, Gap) else None
        case PasswordCredential(), PasswordCredential():
            return second.index if _secret_part(draft, first) == _secret_part(draft, second) else None
        case (IdentityCredential(), PasswordCredential()) if _attached(draft, first):
            return second.index
        case (PasswordCredential(), IdentityCredential()) if _attached(draft, second):
            return first.index
        case _:
            return None


def _secret_part(draft: Draft, credential: Credential) -> list[object]:
    entry = (*CREDENTIALS, credential.index)
    return [draft.value((*entry, key)) for key in ("username", "password", "passwordReference")]


def _attached(draft: Draft, credential: IdentityCredential) -> bool:
    listed = draft.definition.user_identities
    known = () if isinstance(listed, Gap) else listed
    return str(credential.identity).rstrip("/").lower() in {each.rstrip("/").lower() for each in known}


def _same_server(one: Credential, other: Credential) -> bool:
    first, second = one.server, other.server
    if not isinstance(first, str) or not isinstance(second, str):
        return False
    return server_fault(first) is None and server_fault(second) is None and same_registry(first, second)


def _server(credential: Credential) -> Steps:
    return (*CREDENTIALS, credential.index, "server")


def _text(credential: Credential) -> str:
    return credential.server.strip() if isinstance(credential.server, str) else ""


def _may_serve(credential: Credential, host: RegistryHost) -> bool:
    """An identity is known to Azure container registries alone."""
    match credential:
        case PasswordCredential():
            return True
        case IdentityCredential() | UnclearCredential() | UnreadCredential():
            return host.is_acr


def _of_azure(server: str, host: RegistryHost) -> bool:
    """Whether a server was meant for an Azure container registry: it is one, or bears the name of this one."""
    written = RegistryHost(server.lower())
    return written.is_acr or written.name.partition(".")[0] == host.name.partition(".")[0]
