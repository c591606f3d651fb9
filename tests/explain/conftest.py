"""Reports and error shapes kept beside the project, and the command as a person runs it."""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acimedic.cli import explain as command

SHARED = Path(__file__).parents[2].parent / "shared"
Run = Callable[..., tuple[int, str]]


def _lines(path: Path) -> list[Any]:
    if path.is_file():
        return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail(f"{path} is absent, and ACIMEDIC_REQUIRE is set")
    pytest.skip(f"no recorded reports at {path}")


@pytest.fixture(scope="session")
def cases() -> list[Any]:
    """The labelled reports."""
    return _lines(SHARED / "cases" / "cases.jsonl")


@pytest.fixture(scope="session")
def shapes() -> list[Any]:
    """The ways in which one failure reaches a person."""
    return _lines(SHARED / "payloads" / "e-errors" / "SHAPES.jsonl")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `acimedic explain` on a text; gives the exit code and what it printed."""

    def _run(text: str | bytes, *words: str, definition: object = None) -> tuple[int, str]:
        file = tmp_path / "error.txt"
        file.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        arguments = [str(file), *words]
        if definition is not None:
            given = tmp_path / "definition.json"
            given.write_text(definition if isinstance(definition, str) else json.dumps(definition), "utf-8")
            arguments += ["--definition", str(given)]
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        code = command.run(parser.parse_args(arguments))
        return code, capsys.readouterr().out

    return _run
