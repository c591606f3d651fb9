"""What a Bicep file deploys, as plain values: what is written out, behind variables too, and the rest as its text."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

from tests.infra.checking.__main__ import ROOT
from tests.infra.checking.parser import parse
from tests.infra.checking.syntax import (
    Array,
    Call,
    Choice,
    Constant,
    Declared,
    Expr,
    File,
    Item,
    Name,
    Object,
    Resource,
    Spread,
    Statement,
    Text,
    body_of,
    children,
)

INFRA = ROOT / "infra"
Plain: TypeAlias = "str | int | bool | Code | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True)
class Code:
    """What is known only when it is deployed, as it is written."""

    text: str


@dataclass(frozen=True)
class Template:
    """One file. Raises KeyError for a name that it does not have, OSError where it is not there."""

    path: Path

    @cached_property
    def text(self) -> str:
        """The whole of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def file(self) -> File:
        """What it says."""
        return parse(self.text)

    def resource(self, name: str) -> dict[str, Plain]:
        """The body of a resource."""
        return self._body(next(each for each in self.file.statements if each.name == name))

    def resources(self, of_type: str) -> list[dict[str, Plain]]:
        """The bodies of all that are made of a type."""
        found = (each for each in self.file.statements if isinstance(each, Resource) and not each.existing)
        return [self._body(each) for each in found if (each.type.literal or "").partition("@")[0] == of_type]

    def params_of(self, module: str) -> dict[str, Plain]:
        """What a module is given."""
        found = self._body(next(each for each in self.file.statements if each.name == module))["params"]
        assert isinstance(found, dict)
        return found

    def limits(self, param: str) -> tuple[int, int]:
        """The least and the most that a parameter takes."""
        found = [self.file.params[param].decorator(name) for name in ("minValue", "maxValue")]
        least, most = (self.plain(each.arguments[0]) for each in found if each is not None)
        assert isinstance(least, int)
        assert isinstance(most, int)
        return least, most

    def held(self, name: str, path: str) -> dict[str, Plain]:
        """All that an object within a resource or module may hold (see `merged`)."""
        value: Expr | None = next(each for each in self.file.statements if each.name == name).value
        for key in path.split("."):
            body = None if value is None else body_of(value)
            value = None if body is None else body.get(key)
        assert value is not None, f"{name} has no {path}"
        return self.merged(value)

    def variable(self, name: str) -> Plain:
        """What a variable holds."""
        return self.plain(self._variables[name])

    def merged(self, value: Expr) -> dict[str, Plain]:
        """All that an object may hold, whichever branch is taken and whatever it is merged from."""
        if isinstance(value, Call) and value.name == "union":
            return {key: each for argument in value.arguments for key, each in self.merged(argument).items()}
        if isinstance(value, Choice):
            return self.merged(value.no) | self.merged(value.yes)
        if isinstance(value, Name) and value.name in self._variables:
            return self.merged(self._variables[value.name])
        found = self.plain(value)
        return found if isinstance(found, dict) else {}

    def words(self) -> Iterator[str]:
        """Every string that is written anywhere, piece by piece."""
        ahead = [each.value for each in self.file.statements if each.value is not None]
        while ahead:
            value = ahead.pop()
            if isinstance(value, Text):
                yield from (part for part in value.parts if isinstance(part, str))
            ahead += children(value)

    def plain(self, value: Expr) -> Plain:
        """A value as far as it is written out."""
        if isinstance(value, Constant):
            return value.value
        if isinstance(value, Text):
            parts = [part if isinstance(part, str) else self.plain(part) for part in value.parts]
            words = [part for part in parts if isinstance(part, str)]
            return "".join(words) if len(words) == len(parts) else self._code(value)
        if isinstance(value, Object):
            items = [each for each in value.items if isinstance(each, Item)]
            return {each.key.literal or self._code(each.key).text: self.plain(each.value) for each in items}
        if isinstance(value, Array):
            return [self.plain(each) for each in value.items if not isinstance(each, Spread)]
        if isinstance(value, Name) and value.name in self._variables:
            return self.plain(self._variables[value.name])
        return self._code(value)

    @cached_property
    def _variables(self) -> dict[str, Expr]:
        found = (each for each in self.file.statements if isinstance(each, Declared) and each.kind == "var")
        return {each.name: each.value for each in found if each.value is not None}

    def _code(self, value: Expr) -> Code:
        return Code(self.text[value.at.start : value.at.end])

    def _body(self, statement: Statement) -> dict[str, Plain]:
        body = None if statement.value is None else body_of(statement.value)
        found = None if body is None else self.plain(body)
        assert isinstance(found, dict), f"{statement.name} has no body"
        return found


@cache
def template(name: str) -> Template:
    """The file of this name, without its ending."""
    return Template(INFRA / f"{name}.bicep")


def at(body: Plain, path: str) -> Plain:
    """What stands at a path, with dots between its names. Raises KeyError where nothing is written there."""
    for name in path.split("."):
        if not isinstance(body, dict):
            raise KeyError(path)
        body = body[name]
    return body
