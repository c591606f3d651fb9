"""Takes apart a JSON document that people wrote, and notes every fault with its place, not only the first."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from acimedic.template.lenient import Reader, TemplateError, line_and_column
from acimedic.template.reader import decode
from acimedic.template.values import child_path

T = TypeVar("T")
_ROUTE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MISSING = object()
"""Stands for the value of a key that is not there; the fault is noted already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with the document, and where: JSON path, line and column (both count from one)."""

    path: str
    line: int
    column: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path or 'the document'} (line {self.line}, column {self.column}): {self.problem}"


@dataclass(frozen=True, slots=True)
class Members:
    """An object as written, with keys that stand there twice."""

    pairs: tuple[tuple[str, object], ...]


class Notes:
    """The faults of one document."""

    def __init__(self, text: str, positions: Mapping[str, int]) -> None:
        self._text = text
        self._positions = positions
        self.faults: list[Fault] = []

    def fault(self, path: str, problem: str) -> None:
        """Note a fault at a path; where the text has no such place, at the place that holds it."""
        place = path
        while place and place not in self._positions:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        line, column = line_and_column(self._text, self._positions.get(place, 0))
        self.faults.append(Fault(path=_seen(path), line=line, column=column, problem=_seen(problem)))

    def said(self) -> tuple[str, ...]:
        """Every fault in words, in the order of their places."""
        return tuple(str(fault) for fault in sorted(self.faults, key=lambda it: (it.line, it.column)))

    def members(
        self, node: object, path: str, *, needed: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, object]:
        """The members of an object by key; what is missing is `MISSING`, or left out where it is optional."""
        if not isinstance(node, Members):
            self._kind(node, path, "an object")
            return dict.fromkeys(needed, MISSING)
        found: dict[str, object] = {}
        for key, value in node.pairs:
            inner = child_path(path, key)
            if key in found:
                self.fault(inner, "this key stands there twice")
            elif key not in needed and key not in optional:
                self.fault(inner, f"there is no such key here; there are {', '.join((*needed, *optional))}")
            found[key] = value
        for key in needed:
            if key not in found:
                self.fault(path, f"the key '{key}' is missing")
        return dict.fromkeys(needed, MISSING) | {key: found[key] for key in (*needed, *optional) if key in found}

    def checked(self, node: object, path: str, check: Callable[[str], T]) -> T | None:
        """A text, as what `check` makes of it; None, with the fault noted, where it is none or `check` refuses it."""
        if not isinstance(node, str):
            self._kind(node, path, "a text")
            return None
        try:
            return check(node)
        except ValueError as error:
            self.fault(path, str(error))
            return None

    def each(self, node: object, path: str) -> Iterator[tuple[str, object]]:
        """The elements of a list, with their paths; an empty list is a fault."""
        if not isinstance(node, list):
            self._kind(node, path, "a list")
            return
        if not node:
            self.fault(path, "the list is empty")
        for index, element in enumerate(node):
            yield child_path(path, index), element

    def several(self, node: object, path: str, check: Callable[[str], T]) -> tuple[T, ...]:
        """A list of texts, each as what `check` makes of it, none of them twice."""
        found: list[T] = []
        for inner, element in self.each(node, path):
            value = self.checked(element, inner, check)
            if value is not None and value in found:
                self.fault(inner, "it stands in the list twice")
            elif value is not None:
                found.append(value)
        return tuple(found)

    def whole_number(self, node: object, path: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        if isinstance(node, int) and not isinstance(node, bool) and least <= node <= most:
            return node
        if node is not MISSING:
            self.fault(path, f"a whole number from {least} to {most} is expected")
        return least

    def _kind(self, node: object, path: str, expected: str) -> None:
        if node is not MISSING:
            self.fault(path, f"{expected} is expected, and this is {_kind_of(node)}")


def route_name(text: str) -> str:
    """The name of a route, which a policy, the routes and the tag of a group share. Raises ValueError."""
    if not _ROUTE.fullmatch(text):
        raise ValueError("the name of a route: letters, digits and . _ - only, at most 64")
    return text


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """A check that takes these words alone."""

    def check(text: str) -> str:
        if text not in words:
            raise ValueError(f"it is one of {', '.join(words)}")
        return text

    return check


def taken_apart(text: str | bytes) -> tuple[object, Notes]:
    """The values of a JSON document, and where to note what is wrong with it.

    Strict JSON: no comment, no comma too many, no NaN. Where it is none, the value is MISSING and the fault is noted.
    """
    written = ""
    try:
        written = decode(text)
        reader = Reader(written, positions=True)
        reader.read()
        value: object = json.loads(
            written, object_pairs_hook=lambda pairs: Members(tuple(pairs)), parse_constant=_no_number
        )
    except TemplateError as error:
        return MISSING, _broken(error.line, error.column, error.message)
    except json.JSONDecodeError as error:
        return MISSING, _broken(error.lineno, error.colno, f"not JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        return MISSING, _broken(1, 1, f"not JSON: {error}")
    return value, Notes(written, reader.positions)


def _broken(line: int, column: int, problem: str) -> Notes:
    notes = Notes("", {})
    notes.faults.append(Fault(path="", line=line, column=column, problem=_seen(problem)))
    return notes


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _kind_of(node: object) -> str:
    match node:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _seen(text: str) -> str:
    """A text that can stand in one line of a message."""
    return "".join(char if char.isprintable() else "?" for char in text)[:300]
