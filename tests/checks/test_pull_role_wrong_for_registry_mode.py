"""The check `pull-role-wrong-for-registry-mode`."""

import pytest

from acimedic.model.access import ACR_PULL, REPOSITORY_READER
from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Unknown
from checks.access import pull_role_wrong_for_registry_mode as check
from tests import build

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
IMPORTER = "577a9874-89fd-4f24-9dbd-b5034d0ad23a"


@pytest.mark.parametrize("role", [ACR_PULL, build.READER, build.CONTRIBUTOR, OWNER])
def test_an_abac_registry_ignores_the_legacy_roles(role: str) -> None:
    """AcrPull, Reader, Contributor and Owner give no data there."""
    found = build.fault(check, build.abac_registry(on=build.with_roles(build.assignment(role))))
    assert found.confidence == "confirmed"
    assert "mode is ABAC" in found.summary
    assert "Container Registry Repository Reader" in found.fix.text


def test_a_legacy_registry_ignores_repository_reader() -> None:
    """The role is there, and it counts only in ABAC mode."""
    found = build.fault(check, build.with_roles(build.assignment(REPOSITORY_READER)))
    assert "mode is legacy" in found.summary
    assert "AcrPull" in found.fix.text


def test_it_alone_is_reported() -> None:
    """The missing role is explained by the wrong one."""
    assert build.faults(build.abac_registry()) == ["pull-role-wrong-for-registry-mode"]


@pytest.mark.parametrize("mode", ["legacy", "abac"])
def test_a_role_for_both_modes_is_in_order(mode: str) -> None:
    """Data Importer and Data Reader has both the action and the data actions."""
    evidence = build.with_registry(mode=mode, on=build.with_roles(build.assignment(IMPORTER)))
    assert isinstance(build.verdict(check, evidence), Pass)
    assert build.faults(evidence) == []


def test_the_right_role_beside_the_wrong_one_is_in_order() -> None:
    """AcrPull left over on an ABAC registry does no harm."""
    evidence = build.with_roles(build.assignment(), build.assignment(REPOSITORY_READER, name="2"))
    assert isinstance(build.verdict(check, build.abac_registry(on=evidence)), Pass)


def test_no_role_at_all_is_another_fault() -> None:
    """There is no role that would count in the other mode."""
    assert isinstance(build.verdict(check, build.abac_registry(on=build.without_role())), Pass)


def test_a_mode_that_is_not_shown_is_unknown_where_it_decides() -> None:
    """AcrPull lets pull in one mode and not in the other."""
    gap = Gap(reading="roleAssignmentMode of the registry", reason="the answer does not show it")
    assert build.verdict(check, build.with_registry(mode=gap)) == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_roles_that_may_not_be_read_are_unknown() -> None:
    """403 is not an empty list."""
    assert isinstance(build.verdict(check, build.unread_roles()), Unknown)
