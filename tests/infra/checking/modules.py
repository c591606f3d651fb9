"""The use of one file by another: its parameters, and where it is deployed to."""

from collections.abc import Iterator

from tests.infra.checking.fitting import Fault, misfits
from tests.infra.checking.meaning import World, param_shape, shape_of, within_loop
from tests.infra.checking.shapes import Anything, Named, Nothing, OneOf, Shape
from tests.infra.checking.syntax import Call, Declared, Expr, File, Index, Item, Module, Name, Object, Resource, body_of

_OF_MODULE = frozenset({"name", "scope", "params", "dependsOn", "identity"})
_SCOPES = {"resourceGroup", "subscription", "managementGroup", "tenant"}


def module_faults(module: Module, world: World, target: str) -> Iterator[Fault]:
    """All that is wrong with one use of a file."""
    path = module.path.literal
    if path is None or path.startswith(("br:", "br/", "ts:", "ts/")):
        yield Fault(module.path.at, "modules are files of this folder")
        return
    file = world.modules.get(path)
    if file is None:
        yield Fault(module.path.at, f"there is no file {path}, or it cannot be read")
        return
    body = body_of(module.value)
    if body is None:
        yield Fault(module.at, f"{module.name} has no body")
        return
    for item in body.items:
        if isinstance(item, Item) and item.key.literal not in _OF_MODULE:
            yield Fault(item.at, f"there is no {module.name}.{item.key.literal}")
    yield from _params(module, body, file, world)
    yield from _scope(module, body, file, world, target)


def needed(param: Declared) -> bool:
    """Whether it has to be given."""
    optional = isinstance(param.shape, OneOf) and Nothing() in param.shape.options
    return param.value is None and not optional


def _params(module: Module, body: Object, file: File, world: World) -> Iterator[Fault]:
    given = body.get("params") or Object(body.at, ())
    if not isinstance(given, Object):
        return
    written: set[str] = set()
    inner = within_loop(module.value, world)
    for item in given.items:
        name = item.key.literal if isinstance(item, Item) else None
        if not isinstance(item, Item) or name is None:
            continue
        written.add(name)
        param = file.params.get(name)
        if param is None:
            yield Fault(item.at, f"{module.path.literal} has no parameter {name!r}")
        else:
            yield from misfits(item.value, _own(param_shape(param), file), inner, path=f"{module.name}.{name}")
    for param in file.params.values():
        if needed(param) and param.name not in written:
            yield Fault(given.at, f"{module.name} lacks the parameter {param.name!r}")


def _own(shape: Shape, file: File) -> Shape:
    """A type that the other file declares, by what it stands for there."""
    if not isinstance(shape, Named):
        return shape
    found = next((each for each in file.statements if each.name == shape.name), None)
    return found.shape if isinstance(found, Declared) and found.shape is not None else Anything()


def _scope(module: Module, body: Object, file: File, world: World, target: str) -> Iterator[Fault]:
    scope = body.get("scope")
    found = target if scope is None else _kind(scope, world)
    if found is not None and found != file.target:
        yield Fault((scope or body).at, f"{module.path.literal} is deployed to a {file.target}, and here to a {found}")


def _kind(scope: Expr, world: World) -> str | None:
    """What kind of scope an expression stands for; None where that cannot be told."""
    if isinstance(scope, Call):
        return scope.name if scope.name in _SCOPES else None
    base = scope.base if isinstance(scope, Index) else scope
    found = world.find(base.name) if isinstance(base, Name) else None
    if isinstance(found, Resource):
        kind = world.types[found][0].lower()
        known = {
            "microsoft.resources/resourcegroups": "resourceGroup",
            "microsoft.resources/subscriptions": "subscription",
        }
        return known.get(kind, "resource")
    return None


def default_faults(param: Declared, world: World) -> Iterator[Fault]:
    """A default that the parameter does not take, or that would be a secret for all to read."""
    if param.value is None:
        return
    yield from misfits(param.value, param_shape(param), world, path=f"the default of {param.name}")
    secret = param.decorator("secure") is not None
    empty = getattr(shape_of(param.value, world), "value", None) == ""
    if secret and not empty and not isinstance(param.value, Call):
        yield Fault(param.at, f"the secret {param.name!r} has a default")
