"""The environment, read once.

Whatever is wrong with it is said in one message that names every wrong setting.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast
from urllib.parse import urlsplit

from acimedic.model.plan import RunMode

Cloud: TypeAlias = Literal["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"]

_CLOUDS: dict[str, Cloud] = {
    "azurecloud": "AzureCloud",
    "azurepubliccloud": "AzureCloud",
    "azure_public_cloud": "AzureCloud",
    "azureusgovernment": "AzureUSGovernment",
    "azure_us_government": "AzureUSGovernment",
    "azurechinacloud": "AzureChinaCloud",
    "azure_china_cloud": "AzureChinaCloud",
}
_ARM: dict[Cloud, str] = {
    "AzureCloud": "https://management.azure.com",
    "AzureUSGovernment": "https://management.usgovcloudapi.net",
    "AzureChinaCloud": "https://management.chinacloudapi.cn",
}
_AUTHORITY: dict[Cloud, str] = {
    "AzureCloud": "login.microsoftonline.com",
    "AzureUSGovernment": "login.microsoftonline.us",
    "AzureChinaCloud": "login.chinacloudapi.cn",
}
_PORTAL: dict[Cloud, str] = {
    "AzureCloud": "https://portal.azure.com",
    "AzureUSGovernment": "https://portal.azure.us",
    "AzureChinaCloud": "https://portal.azure.cn",
}
_PUBLIC = ("docker.io", "mcr.microsoft.com", "ghcr.io", "quay.io")
_MODES: dict[str, RunMode] = {"observe": "observe", "review": "review", "auto": "auto"}
_SUBSCRIPTION = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A name with a dot whose last label begins with a letter: never an address, `localhost` or a port."""


class SettingsError(Exception):
    """One or more settings are wrong; the message names each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process reaches Azure.

    gateway: where every request goes instead of to the network; None in real life.
    client_id: of the user-assigned identity to sign in with, None for the default chain.
    time_limit: seconds that the readings of one incident may take.
    hash_key: keys the hash of a deployer's object id; empty means that no such hash is kept.
    registries: hosts other than Azure container registries that may be asked for an image, without credentials.
    mode: whether changes are made at all, after a person's approval, or by the policy alone.
    policy: the file that says what may be changed; None for `policy.json` beside the package.
    subscriptions: whose failures are served, in lower case; empty for all that can be seen.
    """

    cloud: Cloud = "AzureCloud"
    gateway: str | None = None
    client_id: str | None = None
    time_limit: float = 25.0
    hash_key: str = ""
    registries: tuple[str, ...] = _PUBLIC
    mode: RunMode = "observe"
    policy: str | None = None
    subscriptions: tuple[str, ...] = ()

    @property
    def arm(self) -> str:
        """Azure Resource Manager's address in this cloud, without a trailing slash."""
        return _ARM[self.cloud]

    @property
    def authority(self) -> str:
        """The host that signs in."""
        return _AUTHORITY[self.cloud]

    @property
    def portal(self) -> str:
        """Azure's portal in this cloud."""
        return _PORTAL[self.cloud]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the environment. Raises SettingsError naming everything that is wrong with it."""
    wrong: list[str] = []
    cloud = _cloud(environment.get("AZURE_CLOUD", ""), wrong)
    gateway = _gateway(environment, wrong)
    time_limit = _seconds(environment.get("ACIMEDIC_TIME_LIMIT", ""), wrong)
    registries = _registries(environment.get("ACIMEDIC_REGISTRIES", ""), wrong)
    mode = _mode(environment.get("ACIMEDIC_MODE", ""), wrong)
    policy = _policy(environment.get("ACIMEDIC_POLICY", ""), wrong)
    subscriptions = _subscriptions(environment.get("ACIMEDIC_SUBSCRIPTIONS", ""), wrong)
    if wrong:
        raise SettingsError("; ".join(wrong))
    return Settings(
        cloud=cast(Cloud, cloud),
        gateway=gateway,
        client_id=environment.get("AZURE_CLIENT_ID") or None,
        time_limit=time_limit,
        hash_key=environment.get("ACIMEDIC_HASH_KEY", ""),
        registries=registries,
        mode=mode,
        policy=policy,
        subscriptions=subscriptions,
    )


def _cloud(text: str, wrong: list[str]) -> Cloud | None:
    if not text.strip():
        return "AzureCloud"
    cloud = _CLOUDS.get(text.strip().lower())
    if cloud is None:
        wrong.append(f"AZURE_CLOUD is '{text}'; it is one of AzureCloud, AzureUSGovernment, AzureChinaCloud")
    return cloud


def _gateway(environment: Mapping[str, str], wrong: list[str]) -> str | None:
    """The stand-in for the network: loopback only, and never in the cloud."""
    text = environment.get("ACIMEDIC_GATEWAY", "").strip()
    if not text:
        return None
    if environment.get("WEBSITE_SITE_NAME") and environment.get("IDENTITY_ENDPOINT"):
        wrong.append("ACIMEDIC_GATEWAY is refused in the cloud: it stands for a make-believe Azure")
        return None
    try:
        parts = urlsplit(text)
        loopback = _is_loopback(parts.hostname or "")
        well_formed = parts.scheme == "http" and parts.port is not None and parts.path in {"", "/"}
    except ValueError:
        loopback = well_formed = False
    if not (loopback and well_formed) or "@" in text or "?" in text or "#" in text:
        wrong.append("ACIMEDIC_GATEWAY is refused: it must be http://127.0.0.1:PORT (a loopback address and a port)")
        return None
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _registries(text: str, wrong: list[str]) -> tuple[str, ...]:
    """Host names with commas between them; `none` allows none."""
    if not text.strip():
        return _PUBLIC
    if text.strip().lower() == "none":
        return ()
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            wrong.append(f"ACIMEDIC_REGISTRIES holds '{host}'; it is a list of host names, such as docker.io,quay.io")
    return hosts


def _mode(text: str, wrong: list[str]) -> RunMode:
    mode = _MODES.get(text.strip().lower() or "observe")
    if mode is None:
        wrong.append(f"ACIMEDIC_MODE is '{text}'; it is one of {', '.join(_MODES)}")
    return mode or "observe"


def _policy(text: str, wrong: list[str]) -> str | None:
    """A file's name: the policy is part of what was deployed, and never fetched."""
    if _ADDRESS.match(text.strip()):
        wrong.append(f"ACIMEDIC_POLICY is '{text}'; it is the name of a file, not an address")
    return text.strip() or None


def _subscriptions(text: str, wrong: list[str]) -> tuple[str, ...]:
    ids = tuple(item.strip().lower() for item in text.split(",") if item.strip())
    for each in ids:
        if not _SUBSCRIPTION.fullmatch(each):
            wrong.append(f"ACIMEDIC_SUBSCRIPTIONS holds '{each}'; it is a list of subscription ids (GUIDs)")
    return ids


def _seconds(text: str, wrong: list[str]) -> float:
    try:
        seconds = float(text) if text.strip() else 25.0
    except ValueError:
        seconds = -1.0
    if not 1.0 <= seconds <= 600.0:
        wrong.append(f"ACIMEDIC_TIME_LIMIT is '{text}'; it is a number of seconds from 1 to 600")
    return seconds
