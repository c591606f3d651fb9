"""The arguments of a template function, asked for by type: a wrong type is a reason, not a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from acimedic.template.budget import Meter
from acimedic.template.values import Json, Unresolved, first_unresolved, kind, same


class WrongArgumentError(Exception):
    """A function refuses its arguments; it never leaves the package."""


class UnknownOperandError(Exception):
    """The result hangs on a value that is not known; it never leaves the package."""

    def __init__(self, unresolved: Unresolved) -> None:
        super().__init__(unresolved.reason)
        self.unresolved = unresolved


def known(value: Json) -> Json:
    """The value, which must be known down to its leaves."""
    doubt = value if isinstance(value, Unresolved) else first_unresolved(value)
    if doubt is not None:
        raise UnknownOperandError(doubt)
    return value


def shallow(value: Json) -> Json:
    """The value, whose leaves may be unknown."""
    if isinstance(value, Unresolved):
        raise UnknownOperandError(value)
    return value


def equal(left: Json, right: Json) -> bool:
    """Whether two values are the same; it must be possible to tell."""
    verdict = same(left, right)
    if isinstance(verdict, Unresolved):
        raise UnknownOperandError(verdict)
    return verdict


@dataclass(frozen=True, slots=True)
class Args:
    """The evaluated arguments of one call; none of them is `Unresolved` itself."""

    values: Sequence[Json]
    meter: Meter

    def __len__(self) -> int:
        return len(self.values)

    def any(self, at: int) -> Json:
        """Whatever the argument is."""
        return self.values[at]

    def text(self, at: int) -> str:
        """A string."""
        return as_text(self.values[at])

    def integer(self, at: int) -> int:
        """An integer (true and false are none)."""
        return as_integer(self.values[at])

    def boolean(self, at: int) -> bool:
        """A boolean."""
        value = self.values[at]
        if not isinstance(value, bool):
            raise WrongArgumentError(f"a boolean is expected, not {kind(value)}")
        return value

    def array(self, at: int) -> list[Json]:
        """An array."""
        return as_array(self.values[at])

    def object(self, at: int) -> dict[str, Json]:
        """An object."""
        return as_object(self.values[at])

    def texts(self, start: int = 0) -> list[str]:
        """All arguments from `start` on, as strings."""
        return [as_text(each) for each in self.values[start:]]


def as_text(value: Json) -> str:
    """The value, which must be a string."""
    if not isinstance(value, str):
        raise WrongArgumentError(f"a string is expected, not {kind(shallow(value))}")
    return value


def as_integer(value: Json) -> int:
    """The value, which must be an integer."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongArgumentError(f"an integer is expected, not {kind(shallow(value))}")
    return value


def as_array(value: Json) -> list[Json]:
    """The value, which must be an array."""
    if not isinstance(value, list):
        raise WrongArgumentError(f"an array is expected, not {kind(shallow(value))}")
    return value


def as_object(value: Json) -> dict[str, Json]:
    """The value, which must be an object."""
    if not isinstance(value, dict):
        raise WrongArgumentError(f"an object is expected, not {kind(shallow(value))}")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Builtin:
    """A function of the template language that depends on its arguments alone."""

    run: Callable[[Args], Json]
    least: int
    most: int | None

    def refusal(self, count: int) -> str | None:
        """Why it cannot be called with so many arguments."""
        if count < self.least or (self.most is not None and count > self.most):
            wanted = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most or 'any number of'}"
            return f"takes {wanted} arguments, not {count}"
        return None


def builtin(run: Callable[[Args], Json], least: int, most: int | None) -> Builtin:
    """A row of a function table."""
    return Builtin(run=run, least=least, most=most)


Table: TypeAlias = Mapping[str, Builtin]
