"""`acimedic explain`: a pasted error, without asking Azure for anything."""

import argparse
import shutil
import sys

import checks
from acimedic.cli.files import called, read_file
from acimedic.cli.forms import FORMS, in_form
from acimedic.cli.trouble import CannotRunError
from acimedic.explain import NotAGroupError, explain
from acimedic.explain.printing import report_of, to_text
from acimedic.template import MAX_SIZE, TemplateError, parse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="the error text; - for standard input")
    parser.add_argument("--definition", metavar="FILE", help="the container group that was deployed, as ARM JSON")
    parser.add_argument("--format", choices=FORMS, default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 1 where the text proves the cause, else 0. Raises CannotRunError."""
    if arguments.file == "-" and arguments.definition == "-":
        raise CannotRunError("the error and the definition cannot both come from standard input")
    text = read_file(arguments.file, MAX_SIZE)
    definition = _definition(arguments.definition) if arguments.definition else None
    if not text.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe") and definition is None:
        raise CannotRunError(f"{called(arguments.file)} is empty; paste the error as Azure or a tool printed it")
    try:
        explanation = explain(text, definition, checks=checks.ALL)
    except NotAGroupError as error:
        raise CannotRunError(f"{called(arguments.definition)} is not the JSON of a container group: {error}") from error
    width = shutil.get_terminal_size().columns
    told = in_form(report_of(explanation), arguments.format, text=lambda: to_text(explanation, width=width))
    sys.stdout.write(told)
    return 1 if explanation.diagnosis.outcome == "cause-found" else 0


def _definition(name: str) -> object:
    try:
        value = parse(read_file(name, MAX_SIZE))
    except TemplateError as error:
        raise CannotRunError(f"{called(name)} is not JSON: {error}") from error
    if value is None:
        raise CannotRunError(f"{called(name)} is not the JSON of a container group: it is null")
    return value
