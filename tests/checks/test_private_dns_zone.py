"""The check `private-dns-zone`."""

import pytest

from acimedic.model.verdict import Pass, Skip
from checks.limits import private_dns_zone as check
from tests import build
from tests.checks.faults import NO_SUCH_HOST


def test_a_failed_look_up_is_likely_the_cause() -> None:
    """An event says that the name was not resolved, which may have other reasons too."""
    found = build.fault(check, build.with_event(build.failed_pull(NO_SUCH_HOST)))
    assert found.confidence == "likely"
    assert "no such host" in build.said(found)


def test_a_private_endpoint_alone_is_no_cause() -> None:
    """The platform pulls, not the group's network: without such an event a private zone does not matter."""
    evidence = build.with_definition(
        subnets=(build.SUBNET_ID,), on=build.with_registry(private_endpoints=(build.endpoint(),))
    )
    found = build.verdict(check, evidence)
    assert isinstance(found, Pass)
    assert "private DNS zone" in found.reason


def test_a_look_up_that_failed_in_an_earlier_attempt_is_past() -> None:
    """Azure keeps events of earlier failures in the list."""
    assert isinstance(build.verdict(check, build.with_event(build.failed_pull(NO_SUCH_HOST, minutes=-90))), Pass)


@pytest.mark.parametrize("tail", ["unauthorized: authentication required", "dial tcp 10.1.0.5:443: i/o timeout"])
def test_another_refusal_is_no_matter_of_names(tail: str) -> None:
    """A 401 or a time-out came from somewhere that was found."""
    assert isinstance(build.verdict(check, build.with_event(build.failed_pull(tail))), Pass)


def test_a_look_up_of_another_image_is_not_this_ones() -> None:
    """The event is about the image of another registry."""
    evidence = build.with_event(build.failed_pull(NO_SUCH_HOST, image="ghcr.io/contoso/web:1"))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_another_registry_has_no_private_zone_of_azures() -> None:
    """The check is about registries of Azure."""
    assert isinstance(build.verdict(check, build.with_image("ghcr.io/contoso/web:1")), Skip)
