"""The check `docker-hub-rate-limit`."""

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.verdict import Fail, Pass, Skip
from checks.service import docker_hub_rate_limit as check
from tests import build
from tests.checks.faults import HUB_SAYS_LATER

LIMIT = "toomanyrequests: You have reached your pull rate limit."


def hub(image: str = "nginx:1.27") -> Evidence:
    """An image of Docker Hub, without a credential."""
    return build.with_credentials(on=build.with_image(image))


@pytest.mark.parametrize("image", ["nginx:1.27", "docker.io/library/nginx", "index.docker.io/contoso/web:1"])
def test_docker_hub_says_later(image: str) -> None:
    """The error names Docker Hub, and the image is its own under any of its names."""
    found = build.fault(check, build.with_error("RegistryErrorResponse", HUB_SAYS_LATER, on=hub(image)))
    assert found.confidence == "confirmed"
    assert any(command.startswith("az acr import") for command in found.fix.az)


def test_an_event_says_it() -> None:
    """A container's event quotes the registry."""
    evidence = build.with_event(build.failed_pull(LIMIT, image="docker.io/library/nginx:1.27"), on=hub())
    assert "toomanyrequests" in build.said(build.fault(check, evidence))


def test_another_registrys_trouble_is_not_docker_hubs() -> None:
    """The error names another registry."""
    evidence = build.with_error("RegistryErrorResponse", HUB_SAYS_LATER.replace("index.docker.io", "ghcr.io"), on=hub())
    assert isinstance(build.verdict(check, evidence), Pass)


def test_an_inaccessible_image_alone_is_no_limit() -> None:
    """Docker Hub refused nothing that anybody saw."""
    assert isinstance(build.verdict(check, hub()), Pass)


def test_a_limit_of_an_earlier_attempt_is_past() -> None:
    """Azure keeps events of earlier failures in the list."""
    evidence = build.with_event(build.failed_pull(LIMIT, image="nginx:1.27", minutes=-120), on=hub())
    assert isinstance(build.verdict(check, evidence), Pass)


def test_an_image_of_acr_is_not_limited_by_docker_hub() -> None:
    """Of two containers only the one from Docker Hub is blamed."""
    evidence = build.with_containers(build.WEB, build.container("proxy", "nginx:1.27"))
    found = build.verdicts(check, build.with_error("RegistryErrorResponse", HUB_SAYS_LATER, on=evidence))
    assert isinstance(found["web"], Skip)
    assert isinstance(found["proxy"], Fail)


def test_an_image_by_digest_is_imported_by_digest() -> None:
    """A digest follows an @."""
    image = f"docker.io/contoso/web@sha256:{'0' * 64}"
    found = build.fault(check, build.with_error("RegistryErrorResponse", HUB_SAYS_LATER, on=hub(image)))
    assert found.fix.az[0].endswith(f"--source {image}")
