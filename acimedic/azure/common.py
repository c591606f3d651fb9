"""What diagnoses that run at the same time have in common: the way to Azure, its patience, and their readings.

It is there as long as anybody diagnoses, and is then closed; nothing outlives the last of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from acimedic.azure.session import Session, Way
from acimedic.azure.sharing import Readings
from acimedic.azure.transport import Pause
from acimedic.settings import Settings

# Settings say as whom we sign in and where: what differs in them has nothing in common.
_Key: TypeAlias = tuple[Settings, Pause, asyncio.AbstractEventLoop]


class _Common:
    def __init__(self, settings: Settings, pause: Pause) -> None:
        self.way = Way(settings, pause)
        self.readings = Readings(settings.time_limit, asyncio.get_running_loop().time)
        self.users = 0

    async def close(self) -> None:
        await self.readings.close()
        await self.way.close()


_OPEN: dict[_Key, _Common] = {}


@asynccontextmanager
async def in_common(settings: Settings, pause: Pause = asyncio.sleep) -> AsyncIterator[Session]:
    """A session for one diagnosis, which shares what it reads with others under the same settings.

    Nothing may be changed because of what is read here: it may be some seconds old.
    """
    key = (settings, pause, asyncio.get_running_loop())
    common = _OPEN.get(key)
    if common is None:
        common = _OPEN[key] = _Common(settings, pause)
    common.users += 1
    try:
        async with Session(settings, pause, way=common.way, shared=common.readings) as session:
            yield session
    finally:
        common.users -= 1
        if not common.users:
            del _OPEN[key]
            await common.close()
