"""How long a template takes to evaluate, and how that grows with its copies."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from acimedic.template import Json, Scope, evaluate, parse
from bench.figure import Figure, seconds

TEMPLATES = Path(__file__).parents[1].parent / "shared" / "payloads" / "d-templates"
_SCOPE = Scope(
    subscription_id="00000000-0000-0000-0000-000000000001",
    resource_group="rg",
    location="westeurope",
    now=datetime(2026, 1, 1, tzinfo=UTC),
)


def figures() -> Iterator[Figure]:
    """The largest template that holds container groups, and loops of more and more container groups."""
    name, template = _largest()
    yield Figure(
        name="evaluating the largest template",
        value=round(seconds(lambda: evaluate(template, {}, _SCOPE)) * 1000, 1),
        unit="ms",
        method=f"{name}, {len(json.dumps(template)) // 1024} KiB, median of 7, warm",
        target=100,
    )
    few, many = (_of_a_copy(count) for count in (100, 800))
    yield Figure(
        name="cost of a copy among 800, over that among 100",
        value=round(many / few, 2),
        unit="ratio",
        method="container groups of one resource loop; 1 is linear",
        target=1.3,
    )


def _of_a_copy(count: int) -> float:
    """Seconds for each copy where a loop has so many."""
    template = _copies(count)
    return seconds(lambda: evaluate(template, {}, _SCOPE)) / count


def _largest() -> tuple[str, dict[str, Json]]:
    entries = json.loads((TEMPLATES / "CONTAINERGROUPS-INDEX.json").read_text("utf-8"))
    files = {TEMPLATES / entry["file"] for entry in entries}
    largest = max((file for file in files if file.exists()), key=lambda file: file.stat().st_size)
    template = parse(largest.read_bytes())
    if not isinstance(template, dict):
        raise TypeError(f"{largest} is no template")
    return str(largest.relative_to(TEMPLATES)), template


def _copies(count: int) -> dict[str, Json]:
    return {
        "resources": [
            {
                "type": "Microsoft.ContainerInstance/containerGroups",
                "apiVersion": "2023-05-01",
                "name": "[format('group-{0}', copyIndex())]",
                "copy": {"name": "groups", "count": count},
                "properties": {
                    "osType": "Linux",
                    "containers": [
                        {"name": "app", "properties": {"image": "[concat('contoso.azurecr.io/app:', copyIndex())]"}}
                    ],
                },
            }
        ]
    }
