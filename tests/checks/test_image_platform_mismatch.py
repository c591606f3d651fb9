"""The check `image-platform-mismatch`."""

import pytest

from acimedic.model.testimony import Platform
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.image import image_platform_mismatch as check
from tests import build

UNREAD = build.with_testimony(build.unreadable("manifest"))
SAYS = f"The container image '{build.IMAGE}' doesn't support specified OS 'Linux' for container group 'cg-web-01'."
ARM = Platform(os="linux", architecture="arm64")


@pytest.mark.parametrize("architecture", ["arm64", "arm", "s390x"])
def test_the_manifest_proves_it(architecture: str) -> None:
    """Nothing in it is for amd64."""
    evidence = build.with_manifest(platforms=(Platform(os="linux", architecture=architecture),))
    assert build.fault(check, evidence).confidence == "confirmed"


@pytest.mark.parametrize("architecture", ["amd64", "AMD64", "x86_64"])
def test_one_platform_for_amd64_is_enough(architecture: str) -> None:
    """An index for several processors has it too."""
    evidence = build.with_manifest(index=True, platforms=(ARM, Platform(os="linux", architecture=architecture)))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_an_event_proves_it() -> None:
    """The registry has no matching manifest."""
    event = build.failed_pull("no matching manifest for linux/amd64 in the manifest list entries")
    assert build.fault(check, build.with_event(event, on=UNREAD)).confidence == "confirmed"


def test_the_error_alone_may_mean_the_system() -> None:
    """The service says the same of both; on Windows it means the system."""
    evidence = build.with_error("ImageOsTypeNotMatchContainerGroup", SAYS, on=UNREAD)
    assert build.fault(check, evidence).confidence == "likely"
    assert isinstance(build.verdict(check, build.with_definition(os_type="Windows", on=evidence)), Skip)


def test_without_manifest_and_error_it_is_unknown() -> None:
    """Nobody knows what the image is made for."""
    assert isinstance(build.verdict(check, UNREAD), Unknown)
