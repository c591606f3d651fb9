"""The hook before provisioning: policy.json becomes rights at registries, for the principals that it names."""

import json
from pathlib import Path

import pytest

from tests.infra.azure_on_path import (
    APP,
    FAR,
    OTHER,
    PRINCIPAL,
    PULL_IDENTITY,
    PULLER,
    REGISTRY,
    START,
    TOPIC,
    Azure,
    asked,
    in_order,
)
from tests.rights.bicep import Module

POLICY = {
    "version": 1,
    "remedies": ["assign-pull-role"],
    "subscriptions": [APP, OTHER],
    "pairs": [{"registry": REGISTRY, "identity": PULL_IDENTITY}],
    "changes_per_hour": 4,
}
REPAIRS = START | {"ACIMEDIC_REMEDIATION": "review", "ACIMEDIC_ALSO_READ": OTHER}


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


def with_policy(azure: Azure, **changes: object) -> None:
    """Put a policy.json where the app's is."""
    (azure.folder / "policy.json").write_text(json.dumps(POLICY | changes))


def test_the_policy_becomes_grants_for_the_principals_that_it_names(azure: Azure) -> None:
    """Azure itself will refuse every other principal."""
    with_policy(azure)
    done = azure.run("preprovision", **REPAIRS)
    assert done.returncode == 0, done.stderr
    assert azure.remembered["ACIMEDIC_FOUND_GRANTS"] == f"{REGISTRY}={PULLER}"
    assert (azure.remembered["ACIMEDIC_FOUND_ASSIGNS"], azure.remembered["ACIMEDIC_FOUND_TRUSTED"]) == ("true", "false")


def test_a_policy_that_gives_no_role_asks_for_no_right_to_give_one(azure: Azure) -> None:
    """Nor is anybody looked up whom a condition would name."""
    with_policy(azure, remedies=["enable-trusted-services"])
    done = azure.run("preprovision", **REPAIRS)
    assert done.returncode == 0, done.stderr
    assert azure.remembered["ACIMEDIC_FOUND_GRANTS"] == f"{REGISTRY}="
    assert (azure.remembered["ACIMEDIC_FOUND_ASSIGNS"], azure.remembered["ACIMEDIC_FOUND_TRUSTED"]) == ("false", "true")
    assert asked(azure, "identity") == []


@pytest.mark.parametrize("assigns", [True, False])
def test_the_template_gives_the_right_to_assign_only_where_it_is_asked_for(assigns: bool) -> None:
    """With an empty list of principals it would be a right to let in anybody."""
    module = Module("access-write", assigns=assigns, trustedServices=True)
    assert [each.role for each in module.assigned] == (["grantRole"] if assigns else []) + ["switchRole"]


def test_where_a_right_was_ever_given_is_kept_though_the_policy_is_gone(azure: Azure) -> None:
    """What azd keeps of the last deployment is written over."""
    with_policy(azure)
    azure.run("preprovision", **REPAIRS)
    kept = azure.remembered
    azure.run("preprovision", **START | kept)
    assert azure.remembered["ACIMEDIC_FOUND_GRANTS"] == ""
    assert azure.remembered["ACIMEDIC_EVER_REACH"] == f"{APP},{OTHER}"


def test_where_rights_were_given_before_they_were_kept_is_kept_now(azure: Azure) -> None:
    """An environment that an earlier release deployed."""
    before = {"ACIMEDIC_FOUND_GRANTS": f"{REGISTRY}={PULLER}", "ACIMEDIC_TOPICS": f'["{TOPIC}","{FAR}"]'}
    azure.run("preprovision", **START | before)
    assert azure.remembered["ACIMEDIC_EVER_REACH"] == f"{OTHER},{APP}"
    assert azure.remembered["ACIMEDIC_EVER_TOPICS"] == f"{TOPIC},{FAR}"


def test_a_group_in_the_policy_becomes_its_identities_of_today(azure: Azure) -> None:
    """And who deploys is told that later ones need another run."""
    azure.answer([{"principalId": PULLER}, {"principalId": PRINCIPAL}], "identity list", "rg-orders", APP)
    group = f"/subscriptions/{APP}/resourceGroups/rg-orders"
    both = ["assign-pull-role", "enable-trusted-services"]
    with_policy(azure, pairs=[{"registry": REGISTRY, "resource_group": group}], remedies=both)
    done = azure.run("preprovision", **REPAIRS)
    assert azure.remembered["ACIMEDIC_FOUND_GRANTS"] == f"{REGISTRY}={PULLER} {PRINCIPAL}"
    assert azure.remembered["ACIMEDIC_FOUND_TRUSTED"] == "true"
    assert "those of today" in done.stdout


def test_a_registry_that_lets_nobody_in_who_exists_is_refused(azure: Azure) -> None:
    """An empty list would stand for anybody."""
    azure.answer([], "identity list")
    group = f"/subscriptions/{APP}/resourceGroups/rg-orders"
    with_policy(azure, pairs=[{"registry": REGISTRY, "resource_group": group}])
    done = azure.run("preprovision", **REPAIRS)
    assert done.returncode == 1
    assert "lets nobody in" in done.stderr
    assert azure.remembered == {}


def test_anybody_may_be_let_in_where_that_is_asked_for(azure: Azure) -> None:
    """Then the role alone is checked by Azure, and no identity is read."""
    with_policy(azure)
    azure.run("preprovision", **REPAIRS | {"ACIMEDIC_ANY_PRINCIPAL": "true"})
    assert azure.remembered["ACIMEDIC_FOUND_GRANTS"] == f"{REGISTRY}="
    assert asked(azure, "identity show") == []


def test_more_principals_than_a_condition_holds_are_refused(azure: Azure) -> None:
    """A condition that Azure refuses would stop the deployment halfway."""
    azure.answer([{"principalId": f"{n:08d}-1111-4111-8111-111111111111"} for n in range(81)], "identity list")
    group = f"/subscriptions/{APP}/resourceGroups/rg-orders"
    with_policy(azure, pairs=[{"registry": REGISTRY, "resource_group": group}])
    assert "a condition holds 80" in azure.run("preprovision", **REPAIRS).stderr


def test_a_policy_that_the_app_would_not_follow_is_refused_in_its_words(azure: Azure) -> None:
    """With the place of the fault."""
    with_policy(azure, remedies=["delete-everything"])
    done = azure.run("preprovision", **REPAIRS)
    assert done.returncode == 1
    assert "policy.json: " in done.stderr
    assert "remedies" in done.stderr


def test_a_registry_in_a_subscription_that_is_not_read_is_refused(azure: Azure) -> None:
    """A change is planned from readings."""
    with_policy(azure)
    done = azure.run("preprovision", **REPAIRS | {"ACIMEDIC_ALSO_READ": ""})
    assert "name it in ACIMEDIC_ALSO_READ" in done.stderr
