"""No two resources of a file are one and the same in Azure, and no two modules one deployment.

The compiler's BCP121, BCP122 and BCP179; besides, a loop whose items are written out may not name one of them twice.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TypeAlias

from tests.infra.checking.fitting import Fault
from tests.infra.checking.meaning import World, shape_of
from tests.infra.checking.shapes import Exactly, Shape
from tests.infra.checking.symbols import nested_in
from tests.infra.checking.syntax import (
    Array,
    At,
    Declared,
    Dot,
    Expr,
    File,
    If,
    Loop,
    Module,
    Name,
    Resource,
    Spread,
    Text,
    body_of,
    children,
)

_Key: TypeAlias = tuple[Hashable, ...]
_PLACES = ("parent", "scope", "name")


def name_faults(file: File, world: World) -> Iterator[Fault]:
    """What is deployed twice under one name, and what each round of a loop would deploy anew."""
    told: list[tuple[Resource | Module, _Key]] = []
    for each, above in _deployed(file):
        loop = _loop(each.value)
        if loop is not None and not _varies(each, loop):
            yield Fault(
                each.at, f"{each.name} has one name for all rounds of its loop: the loop's item has to be in it"
            )
        else:
            told += [(each, key) for key in _keys(each, above, loop, world)]
    count = Counter(key for _, key in told)
    twice = dict.fromkeys((each, key[-1]) for each, key in told if count[key] > 1)
    for each, name in twice:
        yield Fault(each.at, f"{each.name} is deployed as {name!r}, and so is another at the same place")


def _deployed(file: File) -> Iterator[tuple[Resource | Module, str | None]]:
    """What is made, each with the resource that it stands in."""
    for each in file.statements:
        if isinstance(each, Module):
            yield each, None
        elif isinstance(each, Resource):
            inner = ((nested, outer.name) for nested, outer in nested_in(each))
            yield from ((found, above) for found, above in ((each, None), *inner) if not found.existing)


def _loop(value: Expr) -> Loop | None:
    if isinstance(value, If):
        return _loop(value.body)
    return value if isinstance(value, Loop) else None


def _varies(each: Resource | Module, loop: Loop) -> bool:
    body = body_of(each.value)
    found = [body.get(place) for place in _PLACES] if body is not None else []
    return any(_mentions(value, frozenset(loop.names)) for value in found if value is not None)


def _mentions(value: Expr, names: frozenset[str]) -> bool:
    return (isinstance(value, Name) and value.name in names) or any(_mentions(each, names) for each in children(value))


def _keys(each: Resource | Module, above: str | None, loop: Loop | None, world: World) -> Iterator[_Key]:
    """What it is deployed as; of a loop each that is known, which is where its items are written out."""
    body = body_of(each.value)
    if body is None:
        return
    kind = world.types[each][0].lower() if isinstance(each, Resource) else "module"
    rounds: Iterator[Mapping[str, Shape]] = iter([{}]) if loop is None else _rounds(loop, world)
    for local in rounds:
        yield (kind, above, *(_said(body.get(place), local, world) for place in _PLACES))


def _rounds(loop: Loop, world: World) -> Iterator[Mapping[str, Shape]]:
    """What the names of a loop stand for in each of its rounds, where its items are written out."""
    source = loop.source
    if isinstance(source, Name) and source.name not in world.local:
        declared = world.find(source.name)
        source = declared.value if isinstance(declared, Declared) and declared.kind == "var" else None
    items = source.items if isinstance(source, Array) else ()
    for number, item in enumerate(items):
        if not isinstance(item, Spread):
            yield dict(zip(loop.names, (shape_of(item, world), Exactly(number)), strict=False))


def _said(value: Expr | None, local: Mapping[str, Shape], world: World) -> Hashable:
    """What a name, parent or scope comes to: alike for what is alike."""
    if value is None:
        return "-"
    if isinstance(value, Text):
        parts = [part.lower() if isinstance(part, str) else _said(part, local, world) for part in value.parts]
        words = [part for part in parts if isinstance(part, str)]
        return "".join(words) if len(words) == len(parts) else tuple(parts)
    found = shape_of(value, world.within(local))
    if isinstance(found, Exactly):
        return str(found.value).lower()
    return _alike(value, world.within(local))


def _alike(value: object, world: World) -> Hashable:
    """An expression without the place where it stands; what a loop brings by what it is in this round."""
    if isinstance(value, tuple):
        return tuple(_alike(each, world) for each in value)
    if isinstance(value, (Name, Dot)) and _mentions(value, frozenset(world.local)):
        found = shape_of(value, world)
        return found.value if isinstance(found, Exactly) else object()  # like nothing else
    if is_dataclass(value) and not isinstance(value, (At, type)):
        inner = (_alike(getattr(value, each.name), world) for each in fields(value) if each.name != "at")
        return (type(value).__name__, *inner)
    return value if isinstance(value, Hashable) else repr(value)
