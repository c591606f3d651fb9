"""What diagnoses that run at about the same time have in common: the way to Azure, its patience, and their readings.

The way is open as long as anybody diagnoses. What was read outlives that by the few seconds for which it is good, and
what Azure has refused by those for which it counts.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeAlias

from acimedic.azure.session import Session, Way, backoff_of
from acimedic.azure.sharing import Readings
from acimedic.azure.transport import Pause
from acimedic.settings import Settings

Clock: TypeAlias = Callable[[], datetime]

# Settings say as whom we sign in and where: what differs in them has nothing in common.
_Key: TypeAlias = tuple[Settings, Pause, Clock, asyncio.AbstractEventLoop]


class _Common:
    """way: open as long as there are users."""

    def __init__(self, settings: Settings, pause: Pause, now: Clock) -> None:
        self.backoff = backoff_of(settings, pause)
        self.readings = Readings(settings.time_limit, lambda: now().timestamp())
        self.way: Way | None = None
        self.users = 0

    def open(self, settings: Settings, pause: Pause) -> Way:
        """The way, which the first one opens."""
        if self.way is None:
            self.way = Way(settings, pause, self.backoff)
        return self.way

    @property
    def idle(self) -> bool:
        """Whether nobody uses it, and there is nothing in it that is good for anybody."""
        return not self.users and self.readings.empty and self.backoff.empty

    async def leave(self) -> None:
        """One less; the last one closes the way."""
        self.users -= 1
        if self.users or self.way is None:
            return
        way, self.way = self.way, None
        try:
            await self.readings.settle()
        finally:
            await way.close()


_KNOWN: dict[_Key, _Common] = {}


@asynccontextmanager
async def in_common(settings: Settings, pause: Pause = asyncio.sleep, *, now: Clock) -> AsyncIterator[Session]:
    """A session for one diagnosis, which shares what it reads with others under the same settings.

    Nothing may be changed because of what is read here: it may be some seconds old by `now`.
    """
    loop = asyncio.get_running_loop()
    _forget_the_idle(loop)
    common = _KNOWN.setdefault((settings, pause, now, loop), _Common(settings, pause, now))
    common.users += 1
    try:
        async with Session(settings, pause, way=common.open(settings, pause), shared=common.readings) as session:
            yield session
    finally:
        await common.leave()


def _forget_the_idle(loop: asyncio.AbstractEventLoop) -> None:
    """What nobody uses, and is good for nobody any more; another loop that still runs looks after its own."""
    for key, each in list(_KNOWN.items()):
        if key[-1].is_closed() or (key[-1] is loop and each.idle):
            _KNOWN.pop(key, None)
