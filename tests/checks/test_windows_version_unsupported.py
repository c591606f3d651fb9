"""The check `windows-version-unsupported`."""

import pytest

from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.limits import windows_version_unsupported as check
from tests import build

SAYS = "The OS version of image '{image}' is not supported."


@pytest.mark.parametrize("code", ["OsVersionNotSupported", "UnsupportedWindowsVersion"])
def test_the_error_proves_it(code: str) -> None:
    """Azure refused the version, whatever the tag says."""
    found = build.fault(check, build.with_error(code, SAYS.format(image=build.IMAGE)))
    assert found.confidence == "confirmed"


@pytest.mark.parametrize(
    "tag", ["ltsc2016", "1.4-ltsc2016", "nanoserver-1709", "sac2016", "4.8-windowsservercore-1803"]
)
def test_a_tag_makes_it_likely(tag: str) -> None:
    """A Windows image whose tag names a retired version is probably built on it."""
    evidence = build.with_definition(os_type="Windows", on=build.with_image(f"{build.HOST}/app/web:{tag}"))
    assert build.fault(check, evidence).confidence == "likely"


@pytest.mark.parametrize("tag", ["ltsc2019", "ltsc2022", "1809", "build-17091", "v2016", "a1709b"])
def test_another_version_is_in_order(tag: str) -> None:
    """Supported versions, and numbers that only look like an old one."""
    evidence = build.with_definition(os_type="windows", on=build.with_image(f"{build.HOST}/app/web:{tag}"))
    assert isinstance(build.verdict(check, evidence), Pass)


@pytest.mark.parametrize("os_type", ["Linux", "linux", None])
def test_a_linux_group_runs_no_windows(os_type: str | None) -> None:
    """A tag like a version of Windows means nothing there; where no system is given it is Linux."""
    evidence = build.with_definition(os_type=os_type, on=build.with_image(f"{build.HOST}/app/web:1709"))
    assert isinstance(build.verdict(check, evidence), Skip)


def test_the_error_blames_the_image_that_it_names() -> None:
    """Of two containers only that one is blamed."""
    side = f"{build.HOST}/app/side:ltsc2016"
    evidence = build.with_containers(build.WEB, build.container("side", side))
    found = build.verdicts(check, build.with_error("OsVersionNotSupported", SAYS.format(image=side), on=evidence))
    assert isinstance(found["web"], Pass)
    assert isinstance(found["side"], Fail)


def test_a_system_that_was_not_evaluated_is_unknown() -> None:
    """Nobody knows whether it is Windows."""
    assert isinstance(build.verdict(check, build.with_definition(os_type=build.unreadable("osType"))), Unknown)
