"""The check `credential-identity-needs-newer-api`."""

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.definition import credential_identity_needs_newer_api as check
from tests import build

SAYS = "Identity in 'imageRegistryCredentials' of container group 'cg-web-01' is not supported."


@pytest.mark.parametrize("version", ["2021-03-01", "2018-10-01", "2021-07-01-preview"])
def test_an_older_api_version_is_a_fault(version: str) -> None:
    """Identity credentials came with 2021-07-01, not with its preview."""
    found = build.fault(check, build.with_definition(api_version=version))
    assert found.confidence == "confirmed"
    assert version in found.summary


@pytest.mark.parametrize("version", ["2021-07-01", "2023-05-01", "2024-05-01-preview"])
def test_a_newer_api_version_is_in_order(version: str) -> None:
    """The first version that knows them, later ones, and later previews are in order."""
    assert isinstance(build.verdict(check, build.with_definition(api_version=version)), Pass)


def test_the_error_alone_proves_it() -> None:
    """Azure says it where the definition is not known."""
    evidence = build.without_definition(on=build.with_error("InvalidImageRegistryCredentialType", SAYS))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_a_password_needs_no_newer_api() -> None:
    """An old api-version knows user names and passwords."""
    evidence = build.with_definition(api_version="2018-10-01", on=build.with_password())
    assert isinstance(build.verdict(check, evidence), Skip)


def test_a_live_group_shows_that_azure_took_the_credential() -> None:
    """A group that is there was accepted with its identity credential, whichever api-version made it."""
    gap = build.unreadable("api-version of the request")
    evidence = build.with_definition(api_version=gap, on=build.with_event(build.failed_pull("denied")))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_an_api_version_that_was_not_evaluated_is_unknown() -> None:
    """A template value that Azure does not tell is not too old."""
    evidence = build.with_definition(api_version=build.unreadable("apiVersion"))
    assert isinstance(build.verdict(check, evidence), Unknown)
