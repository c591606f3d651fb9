"""`acimedic explain`: a pasted error, without asking Azure for anything."""

import argparse
import shutil
import sys
from pathlib import Path

import checks
from acimedic.cli.trouble import CannotRunError
from acimedic.explain import NotAGroupError, explain
from acimedic.explain.printing import to_json, to_text
from acimedic.template import TemplateError, parse

_MOST_BYTES = 50 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="the error text; - for standard input")
    parser.add_argument("--definition", metavar="FILE", help="the container group that was deployed, as ARM JSON")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 1 where the text proves the cause, else 0. Raises CannotRunError."""
    if arguments.file == "-" and arguments.definition == "-":
        raise CannotRunError("the error and the definition cannot both come from standard input")
    text = _read(arguments.file)
    definition = _definition(arguments.definition) if arguments.definition else None
    if not text.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe") and definition is None:
        raise CannotRunError(f"{_called(arguments.file)} is empty; paste the error as Azure or a tool printed it")
    try:
        explanation = explain(text, definition, checks=checks.ALL)
    except NotAGroupError as error:
        raise CannotRunError(
            f"{_called(arguments.definition)} is not the JSON of a container group: {error}"
        ) from error
    if arguments.format == "json":
        sys.stdout.write(to_json(explanation))
    else:
        sys.stdout.write(to_text(explanation, width=shutil.get_terminal_size().columns))
    return 1 if explanation.diagnosis.outcome == "cause-found" else 0


def _definition(name: str) -> object:
    try:
        value = parse(_read(name))
    except TemplateError as error:
        raise CannotRunError(f"{_called(name)} is not JSON: {error}") from error
    if value is None:
        raise CannotRunError(f"{_called(name)} is not the JSON of a container group: it is null")
    return value


def _read(name: str) -> bytes:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CannotRunError(f"{_called(name)} could not be read: {why}") from error
    if len(content) > _MOST_BYTES:
        raise CannotRunError(f"{_called(name)} is too long: more than {_MOST_BYTES} bytes")
    return content


def _called(name: str) -> str:
    return "standard input" if name == "-" else name
