"""The check `admin-user-disabled`."""

import pytest

from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import admin_user_disabled as check
from tests import build

SAYS = f"Cannot perform credential operations for {build.REGISTRY_ID} as admin user is disabled."


@pytest.mark.parametrize("username", ["contoso", "Contoso", " contoso "])
def test_the_admin_account_is_off(username: str) -> None:
    """The user name is the registry's name, in any case."""
    found = build.fault(check, build.with_password(username))
    assert found.confidence == "confirmed"
    assert "'contoso'" in found.summary


def test_switching_it_on_is_not_the_fix() -> None:
    """The fix is a managed identity."""
    told = build.said(build.fault(check, build.with_password("contoso")))
    assert "--admin-enabled" not in told
    assert "managed identity" in told


@pytest.mark.parametrize("code", ["UnAuthorizedForCredentialOperations", "UnauthorizedForCredentialOperations"])
def test_a_template_that_asks_for_the_password_fails_earlier(code: str) -> None:
    """ARM refuses listCredentials; two spellings are known."""
    found = build.fault(check, build.with_error(code, SAYS, on=build.with_password("contoso")))
    assert found.confidence == "confirmed"
    assert "Cannot perform" in build.said(found)


def test_the_admin_account_is_on() -> None:
    """Then the user name is not the fault."""
    assert isinstance(
        build.verdict(check, build.with_password("contoso", on=build.with_registry(admin_enabled=True))), Pass
    )


@pytest.mark.parametrize("username", ["6f3b90c8-1d5e-4a72-bf06-8e47c2d9a015", "contoso-token", "contosodev"])
def test_another_user_name_is_not_the_admin_accounts(username: str) -> None:
    """A service principal or a token does not need the admin account."""
    assert isinstance(build.verdict(check, build.with_password(username)), Skip)


def test_an_identity_does_not_need_it() -> None:
    """The admin account is off in HEALTHY, and nobody uses it."""
    assert isinstance(build.verdict(check, build.HEALTHY), Skip)


def test_a_property_that_is_not_shown_is_unknown() -> None:
    """Absent is not off."""
    gap = Gap(reading="adminUserEnabled of the registry", reason="the answer does not show it")
    evidence = build.with_password("contoso", on=build.with_registry(admin_enabled=gap))
    assert isinstance(build.verdict(check, evidence), Unknown)


def test_a_user_name_that_was_not_evaluated_is_unknown() -> None:
    """It may be the admin account's."""
    assert isinstance(build.verdict(check, build.with_password(build.unreadable("username"))), Unknown)
