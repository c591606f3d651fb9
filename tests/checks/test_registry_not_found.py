"""The check `registry-not-found`."""

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.registry import registry_not_found as check
from tests import build
from tests.checks.faults import NO_REGISTRY


def test_a_name_that_does_not_resolve_is_a_fault() -> None:
    """The registry itself was asked, and its name leads nowhere."""
    evidence = build.with_testimony(NO_REGISTRY, on=build.without_registry())
    found = build.fault(check, evidence)
    assert found.confidence == "confirmed"
    assert build.HOST in found.summary


def test_not_seeing_it_proves_nothing() -> None:
    """A registry that we may not read is not said to be missing."""
    unseen = build.without_registry(on=build.with_testimony(build.unreadable("manifest")))
    assert isinstance(build.verdict(check, unseen), Unknown)


def test_a_registry_that_answers_is_there() -> None:
    """It is not visible to us, and has the image all the same."""
    assert isinstance(build.verdict(check, build.without_registry()), Pass)


def test_another_registry_is_no_matter_of_azures() -> None:
    """The check is about registries of Azure."""
    assert isinstance(build.verdict(check, build.with_image("ghcr.io/a/b:1")), Skip)
