"""Tokens -> what a Bicep file says that a value has to be."""

from collections.abc import Callable

from tests.infra.checking.cursor import Cursor
from tests.infra.checking.shapes import (
    BUILT_IN,
    Anything,
    Exactly,
    Field,
    Fields,
    ListOf,
    Named,
    Nothing,
    OneOf,
    Shape,
)


def read_shape(cursor: Cursor) -> Shape:
    """A type. Raises BicepError."""
    options = [_suffixed(cursor)]
    while cursor.sees_past_lines("|"):
        cursor.take()
        cursor.skip_lines()
        options.append(_suffixed(cursor))
    return options[0] if len(options) == 1 else OneOf(tuple(options))


def _suffixed(cursor: Cursor) -> Shape:
    found = _single(cursor)
    while cursor.sees("[", "?", "!", "."):
        sign = cursor.take().text
        if sign == "[":
            cursor.sign("]")
            found = ListOf(_always(found))
        elif sign == "?":
            found = OneOf((found, Nothing()))
        elif sign == ".":
            cursor.name()
            found = Anything()
    return found


def _single(cursor: Cursor) -> Shape:
    token = cursor.peek()
    if token.kind == "string":
        cursor.take()
        return Exactly("".join(part for part in token.parts if isinstance(part, str)))
    if token.kind == "number":
        return Exactly(int(cursor.take().text))
    if cursor.sees("{"):
        return _fields(cursor)
    if cursor.sees("("):
        cursor.take()
        cursor.skip_lines()
        found = read_shape(cursor)
        cursor.skip_lines()
        cursor.sign(")")
        return found
    name = cursor.name()
    if name in {"true", "false"}:
        return Exactly(name == "true")
    if name == "null":
        return Nothing()
    if cursor.sees("<"):  # resourceInput<'…'>, resourceOutput<'…'>
        while not cursor.sees(">"):
            cursor.take()
        cursor.take()
        return Anything()
    return BUILT_IN.get(name, Named(name))


def _fields(cursor: Cursor) -> Fields:
    cursor.sign("{")
    cursor.skip_lines()
    fields: dict[str, Field] = {}
    more: Callable[[], Shape] | None = None
    while not cursor.sees("}"):
        while cursor.sees("@"):
            _decorator(cursor)
        if cursor.sees("*"):
            cursor.take()
            cursor.sign(":")
            more = _always(read_shape(cursor))
        else:
            token = cursor.take()
            name = (
                token.text if token.kind == "name" else "".join(each for each in token.parts if isinstance(each, str))
            )
            cursor.sign(":")
            shape = read_shape(cursor)
            required = not (isinstance(shape, OneOf) and Nothing() in shape.options)
            fields[name] = Field(of=_always(shape), required=required)
        if cursor.sees(","):
            cursor.take()
        cursor.skip_lines()
    cursor.sign("}")
    return Fields(fields=fields, more=more)


def _decorator(cursor: Cursor) -> None:
    from tests.infra.checking.expressions import read_argument_list  # what a type's decorators say is not looked at

    cursor.sign("@")
    cursor.name()
    read_argument_list(cursor)
    cursor.skip_lines()


def _always(shape: Shape) -> Callable[[], Shape]:
    return lambda: shape
