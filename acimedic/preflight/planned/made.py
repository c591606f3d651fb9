"""What a template itself makes of that which serves a pull: registries, identities, roles (pure).

What may be made, and what cannot be seen, is kept apart from what surely is: nobody is blamed for lacking it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from acimedic.model.resource_id import DEPLOYMENTS, IDENTITIES, REGISTRIES, ResourceId
from acimedic.preflight.planned.roles import PlannedDefinition, PlannedRole, definitions_of, roles_of
from acimedic.template import Evaluation, Json, Resource, Unresolved

_RESOURCE_GROUPS = "microsoft.resources/resourcegroups"
_PUSHERS = (
    "microsoft.resources/deploymentscripts",
    "microsoft.containerregistry/registries/taskruns",
    "microsoft.containerregistry/registries/tasks",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A resource that the template makes, or states again.

    doubt: why it may not be made; None where it surely is. at: its place among the resources of the evaluation.
    """

    id: ResourceId
    body: Json = field(repr=False)
    doubt: str | None
    path: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """All that the template makes.

    registries, identities: by comparable id. definitions: of roles, by guid. groups: scopes of resource groups, lower
    case. pushers: what may put an image into a registry, by name. unseen: why the template may make more than this.
    nameless_registry, nameless_identity: why one that it makes cannot be told from others.
    """

    registries: Mapping[str, Made]
    identities: Mapping[str, Made]
    roles: tuple[PlannedRole, ...]
    definitions: Mapping[str, PlannedDefinition]
    groups: frozenset[str]
    pushers: tuple[str, ...]
    unseen: str | None
    nameless_registry: str | None
    nameless_identity: str | None


def planned(evaluation: Evaluation) -> Planned:
    """What a template makes, as far as it could be evaluated."""
    return Planned(
        registries=_made(evaluation, REGISTRIES),
        identities=_made(evaluation, IDENTITIES),
        roles=tuple(roles_of(evaluation)),
        definitions=definitions_of(evaluation),
        groups=frozenset(str(item.id).lower() for _, item in _new(evaluation, _is(_RESOURCE_GROUPS))),
        pushers=tuple(str(item.name) for _, item in _new(evaluation, _is(*_PUSHERS)) if isinstance(item.name, str)),
        unseen=next(_unseen(evaluation), None),
        nameless_registry=_nameless(evaluation, REGISTRIES),
        nameless_identity=_nameless(evaluation, IDENTITIES),
    )


def _made(evaluation: Evaluation, kind: str) -> dict[str, Made]:
    """The resources of a type, by comparable id; of two with one id that which is surely made."""
    found: dict[str, Made] = {}
    for at, item in _new(evaluation, _is(kind)):
        resource = _id(item)
        if resource is None:
            continue
        doubt = item.condition.reason if isinstance(item.condition, Unresolved) else None
        if isinstance(item.body, Unresolved):
            doubt = doubt or item.body.reason
        made = Made(id=resource, body=item.body, doubt=doubt, path=item.path, at=at)
        known = found.get(resource.key)
        if known is None or known.doubt is not None:
            found[resource.key] = made
    return found


def _new(evaluation: Evaluation, wanted: Callable[[Resource], bool]) -> Iterator[tuple[int, Resource]]:
    for at, item in enumerate(evaluation.resources):
        if not item.existing and wanted(item):
            yield at, item


def _is(*kinds: str) -> Callable[[Resource], bool]:
    wanted = {kind.lower() for kind in kinds}
    return lambda item: isinstance(item.type, str) and item.type.lower() in wanted


def _id(item: Resource) -> ResourceId | None:
    try:
        return ResourceId.parse(item.id) if isinstance(item.id, str) else None
    except ValueError:
        return None


def _nameless(evaluation: Evaluation, kind: str) -> str | None:
    """Why a resource of this type, which the template makes, has no id that could be known."""
    for _, item in _new(evaluation, _is(kind)):
        if _id(item) is None:
            return item.id.reason if isinstance(item.id, Unresolved) else "its id is none"
    return None


def _unseen(evaluation: Evaluation) -> Iterator[str]:
    """Why the template may make what was not seen: linked templates, unknown types, an evaluation that was stopped."""
    deployments = {item.path for _, item in _new(evaluation, _is(DEPLOYMENTS))}
    for problem in evaluation.problems:
        about_itself = problem.reason.startswith("resource id not known")
        if not problem.path or (problem.path in deployments and not about_itself):
            yield problem.reason
    for _, item in _new(evaluation, lambda item: isinstance(item.type, Unresolved)):
        if isinstance(item.type, Unresolved):
            yield f"the type of {item.path} is not known: {item.type.reason}"
