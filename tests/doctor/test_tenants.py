"""What the doctor says of whole tenants: complete, read-only, each right missing, rights in excess."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.doctor.finding import worst
from tests.doctor.tenants import (
    AWAY,
    COMPLETE,
    DIAGNOSES,
    HOME,
    IMAGE_RIGHTS,
    OURS,
    READS,
    REGISTRY,
    SUBSCRIPTIONS,
    WRITER,
    WRITES,
    block,
    examined,
    of,
    policy,
    tenant,
    wrongs,
)


def test_of_a_complete_read_only_tenant_nothing_is_wrong(tmp_path: Path) -> None:
    found = examined(tenant(COMPLETE), tmp_path)
    assert wrongs(found) == []
    assert worst(found.findings) == "ok"


def test_every_subscription_that_is_served_is_looked_at(tmp_path: Path) -> None:
    found = examined(tenant(COMPLETE), tmp_path)
    assert [each.said.split(" at ")[1].split(" may")[0] for each in of(found, "rights")] == [
        f"subscription {each}" for each in SUBSCRIPTIONS
    ]


@pytest.mark.parametrize("action", DIAGNOSES)
def test_each_right_to_read_that_is_missing_is_named_with_what_fails_and_what_gives_it(
    action: str, tmp_path: Path
) -> None:
    some = block(*(each for each in READS if each != action))
    found = wrongs(examined(tenant(some), tmp_path, HOME))
    assert [each.said.split(" ")[0] for each in found] == [action]
    assert f"--subscription {HOME}" in (found[0].repair or "")
    assert "infra/access-read.bicep" in (found[0].repair or "")


@pytest.mark.parametrize("mode", ["review", "auto"])
def test_with_the_rights_to_change_at_the_registries_of_the_policy_nothing_is_wrong(mode: str, tmp_path: Path) -> None:
    world = tenant(COMPLETE, WRITER)
    found = examined(world, tmp_path, mode=mode, policy=policy(tmp_path), url="http://127.0.0.1:7071")
    assert wrongs(found) == []


@pytest.mark.parametrize("action", WRITES)
def test_each_right_to_change_that_is_missing_is_named(action: str, tmp_path: Path) -> None:
    some = block(*(each for each in WRITES if each != action), scope=REGISTRY)
    settings: dict[str, Any] = {"mode": "review", "policy": policy(tmp_path), "url": "http://127.0.0.1:7071"}
    found = wrongs(examined(tenant(COMPLETE, some), tmp_path, REGISTRY, **settings))
    assert [each.said.split(" ")[0] for each in found] == [action]
    assert found[0].repair == "azd env set ACIMEDIC_REMEDIATION review && azd provision"


@pytest.mark.parametrize("action", WRITES)
def test_a_right_to_change_is_too_much_while_nothing_is_changed(action: str, tmp_path: Path) -> None:
    found = wrongs(examined(tenant(COMPLETE, block(action, scope=REGISTRY)), tmp_path, REGISTRY))
    assert [(each.about, action in each.said) for each in found] == [("excess", True)]


def test_a_right_to_change_at_a_whole_subscription_is_too_much_in_any_mode(tmp_path: Path) -> None:
    world = tenant(COMPLETE, block(*(each for each in WRITES if not each.endswith("/read"))))
    settings: dict[str, Any] = {"mode": "auto", "policy": policy(tmp_path), "url": "http://127.0.0.1:7071"}
    (found,) = wrongs(examined(world, tmp_path, AWAY, **settings))
    assert found.said.startswith(f"too much at subscription {AWAY}: it may change what it never has to")


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        (block("*"), "it may do everything, give roles too, as Owner"),
        (
            block("*", notActions=["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"]),
            "it may change everything, as Contributor",
        ),
        (
            block("*/read"),
            "it may read everything, as Reader, and so pull every image of every registry in legacy mode",
        ),
        (block("Microsoft.Storage/*"), "it may change what it never has to: Microsoft.Storage/*"),
        (block("Microsoft.Web/sites/read"), "it may read what it never reads: Microsoft.Web/sites/read"),
    ],
)
def test_what_is_too_much_at_a_subscription_is_told_by_what_it_allows(
    granted: dict[str, object], said: str, tmp_path: Path
) -> None:
    (found,) = wrongs(examined(tenant(COMPLETE, granted), tmp_path, HOME))
    assert said in found.said
    assert (found.repair or "").startswith("az role assignment list --assignee PRINCIPAL_ID --scope")


@pytest.mark.parametrize(("mode", "pulls"), [("LegacyRegistryPermissions", True), ("AbacRepositoryPermissions", False)])
def test_a_reader_pulls_from_a_registry_in_legacy_mode_alone(mode: str, pulls: bool, tmp_path: Path) -> None:
    world = tenant(COMPLETE, block("*/read", scope=REGISTRY), registry={"roleAssignmentMode": mode})
    (found,) = wrongs(examined(world, tmp_path, REGISTRY))
    assert ("pull every image of this registry" in found.said) is pulls


@pytest.mark.parametrize("mode", ["LegacyRegistryPermissions", "AbacRepositoryPermissions"])
def test_that_images_are_not_looked_at_is_no_fault_and_the_module_is_named(mode: str, tmp_path: Path) -> None:
    world = tenant(COMPLETE, registry={"roleAssignmentMode": mode})
    (found,) = of(examined(world, tmp_path, REGISTRY), "images")
    assert (found.word, "infra/access-images.bicep" in found.said) == ("ok", True)


@pytest.mark.parametrize("mode", ["LegacyRegistryPermissions", "AbacRepositoryPermissions"])
def test_whoever_looks_at_images_may_pull_them_and_that_is_said(mode: str, tmp_path: Path) -> None:
    world = tenant(COMPLETE, IMAGE_RIGHTS, registry={"roleAssignmentMode": mode})
    found = examined(world, tmp_path, REGISTRY)
    assert [each.said for each in of(found, "images")] == [
        "the images of registry contoso may be looked at, and so they may be pulled"
    ]
    assert wrongs(found) == []


def test_a_right_to_pull_from_every_registry_of_a_subscription_is_too_much(tmp_path: Path) -> None:
    wide = IMAGE_RIGHTS | {"scope": "/"}
    assert [each.about for each in wrongs(examined(tenant(COMPLETE, wide), tmp_path, HOME))] == ["excess"]


def test_whoever_may_not_ask_for_the_own_rights_is_told_which_right_that_takes(tmp_path: Path) -> None:
    world = tenant(block(*DIAGNOSES))
    (found,) = of(examined(world, tmp_path, HOME), "rights")
    assert (found.word, "403 AuthorizationFailed" in found.said) == ("unknown", True)
    assert "it takes Microsoft.Authorization/permissions/read" in found.said
    assert "infra/access-read.bicep" in (found.repair or "")


def test_that_a_condition_narrows_the_right_to_give_roles_is_not_told_and_so_not_claimed(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"mode": "review", "policy": policy(tmp_path), "url": "http://127.0.0.1:7071"}
    found = examined(tenant(COMPLETE, WRITER), tmp_path, REGISTRY, **settings)
    assert ["condition" in each.said for each in of(found, "rights") if each.word == "unknown"] == [True]


def test_where_no_subscription_is_named_those_that_are_seen_are_looked_at(tmp_path: Path) -> None:
    found = examined(tenant(COMPLETE), tmp_path, subscriptions=())
    assert {each.said.split(" at ")[1].split(" may")[0] for each in of(found, "rights")} == {
        f"subscription {each}" for each in SUBSCRIPTIONS
    }


def test_where_azure_answers_nothing_it_was_not_reached(tmp_path: Path) -> None:
    world = tenant() | {"faults": [{"path": ".*", "disconnect": True}]}
    found = examined(world, tmp_path)
    assert (found.reached, [each.word for each in of(found, "azure")]) == (False, ["wrong"])


ONLY_SWITCHES = {"remedies": ["enable-trusted-services"]}
CHANGING: dict[str, Any] = {"mode": "review", "url": "http://127.0.0.1:7071"}


def test_no_repair_deploys_the_right_to_change_without_naming_to_whom_roles_may_be_given(tmp_path: Path) -> None:
    found = examined(tenant(COMPLETE), tmp_path, REGISTRY, policy=policy(tmp_path), **CHANGING)
    repairs = {each.repair for each in wrongs(found)}
    assert repairs == {"azd env set ACIMEDIC_REMEDIATION review && azd provision"}


def test_a_policy_that_gives_no_roles_needs_no_right_to_give_them(tmp_path: Path) -> None:
    switching = block(*(each for each in WRITES if "Authorization" not in each), scope=REGISTRY)
    named = policy(tmp_path, **ONLY_SWITCHES)
    assert wrongs(examined(tenant(COMPLETE, switching), tmp_path, REGISTRY, policy=named, **CHANGING)) == []


def test_rights_that_the_policy_no_longer_asks_for_are_taken_back_by_a_deployment(tmp_path: Path) -> None:
    named = policy(tmp_path, **ONLY_SWITCHES)
    (found,) = wrongs(examined(tenant(COMPLETE, WRITER), tmp_path, REGISTRY, policy=named, **CHANGING))
    assert "no longer ask for, Microsoft.Authorization/roleAssignments/delete" in found.said
    assert (found.about, (found.repair or "").endswith("then azd provision")) == ("excess", True)


def test_the_read_role_is_repaired_with_what_is_known_of_the_app(tmp_path: Path) -> None:
    here = replace(OURS, principal="5b0f2c1d-0000-4000-8000-00000000b07b", suffix="blue", location="westeurope")
    some = block(*(each for each in READS if "tokens" not in each))
    (found,) = wrongs(examined(tenant(some), tmp_path, HOME, here=here))
    assert (found.repair or "").endswith("principalId=5b0f2c1d-0000-4000-8000-00000000b07b suffix=blue")
    assert "--location westeurope" in (found.repair or "")


def test_of_an_app_elsewhere_neither_rights_nor_store_are_judged_by_whoever_is_signed_in(tmp_path: Path) -> None:
    found = examined(tenant(block("*")), tmp_path, from_afar=True, url="https://medic.example.test")
    told = {each.about: each for each in found.findings if each.about in {"rights", "store", "excess", "overdue"}}
    assert {about: each.word for about, each in told.items()} == {"rights": "unknown", "store": "unknown"}
    assert "https://medic.example.test/api/doctor" in (told["rights"].repair or "")
    assert not (tmp_path / "acimedic.db").exists()
