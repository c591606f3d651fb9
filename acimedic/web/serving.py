"""The server on this machine: the routes, and what goes on in the background."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from acimedic.crash import tellable
from acimedic.lifecycle.history import BusyError
from acimedic.lifecycle.working import is_stopped
from acimedic.redact import redact

Advance = Callable[[], Awaitable[None]]

_LOG = logging.getLogger("acimedic.serve")
_LOOKS_AGAIN = 5.0  # seconds: another process may have left something in the same file
_AFTER_TROUBLE = 5.0  # seconds: what has just failed would fail again at once
_LAST_WAIT = 10.0  # seconds: a change that is being made is better finished than cut off


class Background:
    """Has the stories go on: whenever something has come, and whenever a timer is due.

    advance: does all that is due. next_due: when that will be something, unless something comes before.
    now: this machine's clock. rest: tells `advance` to begin nothing more. what: goes on, as the log calls it.
    after_trouble: seconds to wait after an error.
    """

    def __init__(
        self,
        advance: Advance,
        next_due: Callable[[], datetime | None],
        now: Callable[[], datetime],
        *,
        rest: Callable[[], None] | None = None,
        what: str = "the stories",
        after_trouble: float = _AFTER_TROUBLE,
    ) -> None:
        self._advance = advance
        self._next_due = next_due
        self._now = now
        self._rest = rest
        self._what = what
        self._after_trouble = after_trouble
        self._came = asyncio.Event()
        self._ending = asyncio.Event()
        self._told = ""

    def came(self) -> None:
        """Something has come: there may be something to do."""
        self._came.set()

    def end(self) -> None:
        """Begin nothing more."""
        if self._rest is not None:
            self._rest()
        self._ending.set()
        self._came.set()

    async def run(self) -> None:
        """Go on until `end`. No error ends it: each is logged, and what is due is tried again."""
        while not self._ending.is_set():
            self._came.clear()
            try:
                await self._advance()
                wait = self._until_due()
                self._told = ""
            except (Exception, asyncio.CancelledError) as error:  # other incidents have to go on
                if isinstance(error, asyncio.CancelledError) and is_stopped():
                    raise
                self._say(error)
                await _first(self._ending, self._after_trouble)
                continue
            await _first(self._came, wait)

    def _until_due(self) -> float:
        due = self._next_due()
        return _LOOKS_AGAIN if due is None else min(_LOOKS_AGAIN, max(0.0, (due - self._now()).total_seconds()))

    def _say(self, error: Exception | asyncio.CancelledError) -> None:
        """Once for each trouble, however long it lasts."""
        told = f"{self._what} do not go on, and are tried again: {type(error).__name__}: {redact(str(error))}"
        if told != self._told:
            _LOG.error(told, exc_info=None if isinstance(error, BusyError) else tellable(error))
        self._told = told


async def serve(
    made: web.Application,
    listening: socket.socket,
    *backgrounds: Background,
    until: asyncio.Event,
    ready: Callable[[], None],
    last_wait: float = _LAST_WAIT,
) -> None:
    """Serve on a socket until the event is set; then end what is under way and let go of everything.

    backgrounds: what goes on meanwhile; none waits for another. ready: called when requests are answered.
    last_wait: seconds that what is under way has left.
    """
    # No access log: the address of a page holds the text by which it decides.
    runner = web.AppRunner(made, access_log=None, shutdown_timeout=last_wait)
    await runner.setup()
    going = [asyncio.create_task(each.run()) for each in backgrounds]
    try:
        await web.SockSite(runner, listening).start()
        ready()
        await until.wait()
    finally:
        for each in backgrounds:
            each.end()
        await runner.cleanup()
        await asyncio.wait(going, timeout=last_wait)
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, and no longer than that."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
