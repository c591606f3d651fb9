"""An error as it may be logged and handed to the host: with its place, and without what is secret in its words (pure).

An error of a library may quote the answer, the address or the value that it stumbled over, and a traceback prints all
errors behind it as well.
"""

from collections.abc import Iterator

from acimedic.redact import redact

_MOST = 10  # errors behind one another


class RedactedError(Exception):
    """What an error, and the errors behind it, said without secrets."""


def tellable(error: Exception) -> Exception:
    """The error itself where nothing in it is secret; else what it said, at the same place in the code."""
    said = [f"{type(each).__name__}: {each}" for each in _behind(error)]
    shown = [redact(each) for each in said]
    if shown == said:
        return error
    return RedactedError(", because of ".join(shown)).with_traceback(error.__traceback__)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error, those that it was raised from, and those in a group of errors."""
    waiting: list[BaseException | None] = [error]
    for _ in range(_MOST):
        if not waiting:
            return
        each = waiting.pop(0)
        if each is None:
            continue
        yield each
        waiting += [each.__cause__, each.__context__ if each.__cause__ is None else None]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
