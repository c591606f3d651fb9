"""One activity, what was put off, or one night's deletion, in the Function App: opened, done, closed.

What this needs is imported when it is first done: indexing an app has to be fast, and needs none of it.
"""

import logging
from typing import TYPE_CHECKING

from acimedic.crash import tellable
from acimedic.lifecycle.messages import Json
from acimedic.settings import Settings

if TYPE_CHECKING:
    from acimedic.lifecycle.retaining import Stories

_LOG = logging.getLogger("acimedic.lifecycle")


async def act(name: str, said: object, settings: Settings) -> Json | None:
    """Carry out one activity of a story. Raises whatever went wrong: the story has it tried again.

    The host logs what is raised, and keeps it with the story.
    """
    from acimedic.lifecycle import activities
    from acimedic.lifecycle.opening import open_tools

    try:
        async with open_tools(settings) as tools:
            return await activities.act(name, said, tools)
    except Exception as error:
        if (told := tellable(error)) is error:
            raise
        raise told from None


async def digest(settings: Settings) -> None:
    """Tell what was put off."""
    from acimedic.lifecycle import digesting
    from acimedic.lifecycle.opening import open_tools

    async with open_tools(settings) as tools:
        count = await digesting.digest(tools)
    _LOG.info('{"line": "digests", "told": %d}', count)


async def retain(settings: Settings, stories: "Stories") -> None:
    """Delete what is older than it may be kept."""
    from acimedic.lifecycle import retaining
    from acimedic.lifecycle.opening import open_tools

    async with open_tools(settings) as tools:
        count = await retaining.retain(tools, stories)
    _LOG.info('{"line": "retention", "deleted": %d}', count)
