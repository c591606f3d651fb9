"""Corrects images: what is written wrongly, and what names no registry (pure)."""

from collections.abc import Iterator, Sequence

from acimedic.image import parse_image, same_registry
from acimedic.model.image import Malformed
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.preflight.corrections.draft import Draft
from acimedic.preflight.corrections.paths import path_of
from acimedic.pulls import idle_credentials

_PAGES = ("hub.docker.com",)
"""Sites that show images to people; their addresses are no names of images."""
_FAULTS = 4


def malformed(draft: Draft, _blamed: Sequence[Pull]) -> Iterator[str]:
    """Take away a scheme and blanks, and write the repository in lower case; the rest only a person knows."""
    for container, steps in draft.images():
        fault = parse_image(container.image) if isinstance(container.image, str) else None
        if not isinstance(fault, Malformed):
            continue
        meant = _meant(fault.text)
        if meant is None:
            yield f"{path_of(steps)}: write the image that is meant, for {fault.reason}"
        else:
            yield from draft.set(steps, meant, f"'{meant}'")


def host_missing(draft: Draft, blamed: Sequence[Pull]) -> Iterator[str]:
    """Put the registry before the image that the only credential without an image is for."""
    servers: list[str] = []
    for credential in idle_credentials(draft.evidence):
        server = str(credential.server)
        if not any(same_registry(server, each) for each in servers):
            servers.append(server)
    for container, steps in draft.images():
        if not any(pull.container is container for pull in blamed) or isinstance(container.image, Gap):
            continue
        if len(servers) == 1:
            image = f"{servers[0]}/{container.image}"
            yield from draft.set(steps, image, f"'{image}'")
        else:
            yield f"{path_of(steps)}: put the registry that is meant before the image; it is one of {_listed(servers)}"


def _meant(text: str) -> str | None:
    """The image that is surely meant by a malformed one; None where nobody can tell."""
    for _ in range(_FAULTS):
        fault = parse_image(text)
        if not isinstance(fault, Malformed):
            return None if fault.host.name in _PAGES else text
        if fault.masked:
            return None
        mended = _mended(text, fault.kind)
        if mended == text:
            return None
        text = mended
    return None


def _mended(text: str, kind: str) -> str:
    match kind:
        case "whitespace":
            return text.strip()
        case "scheme":
            return text.partition(":")[2].removeprefix("/").removeprefix("/")
        case "upper-case":
            return _lowered(text)
        case _:
            return text


def _lowered(text: str) -> str:
    """The repository in lower case: a registry takes no other. Host, tag and digest stay as they are."""
    named, at, digest = text.partition("@")
    colon = named.rfind(":")
    name, tag = (named[:colon], named[colon:]) if colon > named.rfind("/") else (named, "")
    first, slash, rest = name.partition("/")
    if name == name.upper() or (rest == rest.upper() and "_" in rest):
        return text  # what stands for a name that somebody has to fill in, such as IMAGE_NAME
    kept = f"{first}{slash}{rest.lower()}{tag}{at}{digest}"
    fault = parse_image(kept)
    if isinstance(fault, Malformed) and fault.kind == "upper-case":  # the first part is no host either
        return f"{name.lower()}{tag}{at}{digest}"
    return kept


def _listed(servers: Sequence[str]) -> str:
    return " and ".join(f"'{each}'" for each in servers)
