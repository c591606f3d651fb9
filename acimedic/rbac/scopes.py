"""Whether what is said at a scope holds for the registry.

Source: https://learn.microsoft.com/azure/role-based-access-control/scope-overview
"""

from acimedic.model.resource_id import scope_covers, scope_segments

_MANAGEMENT_GROUPS = ("providers", "microsoft.management", "managementgroups")


def is_management_group(scope: str) -> bool:
    """Whether a scope is a management group, which Azure lists only where it holds the registry."""
    segments = scope_segments(scope)
    return len(segments) == 4 and segments[:3] == _MANAGEMENT_GROUPS


def covers(scope: str, registry_id: str) -> bool | None:
    """Whether a scope is the registry or lies above it; None where the scope is blank."""
    if not scope.strip():
        return None
    return is_management_group(scope) or scope_covers(scope.strip(), registry_id)


def is_exactly(scope: str, registry_id: str) -> bool:
    """Whether a scope is the registry itself."""
    return scope_segments(scope.strip()) == scope_segments(registry_id)
