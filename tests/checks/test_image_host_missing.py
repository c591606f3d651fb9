"""The check `image-host-missing`."""

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.definition import image_host_missing as check
from tests import build
from tests.checks.faults import HUB_SAYS_LATER


def test_a_credential_for_another_registry_tells_what_was_meant() -> None:
    """Docker Hub is asked, while the only credential is for contoso: the fix has the whole name."""
    found = build.fault(check, build.with_image("app/web:1.4.2"))
    assert found.confidence == "confirmed"
    assert "contoso.azurecr.io/app/web:1.4.2" in found.fix.text


def test_without_a_credential_docker_hub_may_be_meant() -> None:
    """An image without a host and a group without credentials are no fault."""
    assert isinstance(build.verdict(check, build.with_credentials(on=build.with_image("nginx"))), Skip)


@pytest.mark.parametrize("server", ["docker.io", "index.docker.io", "registry-1.docker.io", "Index.Docker.IO"])
def test_a_credential_for_docker_hub_says_that_it_is_meant(server: str) -> None:
    """All names of Docker Hub are one registry, whatever the case."""
    assert isinstance(build.verdict(check, build.with_password(server=server, on=build.with_image("app/web"))), Pass)


def test_a_credential_that_serves_another_container_says_nothing() -> None:
    """The credential for contoso serves the first container, so nothing says that the second is contoso's too."""
    evidence = build.with_containers(build.WEB, build.container("proxy", "nginx:1.27"))
    assert isinstance(build.verdicts(check, evidence)["proxy"], Skip)


def test_an_explicit_docker_hub_host_is_what_was_written() -> None:
    """An image that says docker.io names its registry."""
    assert isinstance(build.verdict(check, build.with_image("docker.io/app/web:1.4.2")), Pass)


def test_an_official_image_that_docker_hub_limits_is_likely_at_most() -> None:
    """Docker Hub answered for `nginx`, so it may well have been meant."""
    evidence = build.with_error("RegistryErrorResponse", HUB_SAYS_LATER, on=build.with_image("nginx:1.27"))
    assert build.fault(check, evidence).confidence == "likely"


def test_credentials_that_were_not_evaluated_are_unknown() -> None:
    """Nobody knows what the credential is for."""
    evidence = build.with_definition(credentials=build.unreadable("credentials"), on=build.with_image("app/web"))
    assert isinstance(build.verdict(check, evidence), Unknown)
