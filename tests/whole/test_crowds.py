"""Crowds: one failure is told any number of times, in any wording, all at once; it is one incident and one change."""

import asyncio
import copy
import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acimedic.incident import from_event
from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.messages import Json
from acimedic.lifecycle.story import story
from acimedic.simulator import Simulator, load_world
from tests.whole.crowd import Event, as_cloud_event, of_deployment
from tests.whole.life import BEGAN, ROLE, Life, Town

FAILURES, DELIVERIES, AT_ONCE = 100, 10_000, 500
CASINGS: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, str.swapcase)


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


def deliveries(event: Event) -> list[Event]:
    """Fifty, of which ten are the deployment's."""
    of_group = [event, as_cloud_event(event)] * 20
    deployment = of_deployment(event)
    return [*of_group, *([deployment, as_cloud_event(deployment)] * 5)]


@pytest.mark.parametrize("seed", [None, 1, 2], ids=["in order", "shuffled", "shuffled otherwise"])
def test_fifty_deliveries_at_once_are_one_change(tmp_path: Path, azure: Simulator, seed: int | None) -> None:
    town = Town(tmp_path, azure, ROLE)
    told = deliveries(town.event)
    if seed is not None:
        random.Random(seed).shuffle(told)  # noqa: S311 - an order, not a secret

    async def crowd(life: Life) -> None:
        answers = await asyncio.gather(*(receive(from_event(each), life.tools, life) for each in told))
        assert set(answers) == {(town.incident.id,)}
        await life.engine.advance(life.tools.now())
        await life.to_the_end()
        record = await life.record()
        assert record.state == "proved"
        assert len((await life.tools.store.incidents()).records) == len(life.engine.statuses()) == 1
        trail = await life.tools.store.audit(record.id)
        drawn = {json.loads(each.note.body)["plan"] for each in trail.entries if each.note.kind == "diagnosed"}
        assert drawn == {record.plan_hash}

    async def whole() -> None:
        async with town.life() as life:
            await crowd(life)

    asyncio.run(whole())
    assert (len(town.assigned), town.written) == (1, ["PUT"])


class Beginning:
    """Begins stories as the engine does, and counts how often each was begun, and how often it was asked to."""

    def __init__(self) -> None:
        self.engine = Engine(History(":memory:"), story, {})
        self.begun: Counter[str] = Counter()
        self.asked = 0

    async def start(self, incident: str, given: Json) -> None:
        self.asked += 1
        self.begun[incident] += self.engine.start(incident, given, now=BEGAN)


def told_somehow(event: Event, number: int, how: random.Random) -> Event:
    """One of the failures, worded as Azure may word it."""
    told = copy.deepcopy(event)
    group = f"{event['data']['resourceUri']}-{number}"
    correlation = uuid.UUID(int=number + 1)
    told["id"] = str(uuid.UUID(int=how.getrandbits(128)))
    told["subject"] = told["data"]["resourceUri"] = how.choice(CASINGS)(group)
    told["data"]["correlationId"] = how.choice([str(correlation), str(correlation).upper(), correlation.hex])
    return how.choice([told, as_cloud_event(told)])


def test_ten_thousand_deliveries_of_a_hundred_failures_are_a_hundred_incidents(
    tmp_path: Path, azure: Simulator
) -> None:
    town, how, beginning = Town(tmp_path, azure, ROLE), random.Random(20261120), Beginning()  # noqa: S311
    numbers = [number % FAILURES for number in range(DELIVERIES)]
    how.shuffle(numbers)
    told = [from_event(told_somehow(town.event, number, how)) for number in numbers]

    async def whole() -> int:
        async with town.life() as life:
            for first in range(0, DELIVERIES, AT_ONCE):
                batch = told[first : first + AT_ONCE]
                await asyncio.gather(*(receive(each, life.tools, beginning) for each in batch))
            page, count = await life.tools.store.incidents(limit=50), 0
            while page.records:
                count += len(page.records)
                if page.after is None:
                    break
                page = await life.tools.store.incidents(limit=50, after=page.after)
            return count

    assert asyncio.run(whole()) == FAILURES
    assert (len(beginning.begun), set(beginning.begun.values())) == (FAILURES, {1})
    assert beginning.asked == DELIVERIES
