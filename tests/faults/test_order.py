"""Events that come late, early, twice or in the wrong order: one incident, one story, and the same cause."""

import asyncio
import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.connection import NoAzureError
from acimedic.model.record import IncidentRecord
from acimedic.simulator import Simulator, load_world
from acimedic.web.events import take_in
from tests.groups import a_group
from tests.whole.crowd import Event, as_cloud_event, of_deployment
from tests.whole.life import BEGAN, ROLE, Life, Town, in_a_life

LOST = ("deployments", "activityLog")


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


async def come(life: Life, *events: Event) -> None:
    """Events come in by the trigger's own code, one after another, and the stories go on."""
    for event in events:
        await take_in(event, life.tools, life)
        await life.engine.advance(life.tools.now())


async def only(life: Life) -> IncidentRecord:
    """The one incident that there is, told once of each state."""
    (record,) = (await life.tools.store.incidents()).records
    assert len(life.engine.statuses()) == 1
    mails = [operation for operation, _, _ in life.town.sink("mail").sent]
    assert len(mails) == len(set(mails))
    return record


async def until(life: Life, span: timedelta) -> IncidentRecord:
    """So long after the beginning."""
    while (due := life.engine.next_due()) is not None and due <= BEGAN + span:
        await life.next()
    return await only(life)


def restarted(world: dict[str, Any]) -> None:
    """The group is there and was restarted, so that no deployment tells why it failed: the activity log alone does."""
    waiting = {"currentState": {"state": "Waiting"}, "events": []}  # the group is there, and its events are gone
    resource, identity = world["event"]["data"]["resourceUri"], world["identities"]["pull"]["id"]
    world["groups"]["web"] = a_group(resource, identity, waiting)
    world["deployments"] = {}
    world["event"]["data"]["operationName"] = "Microsoft.ContainerInstance/containerGroups/restart/action"


def test_an_event_three_days_late_ends_with_the_cause(tmp_path: Path, azure: Simulator) -> None:
    town = Town(tmp_path, azure, ROLE)
    town.clock.set(BEGAN + timedelta(days=3))

    async def late(life: Life) -> IncidentRecord:
        await come(life, town.event)
        await life.to_the_end()
        return await only(life)

    record = in_a_life(town, late)
    assert (record.cause, record.state, town.written) == ("pull-role-missing", "proved", ["PUT"])


def test_an_event_before_azure_shows_anything_waits_and_ends_with_the_cause(tmp_path: Path, azure: Simulator) -> None:
    town = Town(tmp_path, azure, ROLE, mode="observe")
    later = {name: town.world[name] for name in LOST}
    town.world.update({"deployments": {}, "activityLog": []})

    async def early(life: Life) -> tuple[IncidentRecord, IncidentRecord]:
        await come(life, town.event)
        before = await until(life, timedelta(minutes=2))
        town.world.update(later)
        return before, await until(life, timedelta(minutes=5))

    before, after = in_a_life(town, early)
    assert (before.state, before.cause, before.closed) == ("waiting-for-error", None, False)
    assert (after.state, after.cause, after.closed) == ("diagnosed", "pull-role-missing", True)


@pytest.mark.parametrize("after", [20, 60], ids=["until-it-tells", "longer-than-it-is-waited-for"])
def test_an_activity_log_that_is_empty_is_waited_for_up_to_half_an_hour(
    tmp_path: Path, azure: Simulator, after: int
) -> None:
    """In the end it is judged by the facts: likely, where no error is known, and nothing is proposed."""
    town = Town(tmp_path, azure, ROLE, mode="review", first=restarted)
    log, town.world["activityLog"] = town.world["activityLog"], []

    async def lagging(life: Life) -> tuple[IncidentRecord, IncidentRecord]:
        await come(life, town.event)
        before = await until(life, timedelta(minutes=after) if after < 25 else timedelta(minutes=24))
        if after < 25:
            town.world["activityLog"] = log
        return before, await until(life, timedelta(minutes=40))

    before, ended = in_a_life(town, lagging)
    assert (before.state, before.cause) == ("waiting-for-error", None)
    assert ended.cause == "pull-role-missing"
    assert (ended.plan_hash is not None) == (after == 20)


def test_one_event_at_two_workers_at_the_same_time_is_one_story(tmp_path: Path, azure: Simulator) -> None:
    town = Town(tmp_path, azure, ROLE, mode="observe")

    async def both() -> IncidentRecord:
        async with town.life() as one, town.life() as other:
            told = (town.event, as_cloud_event(town.event), of_deployment(town.event))
            await asyncio.gather(*(take_in(event, life.tools, life) for life in (one, other) for event in told))
            await one.engine.advance(one.tools.now())
            await other.engine.advance(other.tools.now())
            return await only(other)

    record = asyncio.run(both())
    assert (record.cause, record.closed) == ("pull-role-missing", True)
    assert [state for _, state, _ in town.sink("mail").sent] == ["diagnosed"]


@pytest.mark.parametrize("first", ["group", "deployment"])
def test_what_comes_after_the_end_begins_nothing_whichever_came_first(
    tmp_path: Path, azure: Simulator, first: str
) -> None:
    """The events of the group and of its deployment are one incident in either order, and when it has ended as well."""
    town = Town(tmp_path, azure, ROLE, mode="observe")
    events = [town.event, of_deployment(town.event)]
    if first == "deployment":
        events.reverse()

    async def ended_and_told_again(life: Life) -> tuple[IncidentRecord, IncidentRecord]:
        await come(life, events[0])
        ended = await only(life)
        town.clock.set(BEGAN + timedelta(hours=5))
        await come(life, events[1], *events)
        return ended, await only(life)

    ended, again = in_a_life(town, ended_and_told_again)
    assert ended.closed
    assert again == ended
    assert [state for _, state, _ in town.sink("mail").sent] == ["diagnosed"]


def gone(world: dict[str, Any]) -> None:
    world["deployments"] = {}


def under_way(world: dict[str, Any]) -> None:
    """As the record is while the deployment runs: no error, no operations that have ended."""
    record = world["deployments"]["web"]
    record["properties"] = {**record["properties"], "provisioningState": "Running"}
    record["properties"].pop("error", None)
    record["x-operations"] = []


@pytest.mark.parametrize("spoil", [gone, under_way])
def test_a_deployments_event_before_its_record_comes_again_and_ends_with_the_cause(
    tmp_path: Path, azure: Simulator, spoil: Callable[[dict[str, Any]], None]
) -> None:
    town = Town(tmp_path, azure, ROLE, mode="observe")
    event, later = of_deployment(town.event), copy.deepcopy(town.world["deployments"])
    spoil(town.world)

    async def early(life: Life) -> IncidentRecord:
        with pytest.raises(NoAzureError):
            await come(life, event)
        assert not (await life.tools.store.incidents()).records
        town.world["deployments"] = later
        town.clock.set(BEGAN + timedelta(minutes=1))
        await come(life, event)
        return await only(life)

    assert in_a_life(town, early).cause == "pull-role-missing"


@pytest.mark.parametrize("spoil", [gone, under_way])
def test_a_deployment_that_is_still_not_there_after_half_an_hour_is_told_as_unresolved(
    tmp_path: Path, azure: Simulator, caplog: pytest.LogCaptureFixture, spoil: Callable[[dict[str, Any]], None]
) -> None:
    town = Town(tmp_path, azure, ROLE, mode="observe")
    town.clock.set(BEGAN + timedelta(hours=1))
    spoil(town.world)
    in_a_life(town, lambda life: come(life, of_deployment(town.event)))
    (line,) = [record for record in caplog.records if "unresolved" in record.getMessage()]
    assert line.levelname == "ERROR"
