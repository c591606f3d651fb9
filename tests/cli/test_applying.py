"""`apply` where something stands already, and over a store whose stories are told elsewhere."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from acimedic.cli.apply import apply_plan
from acimedic.cli.incidents import forget
from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import stories_of, told_in_azure
from acimedic.lifecycle.keeping import found
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import IncidentRecord
from acimedic.settings import read_settings
from tests.cli.conftest import Terminal

Open = Callable[..., Terminal]
T = TypeVar("T")
BOTH = "trusted-services-off-and-role-missing"
LOCKED = {"method": "PUT", "status": 409, "body": {"error": {"code": "ScopeLocked"}}}


def in_the_store(work: Callable[[Tools], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with open_tools(read_settings(os.environ)) as tools:
            return await work(tools)

    return asyncio.run(whole())


def record(incident: str) -> IncidentRecord:
    return in_the_store(lambda tools: found(tools, incident))


def over_an_account(work: Callable[[Tools], Awaitable[T]]) -> T:
    """With a store that is said to be a storage account: what it holds is in a file all the same."""
    account = "https://acimedic01.table.core.windows.net"
    return in_the_store(lambda tools: work(replace(tools, settings=replace(tools.settings, store=account))))


def half_made(terminal: Open, expires: str | None) -> tuple[Terminal, str]:
    """A plan of which only a part could be made; what was in the way is gone now."""
    here = terminal(BOTH, **({} if expires is None else {"expires_after": expires}))
    incident = here.diagnosed()
    here.azure.world["faults"] = [LOCKED]
    code, out, _ = here.run("apply", incident, "--yes")
    assert (code, "incomplete:" in out) == (1, True)
    here.azure.world["faults"] = []
    here.azure.requests.clear()
    return here, incident


def test_while_a_part_waits_to_be_taken_back_it_is_said_before_anybody_is_asked(terminal: Open) -> None:
    here, incident = half_made(terminal, "P30D")
    code, out, err = here.run("apply", incident)  # nobody is there to be asked
    said = " ".join(out.split())
    assert (code, err) == (1, "")
    due = record(incident).due_at
    assert due is not None
    assert f"waits to take back what was made, next on {due:%Y-%m-%d}" in said
    assert f"'acimedic undo {incident}' takes it back now" in said
    assert not here.writes


def test_once_it_is_taken_back_the_new_plan_is_carried_out(terminal: Open) -> None:
    here, incident = half_made(terminal, "P30D")
    assert here.run("undo", incident, "--yes")[0] == 0
    assert here.run("apply", incident, "--yes")[0] == 0
    assert record(incident).state == "applied"


def test_where_nothing_is_to_be_taken_back_the_rest_is_carried_out(terminal: Open) -> None:
    here, incident = half_made(terminal, None)
    assert here.run("apply", incident, "--yes")[0] == 0
    assert len(here.writes) == 1


def test_on_this_machine_what_is_lent_is_taken_back_by_the_story(terminal: Open) -> None:
    here = terminal(expires_after="PT1H")
    incident = here.diagnosed()
    before = len(here.assignments)
    assert here.run("apply", incident, "--yes")[0] == 0

    async def an_hour_later(tools: Tools) -> None:
        with Local(replace(tools, now=lambda: later), stories_of(tools)) as local:
            for _ in range(20):
                await local.advance()

    later = in_the_store(now) + timedelta(hours=1)
    in_the_store(an_hour_later)
    assert (record(incident).state, len(here.assignments)) == ("undone", before)


async def now(tools: Tools) -> datetime:
    return tools.now()


def test_looking_whether_it_helped_leaves_what_is_due_as_it_is(terminal: Open) -> None:
    here = terminal(expires_after="P30D")
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    due = record(incident).due_at
    assert due is not None
    here.run("verify", incident)
    assert (record(incident).state, record(incident).due_at) == ("not-yet", due)


def test_over_a_storage_account_nothing_is_carried_out_that_no_story_would_take_back(terminal: Open) -> None:
    here = terminal(expires_after="PT1H")
    incident = here.diagnosed()
    with pytest.raises(CannotRunError, match="carried on by the app in Azure, and no plan of this one waits"):
        over_an_account(lambda tools: apply_plan(tools, incident, yes=True))
    assert not here.writes
    assert record(incident).state == "received"


def test_over_a_storage_account_it_is_decided_on_and_the_story_there_carries_it_out(terminal: Open) -> None:
    here = terminal(expires_after="PT1H")
    incident = here.diagnosed()
    here.offer(incident)
    assert over_an_account(lambda tools: apply_plan(tools, incident, yes=True)) == 1
    assert "The app in Azure carries it out" in " ".join(here.capture.readouterr().out.split())
    assert (here.writes, record(incident).state) == ([], "awaiting-decision")

    async def story_in_azure(tools: Tools) -> None:
        (decision,) = await tools.store.decisions(incident)
        with Local(tools, stories_of(tools)) as local:
            await local.wake(incident, decision.nonce)
            await local.advance()

    in_the_store(story_in_azure)
    assert (here.writes, record(incident).state) == (["PUT"], "applied")


def test_over_a_storage_account_only_the_plan_that_is_offered_there_is_decided_on(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.offer(incident)
    here.azure.world["identities"]["pull"]["properties"]["principalId"] = "11111111-2222-4333-8444-666666666666"
    with pytest.raises(CannotRunError, match="is not the one that is shown here"):
        over_an_account(lambda tools: apply_plan(tools, incident, yes=True))
    assert in_the_store(lambda tools: tools.store.decisions(incident)) == ()


def test_over_a_storage_account_it_is_said_that_the_story_stays_when_its_incident_is_forgotten(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    assert over_an_account(lambda tools: forget(tools, argparse.Namespace(incident=incident, yes=True))) == 0
    out = here.capture.readouterr().out
    assert "Its story in Azure stays until the retention deletes it" in out
    assert here.run("incidents", "show", incident)[0] == 2


def test_the_stories_of_a_storage_account_have_no_file_here(terminal: Open) -> None:
    terminal()

    async def asked(tools: Tools) -> None:
        assert told_in_azure(tools)
        with pytest.raises(CannotRunError, match="carried on by the app in Azure"):
            stories_of(tools)

    over_an_account(asked)
