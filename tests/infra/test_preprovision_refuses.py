"""The hook before provisioning, where it stops: what contradicts itself, and what whoever deploys may not do."""

from pathlib import Path

import pytest

from tests.infra.azure_on_path import APP, OTHER, START, TOPIC, Azure, asked, in_order


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


def test_where_all_is_well_the_hook_goes_on_and_has_found_nothing(azure: Azure) -> None:
    """Every value that the template takes is set, also where there is nothing."""
    done = azure.run("preprovision", **START)
    assert done.returncode == 0, done.stderr
    assert azure.remembered == {
        "ACIMEDIC_EVER_REACH": APP,
        "ACIMEDIC_EVER_TOPICS": TOPIC,
        "ACIMEDIC_FOUND_TOPICS": "",
        "ACIMEDIC_FOUND_DELETED_VAULT": "false",
        "ACIMEDIC_FOUND_GRANTS": "",
        "ACIMEDIC_FOUND_ASSIGNS": "false",
        "ACIMEDIC_FOUND_TRUSTED": "false",
        "ACIMEDIC_FOUND_IMAGES": "",
        "ACIMEDIC_FOUND_IMAGES_ABAC": "",
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ACIMEDIC_REMEDIATION": "on"}, "one of off, review, auto"),
        ({"ACIMEDIC_REMEDIATION": "review", "ACIMEDIC_KEY_VAULT": "false"}, "needs a Key Vault"),
        ({"ACIMEDIC_REMEDIATION": "auto", "ACIMEDIC_AUTHENTICATION": "false"}, "needs to know who decides"),
        ({"ACIMEDIC_REMEDIATION": "auto"}, "there is no policy.json"),
        ({"ACIMEDIC_KEY_VAULT": "false"}, "ACIMEDIC_AUDIT_KEY is needed"),
        ({"ACIMEDIC_KEY_VAULT": "false", "ACIMEDIC_AUDIT_KEY": "k" * 31}, "32 characters or more"),
        ({"ACIMEDIC_KEY_VAULT": "perhaps"}, "it is true or false"),
        ({"ACIMEDIC_TEAMS": "true", "ACIMEDIC_KEY_VAULT": "false"}, "ACIMEDIC_TEAMS needs a Key Vault"),
        ({"ACIMEDIC_MAIL": "true"}, "nobody is written to"),
        ({"ACIMEDIC_FURTHER_SUBSCRIPTIONS": "prod"}, "a list of subscription ids"),
        ({"ACIMEDIC_IMAGE_REGISTRIES": "contoso"}, "a list of resource ids"),
        ({"AZURE_ENV_NAME": "prod; rm"}, "letters, digits and hyphens"),
        ({"AZURE_LOCATION": ""}, "AZURE_LOCATION is not set"),
    ],
)
def test_what_contradicts_itself_is_refused_before_azure_is_asked(
    azure: Azure, wrong: dict[str, str], said: str
) -> None:
    """The fault is named, azd stops, and nothing was asked."""
    done = azure.run("preprovision", **START | wrong)
    assert (done.returncode, said in done.stderr, azure.calls) == (1, True, []), done.stderr


def test_all_contradictions_are_told_at_once(azure: Azure) -> None:
    """One run is enough to put them right."""
    done = azure.run("preprovision", **START | {"ACIMEDIC_REMEDIATION": "auto", "ACIMEDIC_KEY_VAULT": "false"})
    assert done.stderr.count("acimedic: ") == 3


def test_a_key_is_never_repeated(azure: Azure) -> None:
    """A key that is too short is not shown with the complaint."""
    done = azure.run("preprovision", **START | {"ACIMEDIC_KEY_VAULT": "false", "ACIMEDIC_AUDIT_KEY": "hunter2"})
    assert "hunter2" not in done.stderr + done.stdout


def test_nobody_signed_in_is_told_to_sign_in(azure: Azure) -> None:
    """What az says is passed on with what to do."""
    azure.first_refuse("Please run 'az login'", "account show")
    done = azure.run("preprovision", **START)
    assert done.returncode == 1
    assert "run `az login`" in done.stderr


def test_a_cloud_of_another_kind_is_refused(azure: Azure) -> None:
    """There is no Flex Consumption in a cloud that nobody knows."""
    azure.first({"environmentName": "AzureStack"}, "account show")
    assert "the cloud is 'AzureStack'" in azure.run("preprovision", **START).stderr


def test_a_region_without_flex_consumption_is_refused_with_those_that_have_it(azure: Azure) -> None:
    """The regions are named."""
    done = azure.run("preprovision", **START | {"AZURE_LOCATION": "Mexico Central"})
    assert done.returncode == 1
    assert "mexicocentral does not have Flex Consumption" in done.stderr
    assert "northeurope, westeurope" in done.stderr


@pytest.mark.parametrize(
    "permissions",
    [
        [],
        [{"actions": ["*/read"], "notActions": []}],
        [{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}],
    ],
)
def test_who_may_not_give_roles_is_told_before_anything_is_made(azure: Azure, permissions: list[object]) -> None:
    """A Reader, and a Contributor: the second's exception counts."""
    azure.first({"value": permissions}, "Microsoft.Authorization/permissions")
    done = azure.run("preprovision", **START)
    assert done.returncode == 1
    assert "Microsoft.Authorization/roleAssignments/write" in done.stderr
    assert azure.remembered == {}


def test_rights_may_come_from_two_roles(azure: Azure) -> None:
    """What one role leaves out another may give; the second page of the list counts."""
    contributor = {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}
    more = "https://management.azure.com/more"
    azure.first({"value": [{"actions": ["Microsoft.Authorization/*"], "notActions": []}]}, more)
    azure.first({"value": [contributor], "nextLink": more}, "Microsoft.Authorization/permissions")
    assert azure.run("preprovision", **START).returncode == 0


def test_what_is_not_registered_is_registered(azure: Azure) -> None:
    """As a deployment would do by itself."""
    azure.first([{"namespace": "microsoft.web", "registrationState": "Registered"}], "provider list")
    azure.run("preprovision", **START)
    registered = [call.words[call.words.index("--namespace") + 1] for call in asked(azure, "provider register")]
    assert "Microsoft.EventGrid" in registered
    assert "Microsoft.Web" not in registered


@pytest.mark.parametrize(
    ("chosen", "namespace"),
    [
        ({"ACIMEDIC_SUBNET_ID": "/subscriptions/x/…/subnets/app"}, "Microsoft.App"),
        ({"ACIMEDIC_MAIL": "true", "ACIMEDIC_MAIL_TO": "a@example.com"}, "Microsoft.Communication"),
    ],
)
def test_a_choice_brings_the_provider_that_it_needs(azure: Azure, chosen: dict[str, str], namespace: str) -> None:
    """Without the choice it is not asked for."""
    azure.run("preprovision", **START)
    assert asked(azure, "provider register") == []
    azure.run("preprovision", **START | chosen)
    (call,) = asked(azure, "provider register")
    assert call.said(f"--namespace {namespace} --wait --subscription {APP}")


def test_in_a_further_subscription_topics_and_their_alerts_are_registered(azure: Azure) -> None:
    """And nothing else, since nothing else is made there."""
    azure.first([], "provider list", OTHER)
    azure.run("preprovision", **START | {"ACIMEDIC_FURTHER_SUBSCRIPTIONS": OTHER})
    registered = [call.words[call.words.index("--namespace") + 1] for call in asked(azure, "provider register", OTHER)]
    assert registered == ["Microsoft.EventGrid", "Microsoft.Insights"]


def test_who_may_not_register_is_told_the_command(azure: Azure) -> None:
    """For somebody who may."""
    azure.first([], "provider list")
    azure.first_refuse("AuthorizationFailed", "provider register")
    done = azure.run("preprovision", **START)
    assert "`az provider register --namespace Microsoft.EventGrid --wait" in done.stderr


def test_without_az_one_line_says_so(azure: Azure) -> None:
    """And no traceback."""
    (azure.folder / "bin" / "az").unlink()
    done = azure.run("preprovision", **START)
    assert done.stderr == "acimedic: `az` is not installed, or not on the path\n"
