"""What diagnoses that run at about the same time have in common: the way to Azure, its patience, and their readings.

The way is open as long as anybody diagnoses. What was read outlives that by the few seconds for which it is good.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeAlias

from acimedic.azure.session import Session, Way
from acimedic.azure.sharing import Readings
from acimedic.azure.transport import Pause
from acimedic.settings import Settings

Clock: TypeAlias = Callable[[], datetime]

# Settings say as whom we sign in and where: what differs in them has nothing in common.
_Key: TypeAlias = tuple[Settings, Pause, Clock, asyncio.AbstractEventLoop]


class _Common:
    """way: open as long as there are users."""

    def __init__(self, settings: Settings, now: Clock) -> None:
        self.readings = Readings(settings.time_limit, lambda: now().timestamp())
        self.way: Way | None = None
        self.users = 0

    async def leave(self) -> None:
        """One less; the last one closes the way."""
        self.users -= 1
        if self.users or self.way is None:
            return
        way, self.way = self.way, None
        await self.readings.settle()
        await way.close()


_KNOWN: dict[_Key, _Common] = {}


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


@asynccontextmanager
async def in_common(settings: Settings, pause: Pause = asyncio.sleep, now: Clock = utc_now) -> AsyncIterator[Session]:
    """A session for one diagnosis, which shares what it reads with others under the same settings.

    Nothing may be changed because of what is read here: it may be some seconds old by `now`.
    """
    _forget_the_idle()
    key = (settings, pause, now, asyncio.get_running_loop())
    common = _KNOWN.setdefault(key, _Common(settings, now))
    common.users += 1
    if common.way is None:
        common.way = Way(settings, pause)
    try:
        async with Session(settings, pause, way=common.way, shared=common.readings) as session:
            yield session
    finally:
        await common.leave()


def _forget_the_idle() -> None:
    """What nobody uses, and is good for nobody any more."""
    idle = [key for key, each in _KNOWN.items() if not each.users and (key[-1].is_closed() or each.readings.empty)]
    for key in idle:
        del _KNOWN[key]
