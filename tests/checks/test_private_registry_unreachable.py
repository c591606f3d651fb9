"""The check `private-registry-unreachable`."""

import pytest

from acimedic.model.reading import Absent
from acimedic.model.verdict import Skip, Unknown
from checks.limits import private_registry_unreachable as check
from tests import build


@pytest.mark.parametrize("host", ["10.1.0.7:5000", "192.168.1.2", "localhost:5000", "registry.local", "hub.corp:443"])
def test_a_private_address_is_a_fault(host: str) -> None:
    """Nobody outside reaches it; that is certain."""
    assert build.fault(check, build.with_image(f"{host}/app/web:1")).confidence == "confirmed"


@pytest.mark.parametrize("image", [build.IMAGE, "nginx", "docker.io/a/b:1", "mcr.microsoft.com/a/b:1", "ghcr.io/a/b:1"])
def test_a_public_registry_is_none(image: str) -> None:
    """Azure's, Docker Hub, Microsoft's, GitHub's."""
    assert isinstance(build.verdict(check, build.with_image(image)), Skip)


def test_a_name_that_does_not_resolve_publicly_is_a_fault() -> None:
    """The registry's host was asked for and does not exist."""
    image = "registry.contoso.example/app/web:1"
    gone = Absent(what="registry.contoso.example", source="GET https://registry.contoso.example/v2/")
    evidence = build.with_testimony(gone, image=image, on=build.with_image(image))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_an_event_that_it_was_not_reached_makes_it_likely() -> None:
    """A time-out may have other reasons too."""
    image = "registry.contoso.example/app/web:1"
    late = build.failed_pull("dial tcp 203.0.113.9:443: i/o timeout", image=image)
    assert build.fault(check, build.with_event(late, on=build.with_image(image))).confidence == "likely"


def test_whether_another_host_can_be_reached_is_unknown() -> None:
    """A name alone does not tell."""
    assert isinstance(build.verdict(check, build.with_image("registry.contoso.example/app/web:1")), Unknown)
