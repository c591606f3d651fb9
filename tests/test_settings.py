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
    assert (settings.mode, settings.policy, settings.subscriptions) == ("observe", None, ())


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


@pytest.mark.parametrize(
    ("text", "mode"), [("", "observe"), ("observe", "observe"), ("Review", "review"), (" auto ", "auto")]
)
def test_a_mode_is_one_of_three(text: str, mode: str) -> None:
    """Without one nothing is ever written."""
    assert read_settings({"ACIMEDIC_MODE": text}).mode == mode


@pytest.mark.parametrize("text", ["on", "automatic", "review,auto", "off"])
def test_any_other_mode_is_refused(text: str) -> None:
    """It is not guessed what was meant."""
    with pytest.raises(SettingsError, match="ACIMEDIC_MODE"):
        read_settings({"ACIMEDIC_MODE": text})


def test_the_policy_is_a_file() -> None:
    """Never an address: whoever could write there would decide what is changed."""
    assert read_settings({"ACIMEDIC_POLICY": " mine/policy.json "}).policy == "mine/policy.json"
    for address in ("https://x.blob.core.windows.net/c/policy.json", "file:///policy.json"):
        with pytest.raises(SettingsError, match="ACIMEDIC_POLICY"):
            read_settings({"ACIMEDIC_POLICY": address})


def test_the_subscriptions_served_are_ids() -> None:
    """With commas between them, in any case; neither a name nor a pattern."""
    one, two = "3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3", "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
    assert read_settings({"ACIMEDIC_SUBSCRIPTIONS": f"{one.upper()}, {two},"}).subscriptions == (one, two)
    for wrong in ("prod", "*", f"{one}x", f"/subscriptions/{one}"):
        with pytest.raises(SettingsError, match="ACIMEDIC_SUBSCRIPTIONS"):
            read_settings({"ACIMEDIC_SUBSCRIPTIONS": f"{two},{wrong}"})


def test_everything_that_is_wrong_is_named_at_once() -> None:
    """One message, every wrong setting."""
    names = ("AZURE_CLOUD", "ACIMEDIC_GATEWAY", "ACIMEDIC_TIME_LIMIT", "ACIMEDIC_MODE", "ACIMEDIC_SUBSCRIPTIONS")
    with pytest.raises(SettingsError) as refused:
        read_settings(dict.fromkeys(names, "x") | {"ACIMEDIC_POLICY": "https://x"})
    for name in (*names, "ACIMEDIC_POLICY"):
        assert name in str(refused.value)
