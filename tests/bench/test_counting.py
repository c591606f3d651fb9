"""What the benchmarks count is what they say: rounds, readings, budgets, losses. No test looks at a time."""

from typing import Any

import pytest

from acimedic.incident import from_event
from acimedic.model.incident import Incident
from bench import latency, storm
from bench.crowd import events, registry_name, worlds
from bench.far import Asked, Budget, far_side
from bench.figure import Figure
from bench.reads import before_finding, beyond_own, on_top
from bench.storm import lost
from tests.scenarios.running import load

LOG = "/subscriptions/s/providers/Microsoft.Insights/eventtypes/management/values?api-version=1&$filter="
GROUP = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerInstance/containerGroups/web?api-version=2023-05-01"
)


def asked(target: str, status: int = 200) -> Asked:
    return Asked(method="GET", host="management.azure.com", target=target, status=status)


def test_the_first_question_to_the_activity_log_is_the_incidents_own() -> None:
    assert on_top([GROUP, LOG + "correlationId%20eq%20'1'"]) == frozenset()


def test_another_page_of_the_first_answer_is_no_other_question() -> None:
    first = LOG + "correlationId%20eq%20'1'"
    assert before_finding([first, f"{first}&$skiptoken=2"]) == 2


def test_what_changed_is_on_top() -> None:
    first, later = LOG + "correlationId%20eq%20'1'", LOG + "resourceUri%20eq%20'/r'"
    assert on_top([first, GROUP, later]) == {later}


@pytest.mark.parametrize(
    "target",
    [
        GROUP,
        "/subscriptions/s/resourcegroups/g/providers/Microsoft.Resources/deployments?api-version=1",
        "/subscriptions/s/providers/Microsoft.Resources/deployments/d?api-version=1",
        "/subscriptions/s/resourcegroups/g/deployments/d/operations?api-version=1",
        "/subscriptions/s/resourcegroups/g/providers/Microsoft.Resources/deployments/d/exportTemplate?api-version=1",
        LOG,
    ],
)
def test_these_readings_are_an_incidents_own(target: str) -> None:
    assert beyond_own([asked(target)]) == 0


@pytest.mark.parametrize(
    "target",
    [
        "/subscriptions/s/providers/Microsoft.ContainerRegistry/registries?api-version=1",
        "/subscriptions/s?api-version=1",
        "/subscriptions/s/r/providers/Microsoft.Authorization/roleAssignments?api-version=1",
        "/providers/Microsoft.ResourceGraph/resources?api-version=1",
        "/oauth2/exchange",
    ],
)
def test_these_readings_could_be_shared(target: str) -> None:
    assert beyond_own([asked(target)]) == 1


def test_what_was_refused_for_want_of_budget_is_not_counted() -> None:
    assert beyond_own([asked("/oauth2/exchange", 429)]) == 0


def test_rounds_are_counted_and_history_comes_after_what_it_explains() -> None:
    world = load("role-missing")
    with far_side([world]) as far:
        before, whole = latency.chain(far, world["event"], times=1, quiet=0.1)
    assert 3 < before < whole


def test_a_diagnosis_over_the_far_side_asks_what_it_asks_elsewhere() -> None:
    """What is remembered by the far side is asked all the same."""
    world = load("role-missing")
    with far_side([world]) as far:
        counts = []
        for _ in range(2):
            far.set()
            latency.diagnose(far, world["event"])
            counts.append(len(far.asked()))
    assert counts[0] == counts[1] > 10


def test_a_budget_lets_250_through_at_once_and_25_more_a_second() -> None:
    now = 0.0
    budget = Budget(lambda: now)
    assert sum(budget.wait("s") == 0 for _ in range(300)) == 250
    now = 2.0
    assert sum(budget.wait("s") == 0 for _ in range(300)) == 50


def test_a_budget_is_that_of_one_subscription() -> None:
    budget = Budget(lambda: 0.0)
    assert [budget.wait("one") for _ in range(251)][-1] == 1
    assert budget.wait("other") == 0


def test_each_failure_of_a_crowd_is_an_incident_of_its_own() -> None:
    signals = [from_event(event) for event in events(worlds(4, 3))]
    assert len({signal.id for signal in signals if isinstance(signal, Incident)}) == 12


def test_a_registry_serves_two_subscriptions_each_of_which_has_its_own_identity() -> None:
    made = worlds(4, 1)
    assert [registry_name(number) for number in range(4)] == ["contoso00", "contoso00", "contoso01", "contoso01"]
    assert len({world["identities"]["pull"]["properties"]["principalId"] for world in made}) == 4


def test_a_storm_ends_with_every_failure_diagnosed_and_told() -> None:
    made = worlds(2, 3)
    with far_side(made) as far:
        came, requests = storm.go_through(far, made, delay=0.0)
    assert lost(came) == 0
    assert (came["events"], came["causes"]) == (6, {"pull-role-missing": 6})
    assert came["told_singly"] + came["crowds"] > 0
    assert beyond_own(requests) > 0


@pytest.mark.parametrize(
    "came",
    [
        {"events": 2, "stories": {"Completed": 1, "Failed": 1}, "outcomes": {"cause-found": 2}},
        {"events": 2, "stories": {"Completed": 2}, "outcomes": {"cause-found": 1, "undetermined": 1}},
        {"events": 2, "stories": {"Completed": 1}, "outcomes": {"cause-found": 1}},
    ],
    ids=["a story failed", "a cause was not found", "an event has no story"],
)
def test_a_failure_without_a_cause_at_the_end_is_lost(came: dict[str, Any]) -> None:
    assert lost(came) == 1


@pytest.mark.parametrize(("value", "kind", "met"), [(2, "at most", True), (3, "at most", False), (3, "at least", True)])
def test_a_target_is_met_or_missed(value: float, kind: Any, met: bool) -> None:
    assert Figure(name="n", value=value, unit="", method="m", target=2, kind=kind).met is met
