"""Only the failures of subscriptions that are served are taken in, however their ids are written."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.incident import from_words
from acimedic.simulator import Simulator
from tests.lifecycle.test_intake import EVENT, KNOWN, OF_A_DEPLOYMENT, WORLD, Stories, deliver, tools_over

HERE = EVENT["data"]["resourceUri"].split("/")[2]
ELSEWHERE = "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"


def elsewhere(world: dict[str, Any]) -> dict[str, Any]:
    """The world with the failed container group in another subscription than its deployment."""
    changed = copy.deepcopy(world)
    for operation in changed["deployments"]["web"]["x-operations"]:
        target = operation["properties"].get("targetResource") or {}
        if "containerGroups" in target.get("id", ""):
            target["id"] = target["id"].replace(HERE, ELSEWHERE)
    return changed


def test_an_id_in_capital_letters_is_the_same_subscription(tmp_path: Path) -> None:
    tools = tools_over(tmp_path / "acimedic.db")
    served = replace(tools, settings=replace(tools.settings, subscriptions=(HERE,)))
    loud = from_words(EVENT["data"]["resourceUri"].replace(HERE, HERE.upper()), "loud")
    assert deliver(served, Stories(), loud) == [(loud.id,)]


@pytest.mark.parametrize(
    ("served", "taken"), [((HERE, ELSEWHERE), 1), ((), 1), ((HERE,), 0)], ids=["both", "all", "one"]
)
def test_of_a_deployment_only_the_groups_of_subscriptions_that_are_served_are_taken_in(
    tmp_path: Path, served: tuple[str, ...], taken: int
) -> None:
    stories = Stories()
    with Simulator(elsewhere(WORLD)) as azure:
        tools = tools_over(tmp_path / "acimedic.db", gateway=azure.url)
        tools = replace(tools, settings=replace(tools.settings, subscriptions=served))
        (came,) = deliver(tools, stories, OF_A_DEPLOYMENT)
    assert isinstance(came, tuple), came
    assert (len(came), stories.asked) == (taken, taken)
    assert KNOWN not in came
