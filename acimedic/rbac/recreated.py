"""Whether a role that somebody else holds was given to this identity before it was made anew.

An identity that is deleted and made again under its name gets a new principal id; the old assignments stay behind.
Another principal's role alone proves nothing: registries are shared. What ties it to the identity is the name of the
assignment, which templates compute from the identity's id or name, a principal that Azure no longer knows, or an
identity that is younger than the assignment.
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import permutations, product

from acimedic.model.access import Assignment
from acimedic.model.evidence import Evidence
from acimedic.model.history import History
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId
from acimedic.template.hashing import guid


def earlier_principal(assignment: Assignment, identity: Identity, registry: Registry, evidence: Evidence) -> str | None:
    """Why this assignment must have been the identity's under an earlier principal id; None where nothing says so."""
    if assignment.principal_id == identity.principal_id:
        return None
    if assignment.id.rsplit("/", 1)[-1].lower() in _names(assignment.role_guid, identity, registry):
        return f"the assignment's name was computed for identity '{identity.name}'"
    if (assignment.principal_type or "").lower() == "unknown":
        return "its principal no longer exists"
    made = _made_anew(identity, evidence)
    if made is not None and assignment.changed is not None and assignment.changed < made:
        return f"identity '{identity.name}' was made anew on {made:%Y-%m-%d %H:%M} UTC, after the role was given"
    return None


def _made_anew(identity: Identity, evidence: Evidence) -> datetime | None:
    """When the identity of today was made: Azure's own date, else what the activity log tells of it."""
    if identity.created is not None:
        return identity.created
    history = evidence.history
    if not isinstance(history, History):
        return None
    own = [change for change in history.changes if change.about.lower() == identity.id.lower()]
    deleted = [change.when for change in own if change.operation.lower().endswith("userassignedidentities/delete")]
    made = [change.when for change in own if change.operation.lower().endswith("userassignedidentities/write")]
    after = [when for when in made if deleted and when > min(deleted)]
    return min(after) if after else None


def _names(role: str, identity: Identity, registry: Registry) -> frozenset[str]:
    """The names that templates give to such an assignment: `guid()` of the registry, the identity and the role."""
    return _computed(role, (identity.id, identity.name), registry.id, registry.name)


@lru_cache(maxsize=256)  # some 150 hashes, and several checks ask the same of each of a registry's assignments
def _computed(role: str, whose: tuple[str, str], registry_id: str, registry_name: str) -> frozenset[str]:
    where = ResourceId.parse(registry_id)
    scopes = (registry_id, registry_name, where.group_scope, f"/subscriptions/{where.subscription}")
    full = f"/subscriptions/{where.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    what = (full, f"/providers/Microsoft.Authorization/roleDefinitions/{role}", role)
    words = ("AcrPull", "acrpull", "acrPull")
    return frozenset(_guids(product(scopes, whose, (*what, *words)))) | frozenset(_guids(product(scopes, whose)))


def _guids(chosen: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The `guid()` of each of these, in any order of its parts."""
    return (str(guid(parts)) for each in chosen for parts in permutations(each))
