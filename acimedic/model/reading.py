"""What was read, and what could not be.

A reading is a fact or a `Gap`. A gap is never an empty list or None: checks that need it end as
`unknown`, and the report says which permission would close it.
"""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A fact that could not be read.

    reading: what was wanted, in a few words ("role assignments").
    reason: why it is not there ("403 AuthorizationFailed").
    permission: the Azure action that would give it, where one would.
    scope: where that permission is needed.
    """

    reading: str
    reason: str
    permission: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """Azure's answer that there is no such thing: a fact, not a gap."""

    what: str
    source: str


Reading: TypeAlias = T | Gap


class NotKnownError(Exception):
    """Raised by `need`; the pipeline turns it into the verdict `unknown`."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(f"{gap.reading}: {gap.reason}")
        self.gap = gap


def need(reading: T | Gap) -> T:
    """The fact itself; ends the check as `unknown` where it could not be read."""
    if isinstance(reading, Gap):
        raise NotKnownError(reading)
    return reading
