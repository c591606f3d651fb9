"""A token of a registry: a user name and password with a scope map.

Source: https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions
"""

from dataclasses import dataclass
from datetime import datetime

from acimedic.model.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What ARM says of a token; its passwords are never returned, only when they expire.

    expiries: of its passwords, None for one that does not expire.
    actions: of its scope map, such as `repositories/app/web/content/read`.
    """

    name: str
    enabled: bool
    expiries: tuple[datetime | None, ...]
    scope_map: str | None
    actions: Reading[tuple[str, ...]]
    source: str

    def expired_at(self, when: datetime) -> bool:
        """Whether every password it has had run out by then."""
        return bool(self.expiries) and all(expiry is not None and expiry <= when for expiry in self.expiries)

    def reads(self, repository: str, actions: tuple[str, ...]) -> bool:
        """Whether these actions of its scope map let it read a repository: `*` and `prefix/*` are wildcards."""
        return any(_reads(action, repository) for action in actions)


def _reads(action: str, repository: str) -> bool:
    head, tail = "repositories/", "/content/read"
    text = action.strip().lower()
    if not text.startswith(head) or not text.endswith(tail):
        return False
    pattern, name = text[len(head) : -len(tail)], repository.lower()
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return pattern == name
