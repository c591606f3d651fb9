"""The name of a role assignment, worked out from what it assigns.

The same assignment gets the same name each time, so that asking twice is asking once. The principal
is part of it: an identity made anew has another, and Azure lets no assignment change its principal.
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from uuid import NAMESPACE_URL, uuid5


def assignment_name(registry_id: str, principal_id: str, role_guid: str) -> str:
    """The name (a GUID) for the assignment of a role to a principal at a registry."""
    parts = (registry_id.strip().rstrip("/"), principal_id.strip(), role_guid.strip())
    return str(uuid5(NAMESPACE_URL, "|".join(parts).lower()))
