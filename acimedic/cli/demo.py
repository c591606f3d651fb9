"""`acimedic demo`: the main job, end to end, on a make-believe Azure."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""


def run(arguments: argparse.Namespace) -> int:
    """."""
    sys.stdout.write("\n")
    return 0
