"""What is known when: names, scopes, conditions and loops have to be known before anything is deployed.

The compiler's BCP120, BCP138, BCP178, BCP080 (circles), and its linter's rule that no output holds a secret.
"""

from collections.abc import Iterator

from tests.infra.checking.fitting import Fault
from tests.infra.checking.functions import AT_DEPLOYMENT
from tests.infra.checking.meaning import World
from tests.infra.checking.shapes import Fields
from tests.infra.checking.symbols import all_statements
from tests.infra.checking.syntax import (
    Call,
    Declared,
    Dot,
    Expr,
    File,
    If,
    Index,
    Loop,
    Module,
    Name,
    Nested,
    Prefix,
    Resource,
    body_of,
    children,
)

_ALWAYS_KNOWN = frozenset({"id", "name", "type", "apiVersion"})


def order_faults(file: File, world: World) -> Iterator[Fault]:
    """What is asked for too early, in a circle, or told to everybody."""
    for each in all_statements(file):
        if isinstance(each, (Resource, Module)):
            for value, place in _early(each.value):
                for late in _late(value, world, frozenset()):
                    yield Fault(late.at, f"{each.name}: its {place} has to be known before anything is deployed")
        elif each.kind == "output" and each.value is not None and each.decorator("secure") is None:
            yield from _secrets(each.value, world)
    yield from _circles(file, world)


def _early(value: Expr) -> Iterator[tuple[Expr, str]]:
    """What of a declaration has to be known early, and what it is called."""
    if isinstance(value, If):
        yield value.condition, "condition"
        yield from _early(value.body)
    elif isinstance(value, Loop):
        yield value.source, "loop"
        if value.condition is not None:
            yield value.condition, "condition"
        yield from _early(value.body)
    else:
        body = body_of(value)
        for place in ("name", "scope"):
            found = body.get(place) if body is not None else None
            if found is not None:
                yield found, place


def _late(value: Expr, world: World, seen: frozenset[str]) -> Iterator[Expr]:
    """The parts of an expression that are known only once something is deployed."""
    if isinstance(value, Dot):
        statement = _behind(value.base, world)
        if isinstance(statement, Resource):
            if value.name not in _ALWAYS_KNOWN and not _fixed(statement, value.name, world):
                yield value
            return
        if isinstance(statement, Module):
            if value.name == "outputs":
                yield value
            return
    if isinstance(value, Call) and (value.name in AT_DEPLOYMENT or (value.base is not None and _lists(value))):
        yield value
    if isinstance(value, Name) and value.name not in world.local and value.name not in seen:
        found = world.find(value.name)
        behind = found.value if isinstance(found, Declared) and found.kind == "var" else None
        if behind is not None and any(True for _ in _late(behind, world, seen | {value.name})):
            yield value
    for inner in children(value):
        yield from _late(inner, world, seen)


def _lists(call: Call) -> bool:
    return call.name.startswith("list")


def _fixed(resource: Resource, name: str, world: World) -> bool:
    found = world.type_of(resource)
    fields = found.body.fields if found is not None and isinstance(found.body, Fields) else {}
    return name in fields and fields[name].fixed


def _behind(value: Expr, world: World) -> Resource | Module | None:
    """The resource or module that an expression stands for."""
    if isinstance(value, Index):
        return _behind(value.base, world)
    if isinstance(value, Prefix) and value.operator == "not-null":
        return _behind(value.operand, world)
    if not isinstance(value, (Name, Nested)) or value.name in world.local:
        return None
    found = world.named.get(value.name)
    return found if isinstance(found, (Resource, Module)) else None


def _secrets(value: Expr, world: World) -> Iterator[Fault]:
    if isinstance(value, Name):
        found = world.find(value.name)
        if isinstance(found, Declared) and found.decorator("secure") is not None:
            yield Fault(value.at, f"the secret {value.name!r} would stand in an output")
    if isinstance(value, Call) and _lists(value):
        yield Fault(value.at, f"what {value.name}() gives back would stand in an output")
    for inner in children(value):
        yield from _secrets(inner, world)


def _circles(file: File, world: World) -> Iterator[Fault]:
    needs = {
        each.name: {name for name in _names(each.value) if name in world.named}
        for each in file.statements
        if each.value is not None and not (isinstance(each, Declared) and each.kind in {"output", "func", "type"})
    }
    for each in file.statements:
        if each.name in needs and each.name in _reached(each.name, needs):
            yield Fault(each.at, f"{each.name!r} needs itself")


def _names(value: Expr) -> Iterator[str]:
    if isinstance(value, Name):
        yield value.name
    for inner in children(value):
        yield from _names(inner)


def _reached(start: str, needs: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(needs[start])
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += needs.get(name, ())
    return reached
