"""Image manifests, read from bytes that a registry sent (pure).

Nothing in them is trusted: the form is told from what the manifest holds, the stated media type only
names it, and everything is bounded. Sources:
https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md and config.md;
https://distribution.github.io/distribution/spec/manifest-v2-2/ and /spec/deprecated-schema-v1/;
https://docs.docker.com/build/metadata/attestations/attestation-storage/.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from acimedic.model.testimony import Platform

__all__ = ["ACCEPT", "LARGEST", "NoManifest", "ParsedManifest", "Part", "read_config", "read_manifest"]

Form: TypeAlias = Literal["image", "index", "schema1", "artifact"]
Json: TypeAlias = dict[str, Any]

LARGEST = 4 * 1024 * 1024
"""Bytes of a manifest that registries must take (distribution specification), and the most that is read."""

_MOST_PARTS = 2000
_MOST_BYTES = 2**60
_DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
_DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
_OCI = "application/vnd.oci.image.manifest.v1+json"
_OCI_INDEX = "application/vnd.oci.image.index.v1+json"
_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
_UNSIGNED = "application/vnd.docker.distribution.manifest.v1+json"
_ORAS = "application/vnd.cncf.oras.artifact.manifest.v1+json"
_OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"

ACCEPT = ", ".join((_DOCKER, _DOCKER_LIST, _OCI, _OCI_INDEX, _SIGNED, _UNSIGNED, _ORAS, _OCI_ARTIFACT, "*/*"))
"""Every form that can be read. A registry converts or hides a form that is not accepted."""

_TYPES: dict[Form, tuple[str, ...]] = {
    "image": (_DOCKER, _OCI),
    "index": (_DOCKER_LIST, _OCI_INDEX),
    "schema1": (_UNSIGNED, _SIGNED),
    "artifact": (_OCI_ARTIFACT, _ORAS),
}
"""The last of each is assumed where none is stated: OCI does not demand a media type, Docker does."""

_IMAGE_CONFIGS = {
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.oci.image.config.v1+json",
    "application/octet-stream",  # what Docker wrote before it had a type of its own
}
_ATTESTATION = "vnd.docker.reference.type"
_ARCHITECTURES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_WORD = re.compile(r"[A-Za-z0-9][\x20-\x7e]{0,199}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a manifest points at: the manifest of one platform, or an image's configuration."""

    digest: str
    media_type: str | None
    platform: Platform | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedManifest:
    """A manifest, whatever its form.

    media_type: as stated, where what it holds bears that out. platforms: of an index and of schema 1; an
    image's are in its configuration. size: of all compressed layers. config: where the image's
    configuration is. parts: the images of an index, without attestations.
    """

    form: Form
    media_type: str
    platforms: tuple[Platform, ...] = ()
    attestations: bool = False
    artifact: bool = False
    size: int | None = None
    config: Part | None = None
    parts: tuple[Part, ...] = ()

    def part_for(self, platform: tuple[str, str]) -> Part | None:
        """The image of an index that a host of this operating system and architecture would take."""
        for part in self.parts:
            if part.platform is not None and (part.platform.os, part.platform.architecture) == platform:
                return part
        return None


@dataclass(frozen=True, slots=True)
class NoManifest:
    """Bytes that are no manifest, and why."""

    reason: str


def read_manifest(body: bytes, content_type: str | None) -> ParsedManifest | NoManifest:
    """The manifest in an answer's body. Never raises, whatever the bytes."""
    held = _object(body)
    if isinstance(held, NoManifest):
        return held
    stated = [(content_type or "").split(";", 1)[0].strip().lower(), held.get("mediaType")]
    if isinstance(held.get("manifests"), list):
        return _index(held, stated)
    if isinstance(held.get("fsLayers"), list):
        return _schema1(held, stated)
    if isinstance(held.get("layers"), list) or isinstance(held.get("config"), dict):
        return _image(held, stated)
    if isinstance(held.get("blobs"), list) or _word(held.get("artifactType")):
        return ParsedManifest(form="artifact", media_type=_type("artifact", stated), artifact=True)
    return NoManifest("the answer is JSON but no manifest")


def read_config(body: bytes) -> Platform | None:
    """The platform that an image's configuration names, if it does. Never raises."""
    held = _object(body)
    return None if isinstance(held, NoManifest) else _platform(held)


def _object(body: bytes) -> Json | NoManifest:
    if len(body) > LARGEST:
        return NoManifest(f"the answer is larger than {LARGEST} bytes")
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        return NoManifest("the answer is not JSON")
    return held if isinstance(held, dict) else NoManifest("the answer is JSON but no manifest")


def _index(held: Json, stated: list[object]) -> ParsedManifest | NoManifest:
    entries = [entry for entry in held["manifests"] if isinstance(entry, dict)]
    if len(entries) > _MOST_PARTS:
        return NoManifest(f"the index lists more than {_MOST_PARTS} manifests")
    if len(entries) < len(held["manifests"]) or not all(_is_entry(entry) for entry in entries):
        return NoManifest("an entry of the index is of another shape")
    images = [entry for entry in entries if not _is_attestation(entry)]
    parts = tuple(part for entry in images if (part := _part(entry)) is not None)
    platforms = (_platform(entry.get("platform")) for entry in images)
    return ParsedManifest(
        form="index",
        media_type=_type("index", stated),
        platforms=tuple(dict.fromkeys(platform for platform in platforms if platform is not None)),
        attestations=len(images) < len(entries),
        artifact=_word(held.get("artifactType")) is not None,
        parts=parts,
    )


def _image(held: Json, stated: list[object]) -> ParsedManifest | NoManifest:
    layers = held.get("layers")
    if isinstance(layers, list) and len(layers) > _MOST_PARTS:
        return NoManifest(f"the manifest lists more than {_MOST_PARTS} layers")
    config = _part(held.get("config"))
    is_image = config is not None and (config.media_type is None or config.media_type in _IMAGE_CONFIGS)
    return ParsedManifest(
        form="image",
        media_type=_type("image", stated),
        artifact=not is_image,
        size=_size(layers),
        config=config if is_image else None,
    )


def _schema1(held: Json, stated: list[object]) -> ParsedManifest:
    """Layers without sizes; the operating system stands in the newest layer's history, JSON in a string."""
    history = held.get("history")
    newest = history[0] if isinstance(history, list) and history else None
    text = newest.get("v1Compatibility") if isinstance(newest, dict) else None
    told = _object(text.encode("utf-8", "replace")) if isinstance(text, str) else {}
    described = {} if isinstance(told, NoManifest) else told
    platform = _platform({"architecture": held.get("architecture"), **described})
    return ParsedManifest(
        form="schema1", media_type=_type("schema1", stated), platforms=() if platform is None else (platform,)
    )


def _type(form: Form, stated: list[object]) -> str:
    """The media type as stated, unless what the manifest holds gives it the lie."""
    known = _TYPES[form]
    return next((text for text in stated if isinstance(text, str) and text in known), known[-1])


def _part(entry: object) -> Part | None:
    digest = entry.get("digest") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        return None
    return Part(digest=digest, media_type=_word(entry.get("mediaType")), platform=_platform(entry.get("platform")))


def _is_entry(entry: Json) -> bool:
    """Whether it can be seen what an entry is: an image, or an attestation."""
    return isinstance(entry.get("annotations") or {}, dict) and isinstance(entry.get("platform", {}), dict)


def _is_attestation(entry: Json) -> bool:
    """BuildKit lists its attestations as images of platform unknown/unknown, marked by an annotation."""
    notes, platform = entry.get("annotations"), entry.get("platform")
    marked = isinstance(notes, dict) and notes.get(_ATTESTATION) == "attestation-manifest"
    unknown = isinstance(platform, dict) and platform.get("os") == platform.get("architecture") == "unknown"
    return marked or unknown


def _platform(held: object) -> Platform | None:
    if not isinstance(held, dict):
        return None
    system, machine = _word(held.get("os")), _word(held.get("architecture"))
    if system is None or machine is None:
        return None
    machine = machine.lower()
    return Platform(
        os=system.lower(),
        architecture=_ARCHITECTURES.get(machine, machine),
        os_version=_word(held.get("os.version")),
    )


def _size(layers: object) -> int | None:
    """The sum of all layers, or None where one of them does not say."""
    if not isinstance(layers, list):
        return None
    sizes = [layer.get("size") if isinstance(layer, dict) else None for layer in layers]
    told = [size for size in sizes if type(size) is int and 0 <= size < _MOST_BYTES]
    return sum(told) if len(told) == len(sizes) else None


def _word(value: object) -> str | None:
    """A short printable text; anything else is as good as absent."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None
