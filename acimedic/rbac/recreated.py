"""Whether a role that somebody else holds was given to this identity before it was made anew.

An identity that is deleted and made again under its name gets a new principal id; the old assignments stay behind.
Another principal's role alone proves nothing: registries are shared. What ties it to the identity is the name of the
assignment, which templates compute from the identity's id or name, a principal that Azure no longer knows, or an
identity that is younger than the assignment.
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from collections.abc import Iterator
from datetime import datetime
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
    if assignment.id.rsplit("/", 1)[-1].lower() in set(_names(assignment, identity, registry)):
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


def _names(assignment: Assignment, identity: Identity, registry: Registry) -> Iterator[str]:
    """The names that templates give to such an assignment: `guid()` of the registry, the identity and the role."""
    where = ResourceId.parse(registry.id)
    scopes = (registry.id, registry.name, where.group_scope, f"/subscriptions/{where.subscription}")
    whose = (identity.id, identity.name)
    full = (
        f"/subscriptions/{where.subscription}/providers/Microsoft.Authorization/roleDefinitions/{assignment.role_guid}"
    )
    what = (full, f"/providers/Microsoft.Authorization/roleDefinitions/{assignment.role_guid}", assignment.role_guid)
    words = ("AcrPull", "acrpull", "acrPull")
    for scope, who, role in product(scopes, whose, (*what, *words)):
        for parts in permutations((scope, who, role)):
            yield str(guid(parts))
    for scope, who in product(scopes, whose):
        for pair in permutations((scope, who)):
            yield str(guid(pair))
