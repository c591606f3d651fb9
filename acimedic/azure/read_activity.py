"""Reads the activity log. It lags by 3 to 20 minutes, and an empty list proves nothing.

Source: https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from acimedic.azure.paging import every
from acimedic.azure.session import Session
from acimedic.model.deployment import Activity
from acimedic.model.moment import moment

API_VERSION = "2015-04-01"
PERMISSION = "Microsoft.Insights/eventtypes/values/read"


async def read_activity(
    session: Session, subscription: str, about: tuple[str, str], since: datetime, until: datetime
) -> tuple[Activity, ...]:
    """Entries between two times about one thing: `("correlationId", …)` or `("resourceUri", …)`.

    The filter's grammar knows nothing else; the raw pages are read, because the SDK turns the values
    of `properties` into texts.
    """
    from azure.mgmt.monitor.aio import MonitorManagementClient

    key, value = about
    quoted = value.replace("'", "''")
    wanted = f"eventTimestamp ge '{_iso(since)}' and eventTimestamp le '{_iso(until)}' and {key} eq '{quoted}'"
    source = f"GET /subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    entries: list[Activity] = []

    def collect(page: list[Mapping[str, Any]]) -> None:
        entries.extend(_activity(item, source) for item in page)

    client = session.reader(MonitorManagementClient, subscription)
    await every(client.activity_logs.list, filter=wanted, raw=collect)
    return tuple(entries)


async def read_changes(
    session: Session, subscription: str, about: tuple[str, str], since: datetime, until: datetime
) -> tuple[Activity, ...]:
    """The same, of something that many incidents may ask about at the same time."""
    return await read_activity(session, subscription, about, since, until)


def _activity(item: Mapping[str, Any], source: str) -> Activity:
    properties = item.get("properties")
    message = properties.get("statusMessage") if isinstance(properties, Mapping) else None
    if message is None and isinstance(properties, Mapping):
        message = properties.get("error")
    return Activity(
        resource=str(item.get("resourceId") or ""),
        operation=_value(item.get("operationName")),
        status=_value(item.get("status")),
        http_status=_value(item.get("subStatus")) or None,
        message=message,
        correlation_id=str(item.get("correlationId") or ""),
        time=moment(item.get("eventTimestamp")),
        source=source,
    )


def _value(localizable: object) -> str:
    value = localizable.get("value") if isinstance(localizable, Mapping) else localizable
    return value if isinstance(value, str) else ""


def _iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
