"""The role assignments and role definitions that a template makes (pure).

A scope, role or principal that cannot be evaluated stays a Gap: nobody is blamed for lacking what may be given.
Source: https://learn.microsoft.com/azure/templates/microsoft.authorization/roleassignments
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from acimedic.model.access import Permission, Role
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import scope_covers
from acimedic.preflight.planned.stated import stated
from acimedic.rbac.scopes import is_management_group
from acimedic.template import Evaluation, Json, Resource, Unresolved

PlannedDefinition: TypeAlias = Role | Gap

_READING = "role assignment that the template makes"
_GUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_ROLE = re.compile(
    rf"(?:/subscriptions/[^/\s]+)?/providers/Microsoft\.Authorization/roleDefinitions/({_GUID})", re.IGNORECASE
)
_KIND = "microsoft.authorization/{}"
_OLD_KIND = re.compile(r"[\w./]{1,200}/providers/roleassignments", re.IGNORECASE)
_ASSIGNMENTS = "/providers/microsoft.authorization/roleassignments/"
_BLOCKS = ("actions", "notActions", "dataActions", "notDataActions")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRole:
    """A role assignment that the template makes.

    name: as it can be told to a person. id: None where it is not known. kind: the principal's type as stated.
    doubt: why it may not be made. at: its place among the resources of the evaluation.
    """

    name: str
    id: str | None
    scope: Reading[str]
    guid: Reading[str]
    principal: Reading[str]
    kind: str | None
    condition: Reading[str | None]
    doubt: str | None
    path: str
    at: int

    def reaches(self, registry_id: str) -> Reading[bool]:
        """Whether its scope is the registry or lies above it."""
        if isinstance(self.scope, Gap):
            return self.scope
        if is_management_group(self.scope):
            return _gap("whether its management group holds the registry is not known", self.name)
        return scope_covers(self.scope, registry_id)

    @property
    def unclear(self) -> Gap | None:
        """Why it may count or not; None where all of it is known."""
        if self.doubt is not None:
            return _gap(f"whether it is made is not known: {self.doubt}", self.name)
        readings = (self.scope, self.guid, self.principal, self.condition)
        return next((each for each in readings if isinstance(each, Gap)), None)


def roles_of(evaluation: Evaluation) -> Iterator[PlannedRole]:
    """The role assignments that a template makes, or may make."""
    for at, item in enumerate(evaluation.resources):
        if not item.existing and isinstance(item.type, str) and _assigns(item.type):
            yield _role(item, at)


def definitions_of(evaluation: Evaluation) -> Mapping[str, PlannedDefinition]:
    """The roles that a template defines, by guid."""
    found: dict[str, PlannedDefinition] = {}
    for item in evaluation.resources:
        known = isinstance(item.type, str) and item.type.lower() == _KIND.format("roledefinitions")
        if known and not item.existing and isinstance(item.name, str):
            found[item.name.lower()] = _definition(item, item.name.lower())
    return found


def _assigns(kind: str) -> bool:
    # A type such as Microsoft.ContainerRegistry/registries/providers/roleAssignments is the older way to give a scope.
    return kind.lower() == _KIND.format("roleassignments") or bool(_OLD_KIND.fullmatch(kind))


def _role(item: Resource, at: int) -> PlannedRole:
    name = item.name if isinstance(item.name, str) else item.symbol or item.path
    body = item.body
    kind = stated(body, "properties", "principalType")
    doubt = item.condition.reason if isinstance(item.condition, Unresolved) else None
    return PlannedRole(
        name=name,
        id=item.id if isinstance(item.id, str) else None,
        scope=_scope(item, name),
        guid=_guid(body, name),
        principal=_principal(body, name),
        kind=kind if isinstance(kind, str) else None,
        condition=_condition(body, name),
        doubt=doubt,
        path=item.path,
        at=at,
    )


def _scope(item: Resource, name: str) -> Reading[str]:
    """The id without the assignment's own part; `/` for the tenant."""
    if isinstance(item.id, Unresolved):
        return _gap(f"its scope is not known: {item.id.reason}", name)
    at = item.id.lower().rfind(_ASSIGNMENTS)
    return _gap("its scope cannot be read from its id", name) if at < 0 else item.id[:at] or "/"


def _guid(body: Json, name: str) -> Reading[str]:
    value = stated(body, "properties", "roleDefinitionId")
    if isinstance(value, Unresolved):
        return _gap(f"its role is not known: {value.reason}", name)
    found = _ROLE.fullmatch(value.strip().rstrip("/")) if isinstance(value, str) else None
    return _gap("its roleDefinitionId is not the id of a role", name) if found is None else found[1].lower()


def _principal(body: Json, name: str) -> Reading[str]:
    value = stated(body, "properties", "principalId")
    if isinstance(value, Unresolved):
        return _gap(f"its principal is not known: {value.reason}", name)
    if not isinstance(value, str) or not value.strip():
        return _gap("it names no principal", name)
    return value.strip().lower()


def _condition(body: Json, name: str) -> Reading[str | None]:
    value = stated(body, "properties", "condition")
    if isinstance(value, Unresolved):
        return _gap(f"its condition is not known: {value.reason}", name)
    return value if isinstance(value, str) and value.strip() else None


def _definition(item: Resource, guid: str) -> PlannedDefinition:
    blocks = stated(item.body, "properties", "permissions")
    named = stated(item.body, "properties", "roleName")
    gap = Gap(reading=f"role definition {guid}", reason="what the template defines could not be evaluated")
    if not isinstance(blocks, list) or isinstance(item.condition, Unresolved):
        return gap
    read = [_permission(block) for block in blocks]
    whole = tuple(block for block in read if block is not None)
    if len(whole) < len(read):
        return gap
    name = named if isinstance(named, str) else guid
    return Role(guid=guid, name=name, permissions=whole, custom=True, source=f"the template ({item.path})")


def _permission(block: Json) -> Permission | None:
    lists: list[tuple[str, ...]] = []
    for key in _BLOCKS:
        actions = stated(block, key)
        items = actions if isinstance(actions, list) else [] if actions is None else [actions]
        if not isinstance(block, dict) or not all(isinstance(each, str) for each in items):
            return None
        lists.append(tuple(str(each) for each in items))
    allowed, left_out, data, data_left_out = lists
    return Permission(actions=allowed, not_actions=left_out, data_actions=data, not_data_actions=data_left_out)


def _gap(reason: str, name: str) -> Gap:
    return Gap(reading=f"{_READING} ('{name}')", reason=reason)
