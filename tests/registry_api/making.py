"""What a test of the registry's testimony starts from: a registry, manifests, and the asking."""

import asyncio
import hashlib
import json
from dataclasses import replace
from typing import Any

from acimedic.azure.registry_api import ask
from acimedic.azure.session import Session
from acimedic.image import parse_image
from acimedic.model.image import ImageReference
from acimedic.model.reading import Gap
from acimedic.model.registry import Registry
from acimedic.model.testimony import Testimony
from acimedic.settings import read_settings

from .town import ACR, Town

Json = dict[str, Any]

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
LINUX = ("linux", "amd64")
IMAGE = f"{ACR}/app/web:1.4.2"

REGISTRY = Registry(
    id="/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contoso",
    name="contoso",
    login_server=ACR,
    sku="Premium",
    location="westeurope",
    mode="legacy",
    public_access="Enabled",
    default_action="Allow",
    ip_rules=(),
    bypass="AzureServices",
    admin_enabled=False,
    anonymous_pull=False,
    private_endpoints=(),
    arm_tokens="enabled",
    quarantine="disabled",
    encryption="disabled",
    provisioning_state="Succeeded",
    status=None,
    tags=(),
    source="GET contoso",
)


def digest(number: int) -> str:
    return f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}"


CONFIG_DIGEST = digest(1)
CONFIG = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []}}


def image_manifest(*sizes: int, config_type: str = DOCKER_CONFIG, **more: object) -> Json:
    return {
        "schemaVersion": 2,
        "mediaType": DOCKER,
        "config": {"mediaType": config_type, "size": 7, "digest": CONFIG_DIGEST},
        "layers": [{"mediaType": "layer", "size": size, "digest": digest(size)} for size in sizes],
        **more,
    }


def index(*entries: Json, **more: object) -> Json:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(entries), **more}


def entry(number: int, system: str, machine: str, **more: object) -> Json:
    platform = {"os": system, "architecture": machine}
    return {"mediaType": OCI, "size": 500, "digest": digest(number), "platform": platform, **more}


ATTESTATION = entry(99, "unknown", "unknown", annotations={"vnd.docker.reference.type": "attestation-manifest"})


def dumped(held: object) -> bytes:
    return json.dumps(held).encode()


def image(text: str) -> ImageReference:
    found = parse_image(text)
    assert isinstance(found, ImageReference)
    return found


def asked(
    town: Town,
    text: str | ImageReference = IMAGE,
    *,
    registry: Registry | None = REGISTRY,
    want: tuple[str, str] = LINUX,
    allowed: tuple[str, ...] | None = None,
    seconds: float = 30.0,
) -> Testimony:
    """What the town's registries say of an image."""

    async def run() -> Testimony:
        settings = read_settings({"ACIMEDIC_GATEWAY": town.url})
        if allowed is not None:
            settings = replace(settings, registries=allowed)
        async with Session(settings) as session:
            reference = text if isinstance(text, ImageReference) else image(text)
            return await ask(session, reference, registry=registry, want_platform=want, seconds=seconds)

    return asyncio.run(run())


def reason(testimony: Testimony) -> str:
    assert isinstance(testimony, Gap), testimony
    return testimony.reason
