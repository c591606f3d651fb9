"""The resources of one template, each loop unrolled: what each is called and where it goes.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources and
`child-resource-name-type`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from acimedic.template.arguments import WrongArgumentError
from acimedic.template.frames import Frame
from acimedic.template.ids import id_of_resource, provider_path
from acimedic.template.scope import Place
from acimedic.template.targets import base_of, place_of, text_of
from acimedic.template.trees import evaluate_tree, loop_count
from acimedic.template.values import Json, Unresolved, as_written, child_path, member

DEPLOYMENTS = "microsoft.resources/deployments"
_DOCUMENTED = (
    "apiVersion condition copy dependsOn existing extension identity import kind location name plan properties "
    "resourceGroup resources scope sku subscriptionId tags type zones"
)
_PROPERTIES = {name.lower(): name for name in _DOCUMENTED.split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One resource of a template, or one round of its loop.

    definition: its properties by their documented names. written: the same by their names in the template.
    """

    definition: dict[str, Json]
    frame: Frame
    path: str
    written: Mapping[str, Json]
    symbol: str | None
    type: str | Unresolved
    name: str | Unresolved
    id: str | Unresolved
    place: Place
    doubt: Unresolved | None

    @property
    def is_deployment(self) -> bool:
        """Whether it is a nested or linked deployment."""
        return isinstance(self.type, str) and self.type.lower() == DEPLOYMENTS

    def path_of(self, key: str) -> str:
        """Where the template has a property of the resource, as it is written there."""
        return child_path(self.path, as_written(self.written, key))

    def get(self, key: str) -> Json:
        """A property of the resource, evaluated."""
        return evaluate_tree(self.definition.get(key), self.frame)

    def condition(self) -> bool | Unresolved:
        """Whether it is deployed at all."""
        if self.doubt is not None:
            return self.doubt
        condition = self.get("condition") if "condition" in self.definition else True
        if isinstance(condition, bool | Unresolved):
            return condition
        if isinstance(condition, str) and condition.lower() in ("true", "false"):
            return condition.lower() == "true"
        return Unresolved("the condition is not a boolean")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where in the template a resource is written."""

    path: str
    symbol: str | None
    parent: Instance | None
    written: Mapping[str, Json] = field(default_factory=dict)


def unroll(resources: Json, path: str, frame: Frame, place: Place) -> Iterator[Instance]:
    """All resources of a `resources` section: an array, or an object of symbolic names."""
    yield from _section(resources, path, frame, place, None)


def _section(resources: Json, path: str, frame: Frame, place: Place, parent: Instance | None) -> Iterator[Instance]:
    if isinstance(resources, str):
        resources = evaluate_tree(resources, frame)
    if isinstance(resources, dict):
        for symbol, each in resources.items():
            spot = _Spot(path=child_path(path, symbol), symbol=symbol, parent=parent)
            yield from _resource(each, spot, frame, place)
    elif isinstance(resources, list):
        for at, each in enumerate(resources):
            spot = _Spot(path=child_path(path, at), symbol=None, parent=parent)
            yield from _resource(each, spot, frame, place)


def _resource(definition: Json, spot: _Spot, frame: Frame, place: Place) -> Iterator[Instance]:
    if not isinstance(definition, dict):
        return
    spot = replace(spot, written=definition)
    definition = _canonical(definition)
    loop = definition.get("copy")
    if not isinstance(loop, dict):
        yield from _family(definition, spot, frame, place, None)
        return
    written = evaluate_tree(member(loop, "name"), frame)
    name = written if isinstance(written, str) else ""
    count = loop_count(member(loop, "count"), frame)
    if isinstance(count, Unresolved):
        yield from _family(definition, spot, frame.looped(name, count).looped("", count), place, count)
        return
    for index in range(count):
        if frame.meter.stopped is not None:
            return
        symbol = None if spot.symbol is None else f"{spot.symbol}[{index}]"
        round_frame = frame.looped(name, index).looped("", index)
        yield from _family(definition, replace(spot, symbol=symbol), round_frame, place, None)


def _canonical(definition: dict[str, Json]) -> dict[str, Json]:
    """The resource with the properties of the template language as documented: ARM ignores their case."""
    if all(key in _PROPERTIES.values() or key.lower() not in _PROPERTIES for key in definition):
        return definition
    return {_PROPERTIES.get(key.lower(), key): each for key, each in definition.items()}


def _family(
    definition: dict[str, Json], spot: _Spot, frame: Frame, place: Place, doubt: Unresolved | None
) -> Iterator[Instance]:
    """A resource and the children written inside it."""
    refused = frame.meter.enter()
    if refused is not None:
        return
    try:
        instance = _instance(definition, spot, frame, place, doubt)
        yield instance
        if "resources" in definition and not instance.is_deployment:
            inner = instance.path_of("resources")
            for child in _section(definition["resources"], inner, frame, place, instance):
                yield replace(child, doubt=child.doubt or doubt)
    finally:
        frame.meter.leave()


def _instance(
    definition: dict[str, Json], spot: _Spot, frame: Frame, place: Place, doubt: Unresolved | None
) -> Instance:
    resource_type = text_of(definition, "type", frame)
    name = text_of(definition, "name", frame)
    base = base_of(definition, frame, place)
    if spot.parent is not None:
        resource_type, name, base = _below(spot.parent, resource_type, name, base)
    return Instance(
        definition=definition,
        frame=frame,
        path=spot.path,
        written=spot.written,
        symbol=spot.symbol,
        type=resource_type,
        name=name,
        id=_id(definition, resource_type, name, base),
        place=place_of(base, place) if isinstance(base, str) else place,
        doubt=doubt,
    )


def _below(
    parent: Instance, resource_type: str | Unresolved, name: str | Unresolved, base: str | Unresolved
) -> tuple[str | Unresolved, str | Unresolved, str | Unresolved]:
    """Full type and name of a child written inside its parent, or the parent as base of an extension."""
    if isinstance(resource_type, Unresolved):
        return resource_type, name, base
    if isinstance(parent.type, Unresolved) or isinstance(parent.name, Unresolved) or isinstance(name, Unresolved):
        doubt = next(each for each in (parent.type, parent.name, name) if isinstance(each, Unresolved))
        return (resource_type if isinstance(parent.type, Unresolved) else f"{parent.type}/{resource_type}"), doubt, base
    if "." not in resource_type.partition("/")[0]:
        return f"{parent.type}/{resource_type}", f"{parent.name}/{name}", _stem(parent)
    if resource_type.lower().startswith(f"{parent.type.lower()}/"):
        full = name.count("/") == resource_type.count("/") - 1
        return resource_type, name if full else f"{parent.name}/{name}", _stem(parent)
    return resource_type, name, parent.id


def _stem(parent: Instance) -> str | Unresolved:
    if isinstance(parent.id, Unresolved) or isinstance(parent.type, Unresolved) or isinstance(parent.name, Unresolved):
        return parent.id if isinstance(parent.id, Unresolved) else Unresolved("the parent is not known")
    return parent.id.removesuffix(provider_path(parent.type, parent.name.split("/")))


def _id(
    definition: Mapping[str, Json], resource_type: str | Unresolved, name: str | Unresolved, base: str | Unresolved
) -> str | Unresolved:
    if "import" in definition or "extension" in definition:
        return Unresolved("the resource is none of Azure Resource Manager's")
    for each in (resource_type, name, base):
        if isinstance(each, Unresolved):
            return each
    try:
        return id_of_resource(str(base), str(resource_type), str(name))
    except WrongArgumentError as wrong:
        return Unresolved(str(wrong))
