"""A resource's body against the type of its api-version; its scope, parent and name besides."""

from collections.abc import Iterator

from tests.infra.checking.azure_types import SCOPES, ResourceType
from tests.infra.checking.fitting import Fault, fields_of, misfits
from tests.infra.checking.limits import limit_faults
from tests.infra.checking.meaning import World, within_loop
from tests.infra.checking.more_types import KNOWN
from tests.infra.checking.shapes import Fields, Shape, Tagged
from tests.infra.checking.syntax import Call, Dot, Expr, Index, Item, Name, Object, Resource, Text, body_of

_OF_BICEP = frozenset({"name", "parent", "scope", "dependsOn"})
_SAID_BY_TYPE = frozenset({"id", "name", "type", "apiVersion"})


def resource_faults(resource: Resource, world: World, target: str, *, inside: Resource | None) -> Iterator[Fault]:
    """All that is wrong with one resource. inside: the resource that it is declared within."""
    body = body_of(resource.value)
    if body is None:
        yield Fault(resource.at, f"{resource.name} has no body")
        return
    if body.get("name") is None:
        yield Fault(resource.at, f"{resource.name} lacks 'name', which is required")
    yield from _parent(resource, body, world, inside)
    if resource.existing:
        for item in body.items:
            if isinstance(item, Item) and item.key.literal not in _OF_BICEP - {"dependsOn"}:
                yield Fault(item.at, f"{resource.name} exists already: {item.key.literal} cannot be set")
        return
    found = world.type_of(resource)
    inner = within_loop(resource.value, world)
    if found is not None:
        yield from _scope(resource, body, found, world, target, inside)
        yield from _body(body, found.body, inner, path=resource.name)
    yield from limit_faults(resource, body, inner)


def _body(body: Object, shape: Shape, world: World, path: str) -> Iterator[Fault]:
    name = body.get("name")
    last = None
    if isinstance(name, Text) and name.literal is not None:
        last = name.literal.rpartition("/")[2]
    written = tuple(each for each in body.items if not isinstance(each, Item) or each.key.literal not in _OF_BICEP)
    for item in written:
        if isinstance(item, Item) and item.key.literal in _SAID_BY_TYPE:
            yield Fault(item.at, f"{path}.{item.key.literal} is Azure's to say: it cannot be written")
    rest = tuple(each for each in written if not isinstance(each, Item) or each.key.literal not in _SAID_BY_TYPE)
    if isinstance(shape, Tagged) and shape.tag == "name":
        chosen = shape.kinds.get(last or "")
        if chosen is None:
            if last is not None and name is not None:
                yield Fault(name.at, f"{path}.name is {last!r} and has to be one of {', '.join(sorted(shape.kinds))}")
            return
        shape = chosen()
    if not isinstance(shape, (Fields, Tagged)):
        return
    if isinstance(shape, Fields):
        if last is not None and name is not None and "name" in shape.fields:
            place = Text(name.at, (last,))
            yield from misfits(place, shape.fields["name"].of(), world, path=f"{path}.name")
        kept = {key: each for key, each in shape.fields.items() if key not in _SAID_BY_TYPE}
        shape = Fields(fields=kept, more=shape.more)
    else:
        kept = {key: each for key, each in shape.base.items() if key not in _SAID_BY_TYPE}
        shape = Tagged(tag=shape.tag, base=kept, kinds=shape.kinds)
    yield from fields_of(Object(body.at, rest), shape, world, path=path, part=False)


def _parent(resource: Resource, body: Object, world: World, inside: Resource | None) -> Iterator[Fault]:
    """The name has a segment for each of the type, but for those that the parent brings."""
    name, parent = body.get("name"), body.get("parent")
    of_type, _ = world.types[resource]
    wanted = of_type.count("/")
    if parent is not None:
        found = _resource_of(parent, world)
        if found is not None:
            above, _ = world.types[found]
            if of_type.rpartition("/")[0].lower() != above.lower():
                yield Fault(parent.at, f"{resource.name} is {of_type}, and its parent is {above}")
            outer = body_of(found.value)
            if found.existing and outer is not None and outer.get("scope") is not None and not resource.existing:
                yield Fault(parent.at, f"the parent of {resource.name} is of another scope: deploy it through a module")
    if parent is not None or inside is not None:
        wanted = 1
    if isinstance(name, Text):
        segments = 1 + sum(part.count("/") for part in name.parts if isinstance(part, str))
        if segments != wanted and of_type.lower() != "microsoft.resources/deployments":
            yield Fault(name.at, f"the name of {resource.name} has {segments} segments; {of_type} takes {wanted} here")


def _resource_of(value: Expr, world: World) -> Resource | None:
    base = value.base if isinstance(value, Index) else value
    found = world.find(base.name) if isinstance(base, Name) else None
    return found if isinstance(found, Resource) else None


def _scope(
    resource: Resource, body: Object, of_type: ResourceType, world: World, target: str, inside: Resource | None
) -> Iterator[Fault]:
    scopes = of_type.scopes
    if scopes is None:
        return
    scope = body.get("scope")
    if scopes == 0:
        yield Fault(resource.at, f"{of_type.name} cannot be deployed, only read: it lacks 'existing'")
    elif scope is None:
        below = inside is not None or body.get("parent") is not None
        if not below and not scopes & SCOPES.get(target, 0):
            yield Fault(resource.at, f"{of_type.name} cannot be deployed to a {target}")
    elif isinstance(scope, Call):
        if not (scope.name == target and not scope.arguments):
            yield Fault(scope.at, f"{resource.name} is of another scope than the file: deploy it through a module")
    elif isinstance(scope, (Name, Index, Dot)) and not scopes & SCOPES["extension"]:
        yield Fault(scope.at, f"{of_type.name} does not extend another resource: it cannot have it as its scope")


def version_notes(resource: Resource, world: World) -> str | None:
    """What has to be said of a type that is not in the folder; None where it is there."""
    name, version = world.types[resource]
    if world.book.versions(name):
        return None
    if world.book.find(name, version) is not None:
        return f"{name}@{version}: no types in the folder, checked against what more_types.py has of it"
    return f"{name}@{version}: no types in the folder, so its body is not checked"


def type_faults(resource: Resource, world: World) -> Iterator[Fault]:
    """A type that is not written `namespace/type@version`, that there is not, or of which there is no such version.

    Where the folder is not there at all, nothing is said of types.
    """
    name, version = world.types[resource]
    if resource.type.literal is None or "/" not in name or not version:
        yield Fault(resource.type.at, f"{resource.name} is of no type@version")
    elif world.book.any and world.book.find(name, version) is None:
        there = (*world.book.versions(name), *(known for of_type, known in KNOWN if of_type == name.lower()))
        if there:
            yield Fault(resource.type.at, f"there are no types of {name}@{version}; the folder has {', '.join(there)}")
        else:
            yield Fault(resource.type.at, f"there are no types of {name}: add them to the folder or to more_types.py")
