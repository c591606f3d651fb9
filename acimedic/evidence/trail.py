"""What a failed deployment left behind: its operations, its templates, its error.

A deployment is known by its correlation id, which its nested deployments share; the history of the
group's resource group and that of the subscription are read at once.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from acimedic.azure.port import Reader
from acimedic.model.deployment import Deployment, ExportedTemplate, Operation
from acimedic.model.incident import plain_correlation
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import DEPLOYMENTS, ResourceId

_MOST_DEPLOYMENTS = 12
_MOST_LEVELS = 5
_NEWEST = 3  # deployments looked at where no correlation id narrows them down


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One deployment of the trail, with what was read of it."""

    deployment: Deployment
    operations: Reading[tuple[Operation, ...]]
    template: Reading[ExportedTemplate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A failed deployment and its nested ones, outermost first.

    gaps: what could not be read of it. listed: the whole history that it was found in.
    """

    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()
    listed: tuple[Deployment, ...] = ()

    @property
    def failed_operations(self) -> tuple[Operation, ...]:
        """All operations that failed, of all deployments."""
        found: list[Operation] = []
        for step in self.steps:
            if not isinstance(step.operations, Gap):
                found += [operation for operation in step.operations if operation.state.lower() == "failed"]
        return tuple(found)

    @property
    def began_at(self) -> datetime | None:
        """When the deployment began, as far as its history tells."""
        starts = [start for step in self.steps if (start := _start(step.deployment))]
        return min(starts) if starts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The deployments that are looked for, in the history that they were found in."""

    deployments: tuple[Deployment, ...]
    listed: tuple[Deployment, ...] = ()
    gaps: tuple[Gap, ...] = ()


async def find_deployments(
    reader: Reader, subscription: str, resource_group: str | None, correlation_id: str | None
) -> Found:
    """The deployments of a correlation id; without one, the newest that failed in the resource group."""
    scopes = [resource_group, None] if resource_group and correlation_id else [resource_group]
    listings = await asyncio.gather(*(reader.deployments(subscription, scope) for scope in scopes))
    gaps = tuple(listing for listing in listings if isinstance(listing, Gap))
    listed = [item for listing in listings if not isinstance(listing, Gap) for item in listing]
    if correlation_id:
        wanted = plain_correlation(correlation_id)
        found = [item for item in listed if plain_correlation(item.correlation_id) == wanted]
    else:
        failed = [item for item in listed if item.state.lower() == "failed"]
        failed.sort(key=lambda item: item.timestamp.timestamp() if item.timestamp else 0.0, reverse=True)
        found = failed[:_NEWEST]
    unsuccessful = [item for item in found if item.state.lower() != "succeeded"]
    return Found(deployments=tuple(unsuccessful or found), listed=tuple(listed), gaps=gaps)


async def follow(reader: Reader, found: Found) -> Trail:
    """Read what these deployments and their nested ones left behind."""
    steps: list[Step] = []
    missing = list(found.gaps)
    known = {deployment.id for deployment in found.deployments}
    level: list[Deployment | ResourceId] = list(found.deployments)
    for _ in range(_MOST_LEVELS):
        level = level[: max(0, _MOST_DEPLOYMENTS - len(steps))]
        if not level:
            break
        read = await asyncio.gather(*(_step(reader, item) for item in level))
        steps += [step for step in read if isinstance(step, Step)]
        missing += [step for step in read if isinstance(step, Gap)]
        nested = _nested([step for step in read if isinstance(step, Step)]) - known
        known |= nested
        level = sorted(nested, key=str)
    missing += [reading for step in steps for reading in (step.operations, step.template) if isinstance(reading, Gap)]
    return Trail(steps=tuple(steps), gaps=tuple(missing), listed=found.listed)


async def _step(reader: Reader, item: Deployment | ResourceId) -> Step | Gap:
    resource = item.id if isinstance(item, Deployment) else item
    operations, template, deployment = await asyncio.gather(
        reader.operations(resource), reader.template(resource), _itself(reader, item)
    )
    if isinstance(deployment, Gap):
        return deployment
    return Step(deployment=deployment, operations=operations, template=template)


async def _itself(reader: Reader, item: Deployment | ResourceId) -> Reading[Deployment]:
    return item if isinstance(item, Deployment) else await reader.deployment(item)


def _nested(steps: list[Step]) -> set[ResourceId]:
    """Ids of nested deployments that failed."""
    found: set[ResourceId] = set()
    for operation in Trail(steps=tuple(steps)).failed_operations:
        if operation.target and (operation.target_type or "").lower() == DEPLOYMENTS.lower():
            try:
                found.add(ResourceId.parse(operation.target))
            except ValueError:
                continue
    return found


def _start(deployment: Deployment) -> datetime | None:
    return deployment.timestamp - duration(deployment.duration) if deployment.timestamp else None


def duration(text: str | None) -> timedelta:
    """An ISO 8601 duration as deployments have it (`PT1M5.13S`); zero for anything else."""
    if not text or not text.upper().startswith("PT"):
        return timedelta()
    seconds, number = 0.0, ""
    for char in text.upper()[2:]:
        if char in "HMS":
            try:
                seconds += float(number) * {"H": 3600, "M": 60, "S": 1}[char]
            except ValueError:
                return timedelta()
            number = ""
        else:
            number += char
    return timedelta(seconds=min(seconds, 7 * 86400))
