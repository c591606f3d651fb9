"""The files that a command is given: what keeps them from being read is said in one line."""

import io
import sys
from pathlib import Path

import pytest

from acimedic.cli.files import read_file
from acimedic.cli.trouble import CannotRunError


def test_without_a_standard_input_a_file_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started us has closed it."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CannotRunError, match="no standard input"):
        read_file("-", 10)


def test_standard_input_is_read_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the bound."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
    assert read_file("-", 3) == b"abc"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abcd")))
    with pytest.raises(CannotRunError, match="standard input is too long"):
        read_file("-", 3)


@pytest.mark.parametrize("name", ["", "missing", "a\x00b", "x" * 5000])
def test_a_file_that_cannot_be_read_is_said(name: str, tmp_path: Path) -> None:
    """Whatever its name holds."""
    with pytest.raises(CannotRunError, match="could not be read"):
        read_file(str(tmp_path) + "/" + name, 10)
