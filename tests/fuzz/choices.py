"""Bytes as a row of choices, so that whoever makes the bytes steers what is generated.

Hypothesis draws them from a fixed seed, libFuzzer changes those that reached new lines. Where the bytes end, the first
choice is taken each time: shorter bytes give simpler inputs.
"""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Choices, each taken from the next one or two bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1, which is at most 65,535."""
        width = 1 if limit <= 256 else 2
        taken = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(taken, "big") % limit

    def pick(self, among: Sequence[T]) -> T:
        """One of several."""
        return among[self.below(len(among))]

    def once_in(self, times: int) -> bool:
        """True about once in so many times, and never where the bytes have ended."""
        return self.below(times) == times - 1

    def some(self, most: int) -> int:
        """A number from 0 to `most`, where small ones are more likely."""
        return min(self.below(most + 1), self.below(most + 1))

    def rest(self) -> bytes:
        """The bytes that are left."""
        rest, self._at = self._data[self._at :], len(self._data)
        return rest
