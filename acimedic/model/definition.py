"""A container group as it was asked for: images, credentials, identities, network.

Only what checks need is kept. Environment variables, command lines, volumes, workspace keys and
passwords never get this far: `acimedic.definition` drops them while reading.
Source: https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.reading import Gap, Reading

Origin: TypeAlias = Literal["live", "template", "previous", "supplied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCredential:
    """`{server, identity}`: the image is pulled with a managed identity."""

    index: int
    server: Reading[str | None]
    identity: Reading[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCredential:
    """`{server, username, password}`: a service principal, the admin account or a token.

    password: only whether one was given. ARM never returns it, so on a live group it is a Gap.
    """

    index: int
    server: Reading[str | None]
    username: Reading[str]
    password: Reading[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearCredential:
    """Both or neither of `username` and `identity` (`both` says which)."""

    index: int
    server: Reading[str | None]
    both: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCredential:
    """An entry whose kind could not be evaluated."""

    index: int
    server: Reading[str | None]
    gap: Gap


Credential: TypeAlias = IdentityCredential | PasswordCredential | UnclearCredential | UnreadCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerEvent:
    """An event of a container's instance view, such as `Pulling`, `Pulled` or `Failed`.

    last: ISO 8601, as Azure wrote it; events of earlier failures stay in the list.
    """

    name: str
    type: str
    message: str
    first: str | None
    last: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container or init container: the image it asks for, and what happened to it."""

    name: str
    init: bool
    image: Reading[str]
    events: tuple[ContainerEvent, ...] = ()
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a deployment asked Azure for, and where we know it from.

    origin: `live` (read from the group), `template` (evaluated from the failed deployment),
    `previous` (the group as it was before a refused update: not what was asked for),
    `supplied` (given by the caller, so nothing may be changed because of it).
    credentials: empty means that there are none; unreadable is a Gap.
    user_identities: ids of `identity.userAssignedIdentities`, as written.
    api_version: of the request; None where it cannot be known (a live group does not tell).
    events: those of the group itself, such as a volume that could not be mounted.
    notify: what the tag `acimedic-notify` says, the name of a route; of all tags the only one that is kept.
    """

    id: str | None
    name: str
    origin: Origin
    source: str
    api_version: Reading[str | None]
    os_type: Reading[str | None]
    containers: Reading[tuple[Container, ...]]
    credentials: Reading[tuple[Credential, ...]]
    user_identities: Reading[tuple[str, ...]]
    system_identity: Reading[bool]
    subnets: Reading[tuple[str, ...]]
    location: str | None = None
    provisioning_state: str | None = None
    created: str | None = None
    unresolved: tuple[tuple[str, str], ...] = ()
    events: tuple[ContainerEvent, ...] = ()
    notify: str | None = None
