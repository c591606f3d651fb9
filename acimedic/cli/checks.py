"""`acimedic checks`: the catalogue, or the page of one check."""

import argparse
import sys

import checks
from acimedic.cli.trouble import CannotRunError
from acimedic.diagnosis import check_id


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("id", nargs="?", metavar="ID", help="one check, with its whole page")


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue in the order in which a pull can go wrong. Raises CannotRunError."""
    known = {check_id(check): check for check in checks.ALL}
    if arguments.id is None:
        width = max(map(len, known))
        for name, check in known.items():
            sys.stdout.write(f"{name.ljust(width)}  {(check.__doc__ or '').strip().splitlines()[0]}\n")
        return 0
    page = known.get(arguments.id.strip().lower())
    if page is None:
        raise CannotRunError(f"there is no check '{arguments.id}'; 'acimedic checks' lists them")
    errors = ", ".join(page.ERRORS)
    name, text = arguments.id.strip().lower(), (page.__doc__ or "").strip()
    sys.stdout.write(f"{name}\n\n{text}\n\nSeen with: {errors}\n{page.DOCS}\n")
    return 0
