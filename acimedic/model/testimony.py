"""What a registry itself says of an image.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.reading import Absent, Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What an image runs on. os_version: of Windows images, such as `10.0.17763.5458`."""

    os: str
    architecture: str
    os_version: str | None = None

    def __str__(self) -> str:
        return f"{self.os}/{self.architecture}" + (f" ({self.os_version})" if self.os_version else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The image is there.

    media_type: as the registry states it. index: it lists several platforms. platforms: empty where the
    manifest and its configuration do not say. attestations: an index that holds attestation manifests.
    artifact: neither a Docker nor an OCI image (oras, Helm, …), or one without an image configuration.
    size: of all compressed layers of the platform that Container Instances would take, in bytes.
    """

    digest: str | None
    media_type: str
    index: bool
    platforms: tuple[Platform, ...]
    attestations: bool
    artifact: bool
    size: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThere:
    """The registry was asked with the right to see it, and says that it has no such thing.

    nearest: the tags (or, where the repository is missing, repositories) most like it.
    newest: the tags pushed last, where the registry tells and none is like it.
    """

    what: Literal["repository", "tag", "digest"]
    nearest: tuple[str, ...]
    source: str
    newest: tuple[str, ...] = ()


Testimony: TypeAlias = Manifest | NotThere | Absent | Gap
"""`Absent`: the registry's host does not exist. `Gap`: it was not asked, or would not say."""
