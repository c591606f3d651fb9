"""The check `credential-rejected`."""

from dataclasses import replace

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import credential_rejected as check
from tests import build
from tests.checks.faults import REFUSED

OPEN = build.with_password(on=build.open_registry())


@pytest.mark.parametrize("code", ["InvalidImageRegistryPassword", "InvalidImageRegistryUsername"])
def test_azure_refuses_the_credential_itself(code: str) -> None:
    """Empty, or of a form that it does not take."""
    says = "The password in the 'imageRegistryCredentials' of container group 'cg-web-01' cannot be empty."
    assert build.fault(check, build.with_error(code, says, on=OPEN)).confidence == "confirmed"


def test_an_empty_password_is_a_fault() -> None:
    """The template shows that none is given."""
    evidence = build.with_credentials(replace(build.PASSWORD_CREDENTIAL, password=False), on=OPEN)
    assert build.fault(check, evidence).confidence == "confirmed"


def test_an_event_makes_it_likely() -> None:
    """The registry answered 401, and nothing else explains it."""
    assert build.fault(check, build.with_event(build.failed_pull(REFUSED), on=OPEN)).confidence == "likely"


@pytest.mark.parametrize(
    "evidence",
    [
        build.with_password(),
        build.with_password("contoso", on=build.open_registry()),
        build.with_token(enabled=False),
        build.with_token(actions=()),
    ],
    ids=["firewall", "admin account off", "token disabled", "scope map"],
)
def test_what_else_explains_the_refusal_goes_first(evidence: Evidence) -> None:
    """The general fault is silent where a specific one was found."""
    assert isinstance(build.verdict(check, build.with_event(build.failed_pull(REFUSED), on=evidence)), Skip)


def test_whether_a_password_is_right_is_unknown() -> None:
    """Azure never returns passwords, and InaccessibleImage does not say."""
    assert isinstance(build.verdict(check, OPEN), Unknown)


def test_another_error_says_nothing_of_the_password() -> None:
    """The system does not match: the credential was taken."""
    says = f"The container image '{build.IMAGE}' doesn't support specified OS 'Linux' for container group 'cg-web-01'."
    assert isinstance(build.verdict(check, build.with_error("ImageOsTypeNotMatchContainerGroup", says, on=OPEN)), Pass)


def test_an_identity_has_no_password() -> None:
    """The check is about user names."""
    assert isinstance(build.verdict(check, build.with_event(build.failed_pull(REFUSED))), Skip)
