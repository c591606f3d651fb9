"""The HTTP API of a registry: manifests, tags, catalogue (OCI distribution specification, and ACR's /acr/v1)."""

import hashlib
import json
import re

from .exchange import Json, Request, Response, registry_error
from .images import Reference, find_image

MANIFEST = re.compile(r"/v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)")
BLOB = re.compile(r"/v2/(?P<name>.+)/blobs/(?P<digest>[^/]+)")
TAGS = re.compile(r"/(?:v2/(?P<name>.+)/tags/list|acr/v1/(?P<own>.+)/_tags)")
ATTRIBUTES = re.compile(r"/acr/v1/(?P<name>.+?)(?:/_manifests)?")
CATALOG = re.compile(r"/(?:v2|acr/v1)/_catalog")
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"


def repository_of(path: str) -> str:
    """Give the repository that a path is about, empty for the catalogue and the root."""
    for pattern in (MANIFEST, BLOB, TAGS, ATTRIBUTES):
        found = pattern.fullmatch(path)
        if found and not CATALOG.fullmatch(path):
            groups = found.groupdict()
            return groups.get("name") or groups.get("own") or ""
    return ""


def answer(holder: Json, request: Request) -> Response:
    """Answer a request that has been let in."""
    path = request.path.rstrip("/") or "/"
    if path == "/v2":
        return Response(body={})
    if CATALOG.fullmatch(path):
        return _paged(request, "repositories", sorted(holder.get("x-images", {})), {})
    found = MANIFEST.fullmatch(path)
    if found:
        return _manifest(holder, request, found["name"], found["reference"])
    found = BLOB.fullmatch(path)
    if found:
        return _config(holder, found["name"], found["digest"])
    name = repository_of(path)
    repository = holder.get("x-images", {}).get(name)
    if repository is None:
        return registry_error(404, "NAME_UNKNOWN", "repository name not known to registry")
    if not TAGS.fullmatch(path):
        return Response(body=_attributes(request, name, repository))
    if path.startswith("/v2/"):
        return _paged(request, "tags", sorted(repository["tags"]), {"name": name})
    tags = [_tag(tag, image) for tag, image in sorted(repository["tags"].items())]
    return _paged(request, "tags", tags, {"registry": request.host, "imageName": name})


def manifest_of(image: Json) -> Json:
    """Give the manifest of an image: one per platform behind an index, or the only one."""
    kind, platforms = image.get("mediaType", DOCKER), image.get("platforms", ["linux/amd64"])
    if kind in (DOCKER_LIST, OCI_INDEX):
        entries = [_entry(image, platform) for platform in platforms]
        return {"schemaVersion": 2, "mediaType": kind, "manifests": entries}
    config = _config_bytes(image)
    size = int(image.get("size", 25_000_000))
    layer = {
        "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "size": size,
        "digest": _digest(str(size).encode()),
    }
    held = {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": len(config),
        "digest": _digest(config),
    }
    return {"schemaVersion": 2, "mediaType": kind, "config": held, "layers": [layer]}


def _manifest(holder: Json, request: Request, name: str, wanted: str) -> Response:
    by_digest = ":" in wanted
    reference = Reference(host="", repository=name, tag="" if by_digest else wanted, digest=wanted if by_digest else "")
    image = find_image(holder, reference)
    if image is None:
        if name not in holder.get("x-images", {}):
            return registry_error(404, "NAME_UNKNOWN", "repository name not known to registry")
        by = "sha" if by_digest else "tagged by"
        return registry_error(404, "MANIFEST_UNKNOWN", f'manifest {by} "{wanted}" is not found')
    kind = image.get("mediaType", DOCKER)
    accepted = str(request.headers.get("accept", "*/*"))
    if kind not in accepted and "*/*" not in accepted:
        return registry_error(404, "MANIFEST_UNKNOWN", f"{kind} found, but accept header does not support it")
    body = json.dumps(manifest_of(image)).encode()
    headers = {"Content-Type": kind, "Docker-Content-Digest": image.get("digest") or _digest(body)}
    return Response(body=body, headers=headers)


def _config(holder: Json, name: str, digest: str) -> Response:
    for image in holder.get("x-images", {}).get(name, {}).get("tags", {}).values():
        if _digest(_config_bytes(image)) == digest:
            headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}
            return Response(body=_config_bytes(image), headers=headers)
    return registry_error(404, "BLOB_UNKNOWN", "blob unknown to registry")


def _config_bytes(image: Json) -> bytes:
    system, _, machine = image.get("platforms", ["linux/amd64"])[0].partition("/")
    config = {
        "architecture": machine.split("/")[0],
        "os": system,
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    if "osVersion" in image:
        config["os.version"] = image["osVersion"]
    return json.dumps(config).encode()


def _entry(image: Json, platform: str) -> Json:
    system, _, machine = platform.partition("/")
    architecture, _, variant = machine.partition("/")
    described = {"architecture": architecture, "os": system} | ({"variant": variant} if variant else {})
    if "osVersion" in image:
        described["os.version"] = image["osVersion"]
    kind = DOCKER if image["mediaType"] == DOCKER_LIST else "application/vnd.oci.image.manifest.v1+json"
    digest = _digest(f"{image.get('digest')}/{platform}".encode())
    return {"mediaType": kind, "size": 1570, "digest": digest, "platform": described}


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _tag(name: str, image: Json) -> Json:
    readable = image.get("readEnabled", True)
    changeable = {"deleteEnabled": True, "writeEnabled": True, "readEnabled": readable, "listEnabled": True}
    when = image.get("createdTime", "2026-11-02T09:14:31.2042117Z")
    stamps = {"createdTime": when, "lastUpdateTime": when}
    return {
        "name": name,
        "digest": image.get("digest", ""),
        **stamps,
        "signed": False,
        "changeableAttributes": changeable,
    }


def _attributes(request: Request, name: str, repository: Json) -> Json:
    changeable = {"deleteEnabled": True, "writeEnabled": True, "readEnabled": True, "listEnabled": True}
    count = len(repository["tags"])
    shown = {"registry": request.host, "imageName": name, "manifestCount": count, "tagCount": count}
    return {**shown, "changeableAttributes": changeable}


def _paged(request: Request, name: str, items: list[Json] | list[str], rest: Json) -> Response:
    """Cut a list at ``n`` and say in a Link header where it goes on (distribution specification, pagination)."""
    keys = [item if isinstance(item, str) else str(item["name"]) for item in items]
    last, count = request.parameter("last"), request.parameter("n")
    start = next((place for place, key in enumerate(keys) if key > last), len(keys)) if last else 0
    end = start + int(count) if count else len(keys)
    headers = {"Link": f'<{request.path}?last={keys[end - 1]}&n={count}>; rel="next"'} if end < len(keys) else {}
    return Response(body={**rest, name: items[start:end]}, headers=headers)
