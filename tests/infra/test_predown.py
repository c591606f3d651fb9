"""The hook before all is removed: what lies outside the resource group goes, and what is not ours stays."""

import json
from pathlib import Path

import pytest

from tests.infra.azure_on_path import (
    APP,
    CLIENT,
    FAR,
    MADE,
    OTHER,
    PRINCIPAL,
    PULLER,
    REGISTRY,
    START,
    SUFFIX,
    THEIRS,
    TOPIC,
    Azure,
    asked,
    in_order,
)


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


OURS = {"azd-env-name": "prod"}


def assignment(scope: str, principal: str) -> dict[str, object]:
    """A role assignment."""
    place = f"{scope}/providers/Microsoft.Authorization/roleAssignments/a"
    return {"id": place, "properties": {"principalId": principal}}


def role(name: str, kind: str = "CustomRole") -> dict[str, object]:
    """A role definition."""
    place = f"/subscriptions/{APP}/providers/Microsoft.Authorization/roleDefinitions/{name.replace(' ', '-')}"
    return {"id": place, "properties": {"roleName": name, "type": kind}}


@pytest.fixture
def standing(azure: Azure) -> Azure:
    """Everything is deployed, and nobody else listens to our topic."""
    azure.answer({"value": [{"name": f"acimedic-{SUFFIX}"}]}, "--method get", "/eventSubscriptions ")
    azure.answer({"id": TOPIC, "tags": OURS}, "--method get", TOPIC)
    azure.answer({"id": THEIRS, "tags": {}}, "--method get", THEIRS)
    azure.answer({"id": FAR, "tags": OURS}, "--method get", FAR)
    azure.answer(
        {"value": [assignment(f"/subscriptions/{APP}", PRINCIPAL)]},
        "--method get",
        f"{APP}/providers",
        "roleAssignments",
    )
    azure.answer({"value": []}, "--method get", "roleAssignments")
    azure.answer(
        {"value": [role(f"ACI Medic read {SUFFIX} x1")]}, "--method get", f"{APP}/providers", "roleDefinitions"
    )
    azure.answer({"value": []}, "--method get", "roleDefinitions")
    azure.answer({"value": []}, "--method get", "/resources ")
    azure.answer({"tags": OURS}, "--method get", "rg-acimedic-prod-events")
    azure.answer(None, "--method delete")
    azure.answer(None, "resource delete")
    return azure


def deleted(azure: Azure) -> list[str]:
    """The addresses that were deleted."""
    calls = [call.words for call in azure.calls if call.said("--method delete") or call.said("resource delete")]
    return [words[words.index("--ids" if "--ids" in words else "--url") + 1] for words in calls]


def test_what_would_stay_is_removed_and_events_go_first(standing: Azure) -> None:
    """The app must not lose its rights while failures still arrive."""
    done = standing.run("predown", **MADE)
    assert done.returncode == 0, done.stderr
    gone = deleted(standing)
    assert gone[0] == f"{TOPIC}/eventSubscriptions/acimedic-{SUFFIX}"
    assert [place.split("/")[-2] for place in gone[1:]] == [
        "metricAlerts",
        "metricAlerts",
        "roleAssignments",
        "roleDefinitions",
    ]


def test_a_topic_of_others_is_never_deleted(standing: Azure) -> None:
    """Only what is ours on it."""
    standing.run("predown", **MADE | {"ACIMEDIC_TOPICS": json.dumps([THEIRS])})
    assert f"{THEIRS}/eventSubscriptions/acimedic-{SUFFIX}" in deleted(standing)
    assert THEIRS not in deleted(standing)


def test_our_topic_stays_while_others_listen_to_it(standing: Azure) -> None:
    """A subscription has only one, and azd would take it from them; nothing else is removed either."""
    standing.first(
        {"value": [{"name": f"acimedic-{SUFFIX}"}, {"name": "audit"}]}, "--method get", "/eventSubscriptions "
    )
    done = standing.run("predown", **MADE)
    assert done.returncode == 1
    assert "audit" in done.stderr
    assert deleted(standing) == []


def test_our_topic_goes_where_whoever_removes_insists(standing: Azure) -> None:
    """They have been told."""
    standing.first({"value": [{"name": "audit"}]}, "--method get", "/eventSubscriptions ")
    assert standing.run("predown", **MADE | {"ACIMEDIC_DELETE_TOPIC": "true"}).returncode == 0


@pytest.mark.parametrize(
    "kept",
    [
        assignment(f"/subscriptions/{APP}", PULLER),
        assignment("/providers/Microsoft.Management/managementGroups/root", PRINCIPAL),
    ],
)
def test_assignments_of_others_and_above_the_subscription_stay(standing: Azure, kept: dict[str, object]) -> None:
    """Even if Azure lists them."""
    standing.first({"value": [kept]}, "--method get", "roleAssignments")
    standing.run("predown", **MADE)
    assert not any("roleAssignments" in place for place in deleted(standing))


@pytest.mark.parametrize(
    "kept",
    [
        role("ACI Medic read otherinstallat x1"),
        role(f"ACI Medic read {SUFFIX}", "BuiltInRole"),
        role(f"Somebody's {SUFFIX}"),
    ],
)
def test_roles_of_other_installations_stay(standing: Azure, kept: dict[str, object]) -> None:
    """Names are unique in a tenant, and several teams may have one."""
    standing.first({"value": [kept]}, "--method get", "roleDefinitions")
    standing.run("predown", **MADE)
    assert not any("roleDefinitions" in place for place in deleted(standing))


def test_without_our_principal_no_assignment_is_asked_for(standing: Azure) -> None:
    """An empty name must not stand for everybody."""
    done = standing.run("predown", **MADE | {"ACIMEDIC_PRINCIPAL_ID": ""})
    assert done.returncode == 1
    assert not any("roleAssignments" in place for place in deleted(standing))


def test_a_topic_of_ours_in_another_subscription_goes_with_its_group(standing: Azure) -> None:
    """azd removes only what lies in the app's own subscription."""
    far = {"ACIMEDIC_TOPICS": json.dumps([FAR]), "ACIMEDIC_REACH": json.dumps([APP, OTHER])}
    assert standing.run("predown", **MADE | far).returncode == 0
    assert {FAR, FAR.split("/providers/")[0]} <= set(deleted(standing))


def test_a_group_that_is_not_empty_stays(standing: Azure) -> None:
    """Somebody has put something into it."""
    standing.first({"value": [{"name": "theirs"}]}, "--method get", "/resources ")
    standing.run("predown", **MADE | {"ACIMEDIC_TOPICS": json.dumps([FAR])})
    assert FAR.split("/providers/")[0] not in deleted(standing)


def test_the_registries_subscription_is_cleaned_as_well(standing: Azure) -> None:
    """A role was given there."""
    standing.run("predown", **MADE | {"ACIMEDIC_FOUND_GRANTS": f"{REGISTRY}={PULLER}"})
    assert len(asked(standing, "--method get", f"/subscriptions/{OTHER}/providers", "roleAssignments")) == 1


def test_only_a_registration_that_was_made_here_is_deleted(standing: Azure) -> None:
    """A named one belongs to somebody."""
    standing.run("predown", **MADE)
    assert asked(standing, "ad app delete") == []
    standing.run("predown", **MADE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT})
    assert len(asked(standing, "ad app delete", CLIENT)) == 1


def test_what_fails_is_told_after_all_else_is_gone(standing: Azure) -> None:
    """And azd stops, so that it can be run again."""
    standing.first_refuse("Forbidden", "resource delete", "metricAlerts")
    done = standing.run("predown", **MADE)
    assert done.returncode == 1
    assert done.stderr.count("could not be removed") == 2
    assert any("roleDefinitions" in place for place in deleted(standing))


def test_what_is_gone_already_is_passed_over(standing: Azure) -> None:
    """A second run ends well."""
    standing.first_refuse("ResourceNotFound", "delete")
    assert standing.run("predown", **MADE).returncode == 0


def test_where_nothing_was_ever_made_nothing_is_asked(standing: Azure) -> None:
    """`azd down` of an empty environment."""
    assert standing.run("predown", **START).returncode == 0
    assert standing.calls == []
