"""The hook before provisioning, where it goes on: what it finds, and what it makes."""

from pathlib import Path

import pytest

from tests.infra.azure_on_path import (
    APP,
    FAR,
    OTHER,
    REGISTRY,
    REPOSITORY,
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
            "id": TOPIC,
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


@pytest.mark.parametrize("place", [THEIRS, TOPIC.replace(SUFFIX, "otherinstalla"), f"{TOPIC}-2"])
def test_a_topic_with_our_tag_and_another_place_is_somebody_elses(azure: Azure, place: str) -> None:
    """Every azd project with an environment of that name has the tag; Azure would refuse a second topic."""
    source = f"/subscriptions/{APP}"
    tagged = {"topicType": "Microsoft.Resources.Subscriptions", "source": source, "tags": {"azd-env-name": "prod"}}
    azure.first([{"id": place} | tagged], "system-topic list")
    azure.run("preprovision", **START)
    assert azure.remembered["ACIMEDIC_FOUND_TOPICS"] == azure.remembered["ACIMEDIC_EVER_TOPICS"] == place


def test_what_may_be_made_is_kept_before_it_is_made(azure: Azure) -> None:
    """A deployment that breaks off gives no outputs."""
    azure.run("preprovision", **START | {"ACIMEDIC_FURTHER_SUBSCRIPTIONS": OTHER, "ACIMEDIC_RESOURCE_GROUP": "rg-own"})
    near = TOPIC.replace("rg-acimedic-prod", "rg-own")
    assert azure.remembered["ACIMEDIC_EVER_TOPICS"] == f"{near},{FAR}"
    assert azure.remembered["ACIMEDIC_EVER_REACH"] == f"{APP},{OTHER}"


def test_the_names_that_a_hook_expects_are_those_of_the_templates() -> None:
    """Of the topic, its group, the identity and the suffix."""
    folder = REPOSITORY / "infra"
    main, watched = (folder / "main.bicep").read_text(), (folder / "watched.bicep").read_text()
    assert "var suffix = uniqueString(subscription().id, environmentName, location)" in main
    assert "? groupName : 'rg-acimedic-${environmentName}-events'" in main
    assert "name: 'id-acimedic-${suffix}'" in main
    assert "name: 'evgs-acimedic-${suffix}'" in watched


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


def test_a_named_app_registration_is_left_alone(azure: Azure) -> None:
    """It belongs to somebody."""
    azure.run("preprovision", **START)
    assert asked(azure, "ad ") == []
