"""The check `image-quarantined`."""

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.image import image_quarantined as check
from tests import build
from tests.checks.faults import NO_TAG

QUARANTINE = build.with_registry(quarantine="enabled")


def test_a_hidden_image_in_a_registry_with_quarantine_is_likely_held() -> None:
    """The policy is on, and the image cannot be read."""
    assert build.fault(check, build.with_testimony(NO_TAG, on=QUARANTINE)).confidence == "likely"


def test_the_registry_says_disallowed() -> None:
    """The words for a digest in quarantine."""
    event = build.failed_pull("unknown: The operation is disallowed.")
    assert "disallowed" in build.said(build.fault(check, build.with_event(event)))


def test_a_readable_image_is_not_in_quarantine() -> None:
    """The policy is on, and the image was read."""
    assert isinstance(build.verdict(check, QUARANTINE), Pass)


def test_a_registry_that_was_not_asked_leaves_it_unknown() -> None:
    """The policy alone holds back nothing; whether the image can be read nobody tried."""
    assert isinstance(build.verdict(check, build.with_testimony(build.unreadable("manifest"), on=QUARANTINE)), Unknown)


def test_without_the_policy_a_missing_image_is_missing() -> None:
    """Nothing hides it."""
    evidence = build.with_testimony(NO_TAG)
    assert isinstance(build.verdict(check, evidence), Pass)
    assert build.faults(evidence) == ["image-not-found"]


def test_another_registry_has_no_quarantine_of_azures() -> None:
    """The check is about registries of Azure."""
    assert isinstance(build.verdict(check, build.with_image("ghcr.io/a/b:1")), Skip)
