"""The policy as values: what may be changed, for whom, when and how often."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TypeAlias

from acimedic.duration import iso
from acimedic.ids import ResourceGroup, folded, parts, same
from acimedic.model.plan import RunMode
from acimedic.model.resource_id import ResourceId
from acimedic.policy.quiet import QuietHours

REMEDIES = ("assign-pull-role", "enable-trusted-services")
"""Every remedy that there is; a test holds this against `remediation.ALL`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A registry, and who may be let in: one identity, or every identity of a resource group.

    repositories: names, or `prefix/*`; empty where the registry's owner did not narrow it.
    path: where it stands in the document.
    approval_route: who hears of plans for this pair that wait for a person; None where the policy's own route does.
    """

    registry: ResourceId
    who: ResourceId | ResourceGroup
    repositories: tuple[str, ...]
    path: str
    approval_route: str | None = None

    @property
    def exact(self) -> bool:
        """Whether one identity is named."""
        return isinstance(self.who, ResourceId)

    def names(self, registry: ResourceId, identity: ResourceId) -> bool:
        """Whether this is about the registry and the identity."""
        if not same(self.registry, registry):
            return False
        match self.who:
            case ResourceId():
                return same(self.who, identity)
            case ResourceGroup():
                return self.who.holds(identity)

    def lists(self, repository: str) -> bool:
        """Whether a repository is among those that are named."""
        return any(_matches(pattern, repository) for pattern in self.repositories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be changed. hash: over all that it says, however it is written.

    subscriptions: every subscription of the group, identity and registry of a plan has to be among them.
    changes_per_hour: at one registry. expires_after: when what was granted is taken back; None for never.
    approval_route: who hears of plans that wait for a person.
    """

    remedies: tuple[str, ...]
    subscriptions: tuple[str, ...]
    pairs: tuple[Pair, ...]
    changes_per_hour: int
    quiet_hours: QuietHours | None = None
    expires_after: timedelta | None = None
    approval_route: str | None = None

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical form: values alone, in a fixed order, ids as they are compared."""
        said = {
            "version": 1,
            "remedies": sorted(self.remedies),
            "subscriptions": sorted(self.subscriptions),
            "pairs": sorted([*_canonical(pair)] for pair in self.pairs),
            "changes_per_hour": self.changes_per_hour,
            "quiet_hours": None if self.quiet_hours is None else asdict(self.quiet_hours),
            "expires_after": None if self.expires_after is None else iso(self.expires_after),
            "approval_route": self.approval_route,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class NoPolicy:
    """Nobody wrote one."""


@dataclass(frozen=True, slots=True)
class InvalidPolicy:
    """There is one, and it is not followed. faults: all that is wrong with it, in words."""

    faults: tuple[str, ...]


PolicyReading: TypeAlias = Policy | NoPolicy | InvalidPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What this process was told that it may do.

    subscriptions: whose failures it serves (`ACIMEDIC_SUBSCRIPTIONS`); empty for all.
    """

    mode: RunMode = "observe"
    policy: PolicyReading = field(default_factory=NoPolicy)
    subscriptions: tuple[str, ...] = ()

    @property
    def hash(self) -> str | None:
        """Of the policy; None where there is none that could be followed."""
        return self.policy.hash if isinstance(self.policy, Policy) else None

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the policy, for whoever can put it right."""
        return self.policy.faults if isinstance(self.policy, InvalidPolicy) else ()

    @property
    def expires_after(self) -> timedelta | None:
        """When what was granted is taken back."""
        return self.policy.expires_after if isinstance(self.policy, Policy) else None


def _canonical(pair: Pair) -> tuple[str, ...]:
    match pair.who:
        case ResourceId():
            who = "/".join(parts(pair.who))
        case ResourceGroup():
            who = folded(str(pair.who)).strip("/")
    said = ("/".join(parts(pair.registry)), who, ",".join(sorted(pair.repositories)))
    # Left out where none is named: a policy that says no more than before keeps its hash, and plans under way with it.
    return said if pair.approval_route is None else (*said, pair.approval_route)


def _matches(pattern: str, repository: str) -> bool:
    """`app/web` is itself alone; `app/*` is all below `app`, and not `app` or `app-evil`."""
    wanted, named = pattern.split("/"), repository.lower().split("/")
    if wanted[-1] != "*":
        return wanted == named
    return len(named) >= len(wanted) and named[: len(wanted) - 1] == wanted[:-1]
