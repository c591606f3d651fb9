"""The app registration: made once, closed before anybody hears of it, and closed again by every run."""

from pathlib import Path

import pytest

from tests.infra.azure_on_path import CLIENT, MADE, START, Azure, asked, in_order

NONE = START | {"ACIMEDIC_AUTH_CLIENT_ID": ""}
OURS = MADE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT}
CLOSED = [{"appId": CLIENT, "appRoleAssignmentRequired": True}]
OPEN = [{"appId": CLIENT, "appRoleAssignmentRequired": False}]
LATE = (
    "The appId 'x' of the service principal does not reference a valid application object.",
    "Resource 'x' does not exist or one of its queried reference-property objects are not present.",
    "Not Found({'error': {'code': 'Request_ResourceNotFound'}})",
)


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


@pytest.fixture
def provisioned(azure: Azure) -> Azure:
    """The resources are there, and the keys are in the vault."""
    azure.answer({"name": "a key"}, "rest --method get", "kv-medic-1/secrets/")
    azure.answer({"value": []}, "rest --method get", "providers/Microsoft.Authorization/role")
    return azure


def test_an_app_registration_is_made_where_none_is_named(azure: Azure) -> None:
    """With the approver's role, for this tenant alone, and without a secret."""
    done = azure.run("preprovision", **NONE)
    assert done.returncode == 0, done.stderr
    (made,) = asked(azure, "rest --method post", "graph.microsoft.com/v1.0/applications")
    (body,) = made.files
    assert isinstance(body, dict)
    assert [role["value"] for role in body["appRoles"]] == ["Acimedic.Approver"]
    assert body["signInAudience"] == "AzureADMyOrg"
    assert azure.remembered["ACIMEDIC_AUTH_CLIENT_ID"] == azure.remembered["ACIMEDIC_MADE_REGISTRATION"] == CLIENT
    assert asked(azure, "credential reset") == []


def test_no_registration_is_taken_by_its_name(azure: Azure) -> None:
    """`az ad app create` would change whichever has the name, and anybody may give it to theirs."""
    azure.run("preprovision", **NONE)
    assert asked(azure, "ad app create") == []


def test_it_is_closed_before_the_template_hears_of_it(azure: Azure) -> None:
    """What is remembered last is what azd hands to the template."""
    azure.run("preprovision", **NONE)
    order = [" ".join(call.words) for call in azure.calls]
    closing = next(place for place, said in enumerate(order) if "appRoleAssignmentRequired=true" in said)
    read_back = max(place for place, said in enumerate(order) if said.startswith("ad sp list"))
    heard = next(place for place, said in enumerate(order) if said.startswith("env set ACIMEDIC_AUTH_CLIENT_ID"))
    assert closing < read_back < heard


@pytest.mark.parametrize("command", ["ad sp create", "ad sp update"])
def test_a_registration_that_could_not_be_closed_is_not_used(azure: Azure, command: str) -> None:
    """The hook stops, and with it azd: nothing is deployed that everybody in the tenant could look at."""
    azure.first_refuse("Authorization_RequestDenied", command)
    done = azure.run("preprovision", **NONE)
    assert done.returncode == 1
    assert azure.remembered["ACIMEDIC_MADE_REGISTRATION"] == CLIENT
    assert "ACIMEDIC_AUTH_CLIENT_ID" not in azure.remembered


def test_the_next_run_goes_on_where_one_broke_off(azure: Azure) -> None:
    """No second registration is made, and the first is closed."""
    azure.run("preprovision", **NONE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT})
    assert asked(azure, "rest --method post", "/applications") == []
    assert len(asked(azure, "ad sp update", CLIENT, "appRoleAssignmentRequired=true")) == 1
    assert azure.remembered["ACIMEDIC_AUTH_CLIENT_ID"] == CLIENT


@pytest.mark.parametrize("said", LATE)
@pytest.mark.parametrize("command", ["ad sp create", "ad sp update"])
def test_what_another_server_has_not_heard_of_yet_is_waited_for(azure: Azure, command: str, said: str) -> None:
    """Microsoft Entra takes a while until a new registration is known everywhere."""
    azure.first([], "ad sp list", times=2) if command == "ad sp create" else azure.first(OPEN, "ad sp list", times=3)
    azure.first_refuse(said, command, times=2)
    done = azure.run("preprovision", **NONE)
    assert done.returncode == 0, done.stderr
    assert len(asked(azure, command)) >= 3
    assert azure.remembered["ACIMEDIC_AUTH_CLIENT_ID"] == CLIENT


def test_it_is_not_waited_for_without_end(azure: Azure) -> None:
    """Whoever deploys is told what to do where it was deleted."""
    azure.first_refuse(LATE[0], "ad sp create")
    azure.first([], "ad sp list")
    done = azure.run("preprovision", **NONE)
    assert done.returncode == 1
    assert 2 <= len(asked(azure, "ad sp create")) <= 60
    assert "set ACIMEDIC_MADE_REGISTRATION" in done.stderr


def test_every_run_closes_what_is_open(provisioned: Azure) -> None:
    """Also what an earlier run left open, or somebody has opened."""
    provisioned.first(CLOSED, "ad sp list")
    provisioned.first(OPEN, "ad sp list", times=1)
    done = provisioned.run("postprovision", **OURS)
    assert done.returncode == 0, done.stderr
    assert len(asked(provisioned, "ad sp update", CLIENT, "appRoleAssignmentRequired=true")) == 1


def test_a_registration_that_stays_open_stops_the_run(provisioned: Azure) -> None:
    """What was asked for is read back, and counts only then."""
    provisioned.first(OPEN, "ad sp list")
    done = provisioned.run("postprovision", **OURS)
    assert done.returncode == 1
    assert "still lets in everybody in the tenant" in done.stderr


def test_what_is_closed_is_left_alone(provisioned: Azure) -> None:
    """Nothing is written where all is as it should be."""
    provisioned.first(CLOSED, "ad sp list")
    provisioned.run("postprovision", **OURS)
    assert asked(provisioned, "ad sp create") + asked(provisioned, "ad sp update") == []


def test_everybody_may_look_where_that_was_chosen(provisioned: Azure) -> None:
    """The service principal is still needed."""
    provisioned.run("postprovision", **OURS | {"ACIMEDIC_SIGN_IN": "everybody"})
    assert len(asked(provisioned, "ad sp create", CLIENT)) == 1
    assert asked(provisioned, "ad sp update") == []


def test_a_choice_that_is_none_is_refused(provisioned: Azure) -> None:
    """It could have been meant either way."""
    done = provisioned.run("postprovision", **OURS | {"ACIMEDIC_SIGN_IN": "everyone"})
    assert done.returncode == 1
    assert "assigned or everybody" in done.stderr


def test_who_may_not_register_an_app_is_told_both_ways_out(azure: Azure) -> None:
    """Somebody else's registration, or none."""
    azure.first_refuse("Insufficient privileges", "rest --method post", "/applications")
    done = azure.run("preprovision", **NONE)
    assert done.returncode == 1
    assert "azd env set ACIMEDIC_AUTH_CLIENT_ID" in done.stderr
    assert "azd env set ACIMEDIC_AUTHENTICATION false" in done.stderr
