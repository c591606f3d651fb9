"""What can be seen in a text and a definition, as marks that the ranking weighs (pure)."""

import re
from dataclasses import dataclass

from acimedic.errors import event_tail
from acimedic.explain.hosts import Host, host_of, marks_of_image
from acimedic.explain.words import marks_of_words
from acimedic.image import same_registry, server_fault
from acimedic.masks import is_masked
from acimedic.model.definition import (
    Credential,
    Definition,
    IdentityCredential,
    PasswordCredential,
    UnclearCredential,
)
from acimedic.model.error import Classification, ErrorChain, PullFailure
from acimedic.model.reading import Gap

__all__ = ["Features", "see"]

_REGISTRY = re.compile(r"docker registry '?([A-Za-z0-9.-]{1,255}?)'?\.?(?:\s|$|')", re.IGNORECASE)
_SPECIFIED_OS = re.compile(r"specified OS ['\"](\w{1,20})['\"]", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FIRST_WITH_IDENTITIES = "2021-07-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """family: of the error, with the event's tail (`pull-event:dns`); `unclear` where the error proves nothing.
    image: that of the failed pull, as written. registry: that the error itself names. specified_os: by the error."""

    family: str
    image: str | None
    host: Host
    registry: str | None
    specified_os: str | None
    marks: frozenset[str]


def see(chain: ErrorChain, proven: Classification, definition: Definition | None) -> Features:
    """Everything that bears on the cause."""
    cause = chain.cause
    message = cause.message if cause is not None else ""
    registry, os_type = _REGISTRY.search(chain.text), _SPECIFIED_OS.search(chain.text)
    image = _image(chain, definition)
    marks = set(marks_of_words(chain.text))
    if image is not None:
        marks |= marks_of_image(image) | marks_of_words(image)
    host: Host = "unknown" if image is None else host_of(image)
    if definition is not None:
        host = _host_by_credential(host, definition)
        marks |= _marks_of_definition(definition, image, host)
    marks = {mark for mark in marks if not mark.startswith("host:")} | {f"host:{host}"}
    # A registry that does not answer is another matter than a create that takes too long.
    waited = "timed out" in message.lower() or "timeout" in message.lower()
    if waited and _family(proven, chain) != "pull-event:timeout":
        marks.add("error:timeout")
    return Features(
        family=_family(proven, chain),
        image=image,
        host=host,
        registry=registry[1].strip(".").lower() if registry else None,
        specified_os=os_type[1].lower() if os_type else None,
        marks=frozenset(marks),
    )


def _family(proven: Classification, chain: ErrorChain) -> str:
    if not isinstance(proven, PullFailure):
        return "unclear"
    if proven.family != "pull-event":
        return proven.family
    messages = [proven.link.message, *(link.message for link in chain.live), chain.text]
    tails = [tail.kind for message in messages if (tail := event_tail(message)) is not None]
    telling = next((kind for kind in tails if kind != "other"), None)
    return f"pull-event:{telling}" if telling else "pull-event"


def _image(chain: ErrorChain, definition: Definition | None) -> str | None:
    """The image of the error; where that is hidden or not named, the definition's only (or first) one."""
    if chain.image and host_of(chain.image) != "unknown":
        return chain.image
    if definition is not None and not isinstance(definition.containers, Gap):
        named = [each.image for each in definition.containers if isinstance(each.image, str)]
        if named:
            return named[0]
    return chain.image


def _host_by_credential(host: Host, definition: Definition) -> Host:
    """A registry that no image names is probably the one that a credential names."""
    if host != "unknown" or isinstance(definition.credentials, Gap):
        return host
    kinds = {host_of(f"{entry.server}/x") for entry in definition.credentials if isinstance(entry.server, str)}
    return kinds.pop() if len(kinds) == 1 else host


def _marks_of_definition(definition: Definition, image: str | None, host: Host) -> set[str]:
    marks = {"definition"}
    if definition.os_type == "Windows":
        marks.add("os:windows")
    if not isinstance(definition.subnets, Gap) and definition.subnets:
        marks.add("subnet")
    attached = definition.user_identities
    if not isinstance(attached, Gap) and attached:
        marks.add("identity:attached")
    if definition.system_identity is True:
        marks.add("identity:system")
    if isinstance(definition.credentials, Gap):
        return marks
    if not definition.credentials:
        public = host in {"hub", "hub-implied", "mcr", "public"}
        return marks | {"credential:none", *(() if public else ("credential:none-though-private",))}
    serving = next((each for each in definition.credentials if _serves(each, image, host)), None)
    if serving is None:
        return marks | {"credential:elsewhere"}
    return marks | _marks_of_credential(serving, definition)


def _serves(credential: Credential, image: str | None, host: Host) -> bool:
    """Whether a credential is, as far as masks let see, for the registry of the image."""
    server = credential.server
    if not isinstance(server, str) or is_masked(server) or image is None:
        return True
    fault = server_fault(server)
    meant = fault.host if fault is not None else server
    first = image.partition("/")[0]
    if meant is None or host == "unknown" or is_masked(first):
        return True
    if host == "hub-implied":
        return same_registry(meant, "docker.io")
    return same_registry(meant, first)


def _marks_of_credential(credential: Credential, definition: Definition) -> set[str]:
    match credential:
        case IdentityCredential():
            version = definition.api_version
            old = isinstance(version, str) and version.lower() < _FIRST_WITH_IDENTITIES
            return {"credential:identity"} | ({"api:old"} if old else set())
        case PasswordCredential(username=username, password=password, server=server):
            marks = {"credential:password"}
            if password is False:
                marks.add("password:empty")
            return marks | _marks_of_username(username, server)
        case UnclearCredential():
            return {"credential:unclear"}
        case _:
            return set()


def _marks_of_username(username: object, server: object) -> set[str]:
    if not isinstance(username, str) or is_masked(username):
        return {"username:admin"} if isinstance(username, str) and "admin" in username.lower() else set()
    name = username.strip().lower()
    if set(name) <= {"0", "-"}:
        return {"username:short-lived"}
    if _GUID.fullmatch(name):
        return {"username:principal"}
    if isinstance(server, str) and server.lower().partition(".")[0] == name:
        return {"username:admin"}
    return {"username:other"}
