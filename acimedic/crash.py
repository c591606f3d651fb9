"""An error as it may be logged and handed to the host: with its place, and without what is secret in its words (pure).

An error of a library may quote the answer, the address or the value that it stumbled over, and a traceback prints all
errors behind it as well.
"""

from collections.abc import Iterator
from typing import TypeVar

from acimedic.redact import redact

_MOST = 10  # errors behind one another that are told; all of them are looked at, since a traceback prints them all


Told = TypeVar("Told", bound=BaseException)


class RedactedError(Exception):
    """What an error, and the errors behind it, said without secrets."""


def tellable(error: Told) -> "Told | RedactedError":
    """The error itself where nothing in it is secret; else what it said, at the same place in the code."""
    every = [*_behind(error)]
    said = [f"{type(each).__name__}: {each}" for each in every]
    notes = [note for each in every for note in _notes(each)]
    if all(redact(each) == each for each in (*said, *notes)):
        return error
    return RedactedError(", because of ".join(map(redact, said[:_MOST]))).with_traceback(error.__traceback__)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error, those that it was raised from, and those in a group of errors; each once."""
    waiting: list[BaseException | None] = [error]
    met: set[int] = set()
    for each in waiting:  # which grows meanwhile
        if each is None or id(each) in met:
            continue
        met.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def _notes(error: BaseException) -> list[str]:
    """What was added to an error, which a traceback prints below it."""
    notes: object = getattr(error, "__notes__", None)
    return [*map(str, notes)] if isinstance(notes, list) else []
