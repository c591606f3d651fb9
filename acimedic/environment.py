"""What the settings may say: each reader gives a value, and adds to a list what is wrong (pure)."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from acimedic.model.plan import RunMode
from acimedic.redact import redact

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
_STORAGE = {
    "azureusgovernment": "usgovcloudapi.net",
    "azure_us_government": "usgovcloudapi.net",
    "azurechinacloud": "chinacloudapi.cn",
    "azure_china_cloud": "chinacloudapi.cn",
}
PUBLIC = ("docker.io", "mcr.microsoft.com", "ghcr.io", "quay.io")
_MODES: dict[str, RunMode] = {"observe": "observe", "review": "review", "auto": "auto"}
_SUBSCRIPTION = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A name with a dot whose last label begins with a letter: never an address, `localhost` or a port."""

_LONGEST_SHOWN = 20  # characters
_SHORTEST_KEY = 32  # characters; a key that can be guessed signs for everybody
_UNRESOLVED = "@microsoft.keyvault("


def cloud(text: str, wrong: list[str]) -> Cloud | None:
    """The cloud, by any of the names that Azure's tools use for it."""
    if not text.strip():
        return "AzureCloud"
    cloud = _CLOUDS.get(text.strip().lower())
    if cloud is None:
        wrong.append(f"AZURE_CLOUD is '{_shown(text)}'; it is one of AzureCloud, AzureUSGovernment, AzureChinaCloud")
    return cloud


def gateway(environment: Mapping[str, str], wrong: list[str]) -> str | None:
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


def registries(text: str, wrong: list[str]) -> tuple[str, ...]:
    """Host names with commas between them; `none` allows none."""
    if not text.strip():
        return PUBLIC
    if text.strip().lower() == "none":
        return ()
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            wrong.append(
                f"ACIMEDIC_REGISTRIES holds '{_shown(host)}'; it is a list of host names, such as docker.io,quay.io"
            )
    return hosts


def mode(text: str, wrong: list[str]) -> RunMode:
    """How far changes go; the narrowest where nothing is said."""
    mode = _MODES.get(text.strip().lower() or "observe")
    if mode is None:
        wrong.append(f"ACIMEDIC_MODE is '{_shown(text)}'; it is one of {', '.join(_MODES)}")
    return mode or "observe"


def policy(text: str, wrong: list[str]) -> str | None:
    """A file's name: the policy is part of what was deployed, and never fetched."""
    if _ADDRESS.match(text.strip()):
        wrong.append("ACIMEDIC_POLICY is an address; it is the name of a file")
    return text.strip() or None


def subscriptions(text: str, wrong: list[str]) -> tuple[str, ...]:
    """Subscription ids with commas between them, in lower case."""
    ids = tuple(item.strip().lower() for item in text.split(",") if item.strip())
    for each in ids:
        if not _SUBSCRIPTION.fullmatch(each):
            wrong.append(f"ACIMEDIC_SUBSCRIPTIONS holds '{_shown(each)}'; it is a list of subscription ids (GUIDs)")
    return ids


def seconds(text: str, wrong: list[str]) -> float:
    """The time limit of one diagnosis."""
    try:
        seconds = float(text) if text.strip() else 25.0
    except ValueError:
        seconds = -1.0
    if not 1.0 <= seconds <= 600.0:
        wrong.append(f"ACIMEDIC_TIME_LIMIT is '{_shown(text)}'; it is a number of seconds from 1 to 600")
    return seconds


def whole(environment: Mapping[str, str], name: str, default: int, limits: tuple[int, int], wrong: list[str]) -> int:
    """A whole number within limits, both included."""
    text = environment.get(name, "").strip()
    least, most = limits
    if text and not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        wrong.append(f"{name} is '{_shown(text)}'; it is a whole number from {least} to {most}")
        return default
    return int(text) if text else default


def secret(environment: Mapping[str, str], name: str, wrong: list[str]) -> str:
    """A secret, which no message repeats; a reference to a Key Vault that the platform could not resolve is none."""
    text = environment.get(name, "").strip()
    if text.lower().startswith(_UNRESOLVED):
        wrong.append(f"{name} is a reference to a Key Vault that the platform has not resolved")
        return ""
    return text


def keys(environment: Mapping[str, str], name: str, wrong: list[str]) -> tuple[str, ...]:
    """A key, and behind it the one before, which is still taken while it is being changed."""
    found = (secret(environment, name, wrong), secret(environment, f"{name}_EARLIER", wrong))
    if found[1] and not found[0]:
        wrong.append(f"{name}_EARLIER goes with {name}")
    if any(key and len(key) < _SHORTEST_KEY for key in found):
        wrong.append(f"{name} is too short: a key has at least {_SHORTEST_KEY} characters")
    return tuple(key for key in found if key)


def address(environment: Mapping[str, str], wrong: list[str]) -> str | None:
    """Where people find the pages: ACIMEDIC_URL, else the Function App's own host; https but on this machine."""
    text = environment.get("ACIMEDIC_URL", "").strip().rstrip("/")
    if not text:
        host = environment.get("WEBSITE_HOSTNAME", "").strip().lower()
        return f"https://{host}" if _HOST.fullmatch(host) else None
    try:
        parts = urlsplit(text)
        plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
        good = (parts.scheme == "https" or plain) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not text.isprintable() or re.search(r"[@?#\s\\\"'<>]", text):
        wrong.append("ACIMEDIC_URL is the address of the pages, https://HOST, without a query")
        return None
    return text


def store(environment: Mapping[str, str], gateway: str | None, wrong: list[str]) -> str | None:
    """`ACIMEDIC_STORE`, else the tables of the Function App's own storage account.

    What is made through a gateway stays on this machine: no make-believe enters a store that others believe.
    """
    text = environment.get("ACIMEDIC_STORE", "").strip()
    account = environment.get("AzureWebJobsStorage__accountName", "").strip().lower()
    if not text and _ACCOUNT.fullmatch(account):
        suffix = _STORAGE.get(environment.get("AZURE_CLOUD", "").strip().lower(), "windows.net")
        text = f"https://{account}.table.core.{suffix}"
    if gateway is not None and _ADDRESS.match(text):
        wrong.append("ACIMEDIC_STORE is refused: with ACIMEDIC_GATEWAY set, the store is a file on this machine")
        return None
    return text or None


def _shown(text: str) -> str:
    """A value as a message may repeat it: what is longer than any value would be may be a secret in the wrong place."""
    return text if len(text) <= _LONGEST_SHOWN and redact(text) == text else "(not shown)"
