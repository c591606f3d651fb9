"""Deleting what is older than it may be kept: incidents from the store, and their stories from the engine."""

from datetime import datetime, timedelta
from typing import Protocol

from acimedic.lifecycle.tools import Tools


class Stories(Protocol):
    """Where stories are kept."""

    async def forget(self, incident: str) -> None:
        """Delete a story; one that is not there is no matter."""
        ...

    async def forget_before(self, time: datetime) -> None:
        """Delete the stories that ended, and belong to what is older than this."""
        ...


async def retain(tools: Tools, stories: Stories) -> int:
    """Delete the closed incidents received longer ago than ACIMEDIC_RETENTION_DAYS, all of each; gives back how many.

    An incident goes first, and its story with it; what an interrupted run has left goes by its age. May raise what the
    store and the engine raise: what was begun is finished by a later run.
    """
    before = tools.now() - timedelta(days=tools.settings.retention_days)
    count, after = 0, None
    while True:
        gone = await tools.store.forget(before, after=after)
        for incident in gone.ids:
            await stories.forget(incident)
        count += len(gone.ids)
        after = gone.after
        if after is None:
            break
    await stories.forget_before(before)
    return count
