"""Resource ids: compared without regard to case, taken apart by segments."""

from urllib.parse import unquote


def key(resource_id: str) -> str:
    """Give the form in which two ids of one resource are equal."""
    return unquote(resource_id).strip().rstrip("/").lower()


def same(one: str, other: str) -> bool:
    """Tell whether two ids name one resource."""
    return key(one) == key(other)


def covers(scope: str, resource_id: str) -> bool:
    """Tell whether a scope is the resource or something above it.

    A management group is taken to be above everything: the worlds here have one hierarchy.
    """
    above, below = key(scope), key(resource_id)
    if above == "" or above.startswith("/providers/microsoft.management/managementgroups/"):
        return True
    return below == above or below.startswith(above + "/")


def segment_after(resource_id: str, name: str) -> str:
    """Give the segment that follows ``name`` (``subscriptions``, ``resourceGroups``), or nothing."""
    parts = resource_id.strip("/").split("/")
    lowered = [part.lower() for part in parts]
    place = lowered.index(name.lower()) + 1 if name.lower() in lowered else len(parts)
    return parts[place] if place < len(parts) else ""


def last_segment(resource_id: str) -> str:
    """Give the name at the end of an id, lower case."""
    return key(resource_id).rsplit("/", 1)[-1]


def identity_key(resource_id: str) -> str:
    """Spell an identity's id as container groups return it: ``/resourcegroups/`` (22 of 22 recordings)."""
    parts = resource_id.split("/")
    return "/".join("resourcegroups" if part.lower() == "resourcegroups" else part for part in parts)


def action_of(method: str, path: str) -> str:
    """Name the RBAC action that a request needs, from its last provider and its type segments."""
    verb = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}.get(method, "action")
    _, found, provider = path.rstrip("/").rpartition("/providers/")
    namespace, *rest = provider.split("/")
    if not found:
        if segment_after(path, "deployments"):
            # This older address of a deployment's operations is a resource type of its own:
            # learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance
            return f"Microsoft.Resources/subscriptions/resourceGroups/deployments/operations/{verb}"
        kind = "subscriptions/resourceGroups" if segment_after(path, "resourceGroups") else "subscriptions"
        return f"Microsoft.Resources/{kind}/{verb}"
    if not rest:
        return "Microsoft.Resources/subscriptions/providers/read"
    if rest[-1].lower() == "checknameavailability":
        return f"{namespace}/checkNameAvailability/read"
    return f"{namespace}/{'/'.join(rest[::2])}/{verb}"
