"""The check `pull-role-on-wrong-principal`."""

import pytest

from acimedic.model.access import ACR_PULL, REPOSITORY_READER
from acimedic.model.verdict import Pass, Unknown
from checks.access import pull_role_on_wrong_principal as check
from tests import build

PUSH = "8311e382-0749-4cb8-b61a-304f252e45ec"
DELETE = "c2f4ef07-c644-48eb-af81-4b1b4947fb11"


@pytest.mark.parametrize("role", [ACR_PULL, PUSH])
def test_a_pull_role_on_the_client_id_is_a_fault(role: str) -> None:
    """Roles count for the principal id alone; both ids are shown."""
    stray = build.assignment(role, principal=build.CLIENT)
    found = build.fault(check, build.with_access(assigned=(), everyone=(stray,)))
    assert found.confidence == "confirmed"
    assert build.CLIENT in build.said(found)
    assert build.PRINCIPAL in found.fix.text


def test_it_alone_is_reported() -> None:
    """The missing role is explained by the one that strayed."""
    stray = build.assignment(principal=build.CLIENT)
    assert build.faults(build.with_access(assigned=(), everyone=(stray,))) == ["pull-role-on-wrong-principal"]


def test_a_role_on_the_client_id_beside_the_right_one_does_no_harm() -> None:
    """The principal id has its role too."""
    stray = build.assignment(principal=build.CLIENT, name="2")
    assert isinstance(build.verdict(check, build.with_access(everyone=(build.assignment(), stray))), Pass)


def test_another_principals_role_is_not_ours() -> None:
    """Somebody else may pull; that is no mistake."""
    other = build.assignment(principal=build.OTHER_PRINCIPAL)
    evidence = build.with_access(assigned=(), everyone=(other,))
    assert isinstance(build.verdict(check, evidence), Pass)
    assert build.faults(evidence) == ["pull-role-missing"]


def test_a_role_that_does_not_pull_is_no_pull_role() -> None:
    """AcrDelete on the client id would not have helped on the principal id."""
    stray = build.assignment(DELETE, principal=build.CLIENT)
    assert isinstance(build.verdict(check, build.with_access(assigned=(), everyone=(stray,))), Pass)


def test_on_an_abac_registry_the_fix_is_the_role_that_counts_there() -> None:
    """The stray role is Repository Reader, and so is the one to give."""
    stray = build.assignment(REPOSITORY_READER, principal=build.CLIENT)
    found = build.fault(check, build.abac_registry(on=build.with_access(assigned=(), everyone=(stray,))))
    assert "Container Registry Repository Reader" in found.fix.text


def test_without_the_whole_listing_it_is_unknown() -> None:
    """The stray role shows in the unfiltered listing alone."""
    found = build.verdict(check, build.with_access(assigned=(), everyone=build.ROLES_GAP))
    assert found == Unknown("role assignments: 403 AuthorizationFailed", build.ROLES_GAP)
