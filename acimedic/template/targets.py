"""Where a resource goes: its own scope, which need not be that of the template.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources
"""

from __future__ import annotations

import re

from acimedic.template.frames import Frame
from acimedic.template.ids import scope_id
from acimedic.template.scope import Place
from acimedic.template.trees import evaluate_tree
from acimedic.template.values import Json, Unresolved

_SCOPE = re.compile(
    r"(?:/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?"
    r"|/providers/Microsoft\.Management/managementGroups/(?P<management>[^/]+))?\Z",
    re.IGNORECASE,
)


def text_of(definition: dict[str, Json], key: str, frame: Frame) -> str | Unresolved:
    """A property that must be a string."""
    value = evaluate_tree(definition.get(key), frame)
    if isinstance(value, str | Unresolved):
        return value.rstrip("/") if isinstance(value, str) else value
    return Unresolved(f"the {key} of the resource is not a string")


def base_of(definition: dict[str, Json], frame: Frame, place: Place) -> str | Unresolved:
    """The id that the resource's own id begins with."""
    if "scope" in definition:
        written = text_of(definition, "scope", frame)
        return written if isinstance(written, Unresolved) else scope_id(place, written)
    subscription_id: str | Unresolved | None = place.scope.subscription_id
    group: str | Unresolved | None = None
    if definition.get("subscriptionId") is not None:
        subscription_id = text_of(definition, "subscriptionId", frame)
    if definition.get("resourceGroup") is not None:
        group = text_of(definition, "resourceGroup", frame)
    elif definition.get("subscriptionId") is None:
        return place.base()
    if isinstance(subscription_id, Unresolved) or subscription_id is None:
        return subscription_id or Unresolved("the subscription of the deployment is not known")
    if isinstance(group, Unresolved):
        return group
    return f"/subscriptions/{subscription_id}" + ("" if group is None else f"/resourceGroups/{group}")


def place_of(base: str, place: Place) -> Place:
    """The place that a scope's id names, seen from another place."""
    found = _SCOPE.match(base)
    if found is None:
        return place
    scope = place.scope
    group, subscription_id = found["group"], found["subscription"]
    if group is not None:
        here = (
            place.level == "group" and _is(subscription_id, scope.subscription_id) and _is(group, scope.resource_group)
        )
        return place if here else place.at_group(subscription_id, group, None)
    if subscription_id is not None:
        return place.at_subscription(subscription_id)
    return place.at_tenant() if found["management"] is None else place.at_management_group(found["management"])


def _is(left: str, right: str | None) -> bool:
    return right is not None and left.lower() == right.lower()
