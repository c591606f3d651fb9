"""The check `trusted-services-disabled`."""

from dataclasses import replace

import pytest

from acimedic.model.reading import Gap
from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.network import trusted_services_disabled as check
from tests import build


@pytest.mark.parametrize(("public", "action"), [("Disabled", "Deny"), ("Disabled", "Allow"), ("Enabled", "Deny")])
def test_a_closed_registry_without_the_bypass_is_a_fault(public: str, action: str) -> None:
    """No public access, or for listed networks alone: both refuse the platform."""
    found = build.fault(check, build.with_registry(bypass="None", public_access=public, default_action=action))
    assert found.confidence == "confirmed"
    assert "contoso" in found.summary
    assert found.evidence[2].value == "None"


def test_the_values_count_in_any_case() -> None:
    """Azure writes them in one case, templates in another."""
    evidence = build.with_registry(bypass="none", public_access="disabled", default_action="allow")
    assert build.fault(check, evidence).confidence == "confirmed"


def test_an_open_registry_needs_no_bypass() -> None:
    """Trusted services off is no fault where everybody may come."""
    found = build.verdict(check, build.open_registry(bypass="None"))
    assert isinstance(found, Pass)
    assert "not restricted" in found.reason


def test_ip_rules_do_not_open_the_registry_to_the_platform() -> None:
    """Addresses that are let through are not those of the platform."""
    assert (
        build.fault(check, build.with_registry(bypass="None", ip_rules=("203.0.113.0/24",))).confidence == "confirmed"
    )


def test_an_absent_property_is_unknown() -> None:
    """A registry made with an old api-version may not show it: neither off nor on."""
    gap = Gap(reading="networkRuleBypassOptions of the registry", reason="the answer does not show it")
    assert build.verdict(check, build.with_registry(bypass=gap)) == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_an_absent_property_of_an_open_registry_does_not_matter() -> None:
    """Where everybody may come nobody needs to know."""
    gap = Gap(reading="networkRuleBypassOptions of the registry", reason="the answer does not show it")
    assert isinstance(build.verdict(check, build.open_registry(bypass=gap)), Pass)


def test_a_password_could_not_pass_anyway() -> None:
    """The bypass is for managed identities."""
    assert isinstance(build.verdict(check, build.with_password(on=build.with_registry(bypass="None"))), Skip)


def test_what_signs_in_is_not_known_so_it_is_likely() -> None:
    """Without the credential nobody knows whether the bypass would have been asked for."""
    evidence = build.without_definition(on=build.with_registry(bypass="None"))
    assert build.fault(check, evidence).confidence == "likely"


def test_a_registry_that_is_not_visible_is_unknown() -> None:
    """Not seeing it proves nothing; the permission that would show it is named."""
    found = build.verdict(check, build.without_registry())
    assert isinstance(found, Unknown)
    assert found.gap is not None
    assert found.gap.permission == "Microsoft.ContainerRegistry/registries/read"


def test_only_the_closed_one_of_two_registries_is_blamed() -> None:
    """Two containers, two registries, and one of them is closed."""
    dev = replace(
        build.REGISTRY,
        name="contosodev",
        login_server="contosodev.azurecr.io",
        id=build.REGISTRY_ID + "dev",
        bypass="None",
    )
    evidence = build.with_containers(
        build.WEB,
        build.container("side", "contosodev.azurecr.io/app/side:1"),
        on=build.and_registry(
            dev,
            on=build.with_credentials(
                build.IDENTITY_CREDENTIAL, replace(build.IDENTITY_CREDENTIAL, server="contosodev.azurecr.io")
            ),
        ),
    )
    found = build.verdicts(check, evidence)
    assert isinstance(found["web"], Pass)
    assert isinstance(found["side"], Fail)
    assert "contosodev" in found["side"].summary
