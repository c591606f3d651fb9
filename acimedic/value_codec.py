"""Frozen dataclasses as JSON values, and back, by their own type hints (pure).

A dataclass is an object that says of what class it is, so that the members of a union can be told apart. What is read
back is held to the hints: a value of another type is refused, and so is a class that does not belong there.
"""

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from acimedic.model.resource_id import ResourceId

Value = TypeVar("Value")
_CLASS = "is"
_PLAIN = (str, int, bool, float)


class ValueCodecError(ValueError):
    """This was not written from such a value; the message says where, and quotes nothing."""


def as_values(value: object, text: Callable[[str], str] = str) -> Any:
    """A value as JSON values. text: what becomes of each text. Raises TypeError for what has no such form."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, ResourceId):
        return text(str(value))
    if isinstance(value, tuple):
        return [as_values(each, text) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        told = {name: as_values(getattr(value, name), text) for name in _names(type(value))}
        return {_CLASS: type(value).__name__, **told}
    raise TypeError(f"a {type(value).__name__} has no form as JSON")


def from_values(kind: type[Value], said: object) -> Value:
    """The value of this class. Raises ValueCodecError; a field that is not known is overlooked."""
    read = _read(said, kind, kind.__name__)
    if not isinstance(read, kind):
        raise ValueCodecError(f"this is no {kind.__name__}")
    return read


def _read(said: object, hint: Any, place: str) -> object:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _read(said, _member(said, get_args(hint), place), place)
    if origin is tuple:
        return _tuple(said, get_args(hint), place)
    if origin is Literal:
        if isinstance(said, str) and said in get_args(hint):
            return said
        raise _wrong(place)
    if hint is datetime or hint is ResourceId:
        return _parsed(said, hint, place)
    if is_dataclass(hint):
        return _object(said, hint, place)
    if hint is type(None) and said is None:
        return None
    if hint in _PLAIN and type(said) is hint:  # exactly: a bool is no int here
        return said
    raise _wrong(place)


def _member(said: object, members: tuple[Any, ...], place: str) -> Any:
    """The one member of a union that may have been written so."""
    for member in members:
        if _may_be(said, member):
            return member
    raise _wrong(place)


def _may_be(said: object, hint: Any) -> bool:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return any(_may_be(said, member) for member in get_args(hint))
    if isinstance(said, dict):
        return is_dataclass(hint) and isinstance(hint, type) and said.get(_CLASS) == hint.__name__
    if isinstance(said, list):
        return origin is tuple
    if isinstance(said, str):
        return origin is Literal or hint in {str, datetime, ResourceId}
    return type(said) is hint


def _tuple(said: object, members: tuple[Any, ...], place: str) -> object:
    if not isinstance(said, list):
        raise _wrong(place)
    if members[1:] == (Ellipsis,):
        return tuple(_read(each, members[0], place) for each in said)
    if len(said) != len(members):
        raise _wrong(place)
    return tuple(_read(each, member, place) for each, member in zip(said, members, strict=True))


def _parsed(said: object, hint: Any, place: str) -> object:
    try:
        if isinstance(said, str):
            return datetime.fromisoformat(said) if hint is datetime else ResourceId.parse(said)
    except ValueError as error:
        raise _wrong(place) from error
    raise _wrong(place)


def _object(said: object, kind: Any, place: str) -> object:
    if not isinstance(said, dict) or said.get(_CLASS) != kind.__name__:
        raise _wrong(place)
    given: dict[str, object] = {}
    for name, hint, optional in _fields(kind):
        where = f"{kind.__name__}.{name}"
        if name in said:
            given[name] = _read(said[name], hint, where)
        elif not optional:
            raise _wrong(where)
    return kind(**given)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name and hint of each field, and whether it has a default."""
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name], each.default is not MISSING) for each in fields(kind))


def _wrong(place: str) -> ValueCodecError:
    return ValueCodecError(f"{place} does not hold what belongs there")
