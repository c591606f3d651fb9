"""Which readings are shared by those who diagnose at the same time, and for how long an answer is good."""

from collections.abc import Awaitable, Callable
from typing import Any

from acimedic.azure import read_access, read_activity, read_details, read_images, read_registries
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId

LIVE = 10.0
"""Seconds for which an answer about something that people change is good."""

SETTLED = 60.0
"""The same for what hardly ever changes, or is minutes old when Azure tells it, as Resource Graph's answers are."""

# What many incidents ask about. A group, its deployments and what the activity log tells of them are its own.
GOOD_FOR: dict[Callable[..., Awaitable[Any]], float] = {
    read_registries.list_registries: LIVE,
    read_registries.read_registry: LIVE,
    read_registries.find_registries: SETTLED,
    read_registries.registry_places: SETTLED,
    read_registries.list_subscriptions: SETTLED,
    read_registries.read_tenant: SETTLED,
    read_access.read_identity: LIVE,
    read_access.list_assignments: LIVE,
    read_access.list_denials: LIVE,
    read_access.read_role: LIVE,
    read_activity.read_changes: LIVE,
    read_details.read_token: LIVE,
    read_details.read_endpoint_subnet: SETTLED,
    read_details.read_network_rules: LIVE,
    read_images.enter: LIVE,
    read_images.read_image: LIVE,
}


def is_of_others(about: tuple[str, str]) -> bool:
    """Whether the log is asked about something that is not an incident's own: a registry, an identity."""
    key, value = about
    try:
        return key == "resourceUri" and not ResourceId.parse(value).is_a(CONTAINER_GROUPS)
    except ValueError:
        return False
