"""The fields of a JSON object, each asked for with its type (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import TypeVar

from acimedic.model.report import Properties

T = TypeVar("T", bound=str)


class NoReportError(ValueError):
    """This is no report of version 1; the message says what is wrong, without quoting it."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an object, each asked for with its type; `name` says which object, to those who must mend it.

    Whatever is asked for raises NoReportError where it is of another type.
    """

    values: Mapping[str, object]
    name: str

    @classmethod
    def of(cls, value: object, name: str) -> "Fields":
        """The fields of a value that should be an object."""
        if not isinstance(value, Mapping):
            raise NoReportError(f"{name} is not an object")
        return cls(value, name)

    def word(self, field: str) -> str:
        """A text."""
        value = self.values.get(field)
        if not isinstance(value, str):
            raise self.wrong(field, "a text")
        return value

    def text(self, field: str, default: str | None) -> str | None:
        """A text or None; `default` where there is no such field."""
        value = self.values.get(field, default)
        if value is not None and not isinstance(value, str):
            raise self.wrong(field, "a text or null")
        return value

    def one_of(self, field: str, words: tuple[T, ...]) -> T:
        """One of these words."""
        value = self.values.get(field)
        for word in words:
            if word == value:
                return word
        raise self.wrong(field, f"one of {', '.join(words)}")

    def flag(self, field: str) -> bool:
        """Whether it is true; not, where there is no such field."""
        value = self.values.get(field, False)
        if not isinstance(value, bool):
            raise self.wrong(field, "true or false")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; empty where there is no such field."""
        values = self.values.get(field, [])
        if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
            raise self.wrong(field, "a list of texts")
        return tuple(values)

    def position(self, field: str) -> int | None:
        """A line or column, counted from one, or None."""
        value = self.values.get(field)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise self.wrong(field, "a whole number from 1, or null")
        return value

    def moment(self, field: str) -> datetime | None:
        """A time or None."""
        text = self.text(field, None)
        try:
            return None if text is None else datetime.fromisoformat(text)
        except ValueError as error:
            raise self.wrong(field, "a time") from error

    def properties(self) -> Properties:
        """All fields, each a text or None."""
        return tuple((name, self.text(name, None)) for name in self.values)

    def json(self, field: str) -> Mapping[str, object]:
        """An object of JSON, whatever its fields are."""
        found = self.part(field).values
        if not _is_json(found):
            raise self.wrong(field, "JSON")
        return found

    def part(self, field: str) -> "Fields":
        """The object in a field."""
        return Fields.of(self.values.get(field), f"{field} of {self.name}")

    def part_or_none(self, field: str) -> "Fields | None":
        """The object in a field, where there is one."""
        return None if self.values.get(field) is None else self.part(field)

    def parts(self, field: str) -> tuple["Fields", ...]:
        """A list of objects; empty where there is no such field."""
        values = self.values.get(field, [])
        if not isinstance(values, list | tuple):
            raise self.wrong(field, "a list")
        return tuple(Fields.of(value, f"an entry of {field}") for value in values)

    def wrong(self, field: str, wanted: str) -> NoReportError:
        """What to raise where a field is not what it should be."""
        return NoReportError(f"{field} of {self.name} is not {wanted}")


def _is_json(value: object) -> bool:
    """Whether it can be written as JSON and read back equal; in a loop, for it may be nested deeply."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, Mapping):
            if not all(isinstance(name, str) for name in each):
                return False
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
        elif isinstance(each, float):
            if not isfinite(each):
                return False
        elif not (each is None or isinstance(each, str | int)):
            return False
    return True
