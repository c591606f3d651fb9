"""docs/evaluation.md: what the template evaluator recovers of real templates, and what stays open and why."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from acimedic.asked_group import is_group
from acimedic.template import Json, Resource, Scope, evaluate, parse, unresolved_leaves

TEMPLATES = Path(__file__).parents[1].parent / "shared" / "payloads" / "d-templates"
_SCOPE = Scope(
    subscription_id="00000000-0000-0000-0000-000000000001",
    resource_group="rg-example",
    location="westeurope",
    now=datetime(2026, 1, 1, tzinfo=UTC),
)
# Without these two a template of the corpus deploys no group, or none with an image.
_GIVEN: dict[str, Json] = {"deployContainer": {"value": True}, "imageTag": {"value": "v1"}}
_ID = re.compile(r"/subscriptions/\S+/providers/(\S+)/[^/\s]+")


def page() -> str:
    """The page as Markdown."""
    rows = list(_rows())
    groups = sum(count for _, count, _ in rows)
    known = sum(not reasons for _, _, reasons in rows)
    lines = [
        "# What is recovered of a template",
        "",
        "The container groups of real templates (Azure quickstarts, Azure Verified Modules, Microsoft's and others' "
        "repositories), evaluated offline with the parameters that lie beside them and nothing else. What stays open "
        "is what Azure, or whoever deploys, alone knows; it is left out and named, never guessed.",
        "",
        f"{len(rows)} templates, {groups} container groups; of {known} templates nothing stays open.",
        "",
        "| template | groups | what stays open, and why |",
        "|---|---|---|",
        *(f"| {name} | {count} | {_told(reasons)} |" for name, count, reasons in rows),
        "",
    ]
    return "\n".join(lines)


def _rows() -> Iterator[tuple[str, int, Counter[str]]]:
    entries: list[Mapping[str, Any]] = json.loads((TEMPLATES / "CONTAINERGROUPS-INDEX.json").read_text("utf-8"))
    for name in sorted({str(entry["file"]) for entry in entries}):
        if not (TEMPLATES / name).exists():
            yield name, 0, Counter({"the template is not there": 1})
            continue
        found = _groups(TEMPLATES / name)
        reasons = Counter(
            _kind(path, reason) for group in found for path, reason in unresolved_leaves(cast(Json, group.body))
        )
        yield name, len(found), reasons


def _groups(file: Path) -> list[Resource]:
    beside = file.with_name(file.name.replace(".json", ".parameters.json"))
    given = cast(dict[str, Json], parse(beside.read_bytes())).get("parameters", {}) if beside.exists() else {}
    template = cast(dict[str, Json], parse(file.read_bytes()))
    evaluation = evaluate(template, {**_GIVEN, **cast(dict[str, Json], given)}, _SCOPE)
    return [each for each in evaluation.resources if is_group(each.type) and not each.existing]


def _kind(path: str, reason: str) -> str:
    """The property, without its index, and the reason, without the id of the resource."""
    where, why = re.sub(r"\[[0-9]+]", "[]", path), _ID.sub(r"a \1", reason)
    return f"`{where}`: {why}"


def _told(reasons: Counter[str]) -> str:
    return "<br>".join(f"{reason}" + (f" ({count})" if count > 1 else "") for reason, count in reasons.items()) or "–"
