"""The check `credential-server-mismatch`."""

from dataclasses import replace

import pytest

from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.definition import credential_server_mismatch as check
from tests import build


@pytest.mark.parametrize(
    "server",
    ["contosodev.azurecr.io", "contoso.azurecr.us", "contoso.westeurope.geo.azurecr.io", "contoso-a1.azurecr.io"],
)
def test_another_server_is_a_fault(server: str) -> None:
    """A neighbour, another cloud, a regional endpoint or a hashed name is another host."""
    found = build.fault(check, build.with_server(server))
    assert found.confidence == "confirmed"
    assert server in found.summary
    assert build.HOST in found.summary


@pytest.mark.parametrize("server", ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"])
def test_the_names_of_docker_hub_are_one(server: str) -> None:
    """A credential for any name of Docker Hub serves its images."""
    evidence = build.with_password(server=server, on=build.with_image("docker.io/contoso/web:1"))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_a_credential_left_over_beside_anonymous_pull_does_no_harm() -> None:
    """The registry needs no credential, so one for another server is no cause."""
    evidence = build.with_server("ghcr.io", on=build.open_registry(anonymous_pull=True))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_another_server_than_the_images_is_enough() -> None:
    """The definition alone shows it, whether or not the registry can be read."""
    evidence = build.without_registry(on=build.with_server("contosodev.azurecr.io"))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_of_a_registry_that_is_not_azures_it_is_likely() -> None:
    """Nothing says that it wants a credential at all."""
    image = "registry.example.com/app/web:1"
    evidence = build.with_image(image, on=build.with_server("contosodev.azurecr.io"))
    assert build.fault(check, evidence).confidence == "likely"


def test_a_port_of_the_image_is_none_of_the_servers() -> None:
    """A server is written without a port, so one that names the image's host serves it."""
    image = "registry.example.com:5000/app/web:1"
    evidence = build.with_image(image, on=build.with_server("registry.example.com"))
    assert not isinstance(build.verdict(check, evidence), Fail)


def test_a_public_image_beside_a_credential_in_use_is_in_order() -> None:
    """The only credential serves the other container, so it was not meant for this one."""
    evidence = build.with_containers(build.WEB, build.container("proxy", "docker.io/library/nginx:1.27"))
    found = build.verdicts(check, evidence)
    assert isinstance(found["web"], Pass)
    assert isinstance(found["proxy"], Skip)


def test_an_image_without_a_host_is_another_fault() -> None:
    """The missing host explains why no credential fits."""
    assert isinstance(build.verdict(check, build.with_image("app/web:1.4.2")), Skip)


def test_a_malformed_credential_is_another_fault() -> None:
    """The credential that was meant is there."""
    assert isinstance(build.verdict(check, build.with_server("https://contoso.azurecr.io")), Skip)


def test_an_unresolved_image_beside_it_leaves_it_open() -> None:
    """The credential may be for the image that nobody knows."""
    evidence = build.with_containers(
        build.container("web", build.IMAGE),
        build.container("side", build.unreadable("image")),
        on=build.with_server("contosodev.azurecr.io"),
    )
    found = build.verdicts(check, evidence)
    assert isinstance(found["web"], Skip)
    assert isinstance(found["side"], Unknown)


def test_the_second_of_two_credentials_may_be_the_one() -> None:
    """The order of the entries says nothing."""
    other = replace(build.PASSWORD_CREDENTIAL, server="ghcr.io")
    assert isinstance(build.verdict(check, build.with_credentials(other, build.IDENTITY_CREDENTIAL)), Pass)
