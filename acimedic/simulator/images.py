"""Image references, and where the world keeps images."""

import re
from dataclasses import dataclass

from .exchange import Json
from .state import State

DOCKER_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "auth.docker.io"}
REPOSITORY = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
TAG = re.compile(r"\w[\w.-]{0,127}")
DIGEST = re.compile(r"[a-z0-9]+:[0-9a-f]{32,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An image reference: registry host, repository, and a tag or a digest."""

    host: str
    repository: str
    tag: str
    digest: str = ""


def read_reference(image: str) -> Reference | None:
    """Read an image reference by the rules of OCI and Docker; nothing where it is none."""
    if "://" in image or image != image.strip():
        return None
    name, _, digest = image.partition("@")
    head, _, tail = name.rpartition("/")
    last, _, tag = tail.partition(":")
    name = f"{head}/{last}" if head else last
    first, _, rest = name.partition("/")
    named = bool(rest) and ("." in first or ":" in first or first == "localhost")
    host, repository = (first.lower(), rest) if named else ("docker.io", name)
    if host in DOCKER_HUB:
        host, repository = "docker.io", repository if "/" in repository else f"library/{repository}"
    valid = (
        REPOSITORY.fullmatch(repository)
        and (not tag or TAG.fullmatch(tag))
        and (not digest or DIGEST.fullmatch(digest))
    )
    if not valid or (":" in tail and not tag) or ("@" in image and not digest):
        return None
    return Reference(host=host, repository=repository, tag=tag or ("" if digest else "latest"), digest=digest)


def registry_at(state: State, host: str) -> Json | None:
    """Give the Azure registry whose login server that is; resource names do not matter (hashed login servers)."""
    wanted = host.lower()
    found: list[Json] = [
        body
        for body in state.section("registries").values()
        if str(body["properties"].get("loginServer", "")).lower() == wanted
    ]
    return found[0] if found else None


def host_at(state: State, host: str) -> Json | None:
    """Give another registry host that exists; all names of Docker Hub are one host."""
    wanted = "docker.io" if host.lower() in DOCKER_HUB else host.lower()
    for name, body in state.section("hosts").items():
        if ("docker.io" if name.lower() in DOCKER_HUB else name.lower()) == wanted:
            return dict(body)
    return None


def find_image(holder: Json, reference: Reference) -> Json | None:
    """Give an image that a registry will hand out by tag or digest; quarantined and locked ones are not handed out."""
    repository = holder.get("x-images", {}).get(reference.repository)
    if repository is None:
        return None
    for name, image in repository.get("tags", {}).items():
        wanted = image.get("digest") == reference.digest if reference.digest else name == reference.tag
        if wanted and not image.get("quarantined") and image.get("readEnabled", True):
            return dict(image)
    return None
