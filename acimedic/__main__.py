"""The command line: one module of `acimedic.cli` for each command."""

import argparse
import gc
import importlib
import io
import logging
import sys
from collections.abc import Sequence
from types import ModuleType

from acimedic import __version__
from acimedic.cli.trouble import CannotRunError
from acimedic.report.plain import plain

CANNOT_RUN = 2
# A diagnosis imports 140,000 objects, most of which stay. Looking them through after every 700 new ones (198 times)
# is a tenth of what the imports take on the processor.
_ALLOCATIONS = 200_000
_COMMANDS = {
    "diagnose": "why a container group could not pull its image",
    "preflight": "what would keep a template's container groups from pulling, before it is deployed",
    "explain": "what a pasted error says, without asking Azure",
    "incidents": "the incidents that are kept, and what happened to each",
    "plan": "what could be changed for an incident, and whether it may be",
    "apply": "carry out the plan of an incident, after asking",
    "undo": "take back what was changed for an incident",
    "verify": "whether what was changed for an incident has helped",
    "serve": "receive events, show pages and carry incidents on, on this machine",
    "checks": "the catalogue of causes, or the page of one",
    "doctor": "what the bot itself may and may not do, and whether all that it needs is in order",
    "demo": "watch it work on a make-believe Azure",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code: 0 no cause found, 1 a cause was found, 2 could not run."""
    if sys.stdout is None:
        return CANNOT_RUN  # nobody would read what comes out
    if arguments is None:  # a process of our own
        gc.set_threshold(_ALLOCATIONS)
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("azure").setLevel(logging.CRITICAL)  # azure-identity tells at length what it tries
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names from Azure may hold what no encoding has
    command = _command(given)
    words = _parser(command).parse_args(given)
    try:
        code: int = command.run(words) if command is not None else CANNOT_RUN
    except CannotRunError as error:
        print(f"acimedic: {plain(str(error))}", file=sys.stderr)
        return CANNOT_RUN
    except (KeyboardInterrupt, BrokenPipeError):
        return CANNOT_RUN
    return code


def _command(given: list[str]) -> ModuleType | None:
    """The module of the command that is asked for; the others need not be loaded, nor the SDKs behind them."""
    name = next((word for word in given if not word.startswith("-")), None)
    return importlib.import_module(f"acimedic.cli.{name}") if name in _COMMANDS else None


def _parser(command: ModuleType | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="acimedic", description="Why a container group could not pull its image.")
    parser.add_argument("--version", action="version", version=f"acimedic {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in _COMMANDS.items():
        words = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
        if command is not None and command.__name__.endswith(f".{name}"):
            command.add_arguments(words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
