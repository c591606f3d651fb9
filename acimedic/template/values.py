"""What an expression can be worth: JSON, with a leaf of its own for what cannot be known offline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that cannot be known offline, and why; it stands as a leaf in a JSON tree."""

    reason: str


Json: TypeAlias = "bool | int | float | str | Unresolved | list[Json] | dict[str, Json] | None"
"""A JSON value that may hold `Unresolved` leaves."""


class Absent(Enum):
    """That an object certainly lacks a property."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Facts:
    """An object of which only some properties are known; asking for another gives `Unresolved(reason)`."""

    reason: str
    known: Callable[[str], Json | Facts | Absent]

    def unresolved(self) -> Unresolved:
        """The object as a whole, which nobody knows."""
        return Unresolved(self.reason)


Value: TypeAlias = "Json | Facts"
"""What an expression gives before it becomes a leaf of a tree."""

_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$-]*\Z")


def settle(value: Value) -> Json:
    """A value fit to be stored in a tree."""
    return value.unresolved() if isinstance(value, Facts) else value


def kind(value: Value) -> str:
    """The name a person gives to the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict() | Facts():
            return "an object"
        case Unresolved():
            return "an unknown value"


def child_path(path: str, key: str | int) -> str:
    """The JSON path of a member (`a.b`, `a['b c']`) or element (`a[2]`)."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _PLAIN_KEY.match(key):
        quoted = key.replace("'", "''")
        return f"{path}['{quoted}']"
    return f"{path}.{key}" if path else key


def find_key(members: Mapping[str, Json], key: str) -> str | None:
    """The key as written that ARM takes for `key`: property names are case-insensitive."""
    if key in members:
        return key
    folded = key.lower()
    return next((each for each in members if str(each).lower() == folded), None)


def member(members: Mapping[str, Json], name: str) -> Json:
    """What an object of the template language holds under a documented name, however that is written there.

    Null where it holds nothing. ARM reads the names of its own language without regard to case.
    """
    return members.get(as_written(members, name))


def as_written(members: Mapping[str, Json], name: str) -> str:
    """A documented name as the object has it; as documented where the object lacks it."""
    if name in members:
        return name
    found = find_key(members, name)
    return name if found is None else found


def unresolved_leaves(value: Json) -> list[tuple[str, str]]:
    """Path and reason of every `Unresolved` in a tree, in document order."""
    return list(_leaves(value))


def _leaves(root: Json) -> Iterator[tuple[str, str]]:
    stack: list[tuple[str, Json]] = [("", root)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, Unresolved):
            yield path, value.reason
        elif isinstance(value, dict):
            stack.extend((child_path(path, key), each) for key, each in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((child_path(path, at), value[at]) for at in range(len(value) - 1, -1, -1))


def first_unresolved(value: Json) -> Unresolved | None:
    """The first unknown leaf of a tree, if it has one."""
    return next((Unresolved(reason) for _, reason in _leaves(value)), None)


def same(left: Json, right: Json) -> bool | Unresolved:
    """Whether two values are equal as JSON: `1` is not `true`, and what differs in a known part differs."""
    if isinstance(left, Unresolved):
        return left
    if isinstance(right, Unresolved):
        return right
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all_same((left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        return _all_same(zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return type(left) is type(right) and left == right


def _all_same(pairs: Iterator[tuple[Json, Json]] | zip[tuple[Json, Json]]) -> bool | Unresolved:
    doubt: Unresolved | None = None
    for left, right in pairs:
        verdict = same(left, right)
        if verdict is False:
            return False
        if isinstance(verdict, Unresolved):
            doubt = doubt or verdict
    return True if doubt is None else doubt
