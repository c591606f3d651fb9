"""All checks on one evidence: nothing but thinking."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import checks
from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.diagnosis import diagnose
from acimedic.evidence import Supplied, gather
from acimedic.incident import from_event
from acimedic.model.evidence import Evidence
from acimedic.model.incident import Incident
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from bench.figure import Figure, seconds
from tests import build


def evidences() -> dict[str, Evidence]:
    """What is judged: a pull in which nothing is wrong, which no check ends early; two that fail; and one as read."""
    return {
        "in order": build.HEALTHY,
        "no role": build.without_role(),
        "nothing known of the definition": build.without_definition(),
        "as read, with others' roles": asyncio.run(_read()),
    }


async def _read() -> Evidence:
    """What is read where the pull role is missing, and the registry has assignments of others."""
    world = load_world("role-missing")
    incident = from_event(world["event"])
    if not isinstance(incident, Incident):
        raise TypeError("the event tells of no container group")
    with Simulator(world) as azure:
        async with Session(Settings(gateway=azure.url, time_limit=300.0)) as session:
            now = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
            return await gather(incident, AzureReader(session), cloud="AzureCloud", now=now, supplied=Supplied())


def figures() -> Iterator[Figure]:
    """The slowest of them."""
    taken = {name: seconds(lambda on=on: diagnose(on, checks.ALL)) * 1000 for name, on in evidences().items()}  # type: ignore[misc]
    slowest = max(taken, key=lambda name: taken[name])
    each = ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in taken.items())
    yield Figure(
        name="all checks on one evidence",
        value=round(taken[slowest], 2),
        unit="ms",
        method=f"{len(checks.ALL)} checks, median of 7, warm; {each}",
        target=2,
    )
