"""How a test asks: settings, session, reader, SDK, HTTP, and a server that answers from a list."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.settings import read_settings

from .questions import NOON
from .replay import Replay, Route

T = TypeVar("T")
Ask = Callable[[AzureReader], Awaitable[T]]


def noon() -> datetime:
    """A clock that stands still."""
    return NOON


class Waits(list[float]):
    """Notes how long would have been waited, and does not wait."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def with_session(
    replay: Replay,
    act: Callable[[Session], Awaitable[T]],
    *,
    time_limit: float = 30.0,
    pause: Callable[[float], Awaitable[None]] | None = None,
) -> T:
    """Do something with a session whose every request goes to the server."""

    async def run() -> T:
        settings = read_settings({"ACIMEDIC_GATEWAY": replay.url})
        limited = replace(settings, time_limit=time_limit)
        async with Session(limited, pause=Waits() if pause is None else pause) as session:
            return await act(session)

    return asyncio.run(run())


def ask(
    replay: Replay,
    question: Ask[T],
    *,
    time_limit: float = 30.0,
    pause: Callable[[float], Awaitable[None]] | None = None,
) -> T:
    """Ask a reader one thing."""

    async def act(session: Session) -> T:
        return await question(AzureReader(session))

    return with_session(replay, act, time_limit=time_limit, pause=pause)


def ask_of(question: Ask[T], *routes: Route) -> T:
    """Ask a reader one thing of a server with these answers."""
    with Replay(*routes) as replay:
        return ask(replay, question)
