"""A container group among the resources of a template (pure)."""

from collections.abc import Mapping
from dataclasses import replace

from acimedic.definition import from_arm
from acimedic.model.definition import Definition
from acimedic.model.reading import Gap
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId
from acimedic.template import Json, Resource, Unresolved, member

__all__ = ["definition_of", "is_bare_group", "is_group"]


def is_group(kind: str | Unresolved) -> bool:
    """Whether a resource type is the container group's."""
    return isinstance(kind, str) and kind.rstrip("/").lower() == CONTAINER_GROUPS.lower()


def definition_of(resource: Resource, group: ResourceId, source: str, *, supplied: bool = False) -> Definition:
    """A resource of a template as a container group. supplied: the template came from the caller, not from Azure."""
    body = resource.body if isinstance(resource.body, dict) else {}
    version = resource.api_version
    read = from_arm(
        body,
        origin="supplied" if supplied else "template",
        source=source,
        api_version=Gap(reading="api-version of the request", reason=version.reason)
        if isinstance(version, Unresolved)
        else version,
    )
    return replace(read, id=str(group), name=group.name)


def is_bare_group(value: Mapping[str, Json]) -> bool:
    """Whether an object is one container group: by its type, or without one by its containers."""
    kind, properties = member(value, "type"), member(value, "properties")
    if not isinstance(properties, dict):
        return False
    if kind is None:
        return member(properties, "containers") is not None and member(value, "resources") is None
    return isinstance(kind, str) and is_group(kind)
