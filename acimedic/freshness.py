"""Which container events belong to this failure (pure).

Source: Azure keeps events of an earlier failed deployment in the list,
https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
"""

from datetime import datetime, timedelta

from acimedic.model.definition import ContainerEvent
from acimedic.model.moment import moment

SLACK = timedelta(minutes=2)  # the clocks of two services
LONGEST_CREATE = timedelta(minutes=45)  # a create that keeps failing to pull ends after 30


def fresh(events: tuple[ContainerEvent, ...], began_at: datetime | None) -> list[ContainerEvent]:
    """The events since the attempt began; all of them where nobody knows when that was."""
    if began_at is None:
        return list(events)
    return [event for event in events if (last := moment(event.last)) is None or last >= began_at - SLACK]


def earliest(began_at: datetime | None, occurred_at: datetime | None) -> datetime | None:
    """When the failed attempt can have begun at the earliest."""
    return began_at or (occurred_at - LONGEST_CREATE if occurred_at else None)
