"""Writes docs/checks/*.md and the pages beside them that are made from what they are about: see `pages`.

Run by `make docs`; a test fails when what lies there is not what this writes. Nothing here is kept in step by memory.
"""

import re
import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from acimedic.web.catalogue import Entry, catalogue
from docs import evaluation, licences, reliability, rights
from tests.scenarios.running import NAMES, run

HERE = Path(__file__).parent
_SIGNS = {("fail", "confirmed"): "●", ("fail", "likely"): "○", ("unknown", None): "?", ("pass", None): "·"}


def pages() -> dict[str, str]:
    """Every page by its path below docs/."""
    written = {f"checks/{entry.id}.md": _page(entry) for entry in catalogue()}
    return written | {
        "checks/README.md": _index(),
        "confusion.md": _confusion(),
        "evaluation.md": evaluation.page(),
        "permissions.md": rights.page(),
    }


def slow_pages() -> dict[str, str]:
    """Those that take minutes; the tests that make what they are written from hold them."""
    return {"reliability.md": reliability.page()}


def _page(entry: Entry) -> str:
    errors = ", ".join(f"`{error}`" for error in entry.errors)
    lines = [f"# {entry.id}", "", entry.finds, "", f"Seen with: {errors}", ""]
    for label, text in entry.parts:
        lines += [f"**{label}.** {text}" if label else text, ""]
    lines += [*_example(entry.id), f"Documentation: <{entry.docs}>", ""]
    return "\n".join(lines)


def _example(name: str) -> list[str]:
    """How a finding of it reads, from the first scenario that has one."""
    for scenario in NAMES:
        for finding in run(scenario).report["findings"]:
            if finding["check"] == name and finding["verdict"] == "fail":
                return _finding(scenario, finding)
    return []


def _finding(scenario: str, finding: Mapping[str, Any]) -> list[str]:
    lines = [
        "## As it is reported",
        "",
        f"In the scenario *{run(scenario).world['title']}* ({finding['confidence']}):",
        "",
        f"> {finding['summary']}",
        "",
        *(f"- {fact['fact']}: `{_cell(fact['value'])}`" for fact in finding["evidence"]),
        "",
        "## How to fix it",
        "",
        finding["fix"]["text"],
        "",
    ]
    for command in finding["fix"]["az"]:
        lines += ["```sh", command, "```", ""]
    if finding["fix"]["bicep"]:
        lines += ["```bicep", finding["fix"]["bicep"], "```", ""]
    return lines


def _index() -> str:
    lines = [
        "# The checks",
        "",
        "In the order in which a pull can go wrong. `acimedic checks ID` prints the same pages.",
        "",
        "| | finds |",
        "|---|---|",
    ]
    for stage, entries in groupby(catalogue(), key=lambda entry: entry.stage):
        lines.append(f"| **{stage}** | |")
        lines += [f"| [{entry.id}]({entry.id}.md) | {entry.finds} |" for entry in entries]
    return "\n".join([*lines, ""])


def _confusion() -> str:
    ids = [entry.id for entry in catalogue()]
    lines = [
        "# Every scenario through every check",
        "",
        f"{len(NAMES)} scenarios, {len(ids)} checks. A row is a make-believe tenant in which one thing is wrong, or "
        "in which "
        "something only looks wrong; it must give exactly its own fault.",
        "",
        "● confirmed, ○ likely, ? unknown, · ruled out, nothing where the check does not apply.",
        "",
        *(f"{number}. [{name}](checks/{name}.md)" for number, name in enumerate(ids, 1)),
        "",
        "| scenario | " + " | ".join(str(number) for number in range(1, len(ids) + 1)) + " |",
        "|---|" + "---|" * len(ids),
    ]
    for scenario in NAMES:
        found = run(scenario).report["findings"]
        cells = " | ".join(_sign(found, name) for name in ids)
        lines.append(f"| {_cell(run(scenario).world['title'])} | {cells} |")
    return "\n".join([*lines, ""])


def _sign(findings: list[Mapping[str, Any]], name: str) -> str:
    """The gravest of the verdicts that a check gave."""
    given = {(item["verdict"], item["confidence"]) for item in findings if item["check"] == name}
    return next((sign for verdict, sign in _SIGNS.items() if verdict in given), "")


def _cell(text: str) -> str:
    return re.sub(r"[|\n`]", " ", text)


def main() -> int:
    """Write what has changed, and remove the pages of checks that are gone."""
    wanted = pages() | slow_pages() | {"licences.md": licences.page()}
    (HERE / "checks").mkdir(exist_ok=True)
    for path in HERE.glob("checks/*.md"):
        if f"checks/{path.name}" not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (HERE / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(wanted)} pages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
