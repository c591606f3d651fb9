"""What one assignment gives of a pull.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
"""

from dataclasses import dataclass

from acimedic.model.access import Access, Assignment, Role
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac.actions import giving, needed
from acimedic.rbac.builtin import BUILT_IN
from acimedic.rbac.conditions import evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An assignment that lets the principal pull, or gives a part of it.

    actions: those of the pull that it gives; all of them, but for custom roles that split them up.
    via_group: the assignment names a group that the principal is in.
    certain: False where a custom role gives it by wildcards alone, which Microsoft advises against for
      registries, or where a legacy registry would have to honour a condition.
    """

    assignment: Assignment
    role: Role
    actions: tuple[str, ...]
    via_group: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What a role and an assignment give of one action: by which patterns, or a Gap where the condition is unknown."""

    action: str
    patterns: tuple[str, ...]
    allowed: bool | Gap


def role_of(access: Access, assignment: Assignment) -> Role | Gap:
    """The role of an assignment: as read from Azure, else as built in."""
    guid = assignment.role_guid.lower()
    read = access.role(guid)
    return read if isinstance(read, Role) else BUILT_IN.get(guid, read)


def gives_pull(role: Role, mode: Mode) -> bool:
    """Whether a role, conditions aside, gives every action of a pull in this mode."""
    return all(any(giving(block, action) for block in role.permissions) for action in needed(mode))


def given(role: Role, assignment: Assignment, *, mode: Mode, repository: str) -> tuple[Given, ...]:
    """The actions of a pull that a role gives, each with what the conditions say of it."""
    found = (_given(role, assignment, action, repository if mode == "abac" else None) for action in needed(mode))
    return tuple(item for item in found if item is not None)


def _given(role: Role, assignment: Assignment, action: str, repository: str | None) -> Given | None:
    """The best that any block of the role gives of one action."""
    best: Given | None = None
    for block in role.permissions:
        patterns = giving(block, action)
        if not patterns:
            continue
        allowed = _both(_holds(assignment.condition, action, repository), _holds(block.condition, action, repository))
        if best is None or _rank(allowed) > _rank(best.allowed):
            best = Given(action, patterns, allowed)
        elif _rank(allowed) == _rank(best.allowed):
            best = Given(action, best.patterns + patterns, allowed)
    return best


def _holds(condition: str | None, action: str, repository: str | None) -> bool | Gap:
    if condition is None or not condition.strip():
        return True
    return evaluate(condition, repository=repository, actions=(action,))


def _both(one: bool | Gap, other: bool | Gap) -> bool | Gap:
    if one is False or other is False:
        return False
    return one if isinstance(one, Gap) else other


def _rank(allowed: bool | Gap) -> int:
    return 1 if isinstance(allowed, Gap) else 2 if allowed else 0
