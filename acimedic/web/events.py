"""What happens on an event: the incident is recorded and its story begun. Changes nothing in Azure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from acimedic.incident import from_event
from acimedic.model.incident import Ignored, Signal
from acimedic.settings import Settings
from acimedic.web import lines

if TYPE_CHECKING:
    from acimedic.lifecycle.intake import Starter
    from acimedic.lifecycle.tools import Tools


async def on_failure(event: Mapping[str, object], settings: Settings, stories: "Starter") -> None:
    """Take in the failure that an event tells of. What is raised makes Event Grid deliver the event again."""
    signal = _ours(event, settings)
    if signal is None:
        return
    # Imported here, since most events of a subscription are none of ours, and need none of it.
    from acimedic.lifecycle.opening import open_tools

    async with open_tools(settings) as tools:
        await _received(event, signal, tools, stories)


async def take_in(event: Mapping[str, object], tools: "Tools", stories: "Starter") -> None:
    """The same with tools that are open."""
    signal = _ours(event, tools.settings)
    if signal is not None:
        await _received(event, signal, tools, stories)


def _ours(event: Mapping[str, object], settings: Settings) -> Signal | None:
    """What an event tells, where it concerns us.

    One that nobody can understand would never be understood: it is logged as an error and done with.
    """
    try:
        signal: Signal = from_event(event, hash_key=settings.hash_key)
    except ValueError as error:  # BadEventError, or half of a surrogate pair in an id, which cannot be hashed
        lines.bad_event(event.get("id"), str(error))
        return None
    if isinstance(signal, Ignored):
        lines.ignored(event.get("id"), signal.reason)
        return None
    return signal


async def _received(event: Mapping[str, object], signal: Signal, tools: "Tools", stories: "Starter") -> None:
    from acimedic.lifecycle.intake import NotServedError, UnresolvedError, receive

    try:
        incidents = await receive(signal, tools, stories)
    except NotServedError as error:
        lines.ignored(event.get("id"), str(error))
    except UnresolvedError as error:
        lines.unresolved(event.get("id"), str(error))
    else:
        if incidents:
            lines.received(event.get("id"), incidents)
        else:
            lines.ignored(event.get("id"), "the deployment that failed concerns no container group")
