"""The environment -> settings: every wrong one is named, and the stand-in for Azure is kept out of the cloud."""

import pytest

from acimedic.settings import SettingsError, read_settings


def test_without_any_setting_it_is_the_public_cloud() -> None:
    """No gateway, no identity of our own, no hash of deployers."""
    settings = read_settings({})
    assert settings.cloud == "AzureCloud"
    assert settings.gateway is None
    assert settings.client_id is None
    assert settings.hash_key == ""


@pytest.mark.parametrize(
    ("name", "cloud", "arm"),
    [
        ("AzureCloud", "AzureCloud", "https://management.azure.com"),
        ("AZUREPUBLICCLOUD", "AzureCloud", "https://management.azure.com"),
        (" AzureUSGovernment ", "AzureUSGovernment", "https://management.usgovcloudapi.net"),
        ("azure_china_cloud", "AzureChinaCloud", "https://management.chinacloudapi.cn"),
    ],
)
def test_a_cloud_has_its_own_addresses(name: str, cloud: str, arm: str) -> None:
    """The names of the clouds are those of az and of the SDKs, in any case."""
    settings = read_settings({"AZURE_CLOUD": name})
    assert settings.cloud == cloud
    assert settings.arm == arm
    assert settings.authority.startswith("login.")
    assert settings.portal.startswith("https://portal.azure.")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:99", "http://127.9.9.9:1"]
)
def test_a_gateway_is_loopback(url: str) -> None:
    """A loopback address and a port, over plain HTTP."""
    assert read_settings({"ACIMEDIC_GATEWAY": url}).gateway == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1:80",
        "http://example.com:80",
        "http://127.0.0.1",
        "https://127.0.0.1:80",
        "http://127.0.0.1:80/path",
        "http://127.0.0.1:80?x=1",
        "http://127.0.0.1.example.com:80",
        "http://127.0.0.1:80@example.com:80",
        "http://user@127.0.0.1:80",
        "http://127.0.0.1:port",
        "http://2130706433:80",
        "http://0.0.0.0:80",
        "127.0.0.1:80",
        "http://[::1:80",
    ],
)
def test_anything_else_is_no_gateway(url: str) -> None:
    """Nothing that leaves the machine, and nothing that only looks as if it did not."""
    with pytest.raises(SettingsError, match="ACIMEDIC_GATEWAY"):
        read_settings({"ACIMEDIC_GATEWAY": url})


def test_in_the_cloud_a_gateway_is_refused() -> None:
    """Where both of Azure's own variables are set, no make-believe Azure is taken."""
    gateway = {"ACIMEDIC_GATEWAY": "http://127.0.0.1:80"}
    with pytest.raises(SettingsError, match="refused in the cloud"):
        read_settings(gateway | {"WEBSITE_SITE_NAME": "app", "IDENTITY_ENDPOINT": "http://127.0.0.1:41"})
    assert read_settings(gateway | {"WEBSITE_SITE_NAME": "app"}).gateway
    assert read_settings({"WEBSITE_SITE_NAME": "app", "IDENTITY_ENDPOINT": "http://x"}).gateway is None


@pytest.mark.parametrize("seconds", ["0", "0.5", "601", "-1", "soon", "nan", "inf"])
def test_a_time_limit_is_a_number_of_seconds(seconds: str) -> None:
    """Neither nothing nor for ever."""
    with pytest.raises(SettingsError, match="ACIMEDIC_TIME_LIMIT"):
        read_settings({"ACIMEDIC_TIME_LIMIT": seconds})
    assert read_settings({"ACIMEDIC_TIME_LIMIT": "60"}).time_limit == 60.0


def test_everything_that_is_wrong_is_named_at_once() -> None:
    """One message, every wrong setting."""
    with pytest.raises(SettingsError) as refused:
        read_settings({"AZURE_CLOUD": "moon", "ACIMEDIC_GATEWAY": "x", "ACIMEDIC_TIME_LIMIT": "x"})
    for name in ("AZURE_CLOUD", "ACIMEDIC_GATEWAY", "ACIMEDIC_TIME_LIMIT"):
        assert name in str(refused.value)
