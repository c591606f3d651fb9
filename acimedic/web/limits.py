"""How often a diagnosis may be asked for: each takes a dozen requests of what Azure grants to a whole subscription.

Counted in this process alone, by token buckets: a full one holds a minute's worth, and fills up again over a minute.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_TOGETHER = 4
"""All callers together may ask for so many times what one may."""
_MOST_CALLERS = 1000


class TooManyError(Exception):
    """Asked too often. wait: seconds after which it may be asked again."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many requests; ask again in {wait} s")
        self.wait = wait


@dataclass(slots=True)
class _Bucket:
    """tokens: what is left of it, as of `at`."""

    tokens: float
    at: float


class Limits:
    """The buckets of a process: one for each caller, and one for all together.

    per_minute: of one caller. clock: seconds that only ever grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._all = _Bucket(per_minute * _TOGETHER, clock())
        self._callers: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one request. Raises TooManyError, and then counts nothing. caller: empty for whoever is not known."""
        now = self._clock()
        own = self._callers.pop(caller, None) or _Bucket(self._per_minute, now)
        self._callers[caller] = own  # at the end, so that whoever has not asked for longest is forgotten first
        if len(self._callers) > _MOST_CALLERS:
            self._callers.popitem(last=False)
        buckets = ((own, self._per_minute), (self._all, self._per_minute * _TOGETHER))
        for bucket, most in buckets:
            bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * most / 60)
            bucket.at = now
        wait = max((1 - bucket.tokens) * 60 / most for bucket, most in buckets)
        if wait > 0:
            raise TooManyError(math.ceil(wait))
        for bucket, _ in buckets:
            bucket.tokens -= 1
