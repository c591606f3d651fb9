"""Looks back: when it last worked, and what was changed before it failed.

Source of the operations' names: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from acimedic.azure.port import Reader
from acimedic.errors import classify, parse
from acimedic.model.deployment import Activity, Deployment
from acimedic.model.error import PullFailure
from acimedic.model.evidence import Evidence
from acimedic.model.history import Change, History, Precedent
from acimedic.model.incident import plain_correlation
from acimedic.model.reading import Gap
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId

_WINDOW = timedelta(days=7)
_AT_ONCE = timedelta(minutes=15)
_KEPT = timedelta(days=80)  # the log keeps 90 days
_AFTER = timedelta(minutes=5)
_HOUR, _MINUTES = timedelta(hours=1), timedelta(minutes=10)
_WHAT: Mapping[str, str] = {
    "microsoft.containerregistry/registries/write": "registry settings were written",
    "microsoft.containerregistry/registries/delete": "registry was deleted",
    "microsoft.containerregistry/registries/importimage/action": "an image was imported",
    "microsoft.containerregistry/registries/regeneratecredential/action": "an admin password was regenerated",
    "microsoft.containerregistry/registries/generatecredentials/action": "a token password was generated",
    "microsoft.containerregistry/registries/tokens/write": "a token was changed",
    "microsoft.containerregistry/registries/tokens/delete": "a token was deleted",
    "microsoft.containerregistry/registries/scopemaps/write": "a scope map was changed",
    "microsoft.containerregistry/registries/scopemaps/delete": "a scope map was deleted",
    "microsoft.containerregistry/registries/artifacts/delete": "an artifact was deleted",
    "microsoft.containerregistry/registries/privateendpointconnections/write": "a private endpoint connection was "
    "changed",
    "microsoft.containerregistry/registries/privateendpointconnections/delete": "a private endpoint connection was "
    "deleted",
    "microsoft.authorization/roleassignments/write": "a role was assigned",
    "microsoft.authorization/roleassignments/delete": "a role assignment was deleted",
    "microsoft.managedidentity/userassignedidentities/write": "the identity was written",
    "microsoft.managedidentity/userassignedidentities/delete": "the identity was deleted",
}


def precedent(
    deployments: tuple[Deployment, ...], group: ResourceId, failed: tuple[Deployment, ...]
) -> Precedent | None:
    """The last successful deployment that made this group, from the history that was read anyway."""
    refused = {plain_correlation(item.correlation_id) for item in failed}
    earlier = [
        item
        for item in deployments
        if item.state.lower() == "succeeded"
        and item.timestamp is not None
        and plain_correlation(item.correlation_id) not in refused
        and any(_is(output, group) for output in item.outputs)
    ]
    if not earlier:
        return None
    last = max(earlier, key=lambda item: item.timestamp.timestamp() if item.timestamp else 0.0)
    same = any(
        last.template_hash is not None
        and last.template_hash == item.template_hash
        and dict(last.parameters) == dict(item.parameters)
        for item in failed
    )
    return Precedent(when=_when(last), same_definition=same, source=last.source)


async def look_back(evidence: Evidence, reader: Reader) -> Evidence:
    """The same evidence with when it last worked, and what was changed at registries and identities since."""
    failed_at = evidence.failed_at
    if failed_at is None:
        return evidence
    if evidence.precedent is None:
        evidence = replace(evidence, precedent=await _last_success(evidence, reader, failed_at))
    since = evidence.precedent.when if evidence.precedent else failed_at - _WINDOW
    since = max(since, failed_at - _KEPT)
    # Whoever failed within the same minutes asks the same question, which is then asked once; what is too much of the
    # answer is left out below.
    first, last = _full(since, _HOUR), _full(failed_at + _AFTER, _MINUTES) + _MINUTES
    about = [item.id for _, item in evidence.registries if isinstance(item, Registry)]
    about += [key for key, item in evidence.identities if not isinstance(item, Gap)]
    logs = await asyncio.gather(
        *(
            reader.activity(ResourceId.parse(item).subscription, about=("resourceUri", item), since=first, until=last)
            for item in about
        )
    )
    unread = [log for log in logs if isinstance(log, Gap)]
    if unread or not about:
        return replace(evidence, history=unread[0]) if unread else evidence
    changes = [
        change
        for resource, log in zip(about, logs, strict=True)
        if not isinstance(log, Gap)
        for change in _changes(resource, log, since, failed_at)
    ]
    changes.sort(key=lambda change: change.when.timestamp())
    return replace(evidence, history=History(since=since, changes=tuple(changes)))


async def look_around(evidence: Evidence, reader: Reader) -> Evidence:
    """The same evidence with the other groups of the subscription that failed to pull within the same minutes."""
    failed_at = evidence.failed_at
    if failed_at is None:
        return evidence
    log = await reader.activity(
        evidence.group.subscription,
        about=("resourceProvider", "Microsoft.ContainerInstance"),
        since=failed_at - _AT_ONCE,
        until=failed_at + _AT_ONCE,
    )
    if isinstance(log, Gap):
        return evidence
    failed = [entry for entry in log if entry.status.lower() == "failed" and entry.message]
    others = {
        entry.resource.lower()
        for entry in failed
        if not _is(entry.resource, evidence.group) and isinstance(classify(parse(entry.message)), PullFailure)
    }
    return replace(evidence, others=tuple(sorted(others)))


async def _last_success(evidence: Evidence, reader: Reader, failed_at: datetime) -> Precedent | None:
    """When the group was last made or started, by the activity log: a direct request leaves no deployment.

    A start asks for what is there already, so then the definition is the same.
    """
    group = evidence.group
    log = await reader.activity(
        group.subscription, about=("resourceUri", str(group)), since=failed_at - _WINDOW, until=failed_at
    )
    if isinstance(log, Gap):
        return None
    wanted = tuple(f"microsoft.containerinstance/containergroups/{word}" for word in ("write", "start", "restart"))
    times = [
        entry.time
        for entry in log
        if entry.time is not None
        and entry.time < failed_at
        and entry.status.lower() == "succeeded"
        and entry.operation.lower().startswith(wanted)
        and plain_correlation(entry.correlation_id) != plain_correlation(evidence.incident.correlation_id)
    ]
    if not times:
        return None
    same = evidence.incident.operation in {"start", "restart"}
    return Precedent(when=max(times), same_definition=same, source=log[0].source)


def _changes(resource: str, log: tuple[Activity, ...], since: datetime, until: datetime) -> list[Change]:
    found: dict[tuple[str, datetime], Change] = {}
    for entry in log:
        operation = entry.operation.lower()
        if entry.time is None or entry.status.lower() != "succeeded" or operation not in _WHAT:
            continue
        if since <= entry.time <= until:
            change = Change(
                about=resource, what=_WHAT[operation], operation=entry.operation, when=entry.time, source=entry.source
            )
            found.setdefault((operation, entry.time), change)
    return list(found.values())


def _full(moment: datetime, step: timedelta) -> datetime:
    """The last full step at or before a moment, as clocks strike."""
    return moment - (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % step


def _is(text: str, group: ResourceId) -> bool:
    try:
        return ResourceId.parse(text) == group
    except ValueError:
        return False


def _when(deployment: Deployment) -> datetime:
    if deployment.timestamp is None:
        raise ValueError("only deployments with a time are compared")
    return deployment.timestamp
