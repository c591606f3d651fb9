"""No role is used that would let its holder pull images by the way, as Reader does on a registry in legacy mode."""

import re

from acimedic.rbac import BUILT_IN
from acimedic.rbac.grants import gives_pull
from tests.rights.bicep import INFRA, Module

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
PULLING = {guid for guid, role in BUILT_IN.items() if gives_pull(role, "legacy")} - {ACR_PULL}
FILES = [path for path in (*INFRA.rglob("*"), INFRA.parent / "azure.yaml") if path.is_file()]


def test_reader_is_known_to_be_such_a_role() -> None:
    assert READER in PULLING


def test_no_file_of_the_deployment_names_such_a_role() -> None:
    found = {
        (path.name, guid)
        for path in FILES
        for guid in PULLING
        if guid in path.read_text(encoding="utf-8", errors="replace")
    }
    assert found == set()


def test_no_file_of_the_deployment_assigns_reader_by_its_name() -> None:
    named = re.compile(r"--role\s+[\"']?Reader\b|roleName:\s*'Reader'")
    assert [path.name for path in FILES if named.search(path.read_text(encoding="utf-8", errors="replace"))] == []


def test_no_role_of_our_own_holds_a_wildcard() -> None:
    actions = [*Module("access-read").actions, *Module("access-write", trustedServices=True).actions]
    assert [action for action in actions if "*" in action] == []


def test_no_role_of_our_own_holds_a_data_action() -> None:
    roles = [
        *Module("access-read").definitions.values(),
        *Module("access-write", trustedServices=True).definitions.values(),
    ]
    assert [block["dataActions"] for role in roles for block in role["permissions"] if block["dataActions"]] == []
