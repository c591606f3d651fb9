"""The right to ask a registry about its images is a right to pull, so it is a module of its own."""

import pytest

from acimedic.permissions import IMAGES
from acimedic.rbac import BUILT_IN
from tests.rights.bicep import Module

MODES = ("LegacyRegistryPermissions", "AbacRepositoryPermissions")


@pytest.mark.parametrize("mode", MODES)
def test_the_role_gives_exactly_what_the_table_says_of_its_mode(mode: str) -> None:
    (assigned,) = Module("access-images", roleAssignmentMode=mode).assigned
    blocks = BUILT_IN[assigned.role].permissions
    given = {(action, False) for block in blocks for action in block.actions}
    given |= {(action, True) for block in blocks for action in block.data_actions}
    assert given == {(right.action, right.data) for right in IMAGES if right.only_if == f"roleAssignmentMode is {mode}"}


def test_it_is_given_at_one_registry() -> None:
    module = Module("access-images")
    assert (module.scope, [each.scope for each in module.assigned]) == ("resourceGroup", ["registry"])


def test_no_role_of_our_own_lets_anybody_pull() -> None:
    actions = {*Module("access-read").actions, *Module("access-write", trustedServices=True).actions}
    assert {right.action for right in IMAGES} & actions == set()
