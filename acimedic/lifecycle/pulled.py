"""What became of the pulls that a plan is about since it was carried out, and how they are tried again (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from acimedic.errors import event_tail
from acimedic.fixes import q
from acimedic.image import parse_image
from acimedic.model.definition import Container, ContainerEvent, Definition
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference
from acimedic.model.moment import moment
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId

_DEPLOYMENT = re.compile(r"POST (/subscriptions/[^\s?]{1,2000})/exportTemplate")


@dataclass(frozen=True, slots=True)
class LastPull:
    """The latest that a container's events say of its pull."""

    container: Container
    at: datetime
    succeeded: bool
    said: str


def pulls_since(evidence: Evidence, plan: Plan, changed_at: datetime) -> tuple[LastPull | None, ...]:
    """For each container of the group as it is now that this plan is about, its latest pull since then, or None."""
    live = evidence.live
    if not isinstance(live, Definition) or isinstance(live.containers, Gap):
        return ()
    concerned = [each for each in live.containers if any(_is_about(step, each, evidence) for step in plan.steps)]
    return tuple(max(_told(each, changed_at), key=lambda told: told.at, default=None) for each in concerned)


def again(evidence: Evidence) -> str:
    """The command that lets the image be pulled again; every name is quoted for a POSIX shell."""
    group, definition = evidence.group, evidence.definition
    where = f"--resource-group {q(group.resource_group or '')} --subscription {q(group.subscription)}"
    if isinstance(evidence.live, Definition) and isinstance(definition, Definition) and definition.origin == "live":
        return f"az container restart --name {q(group.name)} {where}"
    files = "--template-file '<template>' --parameters '<parameters>'"
    deployment = _deployment(definition.source) if isinstance(definition, Definition) else None
    if deployment is None:
        return f"az deployment group create {where} {files}"
    name, subscription = q(deployment.name), q(deployment.subscription)
    if deployment.resource_group is None:
        return f"az deployment sub create --name {name} --location '<location>' --subscription {subscription} {files}"
    place = f"--resource-group {q(deployment.resource_group)} --subscription {subscription}"
    return f"az deployment group create --name {name} {place} {files}"


def _is_about(step: Step, container: Container, evidence: Evidence) -> bool:
    """Whether a container's image is one that the step lets be pulled."""
    image = None if isinstance(container.image, Gap) else parse_image(container.image)
    if not isinstance(image, ImageReference):
        return False
    registry = evidence.registry(image.host.name)
    if not isinstance(registry, Registry) or registry.id.lower() != step.change.registry_id.lower():
        return False
    match step.change:
        case RoleGrant() as grant:
            return grant.condition is None or image.repository in grant.repositories
        case BypassSwitch():
            return True


def _told(container: Container, changed_at: datetime) -> Iterator[LastPull]:
    for event in container.events:
        at, succeeded = moment(event.last), _succeeded(event)
        if at is None or at <= changed_at or succeeded is None:
            continue
        what = "pulled its image" if succeeded else "failed to pull its image"
        said = f"container '{container.name}' {what} at {at:%Y-%m-%d %H:%M:%S} UTC"
        yield LastPull(container, at, succeeded, said)


def _succeeded(event: ContainerEvent) -> bool | None:
    """Whether a pull succeeded, by the event that tells of it; None where it tells of none.

    An image that was on the machine already was not pulled, though the event bears the same name.
    """
    name, message = event.name.lower(), event.message
    if name == "pulled":
        return None if "already present" in message.lower() else True
    return False if name == "failed" and event_tail(message) is not None else None


def _deployment(source: str) -> ResourceId | None:
    """The deployment whose template tells what was asked for."""
    found = _DEPLOYMENT.search(source)
    try:
        return None if found is None else ResourceId.parse(found[1])
    except ValueError:
        return None
