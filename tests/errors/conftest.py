"""Recorded and reported errors, kept beside the project and read where they are."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"
ERRORS = SHARED / "payloads" / "e-errors"


def _lines(path: Path) -> Iterator[Any]:
    for line in path.read_text("utf-8").splitlines():
        each = json.loads(line)
        yield pytest.param(each, id=each["id"])


def _mined() -> Iterator[Any]:
    for place, each in enumerate(json.loads((ERRORS / "mined-real-arm-errors.json").read_text("utf-8"))):
        yield pytest.param(each, id=f"{place}-{each['_shape']['code_chain'][:50]}")


def _azd() -> Iterator[Any]:
    for path in sorted((ERRORS / "azd-testdata").glob("arm_sample_error_*.json")):
        yield pytest.param((path.read_text("utf-8"), path.with_suffix(".txt").read_text("utf-8")), id=path.stem)


_SOURCES = {
    "shape": lambda: _lines(ERRORS / "SHAPES.jsonl"),
    "case": lambda: _lines(SHARED / "cases" / "cases.jsonl"),
    "mined": _mined,
    "azd": _azd,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a recording; where they are absent, one that is skipped, or fails if ACIMEDIC_REQUIRE is set."""
    for name, source in _SOURCES.items():
        if name not in metafunc.fixturenames:
            continue
        if SHARED.is_dir():
            metafunc.parametrize(name, list(source()))
        elif os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(f"{SHARED} is absent, and ACIMEDIC_REQUIRE is set")
        else:
            skip = pytest.mark.skip(reason=f"recorded errors are not at {SHARED}")
            metafunc.parametrize(name, [pytest.param(None, marks=skip)])
