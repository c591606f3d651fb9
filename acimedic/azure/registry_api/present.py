"""An image that is there: its manifest, and what one more request tells of its platform or size."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from acimedic.azure.registry_api.desk import Desk
from acimedic.azure.registry_api.line import Answer, NoSuchHostError, NotLetInError, UnansweredError
from acimedic.manifest import NoManifest, ParsedManifest, read_config, read_manifest
from acimedic.model.testimony import Manifest, Platform

T = TypeVar("T")

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_DETAIL_SECONDS = 4


async def described(desk: Desk, answer: Answer, want_platform: tuple[str, str], source: str) -> Manifest:
    """What a manifest tells. Raises UnansweredError if it is none.

    An index names its platforms but not their sizes; an image its size but not its platform, which stands in its
    configuration. Either is fetched if it can be had, and the manifest counts without it.
    """
    parsed = read_manifest(answer.body, answer.headers.get("content-type"))
    if isinstance(parsed, NoManifest):
        raise UnansweredError(f"the answer was not understood: {parsed.reason}")
    found = Manifest(
        digest=_digest(answer),
        media_type=parsed.media_type,
        index=parsed.form == "index",
        platforms=parsed.platforms,
        attestations=parsed.attestations,
        artifact=parsed.artifact,
        size=parsed.size,
        source=source,
    )
    if parsed.form == "index":
        return replace(found, size=await _if_it_can_be_had(_size_for(desk, parsed, want_platform)))
    platform = await _if_it_can_be_had(_platform_of(desk, parsed))
    return found if platform is None else replace(found, platforms=(platform,))


async def _size_for(desk: Desk, index: ParsedManifest, want_platform: tuple[str, str]) -> int | None:
    """The size of the image for one platform. An index inside an index is not followed."""
    part = index.part_for(want_platform)
    if part is None:
        return None
    answer = await desk.manifest(part.digest)
    parsed = read_manifest(answer.body, answer.headers.get("content-type")) if answer.status == 200 else None
    return parsed.size if isinstance(parsed, ParsedManifest) else None


async def _platform_of(desk: Desk, image: ParsedManifest) -> Platform | None:
    blob = None if image.config is None else await desk.blob(image.config.digest)
    return read_config(blob.body) if blob is not None and blob.status == 200 else None


async def _if_it_can_be_had(wanted: Awaitable[T | None]) -> T | None:
    try:
        async with asyncio.timeout(_DETAIL_SECONDS):
            return await wanted
    except (TimeoutError, NoSuchHostError, NotLetInError, UnansweredError):
        return None


def _digest(answer: Answer) -> str:
    """As the registry states it. Nothing is run from the body, so whether it bears that out is no concern of ours."""
    stated = answer.headers.get("docker-content-digest", "")
    return stated if _DIGEST.fullmatch(stated) else f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
