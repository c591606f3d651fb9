"""A process that forks others, each of which may be killed at any moment: one tells a story, one writes reports.

What it is told to begin comes in as lines of JSON; it answers with how each ended. Each writes a byte to a pipe after
every effect, and is killed after so many: it has gone on by then, and may be in the middle of the next one.
"""

import asyncio
import itertools
import json
import os
import signal
import sys
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, cast

sys.path.insert(0, str(Path(__file__).parents[2]))

from acimedic.lifecycle import deciding
from acimedic.lifecycle.deciding import AWAITING
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import Message, News
from acimedic.model.record import ReportFile
from acimedic.settings import Settings
from acimedic.store.port import Store
from acimedic.web.events import take_in
from tests.whole.life import BEGAN, Places, Watched, no_wait

SIZE = 300_000


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


class Told:
    """Writes down what it is told: an operation a line."""

    name = "told"
    once = True

    def __init__(self, file: Path) -> None:
        self._file = file

    async def send(self, message: Message) -> None:
        assert isinstance(message, News)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{message.operation}\n")


def settings_in(home: Path, url: str) -> Settings:
    return Settings(
        gateway=url,
        mode="review",
        time_limit=300.0,
        policy=str(home / "policy.json"),
        store=str(home / "acimedic.db"),
        approval_keys=("k" * 40,),
        audit_keys=("a" * 40,),
    )


async def tell(home: Path, url: str, event: dict[str, Any], places: Places) -> None:
    """One life: the event comes (again), whatever waits for a decision is approved, and time passes to the end."""
    clock = Clock()
    async with open_tools(settings_in(home, url), sinks=(Told(home / "told"),), now=clock, pause=no_wait) as opened:
        tools = replace(opened, store=cast(Store, Watched(opened.store, places)))
        with Local(tools, home / "stories.db") as local:
            await take_in(event, tools, local)
            await local.advance()
            while True:
                await decide(tools, local)
                due = local.engine.next_due()
                if due is None:
                    break
                clock.now = max(due, clock.now)
                await local.advance()


async def decide(tools: Tools, local: Local) -> None:
    (record,) = (await tools.store.incidents()).records
    if record.state == AWAITING and not await tools.store.decisions(record.id):
        kept = await deciding.decide(tools, await deciding.by_hand(tools, record, "approve"), approver=None)
        await local.wake(record.id, kept.nonce)
        await local.advance()


async def report(home: Path, url: str, event: dict[str, Any], places: Places) -> None:
    """Write one report over the other, until it is killed: all of it one letter, or all of it the other."""
    async with open_tools(settings_in(home, url), sinks=()) as tools:
        with Local(tools, home / "stories.db") as local:
            await take_in(event, tools, local)
        (record,) = (await tools.store.incidents()).records
        for letter in itertools.cycle((b"a", b"b")):
            made = ReportFile(
                incident_id=record.id,
                name="letters",
                media_type="text/plain",
                made_at=datetime.now(UTC),
                content=letter * SIZE,
            )
            await tools.store.put_report(made)
            places.reach("report")


def fork(wanted: dict[str, Any]) -> int:
    """Have a process do what is wanted, and kill it after so many effects; how it ended, as `os.waitpid` has it."""
    effects, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(effects)
        live(wanted, tells)
    os.close(tells)
    had = 0
    while had < wanted["after"] and (more := os.read(effects, wanted["after"] - had)):
        had += len(more)
    if had == wanted["after"]:
        os.kill(child, signal.SIGKILL)
    os.close(effects)
    return os.waitpid(child, 0)[1]


def live(wanted: dict[str, Any], tells: int) -> NoReturn:
    """What a process does that has just been forked: it never goes on as its parent."""

    def had(_number: int, _effect: str) -> None:
        os.write(tells, b".")

    code = 1
    try:
        work = {"tell": tell, "report": report}[wanted["work"]]
        asyncio.run(work(Path(wanted["home"]), wanted["url"], wanted["event"], Places(had)))
        code = 0
    except BaseException:  # noqa: BLE001 - see above
        traceback.print_exc()
    os._exit(code)


def main() -> None:
    """The first is told to its end here, so that everything is imported that those after it need."""
    warm = json.loads(sys.stdin.readline())
    asyncio.run(tell(Path(warm["home"]), warm["url"], warm["event"], Places()))
    sys.stdout.write("warm\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{fork(json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
