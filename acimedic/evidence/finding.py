"""Finds a registry by its login server, wherever we may see it.

Not seeing it proves nothing, so the answer is then a Gap and never Absent. A host name is not cut to get at
a name: hashed login servers (`name-hash.azurecr.io`) exist.
"""

import asyncio
from dataclasses import dataclass

from acimedic.azure.port import Reader
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Registry, RegistryPlace, RegistryPlaces
from acimedic.model.resource_id import ResourceId

_MOST_SUBSCRIPTIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of registries before it is known which one is meant.

    home: those of the group's subscription, which is None, with no registries, where it is not known where the group is
    to be. places: where all are, as soon as that is known; None where nobody has asked.
    """

    home: Reading[tuple[Registry, ...]]
    subscription: str | None
    places: "asyncio.Future[Reading[RegistryPlaces]] | None" = None

    async def names(self, host: str) -> bool:
        """Whether Azure names this login server."""
        return _among(self.home, host) is not None or await self.place(host) is not None

    async def place(self, host: str) -> RegistryPlace | None:
        """Where the registry with this login server is, as far as was told of all."""
        told = None if self.places is None else await self.places
        return told.with_login_server(host) if isinstance(told, RegistryPlaces) else None


async def registry_of(reader: Reader, host: str, seen: Seen) -> Reading[Registry | Absent]:
    """The registry with this login server: in the group's subscription, else by Resource Graph, else one by one."""
    listed = _among(seen.home, host)
    if listed is not None:
        return listed
    place = await _place(reader, host, seen)
    if place is not None:
        found = await reader.registry(place)
        if isinstance(found, Gap) or (isinstance(found, Registry) and found.login_server == host):
            return found
    return await _one_by_one(reader, host, seen)


async def _place(reader: Reader, host: str, seen: Seen) -> ResourceId | None:
    known = await seen.place(host)
    if known is not None:
        return known.id
    told = None if seen.places is None else await seen.places
    if isinstance(told, Gap) or (told is not None and told.whole):
        return None
    ids = await reader.find_registries((host,))
    return None if isinstance(ids, Gap) or not ids else ids[0]


async def _one_by_one(reader: Reader, host: str, seen: Seen) -> Reading[Registry | Absent]:
    subscriptions = await reader.subscriptions()
    if isinstance(subscriptions, Gap):
        return _invisible(host, f"the subscriptions could not be listed: {subscriptions.reason}")
    at_home = (seen.subscription or "").lower()
    others = [item for item in subscriptions if item.lower() != at_home][:_MOST_SUBSCRIPTIONS]
    listings = await asyncio.gather(*(reader.registries(item) for item in others))
    for listing in listings:
        listed = _among(listing, host)
        if listed is not None:
            return listed
    refused = [listing for listing in [seen.home, *listings] if isinstance(listing, Gap)]
    if refused:
        return _invisible(host, refused[0].reason)
    looked = len(others) + (1 if seen.subscription else 0)
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
