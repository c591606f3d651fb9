"""`undo` at a terminal: what it leaves behind where all is gone, and where something stays."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from acimedic.lifecycle.keeping import found, kept_plan
from acimedic.lifecycle.messages import Turn
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.receipts import changed_plans
from acimedic.lifecycle.tools import Tools
from acimedic.lifecycle.turns import LEASE, registries, take_turn, waiting, working
from acimedic.model.record import IncidentRecord
from acimedic.settings import read_settings
from tests.cli.conftest import Terminal

Open = Callable[..., Terminal]
T = TypeVar("T")
LOCKED = {"method": "DELETE", "status": 409, "body": {"error": {"code": "ScopeLocked"}}}


def in_the_store(work: Callable[[Tools], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with open_tools(read_settings(os.environ)) as tools:
            return await work(tools)

    return asyncio.run(whole())


def record(incident: str) -> IncidentRecord:
    return in_the_store(lambda tools: found(tools, incident))


def undone(here: Terminal, incident: str, *faults: dict[str, object]) -> int:
    here.azure.world["faults"] = [*faults]
    return here.run("undo", incident, "--yes")[0]


def test_where_all_is_gone_the_incident_is_closed(terminal: Open) -> None:
    here = terminal(expires_after="P400D")
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    assert undone(here, incident) == 0
    now = record(incident)
    assert (now.state, now.closed, now.due_at) == ("undone", True, None)


def test_where_something_stays_the_incident_stays_open_with_what_is_due(terminal: Open) -> None:
    here = terminal(expires_after="P400D")
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    due = record(incident).due_at
    assert due is not None
    assert undone(here, incident, LOCKED) == 1
    now = record(incident)
    assert (now.state, now.closed, now.due_at) == ("kept", False, due)


def test_what_stays_outlives_retention_and_can_be_taken_back_later(terminal: Open) -> None:
    here = terminal(expires_after="P400D")
    incident = here.diagnosed()
    before = len(here.assignments)
    here.run("apply", incident, "--yes")
    undone(here, incident, LOCKED)
    assert in_the_store(lambda tools: tools.store.forget(tools.now() + timedelta(days=91))).ids == ()
    assert undone(here, incident) == 0
    assert len(here.assignments) == before


def test_where_one_plan_stays_and_an_earlier_one_is_gone_the_incident_says_kept(terminal: Open) -> None:
    here = terminal("trusted-services-off-and-role-missing")
    incident = here.diagnosed()
    here.azure.world["faults"] = [LOCKED | {"method": "PUT"}]
    here.run("apply", incident, "--yes")  # the bypass alone
    here.azure.world["faults"] = []
    here.run("apply", incident, "--yes")  # another plan, of the role that is left
    assert here.writes == ["PATCH", "PUT", "PUT"]
    assert undone(here, incident, LOCKED) == 1
    assert here.azure.world["registries"]["contoso"]["properties"]["networkRuleBypassOptions"] == "None"
    now = record(incident)
    assert (now.state, now.closed) == ("kept", False)
    assert "Kept: assign AcrPull" in now.said
    assert "Taken back: let trusted services" in now.said


def test_while_the_change_is_being_made_undo_waits_and_leaves_its_turn_alone(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")

    async def at_work(tools: Tools) -> None:
        (plan_hash,) = await changed_plans(tools, incident)
        plan = await kept_plan(tools, incident, plan_hash)
        assert plan is not None
        assert (await take_turn(tools, Turn(incident=incident, plan=plan_hash, back=True))).granted
        (registry,) = registries(plan)
        now = tools.now()
        held = await tools.store.take_turn(
            registry, working(incident), now=now, until=now + LEASE, after=waiting(incident)
        )
        assert held.mine

    in_the_store(at_work)
    before = len(here.assignments)
    code, out, _ = here.run("undo", incident, "--yes")
    assert (code, out.startswith("waiting: ") or "\nwaiting: " in out) == (1, True)
    assert "the story of this one is" in " ".join(out.split())
    assert len(here.assignments) == before
