"""A process in which a storm is gone through, from the events to the last message; prints what came of it as JSON.

Everything is the product's own but the far side, the clock's beginning, and the one sink, which only counts.
"""

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from acimedic.lifecycle.local import Local
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import Message, News
from acimedic.settings import Settings
from acimedic.simulator.exchange import Json
from acimedic.web.events import take_in

_BEGAN = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
_AT_ONCE = 50


class _Counting:
    """Who is told, and counts. singly: the incidents that were told alone; crowds: how many were told together."""

    name = "count"
    once = True

    def __init__(self) -> None:
        self.singly: set[str] = set()
        self.crowds = 0

    async def send(self, message: Message) -> None:
        if isinstance(message, News):
            self.singly.add(message.record.id)
        else:
            self.crowds += 1


async def go_through(url: str, told: list[Json], policy: Json) -> dict[str, object]:
    """Take in these events, and go on until every story has ended; under this policy, and nothing is changed."""
    began = time.monotonic()
    sink = _Counting()
    with TemporaryDirectory() as folder:
        settings = Settings(
            gateway=url,
            store=str(Path(folder, "acimedic.db")),
            incidents_per_hour=5000,
            policy=_kept_in(folder, policy),
        )
        async with open_tools(
            settings, sinks=(sink,), now=lambda: _BEGAN + timedelta(seconds=time.monotonic() - began)
        ) as tools:
            with Local(tools, Path(folder, "stories.db")) as local:
                await _all(told, tools, local)
                seconds = time.monotonic() - began
                ended = Counter(each.status for each in local.engine.statuses())
            states, causes, outcomes = await _kept(tools)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": round(seconds, 2),
        "events": len(told),
        "stories": dict(ended),
        "states": dict(states),
        "outcomes": dict(outcomes),
        "causes": dict(causes),
        "told_singly": len(sink.singly),
        "crowds": sink.crowds,
        "processor": round(used.ru_utime + used.ru_stime, 1),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }


def _kept_in(folder: str, policy: Json) -> str:
    file = Path(folder, "policy.json")
    file.write_text(json.dumps(policy), encoding="utf-8")
    return str(file)


async def _all(told: list[Json], tools: Tools, local: Local) -> None:
    coming = asyncio.create_task(_come(told, tools, local))
    while True:
        over = coming.done()
        await local.advance()
        due = local.engine.next_due()
        if due is not None:
            await asyncio.sleep(max(0.0, min(1.0, (due - tools.now()).total_seconds())))
        elif over:
            break
        else:
            await asyncio.sleep(0.01)
    await coming


async def _come(told: list[Json], tools: Tools, local: Local) -> None:
    for first in range(0, len(told), _AT_ONCE):
        await asyncio.gather(*(take_in(event, tools, local) for event in told[first : first + _AT_ONCE]))


async def _kept(tools: Tools) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """States, causes and outcomes of all incidents in the store."""
    states: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    after = None
    while True:
        page = await tools.store.incidents(limit=50, after=after)
        states.update(record.state for record in page.records)
        causes.update(str(record.cause) for record in page.records)
        outcomes.update(str(record.outcome) for record in page.records)
        after = page.after
        if after is None:
            return states, causes, outcomes


if __name__ == "__main__":
    given = json.load(sys.stdin)
    sys.stdout.write(json.dumps(asyncio.run(go_through(sys.argv[1], given["events"], given["policy"]))) + "\n")
