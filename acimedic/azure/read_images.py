"""Reads what registries themselves say. How they are asked is imported when the first of them is asked."""

from acimedic.azure.session import Session
from acimedic.model.image import ImageReference
from acimedic.model.registry import Registry
from acimedic.model.testimony import Testimony


async def enter(session: Session, host: str) -> None:
    """Ask to be let in by a registry; what comes of it is told where an image is asked for."""
    from acimedic.azure import registry_api

    await registry_api.enter(session, host)


async def read_image(
    session: Session, image: ImageReference, registry: Registry | None, platform: tuple[str, str]
) -> Testimony:
    """What a registry says of an image."""
    from acimedic.azure.registry_api import ask

    return await ask(session, image, registry=registry, want_platform=platform)
