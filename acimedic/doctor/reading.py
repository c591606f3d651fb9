"""What the doctor asks Azure: the caller's own rights, a registry's mode, who delivers events, and what time it is.

All of it goes through the reader's pipeline, which cannot change anything.
Sources: https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group
https://learn.microsoft.com/rest/api/eventgrid/controlplane/system-topic-event-subscriptions/list-by-system-topic
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from azure.core.rest import HttpRequest
from azure.mgmt.core import AsyncARMPipelineClient

from acimedic.azure.attempt import attempt
from acimedic.azure.paging import EndlessListError
from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.azure.shapes import due, mapping, page_of, properties_of, text
from acimedic.doctor.deliveries import Advanced, Subscribed
from acimedic.doctor.needs import Place
from acimedic.model.access import Permission
from acimedic.model.moment import moment
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Mode
from acimedic.model.resource_id import ResourceId
from acimedic.permissions import LISTENERS, OWN, TOPICS

_RIGHTS_VERSION = "2022-04-01"
_EVENTS_VERSION = "2025-02-15"
_MOST_PAGES = 50
_TOPICS = "Microsoft.EventGrid/systemTopics"


class Asking:
    """The doctor's questions to Azure, within the time limit of the settings each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._limit = session.settings.time_limit
        self.date: datetime | None = None

    async def rights(self, place: Place) -> Reading[tuple[Permission, ...]]:
        """What the caller may do at a place."""
        want = Gap(reading="own rights", reason="", permission=OWN, scope=place.scope)
        return await attempt(self._rights(place.scope), want, self._limit, self._limit)

    async def mode(self, registry: ResourceId) -> Mode | Gap:
        """The role assignment mode of a registry."""
        found = await AzureReader(self._session).registry(registry)
        if isinstance(found, Gap):
            return found
        if isinstance(found, Absent):
            return Gap(reading="registry", reason="there is no such registry", scope=str(registry))
        return found.mode

    async def subscriptions(self) -> Reading[tuple[str, ...]]:
        """The subscriptions that the caller may see."""
        return await AzureReader(self._session).subscriptions()

    async def events(self, subscription: str) -> Reading[tuple[Subscribed, ...]]:
        """The event subscriptions of the system topic of a subscription."""
        scope = f"/subscriptions/{subscription}"
        want = Gap(reading="system topics", reason="", permission=TOPICS, scope=scope)
        topics = await attempt(self._topics(scope), want, self._limit, self._limit)
        if isinstance(topics, Gap):
            return topics
        want = Gap(reading="event subscriptions", reason="", permission=LISTENERS, scope=scope)
        return await attempt(self._events(topics), want, self._limit, self._limit)

    async def _rights(self, scope: str) -> tuple[Permission, ...]:
        found = await self._every(f"{scope}/providers/Microsoft.Authorization/permissions", _RIGHTS_VERSION)
        return tuple(_block(each) for each in found)

    async def _topics(self, scope: str) -> list[str]:
        topics = await self._every(f"{scope}/providers/{_TOPICS}", _EVENTS_VERSION)
        return [
            due(text(each.get("id"), "id"), "id")
            for each in topics
            if str(properties_of(each).get("source", "")).lower().rstrip("/") == scope.lower()
        ]

    async def _events(self, topics: list[str]) -> tuple[Subscribed, ...]:
        listed = await asyncio.gather(*(self._every(f"{each}/eventSubscriptions", _EVENTS_VERSION) for each in topics))
        return tuple(_subscribed(each) for page in listed for each in page)

    async def _every(self, path: str, version: str) -> list[Mapping[str, Any]]:
        """All items of a list. Raises azure-core's exceptions, TypeError, EndlessListError."""
        arm = self._session.settings.arm
        client: AsyncARMPipelineClient[HttpRequest, Any] = AsyncARMPipelineClient(
            arm, policies=[], pipeline=self._session.reading
        )
        request = HttpRequest("GET", f"{arm}{path}", params={"api-version": version})
        items: list[Mapping[str, Any]] = []
        for _ in range(_MOST_PAGES):
            response = await client.send_request(request)
            response.raise_for_status()
            self.date = _date(response.headers.get("Date")) or self.date
            body = response.json()
            items += page_of(body)
            following = text(body.get("nextLink"), "nextLink")
            if not following:
                return items
            request = HttpRequest("GET", following)
        raise EndlessListError(f"the list goes on past {_MOST_PAGES} pages")


def _block(item: Mapping[str, Any]) -> Permission:
    return Permission(
        actions=_texts(item, "actions"),
        not_actions=_texts(item, "notActions"),
        data_actions=_texts(item, "dataActions"),
        not_data_actions=_texts(item, "notDataActions"),
    )


def _texts(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    listed = item.get(name)
    if listed is not None and not isinstance(listed, list):
        raise TypeError(f"{name} is a list")
    return tuple(due(text(each, name), name) for each in listed or ())


def _subscribed(item: Mapping[str, Any]) -> Subscribed:
    properties = properties_of(item)
    # With an identity, destination and dead letters stand one level deeper, under names of their own.
    identified = mapping(properties.get("deliveryWithResourceIdentity"), "delivery") or {}
    destination = mapping(properties.get("destination") or identified.get("destination"), "destination") or {}
    letters = properties.get("deadLetterDestination") or properties.get("deadLetterWithResourceIdentity")
    filtered = mapping(properties.get("filter"), "filter") or {}
    return Subscribed(
        name=due(text(item.get("name"), "name"), "name"),
        destination=str((mapping(destination.get("properties"), "properties") or {}).get("resourceId") or ""),
        state=text(properties.get("provisioningState"), "provisioningState") or "",
        kinds=_texts(filtered, "includedEventTypes"),
        begins=text(filtered.get("subjectBeginsWith"), "subjectBeginsWith") or "",
        ends=text(filtered.get("subjectEndsWith"), "subjectEndsWith") or "",
        filters=tuple(map(_advanced, filtered.get("advancedFilters") or ())),
        expires=_expiry(text(properties.get("expirationTimeUtc"), "expirationTimeUtc") or ""),
        schema=text(properties.get("eventDeliverySchema"), "eventDeliverySchema") or "",
        lettered=bool(letters),
    )


def _expiry(written: str) -> datetime | None:
    """The year 1 is how Azure writes that there is none."""
    if not written or written.startswith("0001-"):
        return None
    return cast(datetime, due(moment(written), "expirationTimeUtc"))


def _advanced(item: object) -> Advanced:
    """A filter. What it compares with is a list of texts, or one value, which may be a number."""
    given = due(mapping(item, "advancedFilters"), "advancedFilters")
    values = given.get("values") if isinstance(given.get("values"), list) else [given.get("value")]
    return Advanced(
        key=text(given.get("key"), "key") or "",
        operator=text(given.get("operatorType"), "operatorType") or "",
        values=tuple(map(str, values)),
    )


def _date(header: str | None) -> datetime | None:
    try:
        at = None if header is None else parsedate_to_datetime(header)
    except ValueError:
        return None
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
