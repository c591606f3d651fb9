"""Whether a deny assignment stops a pull, whatever roles the principal holds.

Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
"""

from collections.abc import Collection, Iterable

from acimedic.model.access import DenyAssignment
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac.actions import giving, needed
from acimedic.rbac.scopes import covers, is_exactly

_EVERYONE = "00000000-0000-0000-0000-000000000000"
_NOT_A_GROUP = frozenset({"user", "serviceprincipal", "foreignuser", "device"})


def denies(
    deny: DenyAssignment, *, principal_id: str, groups: Collection[str], mode: Mode, registry_id: str
) -> bool | Gap:
    """Whether a deny assignment refuses the pull to the principal; a Gap where that cannot be told.

    groups: those that the principal is known to be in, lower case.
    """
    reached = _reaches(deny, registry_id)
    denied = any(giving(block, action) for block in deny.permissions for action in needed(mode))
    if reached is False or not denied:
        return False
    answer = _concerns(deny, principal_id.lower(), groups)
    if answer is False:
        return False
    if reached is None:
        return _gap(deny, "Azure did not name its scope")
    conditions = (deny.condition, *(block.condition for block in deny.permissions))
    if any(condition and condition.strip() for condition in conditions):
        return _gap(deny, "its condition is not evaluated")
    if answer is None:
        return _gap(deny, "it names or excludes principals that may be groups the identity is in")
    return True


def _reaches(deny: DenyAssignment, registry_id: str) -> bool | None:
    if deny.exact_scope_only and deny.scope.strip():
        return is_exactly(deny.scope, registry_id)
    return covers(deny.scope, registry_id)


def _concerns(deny: DenyAssignment, principal_id: str, groups: Collection[str]) -> bool | None:
    """Whether the principal is among those named and not among those excluded; None for unknown."""
    excluded = _among(deny, deny.excluded, principal_id, groups)
    if excluded is True:
        return False
    everyone = deny.everyone or _EVERYONE in deny.principals
    named = True if everyone else _among(deny, deny.principals, principal_id, groups)
    return None if named is True and excluded is None else named


def _among(deny: DenyAssignment, ids: Iterable[str], principal_id: str, groups: Collection[str]) -> bool | None:
    wanted = {item.lower() for item in ids}
    if principal_id in wanted or not wanted.isdisjoint(groups):
        return True
    kinds = {(deny.principal_type(item) or "").lower() for item in wanted}
    return False if kinds <= _NOT_A_GROUP else None


def _gap(deny: DenyAssignment, reason: str) -> Gap:
    return Gap(reading=f"whether deny assignment '{deny.name or deny.id}' applies", reason=reason, scope=deny.scope)
