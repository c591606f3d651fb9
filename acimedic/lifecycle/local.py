"""The lifecycle on one machine: the story on the local engine, over the same activities as in Azure."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from acimedic.lifecycle.activities import activities
from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History
from acimedic.lifecycle.messages import Json
from acimedic.lifecycle.story import DECIDED, NAME, story
from acimedic.lifecycle.tools import Tools
from acimedic.store.trouble import StoreUnavailableError


class Local:
    """Stories on this machine. Use as `with`, or close it. history: the file that keeps them."""

    def __init__(self, tools: Tools, history: str | Path) -> None:
        self._tools = tools
        self._history = History(history)
        self.engine = Engine(self._history, story, activities(tools), name=NAME)

    async def start(self, incident: str, given: Json) -> None:
        """Begin the story of an incident, unless there is one that lives or has ended well.

        Raises StoreUnavailableError where it cannot be written down: then the event has to come again.
        """
        with _written():
            await self.engine.begin(incident, given, now=self._tools.now(), over=frozenset({"Failed"}))

    async def wake(self, incident: str, nonce: str) -> None:
        """Say that somebody has decided. Raises StoreUnavailableError."""
        with _written():
            self.engine.raise_event(incident, DECIDED, nonce, now=self._tools.now())

    async def forget(self, incident: str) -> None:
        """Delete a story; one that is not there is no matter. Raises StoreUnavailableError."""
        with _written():
            self.engine.forget(incident)

    async def forget_before(self, time: datetime) -> None:
        """Delete the stories that ended before then. Raises StoreUnavailableError."""
        with _written():
            self.engine.purge(time)

    def hold(self) -> None:
        """Be the one process that carries them on. Raises BusyError."""
        self._history.hold()

    async def advance(self) -> None:
        """Do all that is due. Raises BusyError where another process does it."""
        await self.engine.advance(self._tools.now(), clock=self._tools.now)

    def close(self) -> None:
        """Let go of the file."""
        self._history.close()

    def __enter__(self) -> "Local":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreUnavailableError(f"the stories cannot be written down now: {error}") from error


def history_of(store: Path) -> Path:
    """The file in which the stories of a store on this machine are kept: beside it."""
    return store.with_name(f"{store.name}.stories")
