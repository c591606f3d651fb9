"""What the worker has kept, read by another process through the same store."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import IncidentRecord
from acimedic.settings import Settings

Value = TypeVar("Value")


def using(settings: Settings, work: Callable[[Tools], Awaitable[Value]]) -> Value:
    """Do something with the lifecycle's tools in this process."""

    async def opened() -> Value:
        async with open_tools(settings) as tools:
            return await work(tools)

    return asyncio.run(opened())


def incident(store: Path, incident_id: str) -> IncidentRecord | None:
    """The incident of this id."""
    return using(Settings(store=str(store)), lambda tools: tools.store.incident(incident_id))


def incidents(store: Path) -> tuple[str, ...]:
    """The ids of all incidents (of which a test has few)."""

    async def look(tools: Tools) -> tuple[str, ...]:
        return tuple(record.id for record in (await tools.store.incidents()).records)

    return using(Settings(store=str(store)), look)


def trail(store: Path, incident_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and body of each entry of an incident's audit, in order."""

    async def look(tools: Tools) -> list[tuple[str, dict[str, Any]]]:
        found = await tools.store.audit(incident_id)
        return [(entry.note.kind, json.loads(entry.note.body)) for entry in found.entries]

    return using(Settings(store=str(store)), look)
