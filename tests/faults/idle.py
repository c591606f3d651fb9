"""An event loop whose clock stands still while anything is on its way, and jumps to the next timer when nothing is.

So a server that never answers costs no time, and what comes of it does not hang on how busy the machine is. Both ends
of every connection must live in the loop, since nothing else tells it that somebody is still at work.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_ON_ITS_WAY = 0.01  # seconds that a byte may take from one end of the loopback to the other


class _Idle(selectors.DefaultSelector):
    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; where nothing is, and a timer is waited for, its time has come."""
        ready = super().select(0 if timeout is not None and timeout <= 0 else _ON_ITS_WAY)
        if ready or timeout is None or timeout <= 0:
            return ready
        self.skipped += timeout
        return ready


class Clockwork(asyncio.SelectorEventLoop):
    """Time here is what has been waited for, and nothing else."""

    def __init__(self) -> None:
        self._idle = _Idle()
        super().__init__(self._idle)

    def time(self) -> float:
        return self._idle.skipped


def run(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """What it comes to, and how many seconds it would have taken if machines took none."""
    with asyncio.Runner(loop_factory=Clockwork) as runner:
        begun = runner.get_loop().time()
        return runner.get_loop().run_until_complete(work), runner.get_loop().time() - begun
