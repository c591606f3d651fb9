"""What was asked for: the live group, or the template of the failed deployment (pure).

A refused create leaves no group, a refused update leaves the old one; both times only the template
tells. What cannot be evaluated stays a Gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, cast

from acimedic.asked_group import definition_of, is_bare_group, is_group
from acimedic.definition import from_arm
from acimedic.evidence.trail import Step, Trail
from acimedic.model.definition import Container, Credential, Definition, IdentityCredential, PasswordCredential
from acimedic.model.error import ErrorChain
from acimedic.model.incident import Operation
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.resource_id import REGISTRIES, ResourceId
from acimedic.template import Json, Resource, Scope, Unresolved, evaluate, member

_Json: TypeAlias = Mapping[str, Json]


class Facts:
    """What is known of registries, for a template's `reference()`; remembers what else was asked for."""

    def __init__(self, login_servers: Mapping[str, str]) -> None:
        self._login_servers = {key.lower(): value for key, value in login_servers.items()}
        self.wanted: dict[ResourceId, None] = {}

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Json:  # noqa: ARG002 - a protocol's
        """A registry's login server; everything else stays unresolved."""
        try:
            resource = ResourceId.parse(resource_id)
        except ValueError:
            return Unresolved("reference() to something that is no resource id")
        if not resource.is_a(REGISTRIES):
            return Unresolved(f"reference() to a {resource.type}")
        server = self._login_servers.get(resource.key)
        if server is None:
            self.wanted.setdefault(resource)
            return Unresolved(f"reference() to registry {resource.name}, which was not read")
        properties: Json = {"loginServer": server, "name": resource.name}
        return {"properties": properties} if full else properties


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a template is deployed."""

    tenant: str | None
    cloud: str
    now: datetime


def from_trail(trail: Trail, group: ResourceId, facts: Facts, place: Place) -> Reading[Definition]:
    """The group as the deployment's templates ask for it; of several, the best known one."""
    found: list[Definition] = []
    reasons: list[Gap] = []
    for step in trail.steps:
        definition = _from_step(step, group, facts, place)
        if isinstance(definition, Gap):
            reasons.append(definition)
        else:
            found.append(definition)
    if found:
        return min(found, key=lambda definition: len(definition.unresolved))
    reasons += trail.gaps  # what could not be listed may hold it
    if reasons:
        return reasons[0]
    return Gap(reading="definition of the container group", reason="no deployment holds it: it was asked for directly")


def from_template(
    template: Mapping[str, object], parameters: Mapping[str, object], group: ResourceId, facts: Facts, place: Place
) -> Reading[Definition]:
    """The group as a template that the caller supplied asks for it."""
    scope = Scope(
        subscription_id=group.subscription,
        resource_group=group.resource_group,
        tenant_id=place.tenant,
        location=None,
        deployment_name=None,
        management_group=None,
        now=place.now,
        cloud=place.cloud,
    )
    if is_bare_group(cast(_Json, template)):
        version = member(cast(_Json, template), "apiVersion")
        return from_arm(
            template,
            origin="supplied",
            source="the template given",
            api_version=version if isinstance(version, str) else None,
        )
    evaluation = evaluate(cast(_Json, template), cast(_Json, parameters), scope, facts)
    resource = _pick(list(evaluation.resources), group)
    if isinstance(resource, Gap):
        return resource
    return definition_of(resource, group, "the template given", supplied=True)


def decide(
    live: Reading[Definition | Absent],
    asked: Reading[Definition],
    chain: Reading[ErrorChain],
    operation: Operation,
) -> Reading[Definition]:
    """Which of both is what was asked for. A live group that the template contradicts is the previous one."""
    if not isinstance(live, Definition):
        return _with_image(asked, chain) if isinstance(asked, Definition) else _no_definition(live, asked)
    if operation in {"start", "restart"}:
        return live
    if isinstance(asked, Definition):
        known = not isinstance(asked.api_version, Gap)
        return (
            _with_image(asked, chain)
            if contradicts(asked, live)
            else replace(live, api_version=asked.api_version if known else live.api_version)
        )
    stands = (live.provisioning_state or "").lower() == "succeeded"
    if stands and not isinstance(chain, Gap) and chain.has_code("InaccessibleImage"):
        return replace(live, origin="previous")  # a refused update leaves the group as it was
    return live


def contradicts(asked: Definition, live: Definition) -> bool:
    """Whether the template asks for something else than the group has."""
    if isinstance(asked.containers, Gap) or isinstance(live.containers, Gap):
        return False
    has = {container.name.lower(): container.image for container in live.containers}
    for container in asked.containers:
        image = has.get(container.name.lower())
        if not isinstance(container.image, Gap) and image != container.image:
            return True
    return _differ(asked, live)


def _differ(asked: Definition, live: Definition) -> bool:
    """Whether credentials or identities differ, where both are known."""
    if not isinstance(asked.credentials, Gap) and not isinstance(live.credentials, Gap):
        if len(asked.credentials) != len(live.credentials):
            return True
        pairs = zip(asked.credentials, live.credentials, strict=True)
        if any(_known(mine) != _known(theirs) for mine, theirs in pairs if None not in _known(mine)):
            return True
    if isinstance(asked.user_identities, Gap) or isinstance(live.user_identities, Gap):
        return False
    return {key.lower() for key in asked.user_identities} != {key.lower() for key in live.user_identities}


def _known(credential: Credential) -> tuple[str | None, ...]:
    """What identifies an entry; None where it could not be evaluated."""
    server = None if isinstance(credential.server, Gap) else (credential.server or "").lower()
    match credential:
        case IdentityCredential(identity=who):
            return server, "identity", None if isinstance(who, Gap) else who.lower()
        case PasswordCredential(username=who):
            return server, "username", None if isinstance(who, Gap) else who.lower()
        case _:
            return server, None


def _from_step(step: Step, group: ResourceId, facts: Facts, place: Place) -> Reading[Definition]:
    if isinstance(step.template, Gap):
        return step.template
    if step.template.template is None:
        return Gap(
            reading="definition of the container group",
            reason=f"deployment {step.deployment.id.name} was made from a link ({step.template.link or 'unknown'}), "
            "and Azure keeps only the link",
        )
    where = step.deployment.id
    scope = Scope(
        subscription_id=where.subscription,
        resource_group=where.resource_group,
        tenant_id=place.tenant,
        location=step.deployment.location,
        deployment_name=where.name,
        management_group=None,
        now=place.now,
        cloud=place.cloud,
    )
    evaluation = evaluate(cast(_Json, step.template.template), cast(_Json, step.deployment.parameters), scope, facts)
    resource = _pick(list(evaluation.resources), group)
    if isinstance(resource, Gap):
        return resource
    return definition_of(resource, group, f"template of deployment {where.name} ({step.template.source})")


def _pick(resources: list[Resource], group: ResourceId) -> Resource | Gap:
    """The group among a template's resources: by its id; without one, the only group whose id is unknown."""
    wanted = [item for item in resources if is_group(item.type) and not item.existing]
    for item in wanted:
        if isinstance(item.id, str) and _is(item.id, group):
            return item
    unnamed = [item for item in wanted if isinstance(item.id, Unresolved)]
    if len(unnamed) == 1:
        return unnamed[0]
    return Gap(
        reading="definition of the container group",
        reason=f"the template asks for {len(wanted)} container groups, none of which is surely {group.name}",
    )


def _is(text: str, group: ResourceId) -> bool:
    try:
        return ResourceId.parse(text) == group
    except ValueError:
        return False


def _with_image(definition: Definition, chain: Reading[ErrorChain]) -> Definition:
    """Fill in the one image that could not be evaluated from the error, where nothing else can be meant."""
    if isinstance(chain, Gap) or chain.image is None or isinstance(definition.containers, Gap):
        return definition
    open_ones = [item for item in definition.containers if isinstance(item.image, Gap)]
    known = {item.image for item in definition.containers if not isinstance(item.image, Gap)}
    if len(open_ones) != 1 or chain.image in known:
        return definition
    filled: list[Container] = [
        replace(item, image=chain.image) if item is open_ones[0] else item for item in definition.containers
    ]
    return replace(definition, containers=tuple(filled))


def _no_definition(live: Reading[Absent] | Reading[Definition], asked: Reading[Definition]) -> Gap:
    if isinstance(asked, Gap):
        return asked
    return live if isinstance(live, Gap) else Gap(reading="definition of the container group", reason="unknown")
