"""What docs/operations.md says of the log is what the code logs: its table, its queries, and those of the alerts."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from acimedic.web import lines

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# The columns of the table itself.
COLUMNS = frozenset({"line"})


def logged() -> dict[str, set[str]]:
    """Every line that the code can log, with its fields: read from each dictionary that has a `line`."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "acimedic").rglob("*.py")):
        if "simulator" in path.parts or "report" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for written in _written(node):
                found.setdefault(str(written["line"]), set()).update(set(written) - COLUMNS)
    return found


def _written(node: ast.AST) -> Iterator[dict[str, object]]:
    if isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        values = [value.value if isinstance(value, ast.Constant) else None for value in node.values]
        if keys and keys[0] == "line" and isinstance(values[0], str):  # a line of a file is a number
            yield {str(key): value for key, value in zip(keys, values, strict=True)}
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith('{"line"'):
        yield json.loads(node.value.replace("%d", "0"))


LOGGED = logged()


def documented() -> dict[str, str]:
    """Each line of the table, with its cell of fields."""
    found: dict[str, str] = {}
    for row in PAGE.partition("## What the log says")[2].partition("## Questions")[0].splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if row.startswith("| `") and cells[0] != "`line`":
            found |= dict.fromkeys(re.findall(r"`([^`]+)`", cells[0]), cells[2])
    return found


def queries() -> dict[str, str]:
    """Each query of the page under its heading, those of the alerts, and those of the workbook."""
    found = dict(re.findall(r"^### ([^\n]+)\n(?:(?!^###).)*?```kql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
    alerts = (ROOT / "infra" / "alerts.bicep").read_text(encoding="utf-8")
    found |= {f"alert {number}": each for number, each in enumerate(re.findall(r"query: '(.*)'\n", alerts))}
    book = json.loads((ROOT / "infra" / "workbook.json").read_text(encoding="utf-8"))
    return found | {
        f"workbook {item['name']}": item["content"]["query"] for item in book["items"] if "query" in item["content"]
    }


QUERIES = queries()


def lines_of(query: str) -> set[str]:
    """The lines that a query asks for."""
    single = re.findall(r"line\)? == \"([a-z-]+)\"", query)
    several = re.findall(r"line\)? in \(([^)]*)\)", query)
    return {*single, *re.findall(r'"([a-z-]+)"', " ".join(several))}


def test_the_code_logs_what_it_is_known_to_log() -> None:
    """So that the table in this test is not an empty one."""
    assert {"incident", "state", "received", "audit-head", "retention"} <= set(LOGGED)
    assert {name.partition(" ")[0] for name in QUERIES} >= {"alert", "workbook", "What"}
    assert {"id", "outcome", "root_cause", "duration_ms", "readings", "throttled", "gaps"} <= LOGGED["incident"]


def test_every_line_is_in_the_table() -> None:
    """And no other."""
    assert set(documented()) == set(LOGGED)


@pytest.mark.parametrize("line", sorted(LOGGED))
def test_every_field_is_in_the_table(line: str) -> None:
    """In the row of its line."""
    cell = documented()[line]
    assert {field for field in LOGGED[line] if f"`{field}`" not in cell} == set()


@pytest.mark.parametrize("line", sorted(LOGGED))
def test_the_table_has_no_field_that_is_not_logged(line: str) -> None:
    """By any of the lines that share its row."""
    cell = documented()[line]
    sharing = [other for other, fields in documented().items() if fields == cell]
    known = set().union(*(LOGGED[other] for other in sharing))
    assert set(re.findall(r"`([^`]+)`", cell)) - known == set()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_every_query_asks_for_lines_that_are_logged(name: str) -> None:
    """Of the page, the alerts and the workbook."""
    assert lines_of(QUERIES[name]) - set(LOGGED) == set()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_every_query_asks_for_fields_that_its_lines_have(name: str) -> None:
    """A field that none of its lines has would be null for ever, without a word."""
    asked = set(re.findall(r"\bit\.([a-z_]+)", QUERIES[name])) - COLUMNS
    # What all queries of a file begin with takes the id and the state out of every line.
    shared = set() if name in PAGE else {"id", "state"}
    known = set().union(*(LOGGED[line] for line in lines_of(QUERIES[name])))
    assert asked - known - shared == set()


def test_every_state_in_a_query_is_one_that_a_story_tells() -> None:
    """A state that is misspelt would find nothing, without a word."""
    told = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "acimedic" / "lifecycle").glob("*.py"))
    for name, query in QUERIES.items():
        asked = [query[found.end() :].partition(")")[0] for found in re.finditer(r"state\)? in \(", query)]
        for state in re.findall(r'"([a-z-]+)"', " ".join(asked)):
            assert f'"{state}"' in told, (name, state)


def test_a_line_is_json_with_the_fields_that_are_read_from_the_code(caplog: pytest.LogCaptureFixture) -> None:
    """The table in this test is what is really logged: one of the lines, taken from the log."""
    with caplog.at_level(logging.INFO, logger="acimedic.web"):
        lines.received("e-1", ("i-1",))
    line = json.loads(caplog.messages[0])
    assert set(line) - COLUMNS == LOGGED[line["line"]]


@pytest.mark.parametrize(
    "runbook",
    [
        "Nothing arrives", "Stuck or failed stories", "Throttled", "Key rotation", "Upgrade", "Replay of dead letters",
        "A policy or routes that are refused", "Removal",
    ],
)  # fmt: skip
def test_there_is_a_runbook(runbook: str) -> None:
    """With steps, in their order."""
    text = PAGE.partition(f"### {runbook}\n")[2].partition("\n### ")[0]
    steps = re.findall(r"^(\d+)\. ", text, re.MULTILINE)
    assert steps
    assert steps == [str(number) for number in range(1, len(steps) + 1)]


def test_every_setting_that_the_page_names_is_read_somewhere() -> None:
    """`ACIMEDIC_…` in the text is a setting of the app, or of the deployment."""
    read = [*(ROOT / "acimedic").rglob("*.py"), *(ROOT / "infra").glob("*.bicep"), ROOT / "infra/main.parameters.json"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in read)
    named = set(re.findall(r"\bACIMEDIC_[A-Z_]*[A-Z]\b", PAGE))
    assert {name for name in named if name.removesuffix("_EARLIER") not in code} == set()


def test_every_command_that_the_page_names_is_there() -> None:
    """`acimedic WORD` in the text is a command."""
    commands = {path.stem for path in (ROOT / "acimedic" / "cli").glob("*.py")}
    assert set(re.findall(r"\bacimedic ([a-z]+)\b", PAGE)) - commands == set()
