"""Whether a value fits a shape: property by property, as far as it can be told without deploying."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tests.infra.checking.likeness import refused
from tests.infra.checking.meaning import World, item_of, locals_of, shape_of
from tests.infra.checking.shapes import (
    Anything,
    Exactly,
    Field,
    Fields,
    ListOf,
    OneOf,
    Shape,
    Tagged,
    Whole,
    describe,
)
from tests.infra.checking.syntax import (
    Array,
    At,
    Call,
    Choice,
    Constant,
    Declared,
    Dot,
    Expr,
    If,
    Index,
    Infix,
    Item,
    Lambda,
    Loop,
    Name,
    Nested,
    Object,
    Prefix,
    Spread,
    Text,
)

_MERGED = frozenset({"union", "concat", "filter", "sort", "shallowMerge", "any"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where."""

    at: At
    said: str


def misfits(value: Expr, shape: Shape, world: World, *, path: str, part: bool = False) -> Iterator[Fault]:
    """All that is wrong with a value. path: what it is the value of. part: other values are merged with it."""
    wanted = world.resolved(shape)
    if isinstance(wanted, Anything):
        return
    match value:
        case Choice():
            yield from misfits(value.yes, wanted, world, path=path, part=part)
            yield from misfits(value.no, wanted, world, path=path, part=part)
        case Infix(operator="??"):
            yield from misfits(value.right, wanted, world, path=path, part=part)
            yield from _by_shape(value.left, wanted, world, path)
        case Name() if (behind := _variable(value, world)) is not None:
            outside = replace(world, local={}, seen=world.seen | {value.name})
            yield from misfits(behind, wanted, outside, path=path, part=part)
        case Call(base=None, name="map") if isinstance(value.arguments[-1], Lambda):
            yield from _mapped(value, value.arguments[-1], wanted, world, path)
        case Call(base=None, name=name) if name in _MERGED:
            yield from _merged(value, wanted, world, path)
        case Object():
            yield from _object(value, wanted, world, path, part)
        case Array():
            yield from _array(value, wanted, world, path)
        case Loop():
            item = _item_of(wanted)
            if item is None:
                yield Fault(value.at, f"{path} has to be {describe(wanted)} and is an array")
            else:
                yield from misfits(value.body, item, world.within(locals_of(value, world)), path=f"{path}[]")
        case (
            Text() | Constant() | Name() | If() | Call() | Dot() | Index() | Nested() | Lambda() | Prefix() | Infix()
        ):  # fmt: skip
            yield from _by_shape(value, wanted, world, path)


def _variable(value: Name, world: World) -> Expr | None:
    """What a variable is set to, where that is written out: its faults are then told at their own place."""
    found = None if value.name in world.local else world.find(value.name)
    if not isinstance(found, Declared) or found.kind != "var":
        return None
    written = isinstance(found.value, (Object, Array, Choice, Text, Constant, Loop))
    return found.value if written and value.name not in world.seen else None


def _mapped(call: Call, body: Lambda, wanted: Shape, world: World, path: str) -> Iterator[Fault]:
    item = _item_of(wanted)
    if item is None:
        yield Fault(call.at, f"{path} has to be {describe(wanted)} and is an array")
        return
    of_each = item_of(shape_of(call.arguments[0], world), world)
    local = dict.fromkeys(body.names[:1], of_each) | dict.fromkeys(body.names[1:], Whole())
    yield from misfits(body.body, item, world.within(local), path=f"{path}[]")


def _merged(call: Call, wanted: Shape, world: World, path: str) -> Iterator[Fault]:
    if call.name == "any":
        return
    for each in call.arguments:
        if not isinstance(each, Lambda) and call.name != "shallowMerge":
            yield from misfits(each, wanted, world, path=path, part=True)


def _item_of(wanted: Shape) -> Shape | None:
    options = wanted.options if isinstance(wanted, OneOf) else (wanted,)
    return next((each.item() for each in options if isinstance(each, ListOf)), None)


def _array(value: Array, wanted: Shape, world: World, path: str) -> Iterator[Fault]:
    item = _item_of(wanted)
    if item is None:
        yield Fault(value.at, f"{path} has to be {describe(wanted)} and is an array")
        return
    for number, each in enumerate(value.items):
        if not isinstance(each, Spread):
            yield from misfits(each, item, world, path=f"{path}[{number}]")


def _object(value: Object, wanted: Shape, world: World, path: str, part: bool) -> Iterator[Fault]:
    options = wanted.options if isinstance(wanted, OneOf) else (wanted,)
    kinds = [world.resolved(each) for each in options]
    objects = [each for each in kinds if isinstance(each, (Fields, Tagged))]
    if any(isinstance(each, Anything) for each in kinds):
        return
    if not objects:
        yield Fault(value.at, f"{path} has to be {describe(wanted)} and is an object")
        return
    tried = [list(fields_of(value, each, world, path=path, part=part)) for each in objects]
    yield from min(tried, key=len)


def fields_of(value: Object, wanted: Fields | Tagged, world: World, *, path: str, part: bool) -> Iterator[Fault]:
    """All that is wrong with the properties of an object."""
    if isinstance(wanted, Fields):
        yield from _properties(value, wanted, world, path, part)
        return
    tag = value.get(wanted.tag)
    kind = shape_of(tag, world) if tag is not None else None
    if tag is None:
        if not part:
            yield Fault(value.at, f"{path} lacks {wanted.tag!r}, which says what kind it is")
    elif isinstance(kind, Exactly):
        chosen = wanted.kinds.get(str(kind.value))
        if chosen is None:
            known = ", ".join(sorted(wanted.kinds))
            yield Fault(tag.at, f"{path}.{wanted.tag} is {kind.value!r} and has to be one of {known}")
            return
        of_kind = chosen()
        more = of_kind.fields if isinstance(of_kind, Fields) else {}
        both = Fields(fields={**wanted.base, **more}, more=of_kind.more if isinstance(of_kind, Fields) else None)
        yield from _properties(value, both, world, path, part)


def _properties(value: Object, wanted: Fields, world: World, path: str, part: bool) -> Iterator[Fault]:
    written: set[str] = set()
    for item in value.items:
        if isinstance(item, Spread) or item.key.literal is None:
            part = True  # what it brings is not known
            continue
        name = item.key.literal
        if name in written:
            yield Fault(item.at, f"{path}.{name} is written twice")
        written.add(name)
        yield from _property(item, name, wanted, world, f"{path}.{name}")
    if part:
        return
    for name in missing(wanted.fields, written):
        yield Fault(value.at, f"{path} lacks {name!r}, which is required")


def _property(item: Item, name: str, wanted: Fields, world: World, path: str) -> Iterator[Fault]:
    known = wanted.fields.get(name)
    # Where properties are named and any other is let through, another one is still likelier a slip.
    closed = wanted.more is None or (wanted.fields and isinstance(wanted.more(), Anything))
    if known is None and closed:
        near = next((each for each in wanted.fields if each.lower() == name.lower()), None)
        yield Fault(item.at, f"there is no {path}" + (f"; it is written {near!r}" if near else ""))
    elif known is None and wanted.more is not None:
        yield from misfits(item.value, wanted.more(), world, path=path)
    elif known is not None:
        if known.read_only:
            yield Fault(item.at, f"{path} is Azure's to say: it cannot be written")
        elif known.required and isinstance(item.value, Constant) and item.value.value is None:
            yield Fault(item.at, f"{path} is required and is null")
        else:
            yield from misfits(item.value, known.of(), world, path=path)


def missing(fields: Mapping[str, Field], written: set[str]) -> list[str]:
    """The required ones that are not written."""
    return [name for name, each in fields.items() if each.required and not each.read_only and name not in written]


def _by_shape(value: Expr, wanted: Shape, world: World, path: str) -> Iterator[Fault]:
    found = world.resolved(shape_of(value, world))
    why = refused(found, wanted, world)
    if why is not None:
        yield Fault(value.at, f"{path} has to be {why} and is {describe(found)}")
