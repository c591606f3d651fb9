"""The check `image-format-unsupported`."""

from typing import Any

import pytest

from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.image import image_format_unsupported as check
from tests import build
from tests.checks.faults import NO_TAG

INDEX: dict[str, Any] = {"index": True, "media_type": "application/vnd.oci.image.index.v1+json"}
SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws"


@pytest.mark.parametrize("changes", [INDEX | {"attestations": True}, {"artifact": True}, {"media_type": SCHEMA_1}])
def test_a_form_that_was_refused_before_is_likely_at_most(changes: dict[str, Any]) -> None:
    """Attestations, another artifact, the old schema."""
    assert build.fault(check, build.with_manifest(**changes)).confidence == "likely"


def test_where_something_is_confirmed_it_is_silent() -> None:
    """Most images built since 2023 have attestations, and are pulled."""
    evidence = build.with_manifest(attestations=True, **INDEX)
    assert build.faults(evidence) == ["image-format-unsupported"]
    assert build.faults(build.without_role(evidence)) == ["pull-role-missing"]


def test_an_index_without_attestations_is_common() -> None:
    """Several platforms in one image are in order."""
    assert isinstance(build.verdict(check, build.with_manifest(**INDEX)), Pass)


def test_where_nobody_says_that_it_was_refused_attestations_are_no_fault() -> None:
    """The form alone proves nothing."""
    evidence = build.without_error(build.with_manifest(attestations=True, **INDEX))
    assert not isinstance(build.verdict(check, evidence), Fail)


def test_an_image_that_is_not_there_has_no_form() -> None:
    """Nor one that nobody could look into."""
    assert isinstance(build.verdict(check, build.with_testimony(NO_TAG)), Skip)
    assert isinstance(build.verdict(check, build.with_testimony(build.unreadable("manifest"))), Unknown)
