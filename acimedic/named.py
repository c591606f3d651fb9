"""A container group as far as a text names it: by its id, by its name alone, or not at all."""

import hashlib
from dataclasses import dataclass

from acimedic.model.incident import Incident, incident_id
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId

__all__ = ["NOT_NAMED", "NamedOnly", "incident_of", "named_only"]

NOT_NAMED = "(not named)"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedOnly(ResourceId):
    """A group of which no whole id is known: it prints as it was written, never as an id made up around the name."""

    written: str

    def __str__(self) -> str:
        return self.written


def incident_of(group: ResourceId | str | None, correlation_id: str | None, text: str) -> Incident:
    """The incident that a text tells of.

    A whole id and a correlation id give the incident that the deployment's own event has; where either is
    missing, the text itself keeps different failures apart.
    """
    resource = group if isinstance(group, ResourceId) else _resource(group)
    known = correlation_id if correlation_id and not isinstance(resource, NamedOnly) else None
    return Incident(
        id=incident_id(known or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), resource),
        group=resource,
        correlation_id=correlation_id,
        occurred_at=None,
        operation="unknown",
    )


def named_only(written: str) -> NamedOnly:
    """A container group of which no more than this is known."""
    return _named(CONTAINER_GROUPS, written.rstrip("/").rpartition("/")[2] or written, written)


def _resource(group: str | None) -> ResourceId:
    if not group:
        return _named("", NOT_NAMED, NOT_NAMED)
    try:
        parsed = ResourceId.parse(group) if group.startswith("/") else None
    except ValueError:
        parsed = None
    return parsed if parsed is not None and parsed.is_a(CONTAINER_GROUPS) else named_only(group)


def _named(kind: str, name: str, written: str) -> NamedOnly:
    return NamedOnly(subscription="", resource_group=None, type=kind, names=(name,), written=written)
