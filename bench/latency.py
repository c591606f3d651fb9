"""One diagnosis, warm, over a far side that takes 100 ms for every answer: against its longest chain of readings."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.incident import from_event
from acimedic.model.incident import Incident
from acimedic.pipeline import investigate
from acimedic.settings import Settings
from acimedic.simulator.exchange import Json
from bench.far import Asked, Far, far_side
from bench.figure import Figure
from bench.reads import on_top
from tests.scenarios.running import load

WORLDS = ("role-missing", "in-order", "image-in-order-open-registry")
_DELAY = 0.1
_QUIET = 0.4  # far longer than it takes to send what can be sent, on a machine with other work too
_TIMES = 7


def figures() -> Iterator[Figure]:
    """Chains and times: for a cause that is found, for one that is looked for everywhere, and that in the registry."""
    for name in WORLDS:
        world = load(name)
        with far_side([world]) as far:
            before, whole = chain(far, world["event"])
            taken = seconds(far, world["event"], _DELAY)
        about = f"scenario {name}"
        yield Figure(
            name=f"longest chain of readings, {name}",
            value=before,
            unit="reads",
            method=f"{about}; rounds of answers until the last reading that no finding asks for; the least of 3",
            target=5,
        )
        yield Figure(
            name=f"the same with what changed, {name}",
            value=whole,
            unit="reads",
            method=f"{about}; all rounds",
        )
        yield Figure(
            name=f"wall time over chain × 100 ms, {name}",
            value=round(taken / (whole * _DELAY), 2),
            unit="ratio",
            method=f"{about}; {taken * 1000:.0f} ms, median of {_TIMES}, warm; all {whole} rounds",
            target=1.15,
        )


def chain(far: Far, event: Json, *, times: int = 3, quiet: float = _QUIET) -> tuple[int, int]:
    """How many readings wait for one another: without what changed before the failure, and with it.

    Everything that is open is answered at once, when nothing new comes any more: as many such rounds as there are,
    so long is the chain. A slow machine may tear one round in two, and never joins two: the least is right.
    """
    found: list[tuple[int, int]] = []
    for _ in range(times):
        far.set(quiet=quiet)
        diagnose(far, event)
        asked = far.asked()
        late = on_top([one.target for one in asked])
        found.append((_last(one for one in asked if one.target not in late), _last(asked)))
    return min(found, key=lambda each: each[1])


def seconds(far: Far, event: Json, delay: float, *, times: int = _TIMES) -> float:
    """The median time of a diagnosis, after one that is not counted."""
    far.set(delay=delay)
    diagnose(far, event)
    return statistics.median(diagnose(far, event) for _ in range(times))


def diagnose(far: Far, event: Json) -> float:
    """Diagnose once, from the event, over a connection of its own; gives back the seconds that it took."""
    incident = from_event(event)
    if not isinstance(incident, Incident):
        raise TypeError("the event tells of no container group")

    async def once() -> float:
        began = time.perf_counter()
        async with Session(Settings(gateway=far.url, time_limit=300.0)) as session:
            await investigate(
                incident, AzureReader(session), cloud="AzureCloud", now=datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
            )
        return time.perf_counter() - began

    return asyncio.run(once())


def _last(asked: "Iterator[Asked] | list[Asked]") -> int:
    return max((one.round for one in asked), default=0)
