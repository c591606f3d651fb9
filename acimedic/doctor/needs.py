"""Which rights are needed at which place, by how far changes may go: the table of `acimedic.permissions`, applied."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.plan import RunMode
from acimedic.model.resource_id import REGISTRIES, ResourceId, scope_covers
from acimedic.permissions import ASSIGN, IMAGES, READ, UNASSIGN, WRITE, Right
from acimedic.policy import Policy, PolicyReading

Kind: TypeAlias = Literal["subscription", "group", "registry"]

GRANTS = frozenset({ASSIGN, UNASSIGN})
_OF_REGISTRY = (f"{REGISTRIES}/", "Microsoft.Authorization/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A scope that is looked at."""

    scope: str
    kind: Kind

    @property
    def subscription(self) -> str:
        """Its subscription's id."""
        return self.scope.split("/")[2]

    @property
    def about(self) -> str:
        """What it is, and how it is called."""
        names = {"subscription": "subscription", "group": "resource group", "registry": "registry"}
        return f"{names[self.kind]} {self.scope.rsplit('/', 1)[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is needed at a place. allowed: actions that may be there, needed or not."""

    reads: tuple[Right, ...]
    changes: tuple[Right, ...]
    allowed: frozenset[str]


def needs(place: Place, mode: RunMode, policy: PolicyReading) -> Needs:
    """What is needed at a place. Rights to change are needed at the registries that the policy names, nowhere else."""
    match place.kind:
        case "registry":
            reads = tuple(right for right in READ if right.action.startswith(_OF_REGISTRY))
            changes, images = changes_at(place.scope, mode, policy), IMAGES
        case "subscription" | "group":
            reads, changes, images = READ, (), ()
    given = {right.action for right in (*READ, *changes, *images)}
    return Needs(reads=reads, changes=changes, allowed=frozenset(given))


def changes_at(registry: str, mode: RunMode, policy: PolicyReading) -> tuple[Right, ...]:
    """What changing needs at a registry, as far as the policy consents to it there."""
    if mode == "observe" or not isinstance(policy, Policy):
        return ()
    if not any(_same(str(pair.registry), registry) for pair in policy.pairs):
        return ()
    remedies = ("assign-pull-role" in policy.remedies, "enable-trusted-services" in policy.remedies)
    return tuple(right for right in WRITE if remedies[right.action not in GRANTS])


def place(scope: str) -> Place:
    """The place that is meant. Raises ValueError for what is none of a subscription, a resource group, a registry."""
    text = scope.strip().rstrip("/")
    parts = text.split("/")
    if len(parts) == 1 and parts[0]:
        text, parts = f"/subscriptions/{text}", ["", "subscriptions", text]
    lower = [part.lower() for part in parts]
    placed = ResourceId.parse(f"{text}/providers/Microsoft.Resources/deployments/x") if len(parts) in {3, 5} else None
    if placed is not None and len(parts) == 3 and placed.resource_group is None:
        return Place(scope=placed.group_scope, kind="subscription")
    if placed is not None and lower[3:4] == ["resourcegroups"]:
        return Place(scope=placed.group_scope, kind="group")
    found = ResourceId.parse(text)
    if not found.is_a(REGISTRIES) or found.resource_group is None:
        raise ValueError("a scope is a subscription, a resource group, or a registry")
    return Place(scope=str(found), kind="registry")


def places(subscriptions: tuple[str, ...], policy: PolicyReading) -> tuple[Place, ...]:
    """What is looked at where nobody says: the subscriptions, and the registries that the policy names."""
    registries = [str(pair.registry) for pair in policy.pairs] if isinstance(policy, Policy) else []
    named = {each.lower(): each for each in registries}
    found = [Place(scope=f"/subscriptions/{each}", kind="subscription") for each in subscriptions]
    return (*found, *(Place(scope=each, kind="registry") for each in named.values()))


def _same(one: str, other: str) -> bool:
    return scope_covers(one, other) and scope_covers(other, one)
