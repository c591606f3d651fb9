"""Tokens -> a file: the declarations. Expressions are read by `expressions`, types by `declared_types`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.infra.checking.cursor import Cursor
from tests.infra.checking.declared_types import read_shape
from tests.infra.checking.expressions import read_argument_list, read_body, read_expression, read_text
from tests.infra.checking.syntax import Call, Declared, File, Lambda, Module, Resource, Statement
from tests.infra.checking.tokens import tokens


@dataclass(slots=True)
class _Read:
    """What has been read of a file so far."""

    target: str = "resourceGroup"
    statements: list[Statement] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)


def parse(text: str) -> File:
    """A Bicep file. Raises BicepError."""
    cursor = Cursor(tokens(text))
    read = _Read()
    cursor.skip_lines()
    while not cursor.at_end():
        decorators = _decorators(cursor)
        reading = _DECLARATIONS.get(cursor.peek().text)
        if reading is None:
            cursor.refuse(f"{cursor.peek().text!r} begins no declaration")
        reading(cursor, read, decorators)
        cursor.line()
        cursor.skip_lines()
    return File(target=read.target, statements=tuple(read.statements), imported=frozenset(read.imported))


def _decorators(cursor: Cursor) -> tuple[Call, ...]:
    found: list[Call] = []
    while cursor.sees("@"):
        cursor.sign("@")
        place = cursor.peek().at
        name = cursor.name()
        if name == "sys":
            cursor.sign(".")
            name = cursor.name()
        arguments = read_argument_list(cursor)
        found.append(Call(at=place, base=None, name=name, arguments=arguments))
        cursor.skip_lines()
    return tuple(found)


def _target(cursor: Cursor, read: _Read, _: tuple[Call, ...]) -> None:
    cursor.take()
    cursor.sign("=")
    read.target = read_text(cursor).literal or ""


def _metadata(cursor: Cursor, _: _Read, __: tuple[Call, ...]) -> None:
    cursor.take()
    cursor.name()
    cursor.sign("=")
    read_expression(cursor)


def _import(cursor: Cursor, read: _Read, _: tuple[Call, ...]) -> None:
    cursor.take()
    cursor.sign("{")
    cursor.skip_lines()
    while not cursor.sees("}"):
        name = cursor.name()
        if cursor.sees_word("as"):
            cursor.take()
            name = cursor.name()
        read.imported.add(name)
        if cursor.sees(","):
            cursor.take()
        cursor.skip_lines()
    cursor.sign("}")
    cursor.word("from")
    read_text(cursor)


def _param(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    cursor.take()
    place = cursor.peek().at
    name = cursor.name()
    shape = read_shape(cursor)
    value = None
    if cursor.sees("="):
        cursor.take()
        value = read_expression(cursor)
    read.statements.append(Declared(at=place, kind="param", name=name, decorators=decorators, shape=shape, value=value))


def _var(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    cursor.take()
    place = cursor.peek().at
    name = cursor.name()
    shape = None if cursor.sees("=") else read_shape(cursor)
    cursor.sign("=")
    value = read_body(cursor)
    read.statements.append(Declared(at=place, kind="var", name=name, decorators=decorators, shape=shape, value=value))


def _output(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    cursor.take()
    place = cursor.peek().at
    name = cursor.name()
    shape = read_shape(cursor)
    cursor.sign("=")
    value = read_body(cursor)
    read.statements.append(
        Declared(at=place, kind="output", name=name, decorators=decorators, shape=shape, value=value)
    )


def _type(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    cursor.take()
    place = cursor.peek().at
    name = cursor.name()
    cursor.sign("=")
    shape = read_shape(cursor)
    read.statements.append(Declared(at=place, kind="type", name=name, decorators=decorators, shape=shape))


def _func(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    cursor.take()
    place = cursor.peek().at
    name = cursor.name()
    names: list[str] = []
    cursor.sign("(")
    cursor.skip_lines()
    while not cursor.sees(")"):
        names.append(cursor.name())
        read_shape(cursor)
        if cursor.sees(","):
            cursor.take()
        cursor.skip_lines()
    cursor.sign(")")
    shape = read_shape(cursor)
    cursor.sign("=>")
    cursor.skip_lines()
    body = Lambda(place, tuple(names), read_expression(cursor))
    read.statements.append(Declared(at=place, kind="func", name=name, decorators=decorators, shape=shape, value=body))


def _resource(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    read.statements.append(_read_resource(cursor, decorators))


def _read_resource(cursor: Cursor, decorators: tuple[Call, ...]) -> Resource:
    cursor.word("resource")
    place = cursor.peek().at
    name = cursor.name()
    of_type = read_text(cursor)
    existing = cursor.sees_word("existing")
    if existing:
        cursor.take()
    cursor.sign("=")
    value = read_body(cursor, nested=lambda: _read_resource(cursor, _decorators(cursor)))
    return Resource(at=place, name=name, type=of_type, existing=existing, value=value, decorators=decorators)


def _module(cursor: Cursor, read: _Read, decorators: tuple[Call, ...]) -> None:
    cursor.take()
    place = cursor.peek().at
    name = cursor.name()
    path = read_text(cursor)
    cursor.sign("=")
    value = read_body(cursor)
    read.statements.append(Module(at=place, name=name, path=path, value=value, decorators=decorators))


_DECLARATIONS: dict[str, Callable[[Cursor, _Read, tuple[Call, ...]], None]] = {
    "targetScope": _target,
    "metadata": _metadata,
    "import": _import,
    "param": _param,
    "var": _var,
    "output": _output,
    "type": _type,
    "func": _func,
    "resource": _resource,
    "module": _module,
}
