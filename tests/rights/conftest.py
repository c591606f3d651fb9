"""A terminal over a make-believe Azure, as the commands' own tests have it."""

from tests.cli.conftest import terminal

__all__ = ["terminal"]
