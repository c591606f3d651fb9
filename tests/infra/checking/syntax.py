"""What a Bicep file says: its declarations and expressions, each with its place in the text."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.infra.checking.shapes import Shape


@dataclass(frozen=True, slots=True)
class At:
    """A place: characters from `start` up to, not including, `end`; `line` counts from 1."""

    start: int
    end: int
    line: int


class BicepError(Exception):
    """A file that cannot be read as Bicep."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line
        self.said = said


@dataclass(frozen=True, slots=True)
class Text:
    """A string; what is interpolated stands between its parts."""

    at: At
    parts: tuple["str | Expr", ...]

    @property
    def literal(self) -> str | None:
        """The string where nothing is interpolated."""
        words = [part for part in self.parts if isinstance(part, str)]
        return "".join(words) if len(words) == len(self.parts) else None


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, true, false or null."""

    at: At
    value: int | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """The use of something declared."""

    at: At
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One property of an object."""

    at: At
    key: Text
    value: "Expr"


@dataclass(frozen=True, slots=True)
class Spread:
    """`...value`"""

    at: At
    value: "Expr"


@dataclass(frozen=True, slots=True)
class Object:
    """`{ … }`; nested: the resources that are declared within."""

    at: At
    items: tuple[Item | Spread, ...]
    nested: tuple["Resource", ...] = ()

    def get(self, key: str) -> "Expr | None":
        """The value of a property; None where it is not written."""
        return next((each.value for each in self.items if isinstance(each, Item) and each.key.literal == key), None)


@dataclass(frozen=True, slots=True)
class Array:
    """`[ … ]`"""

    at: At
    items: tuple["Expr | Spread", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """`[for names in source: if (condition) body]`"""

    at: At
    names: tuple[str, ...]
    source: "Expr"
    condition: "Expr | None"
    body: "Expr"


@dataclass(frozen=True, slots=True)
class If:
    """`if (condition) { … }`, of a resource or module."""

    at: At
    condition: "Expr"
    body: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`name(…)`, or `base.name(…)`."""

    at: At
    base: "Expr | None"
    name: str
    arguments: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """`base.name`"""

    at: At
    base: "Expr"
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`base[key]`"""

    at: At
    base: "Expr"
    key: "Expr"


@dataclass(frozen=True, slots=True)
class Nested:
    """`base::name`: a resource declared within another."""

    at: At
    base: "Expr"
    name: str


@dataclass(frozen=True, slots=True)
class Lambda:
    """`(names) => body`"""

    at: At
    names: tuple[str, ...]
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Prefix:
    """`!operand`, `-operand`, and `operand!`, which is written as `operand` with the operator `not-null`."""

    at: At
    operator: str
    operand: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Infix:
    """`left operator right`"""

    at: At
    operator: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`condition ? yes : no`"""

    at: At
    condition: "Expr"
    yes: "Expr"
    no: "Expr"


Expr: TypeAlias = (
    Text | Constant | Name | Object | Array | Loop | If | Call | Dot | Index | Nested | Lambda | Prefix | Infix | Choice
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A param, var, output, user-defined type or function. shape: None where none is written."""

    at: At
    kind: Literal["param", "var", "output", "type", "func"]
    name: str
    decorators: tuple[Call, ...]
    shape: Shape | None = None
    value: Expr | None = None

    def decorator(self, name: str) -> Call | None:
        """The decorator of that name."""
        return next((each for each in self.decorators if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource; `type` is what stands in quotes."""

    at: At
    name: str
    type: Text
    existing: bool
    value: Expr
    decorators: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The use of another file."""

    at: At
    name: str
    path: Text
    value: Expr
    decorators: tuple[Call, ...] = ()


Statement: TypeAlias = Declared | Resource | Module


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A whole file. target: what it is deployed to. imported: names that come from elsewhere."""

    target: str
    statements: tuple[Statement, ...]
    imported: frozenset[str] = frozenset()

    @property
    def params(self) -> dict[str, Declared]:
        """The parameters by name."""
        return {each.name: each for each in self.statements if isinstance(each, Declared) and each.kind == "param"}

    @property
    def outputs(self) -> dict[str, Declared]:
        """The outputs by name."""
        return {each.name: each for each in self.statements if isinstance(each, Declared) and each.kind == "output"}


def body_of(value: Expr) -> Object | None:
    """The object behind a condition and a loop."""
    match value:
        case Object():
            return value
        case If() | Loop():
            return body_of(value.body)
        case (
            Text() | Constant() | Name() | Array() | Call() | Dot() | Index() | Nested() | Lambda() | Prefix() | Infix()
            | Choice()
        ):  # fmt: skip
            return None


def children(value: Expr) -> tuple[Expr, ...]:
    """The expressions directly within one."""
    match value:
        case Constant() | Name():
            return ()
        case Text():
            return tuple(part for part in value.parts if not isinstance(part, str))
        case Object():
            keys = tuple(each.key for each in value.items if isinstance(each, Item))
            return (*keys, *(each.value for each in value.items))
        case Array():
            return tuple(each.value if isinstance(each, Spread) else each for each in value.items)
        case Loop():
            return (value.source, *((value.condition,) if value.condition is not None else ()), value.body)
        case If():
            return (value.condition, value.body)
        case Call():
            return (*((value.base,) if value.base is not None else ()), *value.arguments)
        case Dot() | Nested():
            return (value.base,)
        case Index():
            return (value.base, value.key)
        case Lambda():
            return (value.body,)
        case Prefix():
            return (value.operand,)
        case Infix():
            return (value.left, value.right)
        case Choice():
            return (value.condition, value.yes, value.no)
