"""Somebody holds the key by which events are delivered, and tells of failures that never were."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.incident import from_event
from acimedic.lifecycle.intake import NotServedError, receive
from acimedic.simulator import Simulator, load_world
from tests.build import OTHER_TENANT
from tests.whole.crowd import of_deployment
from tests.whole.life import BOTH, ROLE, Town

Event = dict[str, Any]


@dataclass(frozen=True)
class End:
    """What became of all incidents. reads: hosts that were asked."""

    states: list[str]
    outcomes: list[str | None]
    written: list[str]
    hosts: set[str]


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


def told(folder: Path, azure: Simulator, forge: Callable[[Event], Event], *, world: str = ROLE, times: int = 1) -> End:
    """The whole story of an event that somebody forged, in the mode auto."""

    async def whole() -> End:
        town = Town(folder, azure, world, mode="auto")
        event, asked = forge(json.loads(json.dumps(town.event))), len(azure.requests)
        async with town.life() as life:
            for _ in range(times):
                await receive(from_event(event), life.tools, life)
                await life.engine.advance(town.clock())
                while await life.next():
                    pass
            records = (await life.tools.store.incidents()).records
            hosts = {host for _, host, _, _ in azure.requests[asked:]}
            states, outcomes = [each.state for each in records], [each.outcome for each in records]
            return End(states, outcomes, town.written, hosts)

    return asyncio.run(whole())


def of_group(name: str) -> Callable[[Event], Event]:
    def forge(event: Event) -> Event:
        text = json.dumps(event).replace("cg-web-01", name)
        forged: Event = json.loads(text)
        return forged

    return forge


def correlated(correlation: str) -> Callable[[Event], Event]:
    def forge(event: Event) -> Event:
        event["data"]["correlationId"] = correlation
        return event

    return forge


def test_a_true_event_is_repaired(tmp_path: Path, azure: Simulator) -> None:
    assert told(tmp_path, azure, lambda event: event).written == ["PUT"]


def test_a_group_that_never_was_gets_nothing(tmp_path: Path, azure: Simulator) -> None:
    assert told(tmp_path, azure, of_group("cg-never")).written == []


def test_a_group_that_never_failed_gets_nothing(tmp_path: Path, azure: Simulator) -> None:
    assert told(tmp_path, azure, lambda event: event, world="healthy").written == []


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_a_correlation_id_that_azure_does_not_know_proves_nothing(tmp_path: Path, azure: Simulator, world: str) -> None:
    end = told(tmp_path, azure, correlated("11111111-2222-4333-8444-999999999999"), world=world)
    assert (end.states, end.written) == (["diagnosed"], [])


def test_an_event_of_another_subscription_changes_nothing(tmp_path: Path, azure: Simulator) -> None:
    def forge(event: Event) -> Event:
        text = json.dumps(event).replace("3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3", OTHER_TENANT)
        forged: Event = json.loads(text)
        return forged

    assert told(tmp_path, azure, forge).written == []


def test_a_subscription_that_is_not_served_is_not_even_recorded(tmp_path: Path, azure: Simulator) -> None:
    async def whole() -> int:
        town = Town(tmp_path, azure, ROLE, mode="auto")
        async with town.life() as life:
            settings = replace(life.tools.settings, subscriptions=(OTHER_TENANT,))
            with pytest.raises(NotServedError):
                await receive(town.incident, replace(life.tools, settings=settings), life)
            return len((await life.tools.store.incidents()).records)

    assert asyncio.run(whole()) == 0


@pytest.mark.parametrize("word", ["error", "statusMessage", "properties", "httpRequest"])
def test_an_error_that_the_event_itself_tells_is_not_believed(tmp_path: Path, azure: Simulator, word: str) -> None:
    def forge(event: Event) -> Event:
        claimed = {"code": "InaccessibleImage", "message": "The image 'contoso.azurecr.io/x' is not accessible."}
        event["data"] |= {word: {"error": claimed, "statusMessage": json.dumps({"error": claimed}), **claimed}}
        return correlated("11111111-2222-4333-8444-999999999999")(event)

    assert told(tmp_path, azure, forge).written == []


def test_an_event_names_no_host_to_ask(tmp_path: Path, azure: Simulator) -> None:
    def forge(event: Event) -> Event:
        address = "http://evil.example/"
        event["data"] |= {"validationUrl": address, "url": address, "nextLink": address, "gateway": address}
        event |= {"topic": address, "url": address}
        return event

    assert "evil.example" not in told(tmp_path, azure, forge).hosts


@pytest.mark.parametrize(
    "resource",
    [
        "/subscriptions/x/../y/resourceGroups/g/providers/Microsoft.ContainerInstance/containerGroups/a",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.ContainerInstance/containerGroups/a?api-version=1",
        "/subscriptions/x/resourceGroups/g/providers/Microsoft.ContainerInstance/containerGroups/..",
        "/subscriptions/x/resourceGroups/%2e%2e/providers/Microsoft.ContainerInstance/containerGroups/a",
        "https://evil.example/subscriptions/x/resourceGroups/g/providers/Microsoft.ContainerInstance/containerGroups/a",
    ],
)
def test_a_resource_of_tricks_leads_to_no_other_host_and_to_no_change(
    tmp_path: Path, azure: Simulator, resource: str
) -> None:
    def forge(event: Event) -> Event:
        event["subject"] = event["data"]["resourceUri"] = event["data"]["authorization"]["scope"] = resource
        return event

    try:
        end = told(tmp_path, azure, forge)
    except ValueError:  # no event that anybody understands
        return
    assert (end.written, end.hosts - {"management.azure.com"}) == ([], set())


@pytest.mark.parametrize("forge", [lambda event: event, of_deployment], ids=["of the group", "of the deployment"])
def test_an_event_that_is_told_again_when_all_is_over_changes_nothing_more(
    tmp_path: Path, azure: Simulator, forge: Callable[[Event], Event]
) -> None:
    end = told(tmp_path, azure, forge, times=3)
    assert (len(end.states), end.written) == (1, ["PUT"])
