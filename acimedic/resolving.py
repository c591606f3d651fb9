"""A failed deployment -> the incidents of the container groups that it concerns: none, one or several.

Two reads tell whether it concerns one at all: the deployment itself, and its operations.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias, cast

from acimedic.azure.port import Reader
from acimedic.errors import classify, parse
from acimedic.evidence import failing_groups, follow
from acimedic.evidence.trail import Found, Trail
from acimedic.incident import of_group
from acimedic.model.deployment import Deployment
from acimedic.model.error import ErrorChain, OtherFailure, PullFailure
from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import CONTAINER_GROUPS, DEPLOYMENTS, ResourceId
from acimedic.template import Json, Scope, evaluate

_Json: TypeAlias = Mapping[str, Json]
_UNDER_WAY = {"accepted", "ready", "creating", "created", "running", "updating"}
_NOT_ENDED = "as Azure shows it, it has not ended"


async def resolve(failure: DeploymentFailure, reader: Reader) -> tuple[tuple[Incident, ...], Reading[ErrorChain]]:
    """The incidents, that of the group which failed first before the others; and what the deployment said.

    A Gap in place of what it said where a reading is missing that may name a group: then no group is not no failure.
    """
    deployment, operations = await asyncio.gather(
        reader.deployment(failure.deployment), reader.operations(failure.deployment)
    )
    if isinstance(deployment, Gap):
        return (), deployment
    chain = parse(deployment.error)
    targets = [] if isinstance(operations, Gap) else [item.target_type or "" for item in operations]
    ours = {CONTAINER_GROUPS.lower(), DEPLOYMENTS.lower()}
    trail = Trail()
    if isinstance(operations, Gap) or any(target.lower() in ours for target in targets):
        trail = await follow(reader, Found(deployments=(deployment,)))
    groups: Reading[tuple[ResourceId, ...]] = failing_groups(trail)
    proven = classify(chain)
    if not groups and isinstance(proven, PullFailure):
        groups = _named(chain) or await _asked_for(reader, deployment)
    if not groups and not isinstance(proven, OtherFailure):
        groups = _unread(trail) or ()
    if not groups and deployment.state.lower() in _UNDER_WAY:
        groups = Gap(reading=f"deployment {deployment.id.name}", reason=_NOT_ENDED)
    if isinstance(groups, Gap):
        return (), groups
    incidents = [of_group(failure, group) for group in groups]
    ids = [incident.id for incident in incidents]
    return tuple(
        replace(incident, also=tuple(other for other in ids if other != incident.id)) for incident in incidents
    ), chain


def is_not_there_yet(gap: Gap) -> bool:
    """Whether a deployment's event may have come before Azure shows what became of the deployment."""
    return gap.reason == _NOT_ENDED or gap.reason.startswith("404")


def _unread(trail: Trail) -> Gap | None:
    """The first reading of the trail that is missing; a template tells what was asked for, and not what failed."""
    templates = [step.template for step in trail.steps]
    return next((gap for gap in trail.gaps if gap not in templates), None)


def _named(chain: ErrorChain) -> tuple[ResourceId, ...]:
    """The groups whose ids the error itself gives."""
    found: dict[ResourceId, None] = {}
    for link in chain.links:
        try:
            resource = ResourceId.parse(link.group or "")
        except ValueError:
            continue
        if resource.is_a(CONTAINER_GROUPS):
            found.setdefault(resource)
    return tuple(found)


async def _asked_for(reader: Reader, deployment: Deployment) -> Reading[tuple[ResourceId, ...]]:
    """The groups of the template: a deployment may fail before it asks for any."""
    exported = await reader.template(deployment.id)
    if isinstance(exported, Gap):
        return exported
    if exported.template is None:
        return ()
    where = deployment.id
    scope = Scope(
        subscription_id=where.subscription,
        resource_group=where.resource_group,
        tenant_id=None,
        location=deployment.location,
        deployment_name=where.name,
        management_group=None,
        now=None,
    )
    evaluation = evaluate(cast(_Json, exported.template), cast(_Json, deployment.parameters), scope)
    ids = [item.id for item in evaluation.resources if not item.existing and isinstance(item.id, str)]
    groups: list[ResourceId] = []
    for text in ids:
        try:
            resource = ResourceId.parse(text)
        except ValueError:
            continue
        if resource.is_a(CONTAINER_GROUPS):
            groups.append(resource)
    return tuple(groups)
