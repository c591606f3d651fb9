"""The check `credential-identity-is-system-assigned`."""

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.definition import credential_identity_is_system_assigned as check
from tests import build


@pytest.mark.parametrize("identity", ["[system]", "system", "SystemAssigned", "System Assigned", build.GROUP_ID])
def test_the_groups_own_identity_is_a_fault(identity: str) -> None:
    """A word for it, or the group's own id, counts on an identity with which nothing is pulled."""
    assert build.fault(check, build.with_credential_identity(identity)).confidence == "confirmed"


def test_the_groups_id_counts_in_any_case() -> None:
    """Azure compares ids without regard to case."""
    evidence = build.with_credential_identity(build.GROUP_ID.upper().replace("/SUBSCRIPTIONS", "/subscriptions"))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_neither_kind_beside_a_system_identity_is_likely() -> None:
    """A credential without an identity, on a group that has nothing but the system-assigned one."""
    evidence = build.with_definition(
        system_identity=True, user_identities=(), on=build.with_credentials(build.unclear(both=False))
    )
    assert build.fault(check, evidence).confidence == "likely"


def test_a_system_identity_beside_a_user_assigned_one_does_no_harm() -> None:
    """The credential names the user-assigned one, which pulls."""
    assert isinstance(build.verdict(check, build.with_definition(system_identity=True)), Pass)


def test_a_password_counts_on_no_identity() -> None:
    """A user name and password has nothing to do with it."""
    evidence = build.with_definition(system_identity=True, on=build.with_password())
    assert isinstance(build.verdict(check, evidence), Skip)


def test_an_identity_that_was_not_evaluated_is_unknown() -> None:
    """A template value that Azure does not tell is not the system's."""
    assert isinstance(build.verdict(check, build.with_credential_identity(build.unreadable("identity"))), Unknown)
