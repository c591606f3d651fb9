"""The hook after the app is there: event subscriptions, made when the function is known."""

import json
from pathlib import Path

import pytest

from tests.infra.azure_on_path import (
    APP,
    FAR,
    MADE,
    OTHER,
    PULL_IDENTITY,
    PULLER,
    REPOSITORY,
    SUFFIX,
    THEIRS,
    TOPIC,
    Azure,
    Call,
    asked,
    in_order,
)


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


@pytest.fixture
def deployed(azure: Azure) -> Azure:
    """The app is there, its function is known, and the topic has an identity."""
    azure.answer({"name": "func-acimedic/on_failure"}, "functionapp function show")
    azure.answer({}, "deployment group create")
    identity = {"id": TOPIC, "identity": {"type": "SystemAssigned", "principalId": PULLER}}
    azure.answer(identity, "resource show", "systemTopics")
    return azure


def parameters(call: Call) -> dict[str, object]:
    """What a deployment was given."""
    return {name: each["value"] for name, each in call.files[0]["parameters"].items()}  # type: ignore[index]


def test_each_topic_is_subscribed_to_in_its_own_group(deployed: Azure) -> None:
    """With the app of the first subscription."""
    done = deployed.run("postdeploy", **MADE | {"ACIMEDIC_TOPICS": json.dumps([TOPIC, FAR])})
    assert done.returncode == 0, done.stderr
    near, far = asked(deployed, "deployment group create")
    assert near.said(f"--subscription {APP}", "--resource-group rg-acimedic-prod")
    assert far.said(f"--subscription {OTHER}", "--resource-group rg-acimedic-prod-events")
    assert parameters(far)["topicName"] == FAR.rpartition("/")[2]
    assert parameters(far)["appId"] == MADE["ACIMEDIC_APP_ID"]
    assert parameters(far)["deadLetterPrincipalId"] == PULLER


def test_the_deployment_gives_exactly_the_parameters_of_the_template(deployed: Azure) -> None:
    """One that the template does not know would be refused by Azure."""
    deployed.run("postdeploy", **MADE)
    (call,) = asked(deployed, "deployment group create")
    declared = [
        line.split()[1]
        for line in (REPOSITORY / "infra" / "events.bicep").read_text().splitlines()
        if line.startswith("param ")
    ]
    assert sorted(parameters(call)) == sorted(declared)


def test_the_hook_waits_for_the_function(deployed: Azure) -> None:
    """Also where az answers with a sentence instead of an error."""
    deployed.first("Function 'on_failure' does not exist in app", "function show", times=1)
    deployed.first_refuse("Not Found", "function show", times=2)
    assert deployed.run("postdeploy", **MADE).returncode == 0
    assert len(asked(deployed, "function show")) == 4


def test_a_function_that_never_comes_ends_the_wait(deployed: Azure) -> None:
    """With what to look at."""
    deployed.first_refuse("Not Found", "function show")
    done = deployed.run("postdeploy", **MADE)
    assert done.returncode == 1
    assert "did not appear" in done.stderr
    assert asked(deployed, "deployment group create") == []


def test_what_event_grid_does_not_see_yet_is_tried_again_after_the_failed_one_is_deleted(deployed: Azure) -> None:
    """A subscription that failed stays failed."""
    deployed.answer(None, "resource delete")
    deployed.first({"properties": {"provisioningState": "Failed"}}, "resource show", "eventSubscriptions")
    deployed.first_refuse("Endpoint validation: Destination endpoint not found.", "group create", times=2)
    assert deployed.run("postdeploy", **MADE).returncode == 0
    assert len(asked(deployed, "group create")) == 3
    assert len(asked(deployed, "resource delete", f"eventSubscriptions/acimedic-{SUFFIX}")) == 2


def test_a_subscription_that_works_is_never_deleted(deployed: Azure) -> None:
    """Though a new deployment of it failed."""
    deployed.first({"properties": {"provisioningState": "Succeeded"}}, "resource show", "eventSubscriptions")
    deployed.first_refuse("Conflict", "group create", times=1)
    assert deployed.run("postdeploy", **MADE).returncode == 0
    assert asked(deployed, "resource delete") == []


def test_what_waiting_does_not_cure_is_not_tried_again(deployed: Azure) -> None:
    """A right that is missing."""
    deployed.first_refuse("(AuthorizationFailed)", "group create")
    done = deployed.run("postdeploy", **MADE)
    assert done.returncode == 1
    assert len(asked(deployed, "group create")) == 1


@pytest.mark.parametrize("code", ["MissingSubscriptionRegistration", "RoleAssignmentUpdateNotPermitted"])
def test_what_only_a_person_can_put_right_is_not_taken_for_a_function_that_is_late(deployed: Azure, code: str) -> None:
    """It is told at once, and in its own words."""
    deployed.first_refuse(f"({code}) so it is.", "group create")
    done = deployed.run("postdeploy", **MADE)
    assert (done.returncode, len(asked(deployed, "group create"))) == (1, 1)
    assert code in done.stderr
    assert "does not see the function" not in done.stdout


def test_one_topic_that_is_refused_does_not_stop_the_others(deployed: Azure) -> None:
    """It is told at the end."""
    deployed.first_refuse("(AuthorizationFailed)", "group create", f"--subscription {APP}")
    done = deployed.run("postdeploy", **MADE | {"ACIMEDIC_TOPICS": json.dumps([TOPIC, FAR])})
    assert done.returncode == 1
    assert TOPIC in done.stderr
    assert f"failures of subscription {OTHER} reach the app" in done.stdout
    assert f"failures of subscription {APP}" not in done.stdout


def test_one_topic_without_an_identity_does_not_stop_the_others(deployed: Azure) -> None:
    """Its owner is not the one who deploys."""
    deployed.first({"id": THEIRS, "identity": None}, "resource show", THEIRS)
    done = deployed.run("postdeploy", **MADE | {"ACIMEDIC_TOPICS": json.dumps([THEIRS, FAR])})
    assert done.returncode == 1
    assert [parameters(call)["topicName"] for call in asked(deployed, "group create")] == [FAR.rpartition("/")[2]]


@pytest.mark.parametrize(
    "identity",
    [{"type": "SystemAssigned"}, {"type": "UserAssigned", "userAssignedIdentities": {PULL_IDENTITY: {}}}],
)
def test_an_identity_without_a_principal_is_refused(deployed: Azure, identity: dict[str, object]) -> None:
    """Nobody could be let in under an empty name."""
    deployed.first({"id": TOPIC, "identity": identity}, "resource show", TOPIC)
    done = deployed.run("postdeploy", **MADE)
    assert done.returncode == 1
    assert "has no principal id" in done.stderr
    assert asked(deployed, "group create") == []


def test_a_topic_without_an_identity_is_not_changed_but_asked_for(deployed: Azure) -> None:
    """It is somebody else's: the command is for its owner."""
    deployed.first({"id": THEIRS, "identity": None}, "resource show", THEIRS)
    done = deployed.run("postdeploy", **MADE | {"ACIMEDIC_TOPICS": json.dumps([THEIRS])})
    assert done.returncode == 1
    assert "az eventgrid system-topic update --name all-events --resource-group rg-shared" in done.stderr
    assert asked(deployed, "group create") == []


def test_without_dead_letters_only_where_that_is_asked_for(deployed: Azure) -> None:
    """And it is said."""
    deployed.first({"id": THEIRS, "identity": None}, "resource show", THEIRS)
    chosen = {"ACIMEDIC_TOPICS": json.dumps([THEIRS]), "ACIMEDIC_WITHOUT_DEAD_LETTERS": "true"}
    done = deployed.run("postdeploy", **MADE | chosen)
    (call,) = asked(deployed, "group create")
    assert parameters(call)["deadLetterIdentity"] == "None"
    assert "are lost" in done.stdout


def test_a_topic_with_an_identity_of_its_owner_writes_dead_letters_as_that(deployed: Azure) -> None:
    """It is given the right to, on the one container."""
    attached = {"type": "UserAssigned", "userAssignedIdentities": {PULL_IDENTITY: {"principalId": PULLER}}}
    deployed.first({"id": THEIRS, "identity": attached}, "resource show", THEIRS)
    deployed.run("postdeploy", **MADE | {"ACIMEDIC_TOPICS": json.dumps([THEIRS])})
    given = parameters(asked(deployed, "group create")[0])
    kept = [given[name] for name in ("deadLetterIdentity", "deadLetterIdentityId", "deadLetterPrincipalId")]
    assert kept == ["UserAssigned", PULL_IDENTITY, PULLER]
