"""The hook before all is removed: what lies outside the resource group goes, and what is not ours stays."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.azure_on_path import (
    APP,
    CLIENT,
    FAR,
    GROUP,
    MADE,
    OTHER,
    PRINCIPAL,
    PULLER,
    START,
    SUFFIX,
    THEIRS,
    TOPIC,
    asked,
)
from tests.infra.simulated import EVENTS, EVERYWHERE, FAR_GROUP, STRANGERS, Simulated, assignment, simulated, topic

OURS = {"azd-env-name": "prod"}
BROKE_OFF = START | {"ACIMEDIC_EVER_REACH": f"{APP},{OTHER}", "ACIMEDIC_MADE_REGISTRATION": CLIENT}


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Simulated]:
    """Everything is deployed, with what belongs to others beside it."""
    yield from simulated(tmp_path)


def refused(path: str, code: str, status: int = 403) -> dict[str, object]:
    """An answer that Azure gives instead of the true one."""
    return {"path": path, "status": status, "body": {"error": {"code": code, "message": "no"}}}


def test_all_that_is_ours_goes_and_the_rest_stays(azure: Simulated) -> None:
    """Of two subscriptions; azd itself deletes the app's own group, with the topic in it."""
    done = azure.run("predown", **EVERYWHERE)
    assert done.returncode == 0, done.stderr
    assert azure.given == STRANGERS
    assert azure.roles == {"of another installation", "somebody's"}
    assert azure.topics == {"near": set()}
    assert azure.world["metricAlerts"] == {}
    assert set(azure.world["resourceGroups"]) == {"app", "platform"}


def test_events_go_before_rights_and_rights_before_roles(azure: Simulated) -> None:
    """The app must not lose its rights while failures still arrive; Azure keeps a role that somebody has."""
    azure.run("predown", **EVERYWHERE)
    kinds = [path.split("/")[-2] for path in azure.written]
    assert kinds[:3] == ["eventSubscriptions", "metricAlerts", "metricAlerts"]
    events = max(place for place, kind in enumerate(kinds) if kind in ("eventSubscriptions", "systemTopics"))
    assert events < min(place for place, kind in enumerate(kinds) if kind == "roleAssignments")


@pytest.mark.parametrize("paging", [{"pageSize": 1}, {"pageSize": 1, "emptyPages": True}])
def test_every_page_of_a_list_is_read(azure: Simulated, paging: dict[str, object]) -> None:
    """Also where one is empty."""
    azure.world.update(paging)
    azure.run("predown", **EVERYWHERE)
    assert azure.given == STRANGERS


def test_a_second_run_finds_nothing_and_ends_well(azure: Simulated) -> None:
    """Whoever was cut off begins again."""
    azure.run("predown", **EVERYWHERE)
    before = len(azure.written)
    done = azure.run("predown", **EVERYWHERE)
    assert (done.returncode, len(azure.written), "removed" in done.stdout) == (0, before, False)


def test_a_topic_of_others_is_never_deleted(azure: Simulated) -> None:
    """Only what is ours on it."""
    azure.world["systemTopics"] = {"shared": topic(THEIRS, {}, EVENTS, "audit")}
    azure.run("predown", **EVERYWHERE | {"ACIMEDIC_TOPICS": json.dumps([THEIRS])})
    assert azure.topics == {"shared": {"audit"}}


@pytest.mark.parametrize(
    "place",
    [
        FAR.replace("rg-acimedic-prod-events", "rg-hub"),
        FAR.replace(SUFFIX, "otherinstalla"),
        FAR.replace(f"evgs-acimedic-{SUFFIX}", "all-events"),
    ],
)
def test_a_topic_with_our_tag_and_another_place_is_not_ours(azure: Simulated, place: str) -> None:
    """Every azd project with an environment of that name has the tag."""
    group = place.split("/providers/")[0]
    azure.world["systemTopics"]["far"] = topic(place, OURS, EVENTS)
    azure.world["resourceGroups"]["far"] = {"id": group, "tags": OURS}
    done = azure.run("predown", **EVERYWHERE | {"ACIMEDIC_TOPICS": json.dumps([TOPIC, place])})
    assert done.returncode == 0, done.stderr
    assert azure.topics["far"] == set()
    assert "far" in azure.world["resourceGroups"]


def test_our_topic_stays_while_others_listen_to_it(azure: Simulated) -> None:
    """A subscription has only one, and azd would take it from them; nothing else is removed either."""
    azure.world["systemTopics"]["near"]["x-eventSubscriptions"]["audit"] = {}
    done = azure.run("predown", **EVERYWHERE)
    assert (done.returncode, azure.written) == (1, [])
    assert f"{TOPIC}: audit" in done.stderr


def test_our_topic_goes_where_whoever_removes_insists(azure: Simulated) -> None:
    """They have been told."""
    azure.world["systemTopics"]["far"]["x-eventSubscriptions"]["audit"] = {}
    assert azure.run("predown", **EVERYWHERE | {"ACIMEDIC_DELETE_TOPIC": "true"}).returncode == 0
    assert "far" not in azure.topics


def test_our_topic_stays_where_it_is_not_known_whether_others_listen(azure: Simulated) -> None:
    """The rest goes, and azd stops."""
    azure.world["faults"] = [refused("/eventSubscriptions$", "AuthorizationFailed")]
    done = azure.run("predown", **EVERYWHERE)
    assert done.returncode == 1
    assert f"whether others listen to the system topic {FAR} is not known" in done.stderr
    assert set(azure.topics) == {"near", "far"}
    assert azure.given == STRANGERS


@pytest.mark.parametrize("code", ["AuthorizationFailed", "MissingSubscriptionRegistration"])
def test_a_topic_that_cannot_be_read_does_not_keep_the_rest(azure: Simulated, code: str) -> None:
    """It is told, and azd stops."""
    azure.world["faults"] = [refused("/systemTopics/", code)]
    done = azure.run("predown", **EVERYWHERE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT})
    assert (done.returncode, azure.given) == (1, STRANGERS)
    assert code in done.stderr
    assert len(asked(azure.azure, "ad app delete", CLIENT)) == 1


def test_a_subscription_that_was_cancelled_is_passed_over(azure: Simulated) -> None:
    """Nothing is left there, and `azd down` has to come to its end."""
    del azure.world["subscriptions"]["other"]
    done = azure.run("predown", **EVERYWHERE)
    assert done.returncode == 0, done.stderr
    assert f"subscription {OTHER} was not looked through" in done.stdout
    assert "read near" not in azure.given


def test_an_account_that_is_not_found_is_not_taken_for_a_subscription_that_is_gone(azure: Simulated) -> None:
    """Its error, too, says `not found`."""
    error = {"code": "ResourceNotFound", "message": "AADSTS90002: Tenant 'x' not found. Please run 'az login'."}
    azure.world["faults"] = [{"path": "", "status": 404, "body": {"error": error}}]
    assert azure.run("predown", **EVERYWHERE).returncode == 1


def test_a_role_that_somebody_else_was_given_stays_and_is_told(azure: Simulated) -> None:
    """Azure refuses to delete it; all the rest goes."""
    far = f"/subscriptions/{OTHER}"
    role = azure.world["roleDefinitions"]["read far"]["name"]
    azure.world["roleAssignments"]["their use"] = assignment(far, role, PULLER)
    done = azure.run("predown", **EVERYWHERE)
    assert done.returncode == 1
    assert "RoleDefinitionHasAssignments" in done.stderr
    assert azure.roles == {"of another installation", "somebody's", "read far"}
    assert azure.given == {*STRANGERS, "their use"}


def test_a_role_whose_assignment_still_counts_is_tried_again(azure: Simulated) -> None:
    """Azure takes a while to see that it is gone."""
    azure.world["faults"] = [
        refused("/roleDefinitions/", "RoleDefinitionHasAssignments", 400) | {"method": "DELETE", "times": 2}
    ]
    assert azure.run("predown", **EVERYWHERE).returncode == 0
    assert azure.roles == {"of another installation", "somebody's"}


def test_the_identity_is_known_in_whichever_case_it_is_written(azure: Simulated) -> None:
    """Azure does not always write an id in the same way."""
    azure.run("predown", **EVERYWHERE | {"ACIMEDIC_PRINCIPAL_ID": PRINCIPAL.upper()})
    assert azure.given == STRANGERS


def test_a_subscription_that_a_later_choice_left_out_is_cleaned_as_well(azure: Simulated) -> None:
    """What azd keeps of the last deployment does not name it; what was ever given is kept beside."""
    left = {"ACIMEDIC_REACH": json.dumps([APP]), "ACIMEDIC_TOPICS": json.dumps([TOPIC])}
    nothing = {name: "" for name in EVERYWHERE if name.startswith("ACIMEDIC_FOUND_")}
    ever = {"ACIMEDIC_EVER_REACH": f"{APP},{OTHER}", "ACIMEDIC_EVER_TOPICS": f"{TOPIC},{FAR}"}
    assert azure.run("predown", **EVERYWHERE | nothing | left | ever).returncode == 0
    assert (azure.given, azure.topics) == (STRANGERS, {"near": set()})


def test_a_deployment_that_broke_off_is_cleaned_up_without_its_outputs(azure: Simulated) -> None:
    """Names follow from what was asked for, and the identity is asked for."""
    azure.world["systemTopics"]["far"]["x-eventSubscriptions"] = {}
    done = azure.run("predown", **BROKE_OFF)
    assert done.returncode == 0, done.stderr
    assert azure.given == STRANGERS
    assert azure.roles == {"of another installation", "somebody's"}
    assert set(azure.topics) == {"near"}
    assert len(asked(azure.azure, "ad app delete", CLIENT)) == 1


def test_without_an_identity_it_is_said_what_may_remain(azure: Simulated) -> None:
    """An empty name must not stand for everybody: no assignment is asked for, and our roles go."""
    azure.world["identities"] = {}
    ours = azure.given - STRANGERS
    azure.world["roleAssignments"] = {name: azure.world["roleAssignments"][name] for name in STRANGERS}
    done = azure.run("predown", **BROKE_OFF)
    assert done.returncode == 0, done.stderr
    assert "role assignments remain, of an unknown principal, in" in done.stdout
    assert asked(azure.azure, "roleAssignments") == []
    assert azure.roles == {"of another installation", "somebody's"}
    assert ours


def test_an_identity_that_cannot_be_read_is_a_fault(azure: Simulated) -> None:
    """Whether it has any role is not known."""
    azure.world["faults"] = [refused("/userAssignedIdentities/", "AuthorizationFailed")]
    done = azure.run("predown", **BROKE_OFF)
    assert done.returncode == 1
    assert f"whether the identity {GROUP}/" in done.stderr


def test_a_group_that_is_not_empty_stays(azure: Simulated) -> None:
    """Somebody has put something into it."""
    theirs = f"{FAR_GROUP}/providers/Microsoft.ContainerRegistry/registries/theirs"
    azure.world["registries"]["theirs"] = {"id": theirs, "name": "theirs", "properties": {}}
    done = azure.run("predown", **EVERYWHERE)
    assert (done.returncode, "far" in azure.world["resourceGroups"], "far" in azure.topics) == (0, True, False)


def test_only_a_registration_that_was_made_here_is_deleted(azure: Simulated) -> None:
    """A named one belongs to somebody."""
    azure.run("predown", **MADE)
    assert asked(azure.azure, "ad app delete") == []


def test_a_registration_that_is_gone_is_not_signed_in_at_by_the_next_deployment(azure: Simulated) -> None:
    """Which makes a new one."""
    azure.run("predown", **MADE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT})
    assert len(asked(azure.azure, "ad app delete", CLIENT)) == 1
    assert azure.azure.remembered == {"ACIMEDIC_AUTH_CLIENT_ID": "", "ACIMEDIC_MADE_REGISTRATION": ""}


def test_what_fails_is_told_after_all_else_is_gone(azure: Simulated) -> None:
    """And azd stops, so that it can be run again."""
    azure.world["faults"] = [refused("/metricAlerts/", "AuthorizationFailed") | {"method": "DELETE"}]
    done = azure.run("predown", **MADE)
    assert done.returncode == 1
    assert done.stderr.count("could not be removed") == 2
    assert "read near" not in azure.roles


def test_where_nothing_was_ever_begun_nothing_is_asked(azure: Simulated) -> None:
    """`azd down` of an empty environment."""
    assert azure.run("predown", **START).returncode == 0
    assert azure.azure.calls == []


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 1), ("y", 0)])
def test_whoever_sits_there_is_asked_before_anything_goes(azure: Simulated, answer: str, code: int) -> None:
    """azd's own question comes after this hook."""
    keyboard, terminal = os.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    try:
        done = azure.run("predown", stdin=terminal, **EVERYWHERE)
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert done.returncode == code, done.stderr
    assert bool(azure.written) == (code == 0)
