"""Twice as long an input is at most about twice the work, counted in lines of Python, not in seconds."""

import sys
from types import FrameType
from typing import Any

import pytest

from tests.fuzz.mutating import as_bytes
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

LENGTH = 1_000
"""Bytes; four times as much is tried too."""
ALLOWED = 1.3
"""A quadratic part as large as the linear one would give 2.5."""


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_work_grows_no_faster_than_the_input(target: Target) -> None:
    """Whichever piece is repeated; what is refused at once for its length does not count."""
    worst = max((_growth(target, piece) for piece in target.pieces), default=0.0)
    assert worst <= ALLOWED, f"{worst:.1f} times as many lines for each byte"


def test_a_quadratic_parser_would_be_noticed() -> None:
    """The count sees work that grows faster."""

    def quadratic(data: bytes) -> None:
        for at in range(len(data) // 10):
            for _ in range(at):
                pass

    slow = Target(name="slow", generate=lambda _: b"", hold=quadratic, pieces=("a",))
    assert _growth(slow, "a") > 2


def _growth(target: Target, piece: str) -> float:
    """How many times as many lines each byte takes when there are four times as many bytes."""
    short, long = (_lines(target, as_bytes(piece * (length // len(piece)))) for length in (LENGTH, 4 * LENGTH))
    return (long / 4) / max(short, LENGTH / 4)


def _lines(target: Target, data: bytes) -> int:
    """The lines of Python that a parser runs for an input, in this project's modules and Python's own."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        target.hold(data)
    finally:
        sys.settrace(before)
    return count
