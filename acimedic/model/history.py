"""What happened before the failure: when it last worked, and what has changed since.

Names of persons are not part of it, only the kind of a change and when it was made.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """An earlier deployment of the same group that succeeded.

    same_definition: the same template with the same parameters, so that nothing else was asked for.
    """

    when: datetime
    same_definition: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was done before the failure. about: the resource's id; what: in words, such as `role removed`."""

    about: str
    what: str
    operation: str
    when: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The changes between `since` and the failure, oldest first. An empty list proves little: the log lags."""

    since: datetime
    changes: tuple[Change, ...]
