"""The check `username-credential-behind-firewall`."""

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.network import username_credential_behind_firewall as check
from tests import build

REFUSED = "denied: client with IP '20.1.2.3' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."


@pytest.mark.parametrize("username", ["6f3b90c8-1d5e-4a72-bf06-8e47c2d9a015", "contoso", "pull-token"])
def test_no_user_name_passes_a_closed_registry(username: str) -> None:
    """A service principal, the admin account and a token are all the same to the firewall."""
    assert build.fault(check, build.with_password(username)).confidence == "confirmed"


def test_adding_an_address_is_never_advised() -> None:
    """The platform's addresses are not the group's: the fix is a managed identity."""
    told = build.said(build.fault(check, build.with_password()))
    assert "managed identity" in told
    assert "network-rule" not in told
    assert "ip-address" not in told


def test_trusted_services_do_not_help_a_password() -> None:
    """The bypass is on in HEALTHY, and the pull is refused all the same."""
    evidence = build.with_password(on=build.with_registry(bypass="AzureServices"))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_a_private_endpoint_beside_open_access_is_likely() -> None:
    """The documents say it is not supported; in practice the public way may be taken."""
    evidence = build.with_password(on=build.open_registry(private_endpoints=(build.endpoint(),)))
    assert build.fault(check, evidence).confidence == "likely"


@pytest.mark.parametrize("status", ["Pending", "Rejected", "Disconnected"])
def test_an_endpoint_that_is_not_approved_does_not_count(status: str) -> None:
    """Only an approved connection is one."""
    evidence = build.with_password(on=build.open_registry(private_endpoints=(build.endpoint(status),)))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_an_open_registry_is_in_order() -> None:
    """Everybody may come."""
    assert isinstance(build.verdict(check, build.with_password(on=build.open_registry())), Pass)


def test_a_refused_address_proves_it_though_the_registry_is_open_now() -> None:
    """The event says what was when the pull failed."""
    evidence = build.with_event(build.failed_pull(REFUSED), on=build.with_password(on=build.open_registry()))
    found = build.fault(check, evidence)
    assert found.confidence == "confirmed"
    assert "20.1.2.3" in build.said(found)


def test_an_identity_passes_as_a_trusted_service() -> None:
    """The check is about user names."""
    assert isinstance(build.verdict(check, build.HEALTHY), Skip)


def test_a_registry_that_is_not_visible_is_unknown() -> None:
    """Not seeing it proves nothing."""
    assert isinstance(build.verdict(check, build.without_registry(on=build.with_password())), Unknown)
