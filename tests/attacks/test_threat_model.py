"""The table of the threat model and the tests of attacks are about the same."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "threat-model.md"
_ROW = re.compile(r"^\| .* \| `(?P<where>[\w/]+\.py)` \| `(?P<test>[\w/]+\.py::test_\w+)` \|$", re.MULTILINE)


def rows() -> list[tuple[str, str]]:
    """Module and test of each row of the tables of attacks."""
    return [(row["where"], _whole(row["test"])) for row in _ROW.finditer(PAGE.read_text())]


def _whole(test: str) -> str:
    return test if test.startswith("tests/") else f"tests/attacks/{test}"


def named_in(file: Path) -> set[str]:
    """The tests of a file, as pytest names them."""
    defined = ast.parse(file.read_text()).body
    names = [each.name for each in defined if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")]
    return {f"{file.relative_to(ROOT)}::{name}" for name in names}


def test_every_row_names_a_test_that_is_there() -> None:
    named = {test for _, test in rows()}
    known = set().union(*(named_in(ROOT / test.partition("::")[0]) for test in named))
    assert named - known == set()


def test_every_test_of_an_attack_is_in_the_table() -> None:
    files = [file for file in HERE.glob("test_*.py") if file != Path(__file__)]
    assert set().union(*map(named_in, files)) - {test for _, test in rows()} == set()


def test_every_row_names_a_module_that_is_there() -> None:
    assert [where for where, _ in rows() if not (ROOT / where).is_file()] == []


def test_every_row_is_whole() -> None:
    written = PAGE.read_text().partition("## The attacks")[2].partition("## What is not defended")[0]
    lines = [
        line for line in written.splitlines() if line.startswith("|") and not line.startswith(("|---", "| Attack"))
    ]
    assert len(lines) == len(rows()) + 1  # the head of the table of counterparts
