"""The command line: `acimedic diagnose`, `acimedic checks`, `acimedic demo`."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence

from acimedic.cli import checks, demo, diagnose
from acimedic.cli.trouble import CannotRunError
from acimedic.settings import SettingsError, read_settings

CANNOT_RUN = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code: 0 no cause found, 1 a cause was found, 2 could not run."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("azure").setLevel(logging.CRITICAL)  # azure-identity tells at length what it tries
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names from Azure may hold what no encoding has
    words = _parser().parse_args(arguments)
    try:
        return _run(words)
    except (CannotRunError, SettingsError) as error:
        print(f"acimedic: {_line(str(error))}", file=sys.stderr)
        return CANNOT_RUN
    except KeyboardInterrupt:
        return CANNOT_RUN
    except BrokenPipeError:
        sys.stdout = None
        return CANNOT_RUN


def _run(words: argparse.Namespace) -> int:
    match words.command:
        case "diagnose":
            return diagnose.run(words, read_settings(os.environ))
        case "demo":
            return demo.run(words)
        case _:
            return checks.run(words)


def _line(text: str) -> str:
    from acimedic.report.plain import plain

    return plain(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="acimedic", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    diagnose.add_arguments(commands.add_parser("diagnose", help="why a container group could not pull its image"))
    checks.add_arguments(commands.add_parser("checks", help="the catalogue of causes, or the page of one"))
    demo.add_arguments(commands.add_parser("demo", help="watch it work on a make-believe Azure"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
