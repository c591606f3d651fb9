"""Which addresses may be asked, and which of them may see a credential.

Every host comes from somebody: a login server from Resource Manager, another registry from our list, a
realm and a redirect from an answer. The last two are where a token could be lured away or a request turned
inwards (https://cwe.mitre.org/data/definitions/918.html), so nothing of them is taken on trust.
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from acimedic.azure.resolving import Reach
from acimedic.image import registry_host
from acimedic.model.image import ImageReference
from acimedic.model.registry import Registry

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_INWARD = {
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "test",
}
_ODD = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")
_AZURE_DATA = re.compile(
    rf"{_LABEL}\.{_LABEL}\.data\.azurecr\.(?:io|us|cn)|{_LABEL}\.blob\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A registry that may be asked. host: where it answers; realm: the only host that may make its tokens."""

    host: str
    realm: str
    azure: Registry | None = None


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Why a registry is not asked. invisible: it is an Azure registry's login server that we cannot read."""

    reason: str
    invisible: bool = False


def whom_to_ask(image: ImageReference, registry: Registry | None, allowed: tuple[str, ...]) -> Asked | NotAsked:
    """Where to ask for an image, if anywhere.

    Our token goes only to a login server that Resource Manager has named, compared whole. Docker Hub answers at
    another name than images are written with (https://docs.docker.com/reference/api/registry/latest/).
    """
    host = image.host.name
    if image.host.port not in {None, 443}:
        return NotAsked(f"not asked: {image.host} is not at the port of https")
    if not is_public_name(host):
        return NotAsked(f"not asked: {host} is not a public host name")
    if registry is not None:
        login = registry_host(registry.login_server)
        if registry.login_server.lower() != host or login.acr_endpoint != "login":
            return NotAsked(f"not asked: {host} is not the login server of registry {registry.name}")
        return Asked(host=host, realm=host, azure=registry)
    if image.is_acr:
        return NotAsked(
            f"not asked: no registry that we may read has the login server {host}",
            invisible=image.host.acr_endpoint == "login",
        )
    if not any(registry_host(each).same_as(image.host) for each in allowed):
        return NotAsked(f"not asked: {host} is not among the registries that may be asked (ACIMEDIC_REGISTRIES)")
    if image.is_docker_hub:
        return Asked(host="registry-1.docker.io", realm="auth.docker.io")
    return Asked(host=host, realm=host)


def is_public_name(host: str) -> bool:
    """Whether this is a DNS name that could be public: no address in any notation, nothing reserved for the inside."""
    return _NAME.fullmatch(host) is not None and host.rsplit(".", 1)[-1] not in _INWARD


def at_realm(realm: str, host: str) -> str | None:
    """Path and query of a token realm, or None unless it is https at exactly this host."""
    try:
        parts = urlsplit(realm)
    except ValueError:
        return None
    if _ODD.search(realm) or parts.scheme != "https" or parts.netloc.lower() != host or parts.fragment:
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def storage_place(base: str, location: str) -> tuple[str, str] | None:
    """Host and address of a redirect from `base` to a blob, or None if it may not be followed.

    It must be https without a port or a user, at a public name.
    """
    try:
        address = urljoin(base, location)
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.netloc.lower()
    if _ODD.search(address) or parts.scheme != "https" or not is_public_name(host):
        return None
    return host, address


def reach_of(host: str) -> Reach:
    """Where a name may lead. An Azure registry, and its data, may have an address of the virtual network.

    A private endpoint gives it (https://learn.microsoft.com/azure/container-registry/container-registry-private-link).
    """
    azure = registry_host(host).acr_endpoint is not None or _AZURE_DATA.fullmatch(host)
    return "network" if azure else "public"
