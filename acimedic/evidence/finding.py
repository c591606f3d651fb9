"""Finds a registry by its login server, wherever we may see it.

Not seeing it proves nothing, so the answer is then a Gap and never Absent. A host name is not cut to get at
a name: hashed login servers (`name-hash.azurecr.io`) exist.
"""

import asyncio

from acimedic.azure.reader import Reader
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Registry

_MOST_SUBSCRIPTIONS = 50


async def registry_of(
    reader: Reader, host: str, home: Reading[tuple[Registry, ...]], home_subscription: str | None
) -> Reading[Registry | Absent]:
    """The registry with this login server: in the group's subscription, else by Resource Graph, else one by one.

    home_subscription: None, with no registries at home, where it is not known where the group is to be.
    """
    listed = _among(home, host)
    if listed is not None:
        return listed
    ids = await reader.find_registries((host,))
    if not isinstance(ids, Gap) and ids:
        found = await reader.registry(ids[0])
        if isinstance(found, Gap) or (isinstance(found, Registry) and found.login_server == host):
            return found
    return await _one_by_one(reader, host, home, home_subscription)


async def _one_by_one(
    reader: Reader, host: str, home: Reading[tuple[Registry, ...]], home_subscription: str | None
) -> Reading[Registry | Absent]:
    subscriptions = await reader.subscriptions()
    if isinstance(subscriptions, Gap):
        return _invisible(host, f"the subscriptions could not be listed: {subscriptions.reason}")
    at_home = (home_subscription or "").lower()
    others = [item for item in subscriptions if item.lower() != at_home][:_MOST_SUBSCRIPTIONS]
    listings = await asyncio.gather(*(reader.registries(item) for item in others))
    for listing in listings:
        listed = _among(listing, host)
        if listed is not None:
            return listed
    refused = [listing for listing in [home, *listings] if isinstance(listing, Gap)]
    if refused:
        return _invisible(host, refused[0].reason)
    looked = len(others) + (1 if home_subscription else 0)
    return _invisible(host, f"it is in none of the {looked} subscriptions that we may see")


def _among(listing: Reading[tuple[Registry, ...]], host: str) -> Registry | None:
    items = () if isinstance(listing, Gap) else listing
    return next((item for item in items if item.login_server == host), None)


def _invisible(host: str, reason: str) -> Gap:
    return Gap(
        reading=f"registry {host}",
        reason=reason,
        permission="Microsoft.ContainerRegistry/registries/read",
        scope="the registry's subscription",
    )
