"""Whether a permission block gives an action.

`*` stands for any run of characters, slashes included, and casing does not count. What NotActions
leave out is left out of that block alone: another block or another role may still give it.
Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

from collections.abc import Iterable

from acimedic.model.access import Permission
from acimedic.model.registry import Mode

PULL = "Microsoft.ContainerRegistry/registries/pull/read"
CONTENT_READ = "Microsoft.ContainerRegistry/registries/repositories/content/read"
METADATA_READ = "Microsoft.ContainerRegistry/registries/repositories/metadata/read"


def needed(mode: Mode) -> tuple[str, ...]:
    """The actions that a pull needs: one action in legacy mode, two data actions in ABAC mode."""
    return (PULL,) if mode == "legacy" else (CONTENT_READ, METADATA_READ)


def matches(pattern: str, action: str) -> bool:
    """Whether an action pattern covers an action."""
    head, *parts = pattern.strip().lower().split("*")
    text = action.lower()
    if not parts:
        return head == text
    *middle, tail = parts
    if not text.startswith(head) or len(text) < len(head) + len(tail) or not text.endswith(tail):
        return False
    position, end = len(head), len(text) - len(tail)
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def covering(patterns: Iterable[str], action: str) -> tuple[str, ...]:
    """The patterns that cover an action."""
    return tuple(pattern for pattern in patterns if matches(pattern, action))


def giving(permission: Permission, action: str) -> tuple[str, ...]:
    """The patterns by which a block gives one of the actions of a pull; none where it does not."""
    if action == PULL:
        given, left_out = permission.actions, permission.not_actions
    else:
        given, left_out = permission.data_actions, permission.not_data_actions
    return () if covering(left_out, action) else covering(given, action)
