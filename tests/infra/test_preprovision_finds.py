"""The hook before provisioning, where it goes on: what it finds, and what it makes."""

from pathlib import Path

import pytest

from tests.infra.azure_on_path import APP, CLIENT, OTHER, REGISTRY, START, THEIRS, Azure, asked, in_order


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


def test_a_topic_of_others_is_used(azure: Azure) -> None:
    """A subscription has one, so theirs is the one."""
    source = f"/subscriptions/{APP}"
    azure.first(
        [{"id": THEIRS, "topicType": "Microsoft.Resources.Subscriptions", "source": source, "tags": None}],
        "system-topic list",
    )
    azure.run("preprovision", **START)
    assert azure.remembered["ACIMEDIC_FOUND_TOPICS"] == THEIRS


@pytest.mark.parametrize(
    "topic",
    [
        {
            "topicType": "Microsoft.Resources.Subscriptions",
            "source": f"/subscriptions/{APP}",
            "tags": {"azd-env-name": "prod"},
        },
        {"topicType": "Microsoft.Storage.StorageAccounts", "source": f"/subscriptions/{APP}", "tags": {}},
        {"topicType": "Microsoft.Resources.Subscriptions", "source": f"/subscriptions/{OTHER}", "tags": {}},
    ],
)
def test_our_own_topic_and_those_of_other_sources_are_not_found(azure: Azure, topic: dict[str, object]) -> None:
    """Ours stays with the template; another source's tells nothing of this subscription."""
    azure.first([{"id": THEIRS} | topic], "system-topic list")
    azure.run("preprovision", **START)
    assert azure.remembered["ACIMEDIC_FOUND_TOPICS"] == ""


def test_registries_whose_images_are_read_are_told_apart_by_their_mode(azure: Azure) -> None:
    """Each mode has a role of its own."""
    azure.first("AbacRepositoryPermissions", "resource show", f"{REGISTRY} ")
    azure.first(None, "resource show", f"{REGISTRY}old ")
    azure.run("preprovision", **START | {"ACIMEDIC_IMAGE_REGISTRIES": f"{REGISTRY},{REGISTRY}old"})
    assert azure.remembered["ACIMEDIC_FOUND_IMAGES_ABAC"] == REGISTRY
    assert azure.remembered["ACIMEDIC_FOUND_IMAGES"] == f"{REGISTRY}old"


@pytest.mark.parametrize(("name", "found"), [("prod", "true"), ("test", "false")])
def test_a_deleted_vault_of_this_environment_comes_back(azure: Azure, name: str, found: str) -> None:
    """Its name is taken for 90 days, and it cannot be purged."""
    properties = {"location": "westeurope", "tags": {"azd-env-name": name}}
    azure.first([{"name": "kv-medic-1", "properties": properties}], "list-deleted")
    azure.run("preprovision", **START)
    assert azure.remembered["ACIMEDIC_FOUND_DELETED_VAULT"] == found


def test_an_app_registration_is_made_where_none_is_named(azure: Azure) -> None:
    """With the approver's role, without a secret, and closed to whoever is not assigned to it."""
    azure.run("preprovision", **START | {"ACIMEDIC_AUTH_CLIENT_ID": ""})
    (made,) = asked(azure, "ad app create")
    assert [role["value"] for role in made.files[0]] == ["Acimedic.Approver"]  # type: ignore[attr-defined]
    assert azure.remembered["ACIMEDIC_AUTH_CLIENT_ID"] == azure.remembered["ACIMEDIC_MADE_REGISTRATION"] == CLIENT
    assert len(asked(azure, "ad sp update", "appRoleAssignmentRequired=true")) == 1
    assert asked(azure, "credential reset") == []


def test_a_named_app_registration_is_left_alone(azure: Azure) -> None:
    """It belongs to somebody."""
    azure.run("preprovision", **START)
    assert asked(azure, "ad ") == []


def test_who_may_not_register_an_app_is_told_both_ways_out(azure: Azure) -> None:
    """Somebody else's registration, or none."""
    azure.first_refuse("Insufficient privileges", "ad app create")
    done = azure.run("preprovision", **START | {"ACIMEDIC_AUTH_CLIENT_ID": ""})
    assert done.returncode == 1
    assert "azd env set ACIMEDIC_AUTH_CLIENT_ID" in done.stderr
    assert "azd env set ACIMEDIC_AUTHENTICATION false" in done.stderr
