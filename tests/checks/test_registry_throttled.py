"""The check `registry-throttled`."""

import pytest

from acimedic.model.verdict import Pass, Skip
from checks.service import registry_throttled as check
from tests import build
from tests.checks.faults import HUB_SAYS_LATER, THROTTLED


@pytest.mark.parametrize("tail", [THROTTLED, "toomanyrequests: too many requests"])
def test_an_event_says_it(tail: str) -> None:
    """Too many requests to this registry, or through its cache."""
    assert "too many requests" in build.said(build.fault(check, build.with_event(build.failed_pull(tail)))).lower()


def test_the_error_names_this_registry() -> None:
    """Azure says "retry later" of the registry itself."""
    says = HUB_SAYS_LATER.replace("index.docker.io", build.HOST)
    assert build.fault(check, build.with_error("RegistryErrorResponse", says)).confidence == "likely"


def test_docker_hubs_limit_is_another_fault() -> None:
    """The error names Docker Hub; the image of ACR is not concerned."""
    assert isinstance(build.verdict(check, build.with_error("RegistryErrorResponse", HUB_SAYS_LATER)), Pass)
    assert isinstance(build.verdict(check, build.with_image("nginx:1.27")), Skip)


def test_a_limit_of_an_earlier_attempt_is_past() -> None:
    """Azure keeps events of earlier failures in the list."""
    assert isinstance(build.verdict(check, build.with_event(build.failed_pull(THROTTLED, minutes=-120))), Pass)
