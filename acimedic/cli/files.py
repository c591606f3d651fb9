"""The files that a command is given."""

import sys
from pathlib import Path

from acimedic.cli.trouble import CannotRunError


def read_file(name: str, most: int) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises CannotRunError."""
    try:
        if name != "-":
            with Path(name).open("rb") as file:
                content = file.read(most + 1)
        elif sys.stdin is not None:  # closed by whoever started us
            content = sys.stdin.buffer.read(most + 1)
        else:
            raise CannotRunError("there is no standard input; name a file")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CannotRunError(f"{called(name)} could not be read: {why}") from error
    if len(content) > most:
        raise CannotRunError(f"{called(name)} is too long: more than {most} bytes")
    return content


def called(name: str) -> str:
    """What a message calls the file."""
    return "standard input" if name == "-" else name
