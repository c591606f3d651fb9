"""The check `credential-identity-for-non-acr`."""

import pytest

from acimedic.model.verdict import Pass, Skip
from checks.definition import credential_identity_for_non_acr as check
from tests import build


@pytest.mark.parametrize(
    ("image", "server"),
    [
        ("ghcr.io/contoso/web:1", "ghcr.io"),
        ("docker.io/contoso/web:1", "index.docker.io"),
        ("contoso/web:1", "registry-1.docker.io"),
        ("contoso.azurecr.io.example.com/app/web:1", "contoso.azurecr.io.example.com"),
        ("azurecr.io/app/web:1", "azurecr.io"),
    ],
)
def test_another_registry_does_not_know_identities(image: str, server: str) -> None:
    """Docker Hub under any name, GitHub's registry, and hosts that only look like Azure's."""
    assert build.fault(check, build.with_server(server, on=build.with_image(image))).confidence == "confirmed"


@pytest.mark.parametrize(
    "host",
    [
        "contoso.azurecr.io",
        "CONTOSO.azurecr.io",
        "contoso.azurecr.us",
        "contoso.azurecr.cn",
        "contoso.westeurope.geo.azurecr.io",
        "contoso-a1b2c3.azurecr.io",
    ],
)
def test_every_endpoint_of_azures_registries_knows_identities(host: str) -> None:
    """Sovereign clouds, regional endpoints, hashed names and upper case are Azure's too."""
    assert isinstance(build.verdict(check, build.with_server(host, on=build.with_image(f"{host}/app/web:1"))), Pass)


def test_a_password_is_what_another_registry_wants() -> None:
    """A user name and password for Docker Hub is in order."""
    evidence = build.with_password(server="docker.io", on=build.with_image("contoso/web:1"))
    assert isinstance(build.verdict(check, evidence), Skip)


def test_an_identity_for_another_container_is_not_blamed() -> None:
    """The identity serves the container from ACR; the public image beside it has no credential."""
    evidence = build.with_containers(build.WEB, build.container("proxy", "nginx:1.27"))
    found = build.verdicts(check, evidence)
    assert isinstance(found["web"], Pass)
    assert isinstance(found["proxy"], Skip)
