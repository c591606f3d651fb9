"""The names of a file: each is declared, each parameter and variable is used, each property that is read exists."""

from collections import Counter
from collections.abc import Iterator

from tests.infra.checking.fitting import Fault
from tests.infra.checking.functions import DECORATORS, FUNCTIONS
from tests.infra.checking.meaning import NAMESPACES, World, item_of, locals_of, property_of, shape_of
from tests.infra.checking.shapes import Anything, Shape
from tests.infra.checking.syntax import (
    Call,
    Constant,
    Declared,
    Dot,
    Expr,
    File,
    Lambda,
    Loop,
    Name,
    Nested,
    Object,
    Resource,
    Statement,
    Text,
    children,
)


def symbol_faults(file: File, world: World) -> Iterator[Fault]:
    """All that is wrong with names. Of what is declared twice, nested or not, each is told."""
    every = list(all_statements(file))
    twice = Counter((isinstance(each, Declared) and each.kind == "output", each.name) for each in every)
    for each in every:
        if twice[(isinstance(each, Declared) and each.kind == "output", each.name)] > 1:
            yield Fault(each.at, f"{each.name!r} is declared twice")
        yield from _decorator_faults(each, world)
    used: set[str] = set()
    for each in every:
        value = each.value
        if value is not None:
            yield from _within(value, world, used)
    for each in every:
        if each.name not in used and _has_to_be_used(each):
            yield Fault(each.at, f"{each.name!r} is not used")


def _has_to_be_used(statement: Statement) -> bool:
    if isinstance(statement, Declared):
        return statement.kind in {"param", "var"} and statement.decorator("export") is None
    return isinstance(statement, Resource) and statement.existing and not any(True for _ in nested_in(statement))


def all_statements(file: File) -> Iterator[Statement]:
    """Every declaration, those within resources among them."""
    for each in file.statements:
        yield each
        if isinstance(each, Resource):
            yield from (inner for inner, _ in nested_in(each))


def nested_in(resource: Resource) -> Iterator[tuple[Resource, Resource]]:
    """The resources declared within one, each with the one that it stands in."""
    for each in _objects(resource.value):
        for inner in each.nested:
            yield inner, resource
            yield from nested_in(inner)


def _objects(value: Expr) -> Iterator[Object]:
    if isinstance(value, Object):
        yield value
    elif not isinstance(value, (Text, Constant, Name)):
        for inner in children(value):
            yield from _objects(inner)


def _decorator_faults(statement: Statement, world: World) -> Iterator[Fault]:
    for each in statement.decorators:
        if each.name not in DECORATORS:
            yield Fault(each.at, f"there is no decorator {each.name!r}")
        for argument in each.arguments:
            yield from _within(argument, world, set())
    if isinstance(statement, Declared) and statement.kind == "param" and statement.decorator("description") is None:
        yield Fault(statement.at, f"param {statement.name!r} is not described")


def _within(value: Expr, world: World, used: set[str]) -> Iterator[Fault]:
    """All that is wrong in an expression; what it uses is put into `used`."""
    if isinstance(value, Name):
        used.add(value.name)
        if world.find(value.name) is None and value.name not in NAMESPACES:
            yield Fault(value.at, f"{value.name!r} is not declared")
    elif isinstance(value, Call):
        yield from _call(value, world, used)
    elif isinstance(value, Loop):
        yield from _within(value.source, world, used)
        inner = world.within(locals_of(value, world))
        if value.condition is not None:
            yield from _within(value.condition, inner, used)
        yield from _within(value.body, inner, used)
    elif isinstance(value, Lambda):
        yield from _within(value.body, world.within(dict.fromkeys(value.names, Anything())), used)
    else:
        if isinstance(value, Nested) and world.named.get(value.name) is None:
            yield Fault(value.at, f"{value.name!r} is not declared")
        for inner_value in children(value):
            yield from _within(inner_value, world, used)
        if isinstance(value, Dot):
            yield from _property(value, world)


def _property(value: Dot, world: World) -> Iterator[Fault]:
    base: Shape = shape_of(value.base, world)
    if property_of(base, value.name, world) is None:
        yield Fault(value.at, f"there is no property {value.name!r} here")


def _call(call: Call, world: World, used: set[str]) -> Iterator[Fault]:
    of_namespace = isinstance(call.base, Name) and call.base.name in NAMESPACES
    if call.base is not None and not of_namespace:
        yield from _within(call.base, world, used)
        if not (call.name.startswith("list") or call.name == "getSecret"):
            yield Fault(call.at, f"there is no function {call.name!r} of a resource")
    else:
        declared = world.named.get(call.name)
        known = FUNCTIONS.get(call.name)
        if call.name not in world.imported and not (isinstance(declared, Declared) and declared.kind == "func"):
            if known is None:
                yield Fault(call.at, f"there is no function {call.name!r}")
            elif not known.least <= len(call.arguments) <= known.most:
                yield Fault(call.at, f"{call.name}() does not take {len(call.arguments)} arguments")
    for number, each in enumerate(call.arguments):
        if isinstance(each, Lambda) and number > 0:
            item = item_of(shape_of(call.arguments[0], world), world)
            local: dict[str, Shape] = dict.fromkeys(each.names, Anything())
            if call.name in {"map", "filter"} and each.names:
                local[each.names[0]] = item
            yield from _within(each.body, world.within(local), used)
        else:
            yield from _within(each, world, used)
