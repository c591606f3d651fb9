"""What comes in: the incident is recorded, once, and its story is begun, once. Nothing else happens here.

Of any number of deliveries of one event, and of the several events of one deployment, the first records the incident.
The story is begun by whoever finds it not begun: a process may die between the two. Beyond so many of one subscription
within an hour none is begun.
"""

from datetime import timedelta
from typing import Protocol

from acimedic.azure.reader import AzureReader
from acimedic.connection import NoAzureError, ensure_answered
from acimedic.lifecycle.ceiling import is_over
from acimedic.lifecycle.keeping import note
from acimedic.lifecycle.looking import passing
from acimedic.lifecycle.messages import Begin, Json, to_json
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import DeploymentFailure, Ignored, Incident, Signal
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord
from acimedic.resolving import is_not_there_yet, resolve

RECEIVED = "received"
_YOUNG = timedelta(minutes=30)
"""So long an event may be ahead of what Azure shows, which is given its time; our own clock may be off as well."""


class NotServedError(Exception):
    """The container group is in a subscription that ACIMEDIC_SUBSCRIPTIONS does not name."""


class UnresolvedError(Exception):
    """Azure does not show us the deployment that failed, and asking again would not change that."""


class Starter(Protocol):
    """Begins stories."""

    async def start(self, incident: str, given: Json) -> None:
        """Begin the story of an incident, unless there is one."""
        ...


async def receive(signal: Signal, tools: Tools, starter: Starter) -> tuple[str, ...]:
    """Take in what an event tells; gives back the ids of the incidents that it concerns.

    Raises NotServedError, NoAzureError where a deployment could not be looked into and may be later, UnresolvedError
    where it is refused to us or gone, and whatever the store raises. One that is not there yet may be later.
    """
    match signal:
        case Ignored():
            return ()
        case Incident():
            incidents: tuple[Incident, ...] = (signal,)
            ensure_served(signal.group.subscription, tools)
        case DeploymentFailure():
            ensure_served(signal.deployment.subscription, tools)
            incidents = tuple(
                each for each in await _resolved(signal, tools) if _served(each.group.subscription, tools)
            )
    for incident in incidents:
        await _begin(incident, tools, starter)
    return tuple(incident.id for incident in incidents)


def ensure_served(subscription: str, tools: Tools) -> None:
    """Raise NotServedError unless failures of this subscription are served."""
    if not _served(subscription, tools):
        raise NotServedError("this subscription is not among those that ACIMEDIC_SUBSCRIPTIONS names")


def _served(subscription: str, tools: Tools) -> bool:
    return not tools.settings.subscriptions or subscription.lower() in tools.settings.subscriptions


async def _resolved(failure: DeploymentFailure, tools: Tools) -> tuple[Incident, ...]:
    async with tools.azure() as session:
        incidents, said = await resolve(failure, AzureReader(session))
        ensure_answered(session, (said,) if isinstance(said, Gap) else ())
    if isinstance(said, Gap):
        if passing((said,)) or (is_not_there_yet(said) and _is_young(failure, tools)):
            raise NoAzureError(f"the deployment could not be read: {said.reason}")
        raise UnresolvedError(f"the deployment could not be read: {said.reason}")
    return incidents


def _is_young(failure: DeploymentFailure, tools: Tools) -> bool:
    return failure.occurred_at is not None and abs(tools.now() - failure.occurred_at) < _YOUNG


async def _begin(incident: Incident, tools: Tools, starter: Starter) -> None:
    now = tools.now()
    new = IncidentRecord(incident=incident, state=RECEIVED, received_at=now, changed_at=now)
    placed = await tools.store.put_incident_if_absent(new)
    if placed.value.state != RECEIVED:
        return
    body = {"group": str(incident.group), "correlation_id": incident.correlation_id, "operation": incident.operation}
    await note(tools, incident.id, key=RECEIVED, kind=RECEIVED, body=body)
    if await is_over(tools, placed.value):
        return
    await starter.start(incident.id, to_json(Begin(incident=incident.id, mode=tools.settings.mode)))
