"""What a template's role assignments mean for one principal at one registry (pure).

An assignment that may count or not is put in with a role of its own that nobody can read: it leaves the question open
where nothing else answers it, and does no harm where something does.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from acimedic.model.access import Assignment, Role
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import ResourceId
from acimedic.preflight.planned.roles import PlannedRole
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL, giving

_PARTS = (PULL, CONTENT_READ, METADATA_READ)
_NO_GROUP = frozenset({"device", "serviceprincipal", "user"})


@dataclass(frozen=True, slots=True)
class Whose:
    """A principal. new: the template makes it. others: ids that belong to somebody who is no group, lower case."""

    id: str
    new: bool = False
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A planned assignment that reaches a registry and may be the principal's.

    doubt: why it may not count. guid: of its role, None where that is not known.
    """

    assignment: Assignment
    doubt: Gap | None
    guid: str | None
    role_definition_id: str

    @classmethod
    def in_doubt(cls, registry_id: str, principal: str, gap: Gap, guid: str | None = None) -> "Given":
        """What may be given, or may not."""
        mark = "doubt-" + hashlib.sha256(f"{gap.reading} {gap.reason}".encode("utf-8", "replace")).hexdigest()[:16]
        assignment = Assignment(
            id=mark,
            scope=registry_id,
            role_guid=mark,
            role_definition_id=mark,
            principal_id=principal,
            principal_type="ServicePrincipal",
            condition=None,
            changed=None,
        )
        where = _definition_id(registry_id, guid) if guid else mark
        return cls(assignment=assignment, doubt=gap, guid=guid, role_definition_id=where)

    def bears(self, role: Reading[Role]) -> bool:
        """Whether the role of the assignment gives anything that a pull needs."""
        if isinstance(role, Gap):
            return True
        return any(giving(block, action) for block in role.permissions for action in _PARTS)


def given_to(roles: Iterable[PlannedRole], registry_id: str, whose: Whose, *, unseen: str | None) -> list[Given]:
    """What the template gives, or may give, to a principal at a registry. unseen: why it may give more than is seen."""
    found = [item for role in roles if (item := _given(role, registry_id, whose)) is not None]
    if unseen is not None:
        gap = Gap(reading="role assignments of the template", reason=f"not all of it could be seen: {unseen}")
        found.append(Given.in_doubt(registry_id, whose.id, gap))
    return found


def shown_to_all(roles: Iterable[PlannedRole], registry_id: str) -> tuple[Assignment, ...]:
    """The assignments of the template at a registry and above it, whoever they are for."""
    return tuple(
        _assignment(role, registry_id, role.scope, role.guid, role.principal, role.condition)
        for role in roles
        if role.doubt is None
        and isinstance(role.scope, str)
        and isinstance(role.guid, str)
        and isinstance(role.principal, str)
        and not isinstance(role.condition, Gap)
        and role.reaches(registry_id) is True
    )


def _given(role: PlannedRole, registry_id: str, whose: Whose) -> Given | None:
    reached = role.reaches(registry_id)
    if reached is False or _is_anothers(role, whose):
        return None
    guid = role.guid if isinstance(role.guid, str) else None
    doubt = role.unclear or (reached if isinstance(reached, Gap) else None) or _may_be_group(role, whose)
    if doubt is not None or isinstance(role.scope, Gap) or guid is None or isinstance(role.condition, Gap):
        gap = doubt or Gap(reading="role assignment that the template makes", reason="it could not be evaluated")
        return Given.in_doubt(registry_id, whose.id, gap, guid)
    return Given(
        assignment=_assignment(role, registry_id, role.scope, guid, whose.id, role.condition),
        doubt=None,
        guid=guid,
        role_definition_id=_definition_id(registry_id, guid),
    )


def _is_anothers(role: PlannedRole, whose: Whose) -> bool:
    """Whether the assignment surely is not this principal's, nor that of a group it may be in."""
    who = role.principal
    if isinstance(who, Gap) or who == whose.id.lower():
        return False
    no_group = (role.kind or "").lower() in _NO_GROUP or who.startswith("<") or who in whose.others
    return whose.new or no_group  # a principal that the same template makes is in no group yet


def _may_be_group(role: PlannedRole, whose: Whose) -> Gap | None:
    if isinstance(role.principal, Gap) or role.principal == whose.id.lower():
        return None
    return Gap(
        reading=f"whether the identity is in the group of role assignment '{role.name}'",
        reason="the template gives a role to somebody else, who may be a group",
    )


def _assignment(
    role: PlannedRole, registry_id: str, scope: str, guid: str, principal: str, condition: str | None
) -> Assignment:
    return Assignment(
        id=role.id or role.path,
        scope=scope,
        role_guid=guid,
        role_definition_id=_definition_id(registry_id, guid),
        principal_id=principal,
        principal_type=role.kind,
        condition=condition,
        changed=None,
    )


def _definition_id(registry_id: str, guid: str) -> str:
    """The role's id, of which no more than the guid comes from the template."""
    subscription = ResourceId.parse(registry_id).subscription
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
