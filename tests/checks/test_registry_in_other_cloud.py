"""The check `registry-in-other-cloud`."""

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.verdict import Pass, Skip
from checks.registry import registry_in_other_cloud as check
from tests import build


def pulling_from(host: str, *, cloud: str = "AzureCloud", password: bool = False) -> Evidence:
    """The image and its credential are of this host, the group of this cloud."""
    image = build.with_image(f"{host}/app/web:1.4.2")
    evidence = build.with_password(server=host, on=image) if password else build.with_server(host, on=image)
    return build.in_cloud(cloud, on=evidence)


@pytest.mark.parametrize(
    ("host", "cloud"),
    [
        ("contoso.azurecr.cn", "AzureCloud"),
        ("contoso.azurecr.us", "AzureCloud"),
        ("contoso.azurecr.io", "AzureUSGovernment"),
        ("contoso.usgovvirginia.geo.azurecr.us", "AzureChinaCloud"),
    ],
)
def test_an_identity_does_not_reach_another_cloud(host: str, cloud: str) -> None:
    """Both clouds are named."""
    found = build.fault(check, pulling_from(host, cloud=cloud))
    assert found.confidence == "confirmed"
    assert cloud in found.summary


def test_a_password_may_reach_another_cloud() -> None:
    """A user name and password works from anywhere, unless something on the way refuses it."""
    assert build.fault(check, pulling_from("contoso.azurecr.cn", password=True)).confidence == "likely"


@pytest.mark.parametrize(
    ("host", "cloud"),
    [
        ("Contoso.AzureCR.io", "AzureCloud"),
        ("contoso.azurecr.us", "AzureUSGovernment"),
        ("contoso.azurecr.cn", "AzureChinaCloud"),
        ("contoso.westeurope.geo.azurecr.io", "AzureCloud"),
    ],
)
def test_a_registry_of_the_same_cloud_is_in_order(host: str, cloud: str) -> None:
    """Case and regional endpoints do not change the cloud."""
    assert isinstance(build.verdict(check, pulling_from(host, cloud=cloud)), Pass)


@pytest.mark.parametrize("host", ["contoso.azurecr.cn.example.com", "registry.cn", "ghcr.io"])
def test_another_registry_is_of_no_cloud(host: str) -> None:
    """A host that is not Azure's has nothing to do with it."""
    assert isinstance(build.verdict(check, pulling_from(host)), Skip)
