"""The hook after provisioning, where a choice has left something out: what was given for it is taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.azure_on_path import APP, OTHER, PRINCIPAL, PULLER, REGISTRY, REPOSITORY, THEIRS, TOPIC
from tests.infra.simulated import (
    ACR_PULL,
    EVENTS,
    EVERYWHERE,
    LOOKS,
    READER,
    STRANGERS,
    Simulated,
    assignment,
    simulated,
    topic,
)

NO_REPAIR = {"ACIMEDIC_FOUND_GRANTS": "", "ACIMEDIC_FOUND_ASSIGNS": "false", "ACIMEDIC_FOUND_TRUSTED": "false"}
NO_IMAGES = {"ACIMEDIC_FOUND_IMAGES": ""}
EVER = {"ACIMEDIC_EVER_REACH": f"{APP},{OTHER}"}
ALONE = {"ACIMEDIC_REACH": json.dumps([APP]), "ACIMEDIC_TOPICS": json.dumps([TOPIC])}
LEFT = EVERYWHERE | NO_REPAIR | NO_IMAGES | ALONE | EVER
"""Nothing but the app's own subscription is wanted any more."""
OURS = {"read near", "read far", "grant", "switch", "images"}


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Simulated]:
    """Everything is deployed, with what belongs to others beside it."""
    yield from simulated(tmp_path)


def taken_back(azure: Simulated) -> set[str]:
    """The handles of our role assignments that are gone."""
    return OURS - azure.given


def test_what_is_wanted_stays(azure: Simulated) -> None:
    """Nothing is changed at all."""
    azure.run_and_keep("postprovision", **EVERYWHERE)
    assert azure.written == []


def test_without_repair_no_right_at_a_registry_is_left(azure: Simulated) -> None:
    """Review, and then off: the roles go as well."""
    azure.run_and_keep("postprovision", **EVERYWHERE | NO_REPAIR | EVER)
    assert taken_back(azure) == {"grant", "switch"}
    assert not azure.roles & {"grant", "switch"}


@pytest.mark.parametrize(("flag", "gone"), [("ACIMEDIC_FOUND_ASSIGNS", "grant"), ("ACIMEDIC_FOUND_TRUSTED", "switch")])
def test_a_remedy_that_the_policy_dropped_takes_its_right_along(azure: Simulated, flag: str, gone: str) -> None:
    """Only its own."""
    azure.run_and_keep("postprovision", **EVERYWHERE | {flag: "false"})
    assert (taken_back(azure), azure.roles & {"grant", "switch"}) == ({gone}, {"grant", "switch"} - {gone})


def test_a_registry_that_the_policy_dropped_is_left_and_its_neighbour_is_not(azure: Simulated) -> None:
    """Both lie in one resource group, where the roles of both may be assigned."""
    azure.run_and_keep("postprovision", **EVERYWHERE | {"ACIMEDIC_FOUND_GRANTS": f"{REGISTRY}two={PULLER}"} | EVER)
    assert taken_back(azure) == {"grant", "switch"}
    assert not azure.roles & {"grant", "switch"}


def test_a_role_that_was_just_made_stays_though_its_assignment_is_not_listed_yet(azure: Simulated) -> None:
    """Azure takes a while to list it."""
    for handle in ("grant", "switch"):
        del azure.world["roleAssignments"][handle]
    azure.run_and_keep("postprovision", **EVERYWHERE)
    assert {"grant", "switch"} <= azure.roles


def test_a_registry_whose_images_are_no_longer_read_is_left(azure: Simulated) -> None:
    """Whoever may read them may pull them."""
    azure.run_and_keep("postprovision", **EVERYWHERE | NO_IMAGES)
    assert taken_back(azure) == {"images"}


def test_a_registry_that_changed_its_mode_loses_the_role_of_the_old_one(azure: Simulated) -> None:
    """The one for the new mode was given by the template."""
    azure.run_and_keep("postprovision", **EVERYWHERE | NO_IMAGES | {"ACIMEDIC_FOUND_IMAGES_ABAC": REGISTRY})
    assert taken_back(azure) == {"images"}


def test_what_somebody_else_gave_the_identity_stays(azure: Simulated) -> None:
    """The templates did not give it, so nobody here knows what it is for."""
    given = azure.world["roleAssignments"]
    given["theirs"] = assignment(f"/subscriptions/{OTHER}", READER)
    given["pull by hand"] = assignment(f"{REGISTRY}two", ACR_PULL, says="for a test of the platform team")
    azure.run_and_keep("postprovision", **LEFT)
    assert azure.given == {*STRANGERS, "read near", "theirs", "pull by hand"}


def test_the_words_by_which_a_pull_role_is_known_are_those_of_the_template() -> None:
    """Otherwise it would never be taken back."""
    template = (REPOSITORY / "infra" / "access-images.bicep").read_text(encoding="utf-8")
    assert f"description: '{LOOKS}'" in template
    code = (REPOSITORY / "infra" / "hooks" / "withdrawal.py").read_text(encoding="utf-8")
    assert LOOKS.partition(",")[0] in code


def test_a_subscription_that_is_no_longer_read_loses_every_role_of_ours(azure: Simulated) -> None:
    """And nobody else loses one."""
    azure.run_and_keep("postprovision", **LEFT)
    assert azure.given == {*STRANGERS, "read near"}
    assert azure.roles == {"read near", "of another installation", "somebody's"}


def test_a_subscription_that_is_no_longer_watched_sends_no_more_events(azure: Simulated) -> None:
    """Our topic there goes with its group."""
    azure.run_and_keep("postprovision", **LEFT | {"ACIMEDIC_EVER_TOPICS": f"{TOPIC},{azure_topic('far', azure)}"})
    assert azure.topics == {"near": {EVENTS}}
    assert "far" not in azure.world["resourceGroups"]
    assert set(azure.world["metricAlerts"]) == {"near-DeadLetteredCount", "near-DroppedEventCount"}


def azure_topic(handle: str, azure: Simulated) -> str:
    """The resource id of a topic."""
    return str(azure.world["systemTopics"][handle]["id"])


def test_our_topic_stays_while_others_listen_to_it_and_hears_nothing_for_us(azure: Simulated) -> None:
    """That is no fault: the deployment is done."""
    azure.world["systemTopics"]["far"]["x-eventSubscriptions"]["audit"] = {}
    azure.run_and_keep("postprovision", **LEFT | {"ACIMEDIC_EVER_TOPICS": azure_topic("far", azure)})
    assert azure.topics["far"] == {"audit"}


def test_a_topic_of_others_keeps_all_but_our_event_subscription(azure: Simulated) -> None:
    """It was reused, and is never deleted."""
    azure.world["systemTopics"]["far"] = topic(THEIRS.replace(APP, OTHER), {"azd-env-name": "prod"}, EVENTS, "audit")
    azure.run_and_keep("postprovision", **LEFT | {"ACIMEDIC_EVER_TOPICS": azure_topic("far", azure)})
    assert azure.topics["far"] == {"audit"}


def test_where_nothing_is_left_is_forgotten_at_the_next_look(azure: Simulated) -> None:
    """Whoever deploys may have lost his rights there by then; until it was looked at again, it is kept."""
    before = LEFT | {"ACIMEDIC_EVER_TOPICS": azure_topic("far", azure)}
    first = azure.run_and_keep("postprovision", **before)
    assert first["ACIMEDIC_EVER_REACH"] == f"{APP},{OTHER}"
    second = azure.run_and_keep("postprovision", **first)
    assert (second["ACIMEDIC_EVER_REACH"], second["ACIMEDIC_EVER_TOPICS"]) == (APP, TOPIC)


def test_a_subscription_that_is_gone_is_passed_over_and_not_forgotten(azure: Simulated) -> None:
    """It may lie in another tenant than the one that is signed in to."""
    del azure.world["subscriptions"]["other"]
    after = azure.run_and_keep("postprovision", **LEFT)
    assert after["ACIMEDIC_EVER_REACH"] == f"{APP},{OTHER}"


def test_what_could_not_be_taken_back_stops_azd_and_names_it(azure: Simulated) -> None:
    """Rights that are believed to be gone are worse than those that are known."""
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    azure.world["faults"] = [
        {"method": "DELETE", "path": "/roleAssignments/", "status": 403, "body": error, "times": 1}
    ]
    done = azure.run("postprovision", **LEFT)
    assert done.returncode == 1
    assert "could not be removed" in done.stderr
    assert len(taken_back(azure)) == 3


def test_a_role_that_somebody_else_was_given_is_no_fault(azure: Simulated) -> None:
    """It gives the app nothing any more."""
    role = azure.world["roleDefinitions"]["read far"]["name"]
    azure.world["roleAssignments"]["their use"] = assignment(f"/subscriptions/{OTHER}", role, PULLER)
    azure.run_and_keep("postprovision", **LEFT)
    assert "read far" in azure.roles
    assert "read far" not in azure.given


def test_without_knowing_what_was_deployed_nothing_is_taken_back(azure: Simulated) -> None:
    """Nothing would seem to be wanted."""
    assert azure.run("postprovision", **LEFT | {"ACIMEDIC_REACH": ""}).returncode == 1
    assert azure.written == []


def test_the_identity_is_ours_in_whichever_case(azure: Simulated) -> None:
    """Azure does not always write an id in the same way."""
    azure.run_and_keep("postprovision", **LEFT | {"ACIMEDIC_PRINCIPAL_ID": PRINCIPAL.upper()})
    assert azure.given == {*STRANGERS, "read near"}
