"""The whole examination within a time: what the app says of itself, as its own identity, to whoever asks over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable

from acimedic.doctor import visiting
from acimedic.doctor.examination import Wish, examine
from acimedic.doctor.finding import Finding, unknown
from acimedic.doctor.glance import glance
from acimedic.doctor.installed import Installed
from acimedic.lifecycle.tools import Tools
from acimedic.model.reading import Reading
from acimedic.settings import Settings

PATIENCE = 60.0
"""Seconds that all of it may take."""


async def whole(
    tools: Tools,
    here: Installed,
    *,
    patience: float = PATIENCE,
    letters: Callable[[Settings], Awaitable[Reading[int]]] = visiting.letters,
) -> tuple[Finding, ...]:
    """Everything; of an examination that does not come to its end, what shows at a glance."""
    try:
        async with asyncio.timeout(patience):
            wish = Wish(here=here)
            return (await examine(tools.settings, wish, now=tools.now, letters=letters, tools=tools)).findings
    except TimeoutError:
        said = f"it was not looked at to the end within {patience:g} seconds"
        return (*await glance(tools, here=here), unknown("the rest", said, "acimedic doctor"))
