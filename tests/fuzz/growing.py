"""Whether work grows with the length of an input, or faster: pieces repeated up to what a parser does not refuse.

In processor time, for a pattern that looks back is one instruction to Python. The test of the same question counts
lines instead.
"""

import logging
import time

from tests.fuzz.mutating import as_bytes
from tests.fuzz.target import Target

_SHORTEST_MEASURED = 0.02
"""Seconds below which a ratio says nothing."""


def growth(target: Target) -> dict[str, float]:
    """longest_ms: of the longest inputs the slowest. growth: how many times longer one took that was twice as long."""
    logging.disable(logging.CRITICAL)
    slowest, worst = 0.0, 0.0
    for piece in target.pieces:
        half, whole = (_seconds(target, piece, length) for length in (target.longest // 2, target.longest))
        slowest = max(slowest, whole)
        if half >= _SHORTEST_MEASURED:
            worst = max(worst, whole / half)
    return {"longest_ms": round(slowest * 1000, 1), "growth": round(worst, 1)}


def _seconds(target: Target, piece: str, length: int) -> float:
    given = as_bytes(piece * (length // len(piece.encode())))
    began = time.thread_time()
    target.hold(given)
    return time.thread_time() - began
