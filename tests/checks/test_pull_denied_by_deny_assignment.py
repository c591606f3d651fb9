"""The check `pull-denied-by-deny-assignment`."""

import pytest

from acimedic.model.access import DenyAssignment
from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Unknown
from checks.access import pull_denied_by_deny_assignment as check
from tests import build

WRITE = ("*/write", "*/delete")


@pytest.mark.parametrize(
    "deny",
    [
        build.denial(),
        build.denial(everyone=True, principals=("00000000-0000-0000-0000-000000000000",)),
        build.denial(actions=("Microsoft.ContainerRegistry/registries/pull/read",)),
        build.denial(scope=build.REGISTRY_ID, exact=True),
    ],
    ids=["by name", "everyone", "the pull alone", "at the registry itself"],
)
def test_a_deny_assignment_refuses_whatever_the_roles(deny: DenyAssignment) -> None:
    """The identity has AcrPull, and is refused all the same; the assignment is named."""
    found = build.fault(check, build.with_access(denied=(deny,)))
    assert found.confidence == "confirmed"
    assert "stack-locks-registry" in found.summary


@pytest.mark.parametrize(
    "deny",
    [
        build.denial(principals=(build.OTHER_PRINCIPAL,), types=((build.OTHER_PRINCIPAL, "ServicePrincipal"),)),
        build.denial(everyone=True, principals=(), excluded=(build.PRINCIPAL,)),
        build.denial(actions=WRITE),
        build.denial(exact=True),
        build.denial(scope=build.REGISTRY_ID + "dev"),
    ],
    ids=["another principal", "excluded", "writes alone", "not below its scope", "another registry"],
)
def test_a_deny_assignment_about_something_else_is_none(deny: DenyAssignment) -> None:
    """Somebody else, an exception, writes, another place: none of these refuses this pull."""
    assert isinstance(build.verdict(check, build.with_access(denied=(deny,))), Pass)


def test_a_missing_role_is_reported_beside_it() -> None:
    """Both block the pull, and neither explains the other."""
    evidence = build.with_access(denied=(build.denial(),), on=build.without_role())
    assert build.faults(evidence) == ["pull-role-missing", "pull-denied-by-deny-assignment"]


def test_deny_assignments_that_may_not_be_read_are_unknown() -> None:
    """403 is not an empty list."""
    gap = Gap(reading="deny assignments", reason="403 AuthorizationFailed")
    assert build.verdict(check, build.with_access(denied=gap)) == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_a_group_that_may_hold_the_identity_is_unknown() -> None:
    """Who is in a denied group cannot be seen here."""
    deny = build.denial(principals=(build.ROLE_GROUP,), types=((build.ROLE_GROUP, "Group"),))
    assert isinstance(build.verdict(check, build.with_access(denied=(deny,))), Unknown)
