"""The id of an Azure resource, taken apart and compared part by part.

Azure compares ids case-insensitively and mixes `resourcegroups` with `resourceGroups`; a prefix of
the text is not a parent (`rg-app` is no parent of `rg-app-evil`).
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

_SEGMENT = re.compile(r"[^/?#\s\\\x00-\x1f\x7f\ud800-\udfff]{1,260}")
_LONGEST = 2048  # Azure's own bound lies far below; a longer text is no id
CONTAINER_GROUPS = "Microsoft.ContainerInstance/containerGroups"
REGISTRIES = "Microsoft.ContainerRegistry/registries"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
DEPLOYMENTS = "Microsoft.Resources/deployments"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResourceId:
    """A resource in a subscription, or one of its child resources.

    `type` is `Provider/type[/child…]` as written, `names` are the names that belong to its types.
    Two ids are equal if Azure would take them for the same resource.
    """

    subscription: str
    resource_group: str | None
    type: str
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "ResourceId":
        """Take an id apart. Raises ValueError, saying what is wrong, for anything else."""
        segments = _segments(text)
        if len(segments) < 2 or segments[0].lower() != "subscriptions":
            raise ValueError(f"not the id of an Azure resource: {_shown(text)}")
        subscription, rest = segments[1], segments[2:]
        group: str | None = None
        if len(rest) >= 2 and rest[0].lower() == "resourcegroups":
            group, rest = rest[1], rest[2:]
        if rest and rest[0].lower() != "providers" and group is not None and "/" not in rest[0]:
            # `/resourceGroups/g/deployments/x` occurs in recordings for a deployment.
            rest = ["providers", "Microsoft.Resources", *rest]
        if len(rest) < 4 or len(rest) % 2 or rest[0].lower() != "providers":
            raise ValueError(f"an id names a provider, a type and a name: {_shown(text)}")
        types, names = rest[2::2], rest[3::2]
        return cls(
            subscription=subscription, resource_group=group, type="/".join([rest[1], *types]), names=tuple(names)
        )

    @property
    def name(self) -> str:
        """The resource's own name, without its parents'."""
        return self.names[-1]

    @property
    def key(self) -> str:
        """The text by which this id is compared, hashed and kept."""
        return str(self).lower()

    @property
    def group_scope(self) -> str:
        """The scope of the resource group (or subscription) that holds the resource."""
        scope = f"/subscriptions/{self.subscription}"
        return f"{scope}/resourceGroups/{self.resource_group}" if self.resource_group else scope

    def is_a(self, resource_type: str) -> bool:
        """Whether the resource is of this type, whatever the casing."""
        return self.type.lower() == resource_type.lower()

    def __str__(self) -> str:
        provider, *types = self.type.split("/")
        pairs = "".join(f"/{kind}/{name}" for kind, name in zip(types, self.names, strict=True))
        return f"{self.group_scope}/providers/{provider}{pairs}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResourceId) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def scope_segments(scope: str) -> tuple[str, ...]:
    """A scope's path in comparable parts, empty for the root `/`."""
    return tuple(part.lower() for part in scope.split("/") if part)


def scope_covers(scope: str, resource: str) -> bool:
    """Whether `scope` is the resource itself or lies above it, by whole segments.

    Management groups cannot be told from the id of what they hold, so this answers False for them.
    """
    outer, inner = scope_segments(scope), scope_segments(resource)
    return inner[: len(outer)] == outer


def _segments(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise ValueError(f"too long for the id of an Azure resource ({len(text)} characters)")
    path = unquote(text.strip())
    segments = path.strip("/").split("/")
    if not path.startswith("/") or not all(_SEGMENT.fullmatch(part) and part not in {".", ".."} for part in segments):
        raise ValueError(f"not the id of an Azure resource: {_shown(text)}")
    return segments


def _shown(text: str) -> str:
    """A text that can stand in one line of a message."""
    line = "".join(char if char.isprintable() else "?" for char in text.strip())
    return f"'{line[:160]}…'" if len(line) > 160 else f"'{line}'"
