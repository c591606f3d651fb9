"""The check `image-os-mismatch`."""

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.testimony import Platform
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.image import image_os_mismatch as check
from tests import build

SAYS = "The container image '{image}' doesn't support specified OS '{os}' for container group 'cg-web-01'."
LINUX, WINDOWS = Platform(os="linux", architecture="amd64"), Platform(os="windows", architecture="amd64")


def refused(image: str = build.IMAGE, *, os: str = "Linux", on: Evidence = build.HEALTHY) -> Evidence:
    """Azure says that the image does not fit the system; nobody could look into the image."""
    evidence = build.with_testimony(build.unreadable("manifest"), image=image, on=build.with_image(image, on=on))
    return build.with_error("ImageOsTypeNotMatchContainerGroup", SAYS.format(image=image, os=os), on=evidence)


@pytest.mark.parametrize(("os_type", "platform"), [("Linux", WINDOWS), ("Windows", LINUX), (None, WINDOWS)])
def test_the_manifest_proves_it(os_type: str | None, platform: Platform) -> None:
    """The image has nothing for the group's system; where none is given that is Linux."""
    evidence = build.with_definition(os_type=os_type, on=build.with_manifest(platforms=(platform,)))
    assert build.fault(check, evidence).confidence == "confirmed"


@pytest.mark.parametrize("os_type", ["Linux", "linux", "Windows"])
def test_an_image_for_both_fits_both(os_type: str) -> None:
    """One of its platforms is enough."""
    evidence = build.with_definition(os_type=os_type, on=build.with_manifest(platforms=(LINUX, WINDOWS)))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_another_processor_is_another_fault() -> None:
    """The manifest is for Linux, and the same error came for its processor."""
    evidence = build.with_manifest(platforms=(Platform(os="linux", architecture="arm64"),), on=refused())
    assert isinstance(build.verdict(check, evidence), Pass)
    assert build.faults(evidence) == ["image-platform-mismatch"]


def test_the_error_and_a_windows_name_prove_it() -> None:
    """Nobody looked into the image, but its name says Windows, and the group runs Linux."""
    assert build.fault(check, refused(f"{build.HOST}/app/web:1.0-nanoserver-ltsc2022")).confidence == "confirmed"


def test_the_error_alone_may_mean_the_processor() -> None:
    """The service says the same of both."""
    assert build.fault(check, refused()).confidence == "likely"
    assert isinstance(build.verdict(check, refused(f"{build.HOST}/app/web:1.0-arm64")), Skip)


def test_without_manifest_and_error_it_is_unknown() -> None:
    """Nobody knows what the image is made for."""
    assert isinstance(build.verdict(check, build.with_testimony(build.unreadable("manifest"))), Unknown)


def test_a_manifest_that_does_not_show_what_it_is_for_leaves_it_unknown() -> None:
    """The configuration of the image could not be fetched, and it alone tells."""
    assert isinstance(build.verdict(check, build.with_manifest(platforms=())), Unknown)
