"""The check `credential-count-exceeds-containers`."""

from dataclasses import replace

from acimedic.model.evidence import Evidence
from acimedic.model.verdict import Pass, Unknown
from checks.definition import credential_count_exceeds_containers as check
from tests import build

SAYS = "More image registry credentials provided than containers in container group 'cg-web-01'."
SECOND = replace(build.PASSWORD_CREDENTIAL, server="ghcr.io")


def two_for_one(on: Evidence = build.HEALTHY) -> Evidence:
    """Two credentials for one container."""
    return build.with_credentials(build.IDENTITY_CREDENTIAL, SECOND, on=on)


def test_the_error_proves_it() -> None:
    """Azure refuses the request and says so; the numbers are shown beside it."""
    evidence = build.with_error("MoreImageRegistryCredentialsThanContainers", SAYS, on=two_for_one())
    found = build.fault(check, evidence)
    assert found.confidence == "confirmed"
    assert "2 and 1" in build.said(found)


def test_the_number_alone_is_likely_where_nobody_says_what_failed() -> None:
    """Without an error the count may be the cause."""
    assert build.fault(check, build.without_error(two_for_one())).confidence == "likely"


def test_azure_took_the_number_where_it_refused_something_else() -> None:
    """InaccessibleImage comes after the count was accepted."""
    assert isinstance(build.verdict(check, two_for_one()), Pass)


def test_init_containers_do_not_count() -> None:
    """One container and one init container are one container to Azure's rule."""
    evidence = build.with_containers(build.WEB, build.container("init", build.IMAGE, init=True), on=two_for_one())
    assert build.fault(check, build.without_error(evidence)).confidence == "likely"


def test_as_many_as_containers_is_in_order() -> None:
    """Two containers may have two credentials."""
    evidence = build.with_containers(build.WEB, build.container("side", "ghcr.io/a/b:1"), on=two_for_one())
    assert set(map(type, build.verdicts(check, build.without_error(evidence)).values())) == {Pass}


def test_credentials_that_were_not_evaluated_are_unknown() -> None:
    """What was not evaluated cannot be counted."""
    evidence = build.with_definition(credentials=build.unreadable("imageRegistryCredentials"))
    assert isinstance(build.verdict(check, evidence), Unknown)
