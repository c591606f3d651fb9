"""`acimedic serve` as a process, over a store in which one plan awaits a decision and one incident is over.

The story of the first was told until there, against the simulator, which is also the server's Azure.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from acimedic.approval import Decision as Word
from acimedic.incident import from_event
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.keeping import found
from acimedic.lifecycle.local import Local, history_of
from acimedic.lifecycle.offers import link, offered
from acimedic.lifecycle.opening import open_tools, utc_now
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import Incident
from acimedic.model.record import IncidentRecord
from acimedic.model.resource_id import ResourceId
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from tests.policy.written import document

Result = TypeVar("Result")
OVER = "0d1f3c52-6a70-5b8e-9c21-7e4d5f60a1b2"
HOSTILE = "<script>alert(1)</script>\u202egnp"
_BACK = timedelta(hours=26)


@dataclass(frozen=True, kw_only=True)
class House:
    """address: of the server. incident: the id of the one that waits. settings: what both processes work with."""

    address: str
    incident: str
    settings: Settings
    azure: Simulator

    def page(self, path: str = "") -> str:
        """The address of a page of the incident that waits."""
        return f"{self.address}/api/incidents/{self.incident}{path}"

    def decision(self, word: Word = "approve", *, ago: timedelta | None = None) -> str:
        """The address of the page of decision. ago: how long since the link has expired."""

        async def made(tools: Tools) -> str:
            offer = offered(await found(tools, self.incident))
            assert offer is not None
            if ago is not None:
                offer = replace(offer, expires=utc_now() - ago)
            return link(replace(offer, decision=word), word, tools.approval_keys, gateway=True)

        return self.page(f"/decision?token={self.kept(made)}")

    def decided(self) -> list[str]:
        """What was decided on the plan."""

        async def told(tools: Tools) -> list[str]:
            return [kept.decided for kept in await tools.store.decisions(self.incident)]

        return self.kept(told)

    def kept(self, work: Callable[[Tools], Awaitable[Result]]) -> Result:
        """Ask the store, from a thread: the browser's own loop runs in this one."""

        async def whole() -> Result:
            async with open_tools(self.settings) as tools:
                return await work(tools)

        return apart(whole)


def apart(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


@contextmanager
def house(folder: Path, *, over: str = HOSTILE) -> Iterator[House]:
    """The server with its store. over: the name of the group whose incident is over."""
    policy = folder / "policy.json"
    policy.write_text(json.dumps(document()), encoding="utf-8")
    world = load_world("role-missing")
    with Simulator(world) as azure:
        settings = Settings(gateway=azure.url, store=str(folder / "medic.db"), policy=str(policy), mode="review")
        incident = apart(lambda: _tell(settings, world, over))
        with _process(settings) as process:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, process.stderr.read() if process.stderr else ""
            yield House(address=address, incident=incident, settings=settings, azure=azure)


async def _tell(settings: Settings, world: dict[str, Any], over: str) -> str:
    incident = from_event(world["event"])
    assert isinstance(incident, Incident)
    async with open_tools(settings) as tools:
        with Local(tools, history_of(Path(str(settings.store)))) as local:
            await receive(incident, tools, local)
            await local.advance()
        await tools.store.put_incident_if_absent(_over(incident, over, tools.now()))
    return incident.id


def _over(incident: Incident, name: str, now: datetime) -> IncidentRecord:
    """An incident of the day before, of the group of this name."""
    group = ResourceId(
        subscription=incident.group.subscription,
        resource_group="rg-batch",
        type=incident.group.type,
        names=(name,),
    )
    return IncidentRecord(
        incident=replace(incident, id=OVER, group=group, correlation_id=None, also=()),
        state="proved",
        received_at=now - _BACK,
        changed_at=now - _BACK,
        closed=True,
        outcome="cause-found",
        cause="trusted-services-disabled",
        said=f"Container group '{name}' has pulled its image since.",
    )


@contextmanager
def _process(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    chosen = {
        "ACIMEDIC_STORE": str(settings.store),
        "ACIMEDIC_GATEWAY": str(settings.gateway),
        "ACIMEDIC_POLICY": str(settings.policy),
        "ACIMEDIC_MODE": settings.mode,
    }
    arguments = [sys.executable, "-m", "acimedic", "serve", "--port", "0"]
    with subprocess.Popen(
        arguments, env=kept | chosen, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        try:
            yield started
        finally:
            started.terminate()
            started.communicate()
