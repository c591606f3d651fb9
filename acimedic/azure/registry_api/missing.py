"""An image that a registry does not show: is it not there, or does the registry not say?"""

import asyncio

from acimedic.azure.registry_api.desk import Desk
from acimedic.azure.registry_api.hosts import Asked
from acimedic.azure.registry_api.inventory import Inventory, repositories_like, tags_like
from acimedic.azure.registry_api.line import Answer, NotLetInError, UnansweredError
from acimedic.model.image import ImageReference
from acimedic.model.testimony import NotThere

_LIST_SECONDS = 5
_PLAIN = {"mcr.microsoft.com", "quay.io"}
"""Registries whose 404 means what it says: others hide private repositories behind it."""


async def missing(desk: Desk, image: ImageReference, whom: Asked, answer: Answer, source: str) -> NotThere:
    """What a 404 proves. Raises NotLetInError or UnansweredError if it proves nothing.

    Only the registry's own error codes count, and only where we were let in. Under a quarantine policy, images that
    have not been released are hidden from readers: "manifest unknown"
    (https://github.com/Azure/acr/blob/main/docs/preview/quarantine/readme.md).
    """
    believed = whom.azure is not None or whom.host in _PLAIN
    if answer.code not in {"MANIFEST_UNKNOWN", "NAME_UNKNOWN"} or "accept header" in answer.words:
        raise UnansweredError(answer.words)
    if whom.azure is not None and (whom.azure.quarantine or "").lower() == "enabled":
        raise UnansweredError(f"{answer.words}; the quarantine policy hides images that are there")
    if whom.azure is not None and await desk.may_not_pull():
        raise NotLetInError(f"{answer.words}; the token does not grant the pull")
    told = f"{source}: {answer.status} {answer.code}"
    found = None if answer.code == "NAME_UNKNOWN" else await _tags(desk, image, whom, believed=believed)
    if found is not None:
        return NotThere(
            what="digest" if image.digest else "tag", nearest=found.nearest, newest=found.newest, source=told
        )
    if not believed:
        raise NotLetInError(answer.words)
    return NotThere(what="repository", nearest=(await _repositories(desk, whom)).nearest, source=told)


async def _tags(desk: Desk, image: ImageReference, whom: Asked, *, believed: bool) -> Inventory | None:
    """What tags there are instead; None if there is no such repository.

    Where the list cannot be read, a registry whose 404 means what it says is believed without it.
    """
    wanted = image.tag if image.digest else image.version
    try:
        async with asyncio.timeout(_LIST_SECONDS):
            return await tags_like(desk, wanted, azure=whom.azure is not None)
    except (NotLetInError, UnansweredError, TimeoutError):
        if believed:
            return Inventory()
        raise


async def _repositories(desk: Desk, whom: Asked) -> Inventory:
    if whom.azure is None:
        return Inventory()
    try:
        async with asyncio.timeout(_LIST_SECONDS):
            return await repositories_like(desk)
    except (NotLetInError, UnansweredError, TimeoutError):
        return Inventory()
