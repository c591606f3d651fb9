"""What must hold of an answer, whichever parser gave it."""

import math
from typing import Any

from acimedic.template import Unresolved


def in_one_line(text: str) -> None:
    """A message that somebody reads holds nothing that a terminal obeys, and no line of its own."""
    assert text, "an empty message"
    assert text.isprintable(), f"not printable: {text[:200]!r}"
    assert len(text) < 2_000, f"a message of {len(text)} characters"


def sendable(text: str) -> None:
    """A text that is kept or sent can be encoded."""
    text.encode()


def is_json(value: Any) -> bool:
    """Whether it can be told as JSON, with what is not known in it."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if not all(isinstance(key, str) for key in each):
                return False
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, float):
            if not math.isfinite(each):
                return False
        elif not (each is None or isinstance(each, bool | int | str | Unresolved)):
            return False
    return True
