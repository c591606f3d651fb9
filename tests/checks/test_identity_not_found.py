"""The check `identity-not-found`."""

from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import identity_not_found as check
from tests import build


def test_a_deleted_identity_is_a_fault() -> None:
    """Azure answers 404 for it: that is certain."""
    found = build.fault(check, build.without_identity())
    assert found.confidence == "confirmed"
    assert "'id-pull'" in found.summary


def test_an_identity_that_may_not_be_read_is_unknown() -> None:
    """403 is not 404."""
    gap = Gap(reading="identity id-pull", reason="403 AuthorizationFailed")
    assert build.verdict(check, build.without_identity(gap)) == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_an_id_in_another_case_is_the_same_identity() -> None:
    """Azure compares ids without regard to case."""
    assert isinstance(build.verdict(check, build.with_credential_identity(build.IDENTITY_ID.upper() + "/")), Pass)


def test_a_password_needs_no_identity() -> None:
    """The check is about managed identities."""
    assert isinstance(build.verdict(check, build.with_password()), Skip)


def test_nothing_is_said_of_the_roles_of_a_deleted_identity() -> None:
    """The one fault is that it is gone."""
    assert build.faults(build.without_identity()) == ["identity-not-found"]
