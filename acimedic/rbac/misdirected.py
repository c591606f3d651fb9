"""Pull roles that were given to somebody else by mistake.

A managed identity has a client id and a principal id; roles belong to the principal id. An identity
that is made anew under its old name gets a new principal id, and the old one's assignments stay behind.
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from acimedic.model.access import Access, Assignment, Role
from acimedic.model.reading import need
from acimedic.model.registry import Mode
from acimedic.rbac.effective import distinct
from acimedic.rbac.grants import given, gives_pull, role_of
from acimedic.rbac.scopes import covers

_MAYBE_IDENTITY = frozenset({"serviceprincipal", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdirected:
    """A pull role that does not reach the identity.

    kind: `client-id` is certain. `other-principal` is a hint: some principal that is not known to be
      anything else. Whether it was this identity once cannot be told from the listing.
    would_pull: whether the role would let this repository be pulled in this mode, given to the right principal.
    """

    kind: Literal["client-id", "other-principal"]
    assignment: Assignment
    role: Role
    would_pull: bool


def misdirected(
    access: Access,
    *,
    client_id: str,
    mode: Mode,
    repository: str,
    registry_id: str,
    known_principals: Collection[str] = (),
) -> tuple[Misdirected, ...]:
    """Pull roles at the registry for the identity's client id, and, as hints, for unknown principals.

    known_principals: principal ids that are known to belong to somebody, and so are no hint.
    Raises NotKnownError where the listing could not be read.
    """
    known = {item.lower() for item in (*known_principals, access.principal_id)}
    found: list[Misdirected] = []
    for assignment in distinct(need(access.everyone)):
        kind = _kind(assignment, client_id.lower(), known)
        role = role_of(access, assignment)
        if kind is None or not isinstance(role, Role) or not covers(assignment.scope, registry_id):
            continue
        pulls = gives_pull(role, mode) and all(
            item.allowed is True for item in given(role, assignment, mode=mode, repository=repository)
        )
        if pulls or (kind == "client-id" and (gives_pull(role, "legacy") or gives_pull(role, "abac"))):
            found.append(Misdirected(kind=kind, assignment=assignment, role=role, would_pull=pulls))
    return tuple(sorted(found, key=lambda item: item.kind))


def _kind(assignment: Assignment, client_id: str, known: set[str]) -> Literal["client-id", "other-principal"] | None:
    principal = assignment.principal_id.lower()
    if principal in known or not principal:
        return None
    if principal == client_id:
        return "client-id"
    kind = (assignment.principal_type or "unknown").lower()
    return "other-principal" if kind in _MAYBE_IDENTITY else None
