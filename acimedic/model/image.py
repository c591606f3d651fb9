"""An image as a container names it: which registry, which repository, which tag or digest."""

from dataclasses import dataclass

__all__ = [
    "DOCKER_HUB",
    "ImageReference",
    "Malformed",
    "RegistryHost",
    "ServerFault",
]

DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
"""Names of one registry. The documentation says `docker.io`, the service's own errors say `index.docker.io`."""

_ACR_CLOUDS = {"azurecr.io": "AzureCloud", "azurecr.us": "AzureUSGovernment", "azurecr.cn": "AzureChinaCloud"}
_ACR_ENDPOINTS = {"data": "data", "geo": "regional", "privatelink": "private-link"}


@dataclass(frozen=True, slots=True)
class RegistryHost:
    """A registry's host, lower-case and without a port, and what the name alone tells about it."""

    name: str
    port: int | None = None

    @property
    def is_docker_hub(self) -> bool:
        """Whether this is Docker Hub under one of its names."""
        return self.name in DOCKER_HUB

    @property
    def acr_endpoint(self) -> str | None:
        """Which endpoint of an Azure container registry this is, by whole labels: `login` (`name.azurecr.io`),
        `data` (`name.region.data.azurecr.io`), `regional` (`name.region.geo.azurecr.io`), `private-link`, or none.

        https://learn.microsoft.com/azure/container-registry/container-registry-endpoint-reference
        """
        labels = self.name.split(".")
        if ".".join(labels[-2:]) not in _ACR_CLOUDS or len(labels) < 3 or not all(labels):
            return None
        return "login" if len(labels) == 3 else _ACR_ENDPOINTS.get(labels[-3])

    @property
    def is_acr(self) -> bool:
        """Whether this is an Azure container registry, whichever of its endpoints."""
        return self.acr_endpoint is not None

    @property
    def cloud(self) -> str | None:
        """The Azure cloud that an Azure container registry of this name lives in."""
        return _ACR_CLOUDS[".".join(self.name.split(".")[-2:])] if self.is_acr else None

    def same_as(self, other: "RegistryHost") -> bool:
        """Whether both names reach one registry: case apart, Docker Hub's aliases as one, 443 as the silent port."""
        if self.is_docker_hub and other.is_docker_hub:
            return True
        return (self.name, self.port or 443) == (other.name, other.port or 443)

    def __str__(self) -> str:
        return self.name if self.port is None else f"{self.name}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReference:
    """`registry/repository:tag@digest`, with what a registry client fills in where it is left out.

    https://github.com/distribution/reference
    """

    text: str
    """As written."""
    registry: str
    """As written, with its port; `docker.io` where none is written."""
    host: RegistryHost
    repository: str
    """As the registry knows it: official images of Docker Hub under `library/`."""
    tag: str | None
    digest: str | None
    host_implied: bool
    """No host was written, so Docker Hub is asked."""

    @property
    def name(self) -> str:
        """The repository, without tag or digest."""
        return self.repository

    @property
    def port(self) -> int | None:
        """The registry's port, where one is written."""
        return self.host.port

    @property
    def is_docker_hub(self) -> bool:
        """Whether Docker Hub is asked for this image."""
        return self.host.is_docker_hub

    @property
    def is_acr(self) -> bool:
        """Whether an Azure container registry is asked for this image."""
        return self.host.is_acr

    @property
    def version(self) -> str:
        """What is asked of the registry: the digest, else the tag, else `latest`."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A text that names no image a registry could be asked for."""

    kind: str
    """`empty`, `masked`, `variable`, `expression`, `whitespace`, `scheme`, `upper-case`, `blank-tag`, `tag`, `digest`,
    `host`, `character` or `too-long`."""
    reason: str
    """One sentence that says what is wrong."""
    text: str
    masked: bool = False
    """A person has hidden the name (`<image>`, `***`): a fault where Azure said it, not where a text was pasted."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFault:
    """Why a credential's `server` is no host name, and the host that was probably meant."""

    kind: str
    """`empty`, `masked`, `variable`, `expression`, `whitespace`, `scheme`, `path`, `trailing-slash`, `port` or
    `character`."""
    reason: str
    server: str
    host: str | None
    masked: bool = False
