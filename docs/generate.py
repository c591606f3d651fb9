"""Writes docs/checks/*.md, docs/confusion.md and docs/permissions.md from the checks, the rights and every scenario.

Run by `make docs`; a test fails when what lies there is not what this writes. Nothing here is kept in step by memory.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import checks
from acimedic.diagnosis import check_id
from docs import rights
from tests.scenarios.running import NAMES, run

HERE = Path(__file__).parent
_LABELS = ("Cause", "Evidence", "Fix", "Not a fault", "Source")
_SIGNS = {("fail", "confirmed"): "●", ("fail", "likely"): "○", ("unknown", None): "?", ("pass", None): "·"}
_STAGES = {
    "definition": "What was asked for",
    "limits": "Limits of the platform",
    "registry": "The registry",
    "network": "The way to it",
    "access": "Sign-in and permission",
    "image": "The image",
    "service": "The service",
}


def pages() -> dict[str, str]:
    """Every page by its path below docs/."""
    written = {f"checks/{check_id(check)}.md": _page(check) for check in checks.ALL}
    return written | {"checks/README.md": _index(), "confusion.md": _confusion(), "permissions.md": rights.page()}


def _page(check: ModuleType) -> str:
    name = check_id(check)
    first, *paragraphs = _paragraphs(check.__doc__ or "")
    lines = [f"# {name}", "", first, "", f"Seen with: {', '.join(f'`{error}`' for error in check.ERRORS)}", ""]
    for paragraph in paragraphs:
        label, _, rest = paragraph.partition(":")
        text = (
            f"**{label}.** {rest.strip() if label == 'Source' else _capital(rest.strip())}"
            if label in _LABELS and rest
            else paragraph
        )
        lines += [text, ""]
    lines += [*_example(name), f"Documentation: <{check.DOCS}>", ""]
    return "\n".join(lines)


def _paragraphs(doc: str) -> list[str]:
    """The docstring's sentences by their labels; a label begins a line."""
    parts: list[str] = []
    for line in (line.strip() for line in doc.strip().splitlines()):
        labelled = any(line.startswith(f"{label}:") for label in _LABELS)
        if not line:
            parts.append("")
        elif labelled or not parts or parts[-1] == "":
            parts.append(line)
        else:
            parts[-1] += f" {line}"
    return [part for part in parts if part]


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
    stage = ""
    for check in checks.ALL:
        if (now := check.__name__.split(".")[1]) != stage:
            stage = now
            lines.append(f"| **{_STAGES[stage]}** | |")
        name = check_id(check)
        lines.append(f"| [{name}]({name}.md) | {_paragraphs(check.__doc__ or '')[0]} |")
    return "\n".join([*lines, ""])


def _confusion() -> str:
    ids = [check_id(check) for check in checks.ALL]
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(text: str) -> str:
    return re.sub(r"[|\n`]", " ", text)


def main() -> int:
    """Write what has changed, and remove the pages of checks that are gone."""
    wanted = pages()
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
