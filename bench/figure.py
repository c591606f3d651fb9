"""A figure that was measured, beside its target."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


class NotMeasuredError(Exception):
    """Something that measuring needs is not to be had; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured. target: None where a figure is only reported. at_most: whether less is better."""

    name: str
    value: float
    unit: str
    method: str
    target: float | None = None
    kind: Literal["at most", "at least"] = "at most"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.kind == "at most" else self.value >= self.target


def seconds(work: Callable[[], object], *, times: int = 7) -> float:
    """The median time of a piece of work, warm: it is done once before it is measured."""
    work()
    taken = []
    for _ in range(times):
        gc.collect()
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
