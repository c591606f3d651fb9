"""What an expression may come to: names -> declarations, and declarations -> shapes.

What cannot be told is `Anything`, which fits everywhere: the check says only what is surely wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from tests.infra.checking.azure_types import Book, ResourceType
from tests.infra.checking.functions import FUNCTIONS
from tests.infra.checking.shapes import (
    Anything,
    Exactly,
    Field,
    Fields,
    Flag,
    ListOf,
    Named,
    Nothing,
    OneOf,
    Shape,
    Tagged,
    Whole,
    Word,
)
from tests.infra.checking.syntax import (
    Array,
    Call,
    Choice,
    Constant,
    Declared,
    Dot,
    Expr,
    File,
    If,
    Index,
    Infix,
    Item,
    Lambda,
    Loop,
    Module,
    Name,
    Nested,
    Object,
    Prefix,
    Resource,
    Spread,
    Statement,
    Text,
)

NAMESPACES = frozenset({"az", "sys"})
_YES_OR_NO = frozenset({"==", "!=", "=~", "!~", "<", "<=", ">", ">=", "&&", "||"})
Meant: TypeAlias = Statement | Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What names mean at a place. modules: the files by the path that is written; None where one is not there.

    folder: that the file lies in. named: all that the file declares, nested resources among it. local: of loops and
    lambdas. seen: the variables that are being looked into, so that a circle ends.
    """

    book: Book
    folder: Path
    modules: Mapping[str, File | None]
    named: Mapping[str, Statement]
    types: Mapping[Resource, tuple[str, str]] = field(repr=False)
    imported: frozenset[str] = frozenset()
    local: Mapping[str, Shape] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()

    def within(self, local: Mapping[str, Shape]) -> "World":
        """The same with more local names."""
        return replace(self, local={**self.local, **local})

    def find(self, name: str) -> Meant | None:
        """What a name means; None where nothing has it."""
        if name in self.local:
            return self.local[name]
        return Anything() if name in self.imported else self.named.get(name)

    def type_of(self, resource: Resource) -> ResourceType | None:
        """Its type, of the newest version that is there where its own is not; None where there is none."""
        name, version = self.types[resource]
        found = self.book.find(name, version)
        versions = self.book.versions(name)
        return self.book.find(name, versions[-1]) if found is None and versions else found

    def resolved(self, shape: Shape) -> Shape:
        """A type of the file's own by what it stands for."""
        while isinstance(shape, Named):
            declared = self.named.get(shape.name)
            known = isinstance(declared, Declared) and declared.kind == "type" and declared.shape is not None
            shape = declared.shape if known and isinstance(declared, Declared) and declared.shape else Anything()
        return shape


def param_shape(param: Declared) -> Shape:
    """What a parameter takes, its decorators regarded."""
    shape = param.shape or Anything()
    allowed = param.decorator("allowed")
    if allowed is not None and allowed.arguments and isinstance(allowed.arguments[0], Array):
        options = [_exactly(each) for each in allowed.arguments[0].items if not isinstance(each, Spread)]
        return OneOf(tuple(each for each in options if each is not None))
    least, most = _limit(param, "minLength"), _limit(param, "maxLength")
    if isinstance(shape, Word):
        return Word(least=least or 0, most=most)
    if isinstance(shape, Whole):
        return Whole(least=_limit(param, "minValue"), most=_limit(param, "maxValue"))
    return shape


def _limit(param: Declared, name: str) -> int | None:
    found = param.decorator(name)
    limit = found.arguments[0] if found is not None and found.arguments else None
    negative = isinstance(limit, Prefix) and limit.operator == "-"
    number = limit.operand if isinstance(limit, Prefix) else limit
    if not isinstance(number, Constant) or number.value is None:
        return None
    return -number.value if negative else number.value


def _exactly(value: Expr) -> Exactly | None:
    if isinstance(value, Text) and value.literal is not None:
        return Exactly(value.literal)
    return Exactly(value.value) if isinstance(value, Constant) and value.value is not None else None


def shape_of(value: Expr, world: World) -> Shape:
    """What an expression comes to."""
    match value:
        case Text():
            return Word() if value.literal is None else Exactly(value.literal)
        case Constant():
            return Nothing() if value.value is None else Exactly(value.value)
        case Name():
            return _named(value.name, world)
        case Object():
            return _object(value, world)
        case Array():
            items = tuple(Anything() if isinstance(each, Spread) else shape_of(each, world) for each in value.items)
            return ListOf(always(OneOf(items)))  # of an empty one nothing is an item
        case Loop():
            return ListOf(always(shape_of(value.body, world.within(locals_of(value, world)))))
        case If():
            return shape_of(value.body, world)
        case Call():
            return _call(value, world)
        case Dot():
            return property_of(shape_of(value.base, world), value.name, world) or Anything()
        case Index():
            return _element(shape_of(value.base, world), value.key, world)
        case Nested():
            return _named(value.name, world)
        case Lambda():
            return Anything()
        case Prefix():
            return _prefix(value, world)
        case Infix():
            return _infix(value, world)
        case Choice():
            return OneOf((shape_of(value.yes, world), shape_of(value.no, world)))


def always(shape: Shape) -> Callable[[], Shape]:
    """Something that gives it back."""
    return lambda: shape


def locals_of(loop: Loop, world: World) -> dict[str, Shape]:
    """The names that a loop brings."""
    return dict(zip(loop.names, (item_of(shape_of(loop.source, world), world), Whole()), strict=False))


def within_loop(value: Expr, world: World) -> World:
    """What names mean in the body of a resource or module: the names of its loop besides."""
    match value:
        case If():
            return within_loop(value.body, world)
        case Loop():
            return world.within(locals_of(value, world))
        case (
            Text() | Constant() | Name() | Object() | Array() | Call() | Dot() | Index() | Nested() | Lambda()
            | Prefix() | Infix() | Choice()
        ):  # fmt: skip
            return world


def item_of(source: Shape, world: World) -> Shape:
    """What each item of an array may be, whichever array of a choice it is."""
    options = tuple(each for each in flattened(source, world) if not isinstance(each, Nothing))
    if not options or not all(isinstance(each, ListOf) for each in options):
        return Anything()
    items = tuple(item for each in options if isinstance(each, ListOf) for item in flattened(each.item(), world))
    return items[0] if len(items) == 1 else OneOf(items)


def flattened(shape: Shape, world: World) -> tuple[Shape, ...]:
    """All that it may be, one by one."""
    resolved = world.resolved(shape)
    if not isinstance(resolved, OneOf):
        return (resolved,)
    return tuple(each for option in resolved.options for each in flattened(option, world))


def _named(name: str, world: World) -> Shape:
    meant = world.find(name)
    if meant is None or name in world.seen:
        return Anything()
    if isinstance(meant, Declared):
        if meant.kind == "param":
            return world.resolved(param_shape(meant))
        if meant.shape is not None or meant.value is None:
            return world.resolved(meant.shape or Anything())
        return shape_of(meant.value, replace(world, seen=world.seen | {name}))
    if isinstance(meant, Resource):
        found = world.type_of(meant)
        return _many(meant.value, Anything() if found is None else found.body)
    if isinstance(meant, Module):
        return _many(meant.value, _module(meant, world))
    return meant


def _many(value: Expr, shape: Shape) -> Shape:
    return ListOf(always(shape)) if isinstance(value, Loop) else shape


def _module(module: Module, world: World) -> Shape:
    file = world.modules.get(module.path.literal or "")
    if file is None:
        return Anything()
    outputs = {name: Field(of=always(each.shape or Anything())) for name, each in file.outputs.items()}
    shape = Fields(fields=outputs)
    return Fields(fields={"name": Field(of=Word, fixed=True), "outputs": Field(of=always(shape))})


def _object(value: Object, world: World) -> Shape:
    spread = any(isinstance(each, Spread) or each.key.literal is None for each in value.items)
    fields = {
        each.key.literal: Field(of=always(shape_of(each.value, world)), required=True)
        for each in value.items
        if isinstance(each, Item) and each.key.literal is not None
    }
    return Fields(fields=fields, more=Anything if spread else None)


def _call(call: Call, world: World) -> Shape:
    if call.base is not None and not (isinstance(call.base, Name) and call.base.name in NAMESPACES):
        return Anything()
    declared = world.named.get(call.name)
    if isinstance(declared, Declared) and declared.kind == "func":
        return world.resolved(declared.shape or Anything())
    known = FUNCTIONS.get(call.name)
    return Anything() if known is None else known.gives


def property_of(shape: Shape, name: str, world: World) -> Shape | None:
    """What a property of it comes to; None where there is none of that name."""
    match world.resolved(shape):
        case Fields(fields=fields, more=more):
            if name in fields:
                return world.resolved(fields[name].of())
            return None if more is None else more()
        case Tagged(tag=tag, base=base, kinds=kinds):
            if name == tag:
                return Word()
            if name in base:
                return base[name].of()
            found = [property_of(kind(), name, world) for kind in kinds.values()]
            known = tuple(each for each in found if each is not None)
            return OneOf(known) if known else None
        case OneOf() as choice:
            return _of_each(tuple(each for each in flattened(choice, world) if each != Nothing()), name, world)
        case Anything() | Named():
            return Anything()
        case Word() | Whole() | Flag() | Nothing() | Exactly() | ListOf():
            return None


def _of_each(options: tuple[Shape, ...], name: str, world: World) -> Shape | None:
    """The property of every object that it may be: one that lacks it is deployed as well as the others."""
    found = [(each, property_of(each, name, world)) for each in options]
    if any(of_it is None and isinstance(each, Fields) for each, of_it in found):
        return None
    known = tuple(of_it for _, of_it in found if of_it is not None)
    return OneOf(known) if known or not found else None


def _element(shape: Shape, key: Expr, world: World) -> Shape:
    resolved = world.resolved(shape)
    if isinstance(resolved, ListOf):
        return world.resolved(resolved.item())
    if isinstance(key, Text) and key.literal is not None:
        return property_of(resolved, key.literal, world) or Anything()
    return Anything()


def _prefix(value: Prefix, world: World) -> Shape:
    if value.operator == "!":
        return Flag()
    if value.operator == "-":
        number = value.operand.value if isinstance(value.operand, Constant) else None
        return Whole() if number is None else Exactly(-number)
    return without_null(shape_of(value.operand, world))


def _infix(value: Infix, world: World) -> Shape:
    if value.operator in _YES_OR_NO:
        return Flag()
    if value.operator == "??":
        return OneOf((without_null(shape_of(value.left, world)), shape_of(value.right, world)))
    return Whole()


def without_null(shape: Shape) -> Shape:
    """The same without null."""
    if not isinstance(shape, OneOf):
        return shape
    return OneOf(tuple(each for each in shape.options if not isinstance(each, Nothing)))
