"""The check `image-too-large`."""

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.image import image_too_large as check
from tests import build
from tests.checks.faults import NO_TAG

LIMIT = 15 * 1024**3


def test_more_than_is_documented_is_likely_the_cause() -> None:
    """Beyond it nothing is guaranteed, and nothing is forbidden."""
    found = build.fault(check, build.with_manifest(size=LIMIT + 1))
    assert found.confidence == "likely"
    assert str(LIMIT + 1) in build.said(found)


@pytest.mark.parametrize("size", [0, 61_442_117, LIMIT])
def test_up_to_the_documented_size_it_is_in_order(size: int) -> None:
    """The limit itself is still within."""
    assert isinstance(build.verdict(check, build.with_manifest(size=size)), Pass)


def test_a_size_that_is_not_stated_is_unknown() -> None:
    """An old manifest does not state it."""
    assert isinstance(build.verdict(check, build.with_manifest(size=None)), Unknown)


def test_an_image_that_is_not_there_has_no_size() -> None:
    """Nor one that nobody could look into."""
    assert isinstance(build.verdict(check, build.with_testimony(NO_TAG)), Skip)
    assert isinstance(build.verdict(check, build.with_testimony(build.unreadable("manifest"))), Unknown)
