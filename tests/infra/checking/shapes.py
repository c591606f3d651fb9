"""What a value may be: one vocabulary for the types of Azure's resources and for those that a Bicep file declares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Anything:
    """Nothing is known, or everything is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A string. The limits are lengths in characters."""

    least: int = 0
    most: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number within limits, both included."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """null."""


@dataclass(frozen=True, slots=True)
class Exactly:
    """One value alone."""

    value: str | int | bool


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array."""

    item: Callable[[], "Shape"]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these."""

    options: tuple["Shape", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A property. fixed: its value is known before the deployment begins."""

    of: Callable[[], "Shape"] = field(repr=False)
    required: bool = False
    read_only: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """An object. more: what further properties may be; None where there are none."""

    fields: Mapping[str, Field]
    more: Callable[[], "Shape"] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """An object of which one property says which kind it is."""

    tag: str
    base: Mapping[str, Field]
    kinds: Mapping[str, Callable[[], "Shape"]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A type that the file declares itself."""

    name: str


Shape: TypeAlias = Anything | Word | Whole | Flag | Nothing | Exactly | ListOf | OneOf | Fields | Tagged | Named

BUILT_IN: Mapping[str, Shape] = {
    "string": Word(),
    "int": Whole(),
    "bool": Flag(),
    "object": Fields(fields={}, more=Anything),
    "array": ListOf(Anything),
    "any": Anything(),
}


def describe(shape: Shape) -> str:
    """What it is, in a word or two."""
    match shape:
        case Anything():
            return "anything"
        case Word():
            return "a string"
        case Whole():
            return "a whole number"
        case Flag():
            return "true or false"
        case Nothing():
            return "null"
        case Exactly():
            return repr(shape.value)
        case ListOf():
            return "an array"
        case OneOf():
            return " or ".join(dict.fromkeys(describe(each) for each in shape.options))
        case Fields() | Tagged():
            return "an object"
        case Named():
            return shape.name
