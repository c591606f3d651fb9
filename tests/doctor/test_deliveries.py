"""Event subscriptions: whose they are, and what they leave out."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.doctor.deliveries import NEEDED, OPERATIONS, Advanced, Subscribed, judge_events, judge_function
from acimedic.doctor.installed import NOWHERE, Installed, installed
from acimedic.incident import from_event
from acimedic.model.incident import Ignored
from acimedic.model.reading import Gap
from acimedic.simulator import load_world
from tests.doctor.tenants import COMPLETE, FUNCTION, HOME, KINDS, OURS, examined, of, subscription_of, tenant

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WHOLE = Subscribed(name="ours", destination=FUNCTION, state="Succeeded", kinds=NEEDED, lettered=True)
SITE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/medic"


def told(*found: Subscribed, here: Installed = OURS) -> list[tuple[str, str]]:
    return [(each.word, each.said) for each in judge_events(HOME, found, here, NOON)]


def filtered(operator: str, *values: str, key: str = "data.operationName") -> Subscribed:
    return replace(WHOLE, filters=(Advanced(key=key, operator=operator, values=values),))


def test_the_operations_are_those_that_events_are_understood_of() -> None:
    event = load_world("role-missing")["event"]
    for operation in OPERATIONS:
        data = event["data"] | {"operationName": operation}
        if "deployments" in operation:
            group = data["resourceUri"].partition("/providers/")[0]
            data["resourceUri"] = f"{group}/providers/Microsoft.Resources/deployments/one"
        assert not isinstance(from_event(event | {"data": data}), Ignored)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"begins": "/subscriptions/x/nothing"}, "a subject that begins with /subscriptions/x/nothing"),
        ({"begins": f"/subscriptions/{HOME}/resourceGroups/rg"}, "only what has a subject that begins with"),
        ({"ends": "/one"}, "a subject that ends with /one"),
        ({"expires": NOON - timedelta(days=1)}, "has expired, on 2026-11-19 12:00 UTC"),
        ({"schema": "CustomInputSchema"}, "delivers in the schema CustomInputSchema"),
        ({"state": "AwaitingManualAction"}, "is in state AwaitingManualAction"),
        ({"lettered": False}, "keeps no dead letters"),
    ],
)
def test_what_keeps_failures_from_coming_is_said(changes: dict[str, Any], said: str) -> None:
    ((word, sentence),) = told(replace(WHOLE, **changes))
    assert (word, said in sentence) == ("wrong", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"begins": f"/SUBSCRIPTIONS/{HOME}/"},
        {"schema": "EventGridSchema"},
        {"schema": "CloudEventSchemaV1_0"},
        {"kinds": ()},
        {"expires": NOON + timedelta(days=1)},
    ],
)
def test_what_lets_all_of_a_subscription_through_is_in_order(changes: dict[str, Any]) -> None:
    assert [word for word, _ in told(replace(WHOLE, **changes))] == ["ok"]


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringIn", ["Microsoft.Web/sites/write"]),
        ("StringIn", OPERATIONS[1:]),
        ("StringNotIn", OPERATIONS[:1]),
        ("StringBeginsWith", ["Microsoft.Web/"]),
        ("StringNotBeginsWith", ["microsoft.containerinstance/"]),
        ("StringEndsWith", ["/action"]),
        ("StringContains", ["sites"]),
        ("StringNotContains", ["containerGroups"]),
        ("IsNullOrUndefined", []),
    ],
)
def test_a_filter_that_leaves_an_operation_out_is_wrong(operator: str, values: list[str]) -> None:
    ((word, said),) = told(filtered(operator, *values))
    assert (word, f"leaves out failures of {OPERATIONS[0]}" in said) == ("wrong", True)


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringIn", [each.upper() for each in OPERATIONS]),
        ("StringNotIn", ["Microsoft.Web/sites/write"]),
        ("StringBeginsWith", ["Microsoft.ContainerInstance/", "Microsoft.Resources/"]),
        ("StringNotContains", ["sites"]),
        ("IsNotNull", []),
    ],
)
def test_a_filter_that_lets_each_operation_through_is_in_order(operator: str, values: list[str]) -> None:
    assert [word for word, _ in told(filtered(operator, *values))] == ["ok"]


def test_a_filter_by_something_else_is_unknown() -> None:
    ((word, said),) = told(filtered("StringIn", "westeurope", key="data.location"))
    assert (word, "filters by data.location" in said) == ("unknown", True)


@pytest.mark.parametrize("state", ["Creating", "Updating"])
def test_a_subscription_that_is_being_made_is_unknown(state: str) -> None:
    assert [word for word, _ in told(replace(WHOLE, state=state))] == ["unknown"]


def test_the_subscription_of_another_app_is_none_of_ours() -> None:
    theirs = FUNCTION.replace("/sites/medic/", "/sites/other-medic/")
    ((word, said),) = told(replace(WHOLE, destination=theirs))
    assert (word, f"delivers to another app, {theirs}" in said) == ("wrong", True)


def test_an_app_of_the_same_name_in_another_resource_group_is_another_app() -> None:
    ((word, _),) = told(replace(WHOLE, destination=FUNCTION.replace("/g/", "/h/")))
    assert word == "wrong"


def test_beside_that_of_another_app_ours_is_found() -> None:
    theirs = replace(WHOLE, name="theirs", destination=FUNCTION.replace("medic", "other"), state="Failed")
    ((word, said),) = told(theirs, WHOLE)
    assert (word, said.startswith("ours delivers")) == ("ok", True)


def test_one_of_ours_that_is_in_order_is_enough() -> None:
    assert [word for word, _ in told(replace(WHOLE, state="Failed"), WHOLE)] == ["ok"]


def test_where_nobody_says_which_app_is_ours_it_is_unknown() -> None:
    ((word, said),) = told(WHOLE, here=NOWHERE)
    assert (word, "nothing says whether that is our app" in said) == ("unknown", True)


@pytest.mark.parametrize(
    ("reason", "repair"),
    [
        ("404 ResourceNotFound", f"az eventgrid system-topic list --subscription {HOME} --output table"),
        (
            "409 MissingSubscriptionRegistration",
            f"az provider register --namespace Microsoft.EventGrid --subscription {HOME}",
        ),
    ],
)
def test_each_reason_why_nobody_could_tell_has_its_command(reason: str, repair: str) -> None:
    (found,) = judge_events(HOME, Gap(reading="system topics", reason=reason), OURS, NOON)
    assert (found.word, found.repair) == ("unknown", repair)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expirationTimeUtc": "2020-01-01T00:00:00Z"}, "has expired, on 2020-01-01"),
        ({"eventDeliverySchema": "CustomInputSchema"}, "delivers in the schema CustomInputSchema"),
        ({"filter": {"includedEventTypes": KINDS, "subjectBeginsWith": "/x"}}, "begins with /x"),
        ({"filter": {"includedEventTypes": KINDS, "subjectEndsWith": "/x"}}, "ends with /x"),
        (
            {
                "filter": {
                    "advancedFilters": [{"operatorType": "StringIn", "key": "data.operationName", "values": ["a"]}]
                }
            },
            "leaves out failures of",
        ),
    ],
)
def test_it_is_read_as_event_grid_lists_it(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    world = tenant(COMPLETE)
    world["faults"][-1] = subscription_of(**changes)
    (found,) = of(examined(world, tmp_path, HOME), "events")
    assert (found.word, said in found.said) == ("wrong", True)


@pytest.mark.parametrize("changes", [{"expirationTimeUtc": "soon"}, {"filter": {"advancedFilters": ["StringIn"]}}])
def test_what_is_not_understood_of_it_is_unknown(changes: dict[str, Any], tmp_path: Path) -> None:
    world = tenant(COMPLETE)
    world["faults"][-1] = subscription_of(**changes)
    (found,) = of(examined(world, tmp_path, HOME), "events")
    assert (found.word, "was not understood" in found.said) == ("unknown", True)


@pytest.mark.parametrize(
    ("environment", "site"),
    [
        ({"WEBSITE_SITE_NAME": "medic"}, "medic"),
        ({"ACIMEDIC_APP_ID": SITE}, "medic"),
        ({"ACIMEDIC_APP_NAME": "medic"}, "medic"),
        ({"ACIMEDIC_URL": "https://medic.azurewebsites.net"}, "medic"),
        ({"ACIMEDIC_URL": "https://medic-a1b2c3d4e5f6a7b8.westeurope-01.azurewebsites.net"}, "medic"),
        ({"ACIMEDIC_URL": "https://medic.example.test"}, ""),
        ({"ACIMEDIC_APP_ID": "medic; rm -rf ~"}, ""),
        ({}, ""),
    ],
)
def test_the_app_is_told_by_whatever_names_it(environment: dict[str, str], site: str) -> None:
    assert installed(environment).site == site


def test_in_the_cloud_the_place_of_the_app_is_known() -> None:
    group = "rg-medic"
    environment = {
        "WEBSITE_SITE_NAME": "func-acimedic-blue",
        "WEBSITE_RESOURCE_GROUP": group,
        "WEBSITE_OWNER_NAME": f"{HOME}+{group}-WestEuropewebspace-Linux",
    }
    found = installed(environment)
    assert (found.subscription, found.group, found.suffix) == (HOME, group, "blue")


@pytest.mark.parametrize("name", ["AzureWebJobs.on_failure.Disabled", "AzureWebJobs_on_failure_Disabled"])
def test_a_function_that_is_switched_off_is_wrong_and_the_command_switches_it_on(name: str) -> None:
    (found,) = judge_function(installed({name: "true", "ACIMEDIC_APP_ID": SITE}))
    assert (found.word, name in found.said) == ("wrong", True)
    assert (found.repair or "").endswith(f"--name medic --resource-group g --setting-names {name}")


def test_a_function_that_is_on_is_not_spoken_of() -> None:
    assert judge_function(installed({"AzureWebJobs.on_failure.Disabled": "false"})) == ()


def test_a_hostile_name_is_no_other_command() -> None:
    gap = Gap(reading="system topics", reason="404")
    (found,) = judge_events("x; rm -rf ~", gap, OURS, NOON)
    assert "'x; rm -rf ~'" in json.dumps(found.repair)
