"""The check `image-not-found`."""

from typing import Literal

import pytest

from acimedic.model.testimony import NotThere
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.image import image_not_found as check
from tests import build
from tests.checks.faults import NO_REGISTRY, NO_TAG

GONE = 'manifest unknown: manifest tagged by "1.4.2" is not found'


@pytest.mark.parametrize("what", ["repository", "tag", "digest"])
def test_the_registry_says_that_it_is_not_there(what: Literal["repository", "tag", "digest"]) -> None:
    """Asked with the right to see it; the nearest tags are named."""
    found = build.fault(check, build.with_testimony(NotThere(what=what, nearest=("1.4.1",), source="GET")))
    assert found.confidence == "confirmed"
    assert what in found.summary
    assert "1.4.1" in found.fix.text


def test_an_event_alone_proves_it_where_the_registry_was_not_asked() -> None:
    """The registry told Container Instances."""
    evidence = build.with_testimony(build.unreadable("manifest"), on=build.with_event(build.failed_pull(GONE)))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_an_image_that_is_there_now_was_perhaps_pushed_later() -> None:
    """The event says that it was missing, the registry that it is there: likely."""
    assert build.fault(check, build.with_event(build.failed_pull(GONE))).confidence == "likely"


def test_an_image_that_is_there_is_in_order() -> None:
    """The registry gave its manifest."""
    assert isinstance(build.verdict(check, build.HEALTHY), Pass)


def test_a_registry_that_was_not_asked_leaves_it_unknown() -> None:
    """InaccessibleImage alone does not say it."""
    assert isinstance(build.verdict(check, build.with_testimony(build.unreadable("manifest"))), Unknown)


def test_a_quarantine_would_explain_the_404() -> None:
    """A quarantined image is hidden from those who may not see it."""
    assert isinstance(
        build.verdict(check, build.with_testimony(NO_TAG, on=build.with_registry(quarantine="enabled"))), Skip
    )


def test_a_missing_host_explains_why_docker_hub_has_no_such_image() -> None:
    """The image was meant to come from another registry."""
    evidence = build.with_testimony(NO_TAG, image="app/web:1.4.2", on=build.with_image("app/web:1.4.2"))
    assert isinstance(build.verdict(check, evidence), Skip)
    assert build.faults(evidence) == ["image-host-missing"]


def test_a_registry_that_does_not_exist_is_another_fault() -> None:
    """Nothing is missing in it."""
    assert isinstance(build.verdict(check, build.with_testimony(NO_REGISTRY)), Skip)
