"""Ids as people write them into a policy or routes: exact, whole, and compared part by part.

Only ASCII letters lose their case. Python's `lower` takes the Kelvin sign for a `k`, and resource groups may have
letters of any script in their names, so a group that only looks like the one meant could be made.
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

import re
import string
from dataclasses import dataclass
from functools import lru_cache

from acimedic.model.resource_id import IDENTITIES, REGISTRIES, ResourceId

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NAMES = {
    REGISTRIES: re.compile(r"[A-Za-z0-9]{5,50}"),
    IDENTITIES: re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}"),
}
_GROUP_NAME = re.compile(r"[\w.()-]{0,89}[\w()-]")
_SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceGroup:
    """A resource group, by subscription and name as written."""

    subscription: str
    name: str

    def __str__(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.name}"

    def holds(self, resource: ResourceId) -> bool:
        """Whether the resource lies in this group, and not in one whose name only begins like it."""
        return parts(resource)[:4] == _parts(str(self))


def parts(resource: ResourceId) -> tuple[str, ...]:
    """An id in comparable parts."""
    return _parts(str(resource))


def same(one: ResourceId, other: ResourceId) -> bool:
    """Whether two ids name one resource."""
    return parts(one) == parts(other)


def folded(text: str) -> str:
    """A text without the case of its ASCII letters."""
    return text.translate(_LOWER)


def same_id(one: str, other: str) -> bool:
    """Whether two texts are ids of one resource; False where one is no id at all."""
    try:
        return same(ResourceId.parse(one), ResourceId.parse(other))
    except ValueError:
        return False


def resource(text: str, resource_type: str) -> ResourceId:
    """The id of a registry or identity, written as Azure prints it. Raises ValueError saying what is wrong."""
    _written_out(text)
    parsed = ResourceId.parse(text)
    if _parts(text) != parts(parsed):
        raise ValueError("not an id as Azure prints it: a part is missing, or stands there twice")
    if not parsed.is_a(resource_type) or parsed.resource_group is None:
        raise ValueError(f"not the id of a resource of type {resource_type} in a resource group")
    _named(parsed.name, _NAMES[resource_type], resource_type)
    _placed(parsed.subscription, parsed.resource_group)
    return parsed


def resource_group(text: str) -> ResourceGroup:
    """The id of a resource group. Raises ValueError saying what is wrong."""
    _written_out(text)
    written = text.removesuffix("/").split("/")
    if (
        len(written) != 5
        or written[0]
        or [folded(written[1]), folded(written[3])]
        != [
            "subscriptions",
            "resourcegroups",
        ]
    ):
        raise ValueError("not the id of a resource group: /subscriptions/…/resourceGroups/…")
    _placed(written[2], written[4])
    return ResourceGroup(subscription=written[2], name=written[4])


def subscription(text: str) -> str:
    """A subscription id, in lower case. Raises ValueError."""
    if not _SUBSCRIPTION.fullmatch(text):
        raise ValueError("not a subscription id (a GUID, without a wildcard)")
    return folded(text)


@lru_cache(maxsize=4096)  # a policy's pairs are compared with every plan; ids are short, and no secrets
def _parts(text: str) -> tuple[str, ...]:
    return tuple(folded(text).strip("/").split("/"))


def _written_out(text: str) -> None:
    if "*" in text or "?" in text:
        raise ValueError("a wildcard is not allowed here: name the resource by its whole id")
    if "%" in text or text != text.strip():
        raise ValueError("not an id as Azure prints it: it has a blank at an end, or an encoded character")
    if text.startswith("//") or text.endswith("//") or not text.startswith("/"):
        raise ValueError("not an id as Azure prints it: it begins with one / and has no // in it")


def _placed(subscription_id: str, group: str) -> None:
    subscription(subscription_id)
    _named(group, _GROUP_NAME, "resource group")


def _named(name: str, pattern: re.Pattern[str], what: str) -> None:
    if not pattern.fullmatch(name):
        raise ValueError(f"'{name[:60]}' cannot be the name of a resource of type {what}")
