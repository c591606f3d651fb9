"""Asking whoever sits at the terminal."""

import sys

from acimedic.cli.trouble import CannotRunError


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the person says yes. yes: it was said beforehand. Raises CannotRunError where nobody is there."""
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise CannotRunError("nobody is there to ask; --yes says yes beforehand")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
