"""The write role holds what a change and its undo ask for beyond the read role, no more and no less."""

from collections.abc import Callable
from typing import Any

import pytest

from acimedic.permissions import ASSIGN, FOLLOW_SWITCH, SWITCH, UNASSIGN, WRITE
from acimedic.simulator import load_world
from tests.cli.conftest import Terminal
from tests.rights.bicep import Module
from tests.rights.conditions import Attempt, lets
from tests.rights.worlds import READS, World, limited, requested

Open = Callable[..., Terminal]
ALL = tuple(right.action for right in WRITE)
BOTH = "trusted-services-off-and-role-missing"


def scene(terminal: Open, *missing: str, world: str = BOTH, **pair: Any) -> Terminal:
    """Both remedies are due, at a registry that takes its time, with the shipped roles less some actions.

    pair: more of the policy's one pair.
    """
    sides = {key: body["id"] for key, body in _sides(load_world(world)).items()}
    here = terminal(world, pairs=[{**sides, **pair}])
    registry = _sides(here.azure.world)["registry"]
    limited(here.azure.world, READS)
    held = [action for action in ALL if action not in missing]
    here.azure.world["permissions"].append({"actions": held, "scope": registry["id"]})
    here.azure.world.update(registryPatch="async", polls=0)
    return here


def _sides(world: World) -> dict[str, World]:
    """The one registry and the one identity of a world."""
    (registry,), (identity,) = world["registries"].values(), world["identities"].values()
    return {"registry": registry, "identity": identity}


def test_the_module_is_for_a_resource_group_and_assigns_at_the_registry_alone() -> None:
    module = Module("access-write", trustedServices=True)
    assert module.scope == "resourceGroup"
    assert {(each.role, each.scope) for each in module.assigned} == {
        ("grantRole", "registry"),
        ("switchRole", "registry"),
    }
    assert set(module.definitions) == {"grantRole", "switchRole"}


def test_the_right_to_assign_is_never_without_its_condition() -> None:
    for switch in (False, True):
        module = Module("access-write", trustedServices=switch)
        roles = {name for name, role in module.definitions.items() if ASSIGN in role["permissions"][0]["actions"]}
        assert [each.role for each in module.assigned if each.condition] == sorted(roles)


def test_the_roles_hold_exactly_the_actions_of_the_table() -> None:
    always = sorted(right.action for right in WRITE if right.only_if is None)
    assert sorted(Module("access-write").actions) == always
    assert sorted(Module("access-write", trustedServices=True).actions) == sorted(ALL)


def test_only_where_trusted_services_may_be_switched_may_a_registry_be_written() -> None:
    """It is off unless somebody asks for it."""
    assert SWITCH not in Module("access-write").actions
    assert Module("access-write").parameters["trustedServices"] is False


def test_a_change_and_its_undo_ask_for_exactly_these_actions_beyond_the_readings(terminal: Open) -> None:
    here = scene(terminal)
    incident = here.diagnosed()
    diagnosed = len(here.azure.requests)
    assert here.run("apply", incident, "--yes")[0] == 0
    assert here.run("undo", incident, "--yes")[0] == 0
    asked = requested(here.azure.requests[diagnosed:])
    beyond = {action.lower() for action in asked} - {action.lower() for action in READS}
    assert beyond == {action.lower() for action in ALL}


@pytest.mark.parametrize("missing", [ASSIGN, SWITCH])
def test_without_one_of_them_the_change_is_told_as_refused(missing: str, terminal: Open) -> None:
    here = scene(terminal, missing)
    code, out, _ = here.run("apply", here.diagnosed(), "--yes")
    assert code == 1
    assert "403 AuthorizationFailed" in " ".join(out.split())


def test_a_switch_that_may_not_be_followed_is_not_told_as_refused(terminal: Open) -> None:
    """Azure has begun it by then."""
    here = scene(terminal, FOLLOW_SWITCH)
    code, out, _ = here.run("apply", here.diagnosed(), "--yes")
    (registry,) = here.azure.world["registries"].values()
    assert registry["properties"]["networkRuleBypassOptions"] == "AzureServices"
    assert (code, "refused" in out, "applying:" in out) == (1, False, True)


def test_without_the_right_to_delete_the_undo_is_told_as_refused(terminal: Open) -> None:
    here = scene(terminal, UNASSIGN, world="role-missing")
    incident = here.diagnosed()
    assert here.run("apply", incident, "--yes")[0] == 0
    code, out, _ = here.run("undo", incident, "--yes")
    assert code == 1
    assert "403 AuthorizationFailed" in " ".join(out.split())


@pytest.mark.parametrize("action", [ASSIGN, UNASSIGN])
@pytest.mark.parametrize(
    ("mode", "pair"),
    [("LegacyRegistryPermissions", {}), ("AbacRepositoryPermissions", {"repositories": ["app/web"]})],
)
def test_what_the_remedy_makes_is_what_the_condition_lets_through(
    action: str, mode: str, pair: World, terminal: Open
) -> None:
    here = scene(terminal, world="role-missing", **pair)
    (registry,) = here.azure.world["registries"].values()
    registry["properties"]["roleAssignmentMode"] = mode
    before = len(here.assignments)
    assert here.run("apply", here.diagnosed(), "--yes")[0] == 0
    made = here.assignments[before]["properties"]
    (assigned,) = Module("access-write", allowedPrincipals=[made["principalId"]]).assigned
    attempt = Attempt(
        action=action,
        role=made["roleDefinitionId"].rsplit("/", 1)[-1],
        kind=made["principalType"],
        principal=made["principalId"],
    )
    assert assigned.condition is not None
    assert lets(assigned.condition, attempt)
