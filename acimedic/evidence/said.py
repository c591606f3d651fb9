"""Which of Azure's texts is the error of this incident (pure).

A deployment's operations say it at once, the activity log 3 to 20 minutes late, container events only
where the group was accepted. The first source whose text proves something wins.
"""

from dataclasses import dataclass
from datetime import datetime

from acimedic.errors import classify, parse
from acimedic.evidence.trail import Trail
from acimedic.freshness import fresh
from acimedic.model.definition import Definition
from acimedic.model.deployment import Activity
from acimedic.model.error import ErrorChain, OtherFailure, PullFailure, Unclear
from acimedic.model.evidence import ErrorSource
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId


@dataclass(frozen=True, slots=True)
class Said:
    """An error text and where it came from."""

    chain: ErrorChain
    source: ErrorSource


def choose(candidates: list[Said], gaps: tuple[Gap, ...]) -> tuple[Reading[ErrorChain], ErrorSource]:
    """The first candidate that proves something, else the first that says anything, else a Gap."""
    saying = [said for said in candidates if said.chain.links]
    for said in saying:
        match classify(said.chain):
            case PullFailure() | OtherFailure():
                return said.chain, said.source
            case Unclear():
                continue
    if saying:
        return saying[0].chain, saying[0].source
    refused = next((gap for gap in gaps), None)
    why = (
        f"{refused.reading}: {refused.reason}" if refused else "no deployment and no activity-log entry tells it (yet)"
    )
    return Gap(
        reading="error text",
        reason=why,
        permission=refused.permission if refused else None,
        scope=refused.scope if refused else None,
    ), "none"


def from_trail(trail: Trail, group: ResourceId) -> list[Said]:
    """What the deployment's operations say of the group, then what the deployments say as a whole."""
    said: list[Said] = []
    about_group = [item for item in trail.failed_operations if same_resource(item.target, group)]
    said += [_said(item.message, group, "deployment-operation") for item in about_group if item.message]
    others = [item for item in trail.failed_operations if item not in about_group and item.message]
    of_deployments = [step.deployment.error for step in trail.steps if step.deployment.error]
    said += [_said(error, group, "deployment-operation") for error in of_deployments]
    if not about_group:
        said += [_said(item.message, group, "deployment-operation") for item in others]
    return said


def from_activity(activity: tuple[Activity, ...], group: ResourceId) -> list[Said]:
    """What the activity log says: of the group first, newest first, then of its deployment."""
    failed = [item for item in activity if item.status.lower() == "failed" and item.message]
    failed.sort(key=lambda item: item.time.timestamp() if item.time else 0.0, reverse=True)
    own = [item for item in failed if same_resource(item.resource, group)]
    rest = [item for item in failed if item not in own]
    return [_said(item.message, group, "activity-log") for item in [*own, *rest]]


def from_events(live: Reading[Definition | Absent], began_at: datetime | None) -> list[Said]:
    """What the containers' own events, then the group's, say of this failure; earlier failures' are left out."""
    if not isinstance(live, Definition) or isinstance(live.containers, Gap):
        return []
    said: list[Said] = []
    for events in (*(container.events for container in live.containers), live.events):
        messages = [event.message for event in fresh(events, began_at)]
        if messages:
            said.append(Said(parse(";".join(messages)), "container-event"))
    return said


def failing_groups(trail: Trail) -> tuple[ResourceId, ...]:
    """The container groups whose operations failed, in the order in which they did."""
    found: dict[ResourceId, None] = {}
    timed = [(item.timestamp.timestamp() if item.timestamp else 0.0, item) for item in trail.failed_operations]
    for _, operation in sorted(timed, key=lambda pair: pair[0]):
        if (operation.target_type or "").lower() == CONTAINER_GROUPS.lower() and operation.target:
            try:
                found.setdefault(ResourceId.parse(operation.target))
            except ValueError:
                continue
    return tuple(found)


def same_resource(text: str | None, resource: ResourceId) -> bool:
    """Whether a text is the id of this resource."""
    try:
        return text is not None and ResourceId.parse(text) == resource
    except ValueError:
        return False


def _said(payload: object, group: ResourceId, source: ErrorSource) -> Said:
    return Said(parse(payload).for_group(str(group)), source)
