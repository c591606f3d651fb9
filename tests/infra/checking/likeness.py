"""Whether what a value is known to be is what it has to be; only what is surely wrong is refused."""

import re

from tests.infra.checking.meaning import World
from tests.infra.checking.shapes import (
    Anything,
    Exactly,
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
    describe,
)


def refused(found: Shape, wanted: Shape, world: World) -> str | None:
    """What it should be, where it surely is not that; None where it fits or where that cannot be told."""
    found, wanted = world.resolved(found), world.resolved(wanted)
    if isinstance(found, OneOf):
        answers = [refused(each, wanted, world) for each in found.options]
        return next((each for each in answers if each is not None), None)
    if isinstance(found, (Anything, Nothing)) or isinstance(wanted, Anything):
        return None
    if isinstance(wanted, OneOf):
        return _by_all(found, wanted, world)
    return None if _fits(found, wanted, world) else _wanted(wanted)


def _by_all(found: Shape, wanted: OneOf, world: World) -> str | None:
    values = [each for each in wanted.options if isinstance(each, Exactly)]
    # Where values are named, a literal has to be one of them, though Azure would take any string.
    options = [
        each for each in wanted.options if not (isinstance(each, Word) and values and isinstance(found, Exactly))
    ]
    if any(refused(found, each, world) is None for each in options):
        return None
    return _wanted(wanted)


def _wanted(wanted: Shape) -> str:
    if isinstance(wanted, Word) and (wanted.least or wanted.most or wanted.pattern):
        limits = f"{wanted.least} to {wanted.most or 'any number of'} characters"
        return f"a string of {limits}" + (f" like {wanted.pattern}" if wanted.pattern else "")
    if isinstance(wanted, Whole) and not (wanted.least is None and wanted.most is None):
        ends = ("" if end is None else f" {word} {end}" for word, end in (("from", wanted.least), ("to", wanted.most)))
        return f"a whole number{''.join(ends)}"
    return describe(wanted)


def _fits(found: Shape, wanted: Shape, world: World) -> bool:
    match wanted:
        case Exactly():
            return _kind(found) == _kind(wanted) and (not isinstance(found, Exactly) or found.value == wanted.value)
        case Word():
            return _kind(found) is str and (not isinstance(found, Exactly) or _worded(str(found.value), wanted))
        case Whole():
            return _kind(found) is int and (not isinstance(found, Exactly) or _within(int(found.value), wanted))
        case Flag():
            return _kind(found) is bool
        case ListOf():
            return isinstance(found, ListOf) and refused(found.item(), wanted.item(), world) is None
        case Fields() | Tagged():
            return isinstance(found, (Fields, Tagged))
        case Anything() | Nothing() | OneOf() | Named():
            return True


def _kind(shape: Shape) -> type | None:
    match shape:
        case Exactly():
            return type(shape.value)
        case Word():
            return str
        case Whole():
            return int
        case Flag():
            return bool
        case Anything() | Nothing() | ListOf() | OneOf() | Fields() | Tagged() | Named():
            return None


def _worded(value: str, wanted: Word) -> bool:
    if len(value) < wanted.least or (wanted.most is not None and len(value) > wanted.most):
        return False
    return wanted.pattern is None or re.search(wanted.pattern, value) is not None


def _within(value: int, wanted: Whole) -> bool:
    return (wanted.least is None or value >= wanted.least) and (wanted.most is None or value <= wanted.most)
