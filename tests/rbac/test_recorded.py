"""Role assignments and definitions as Azure really answered."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from acimedic.model.access import Access, Assignment, Permission, Role
from acimedic.rbac import BUILT_IN, Allowed, Refused, Undecided, pull_access
from acimedic.rbac.grants import gives_pull

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "payloads" / "b-interactions"
FILES = (
    "role__test_create_for_rbac_argument_error",
    "role__test_role_assignment_audits",
    "role__test_role_assignment_create_update",
    "role__test_role_assignment_handle_conflicted_assignments",
    "acr__test_acr_create_abac.2025",
    "c7n__AccessControlTest.test_find_assignments_by_role",
    "container__test_container_create_with_msi_scope",
    "sdk-authorization-0.61.0__test_mgmt_authorization.test_role_assignment",
    "sdk-authorization-0.61.0__test_mgmt_authorization.test_role_definitions",
)


def recorded(name: str) -> Any:
    path = RECORDINGS / f"{name}.json"
    if not path.exists():
        if os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(f"no recording at {path}")
        pytest.skip("the recorded payloads are not beside this checkout")
    return json.loads(path.read_text(encoding="utf-8"))


def resources(value: Any, *keys: str) -> Iterator[dict[str, Any]]:
    """Every object below whose properties have these keys."""
    if isinstance(value, dict):
        properties = value.get("properties")
        if isinstance(properties, dict) and all(key in properties for key in keys):
            yield value
        for item in value.values():
            yield from resources(item, *keys)
    elif isinstance(value, list):
        for item in value:
            yield from resources(item, *keys)


def as_assignment(resource: dict[str, Any]) -> Assignment:
    said = resource["properties"]
    changed = said.get("updatedOn") or said.get("createdOn")
    return Assignment(
        id=resource.get("id") or "",
        scope=said.get("scope") or "",
        role_guid=said["roleDefinitionId"].rsplit("/", 1)[-1],
        principal_id=said["principalId"],
        principal_type=said.get("principalType"),
        condition=said.get("condition"),
        changed=datetime.fromisoformat(changed) if changed else None,
    )


def as_role(resource: dict[str, Any]) -> Role:
    said = resource["properties"]
    blocks = tuple(
        Permission(
            actions=tuple(block.get("actions") or ()),
            not_actions=tuple(block.get("notActions") or ()),
            data_actions=tuple(block.get("dataActions") or ()),
            not_data_actions=tuple(block.get("notDataActions") or ()),
        )
        for block in said["permissions"]
    )
    return Role(
        guid=str(resource.get("name")).lower(),
        name=said["roleName"],
        permissions=blocks,
        custom=said.get("type") == "CustomRole",
        source="recording",
    )


def responses(name: str) -> list[Any]:
    return [exchange["response_body"] for exchange in recorded(name)]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mode", ["legacy", "abac"])
def test_recorded_assignments_get_a_decision(name: str, mode: Any) -> None:
    found = [as_assignment(item) for item in resources(responses(name), "roleDefinitionId", "principalId")]
    registry = next((item.scope for item in found if item.scope), "/subscriptions/s") + "/x"
    for item in found:
        access = Access(
            principal_id=item.principal_id, assigned=(item,), denied=(), everyone=(item,), roles=(), source="recording"
        )
        pull = pull_access(access, mode=mode, repository="a/b", registry_id=registry)

        assert isinstance(pull.decision, Allowed | Refused | Undecided)


def test_the_recordings_hold_assignments() -> None:
    found = [item for name in FILES for item in resources(responses(name), "roleDefinitionId", "principalId")]

    assert len(found) > 500


def newest_roles() -> dict[str, Role]:
    """The definitions of built-in roles in the recordings, the newest of each."""
    found: dict[str, dict[str, Any]] = {}
    for name in FILES:
        for item in resources(responses(name), "roleName", "permissions"):
            key = str(item.get("name")).lower()
            if item["properties"].get("type") == "BuiltInRole" and (
                key not in found
                or str(item["properties"].get("updatedOn")) > str(found[key]["properties"].get("updatedOn"))
            ):
                found[key] = item
    return {key: as_role(item) for key, item in found.items()}


def test_the_table_says_what_azure_says_of_who_may_pull() -> None:
    roles = newest_roles()

    assert len(roles.keys() & BUILT_IN.keys()) > 25
    for guid in roles.keys() & BUILT_IN.keys():
        for mode in ("legacy", "abac"):
            assert gives_pull(roles[guid], mode) is gives_pull(BUILT_IN[guid], mode), roles[guid].name


def test_the_table_has_every_recorded_built_in_role_that_pulls() -> None:
    pulling = {guid: role.name for guid, role in newest_roles().items() if gives_pull(role, "legacy")}

    assert len(pulling) > 10
    assert not {name for guid, name in pulling.items() if guid not in BUILT_IN}


def test_the_table_is_word_for_word_what_azure_listed() -> None:
    grown = {"Contributor"}  # its NotActions have grown since the recording
    for guid, role in newest_roles().items():
        if guid in BUILT_IN and BUILT_IN[guid].name not in grown:
            assert role.permissions == BUILT_IN[guid].permissions, role.name
