"""`make bench`: one table of figures and targets, and the same as JSON in bench/figures.json.

`python -m bench NAME …` measures what is named, and leaves the other figures of the file as they were.
"""

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from bench.figure import Figure, NotMeasuredError

NAMES = ("core", "latency", "reads", "storm", "cold", "evaluation", "az")
"""Modules of this folder, each with `figures()`, in the order in which they are measured."""
_MET = {True: "met", False: "MISSED", None: ""}
_FILE = Path(__file__).with_name("figures.json")


def main(names: list[str]) -> int:
    """Measure everything, or what is named; 1 where a target is missed, 2 where a name is unknown."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.stderr.write(f"there is no {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    kept = {} if not names else _kept()
    missed = False
    for name in names or NAMES:
        load = os.getloadavg()[0]
        try:
            measured = list(_figures(name)())
        except NotMeasuredError as error:
            sys.stdout.write(f"{name:52} not measured: {error}\n")
            kept.pop(name, None)
            continue
        for figure in measured:
            sys.stdout.write(line(figure))
            sys.stdout.flush()
        missed = missed or any(figure.met is False for figure in measured)
        kept[name] = {
            "when": f"{datetime.now(UTC):%Y-%m-%d}",
            "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
            "load_before": round(load, 1),
            "figures": [asdict(figure) | {"met": figure.met} for figure in measured],
        }
        _FILE.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return int(missed)


def line(figure: Figure) -> str:
    """A figure as a line of the table."""
    target = "" if figure.target is None else f"{figure.kind} {figure.target:g}"
    return f"{figure.name:52} {figure.value:>10g} {figure.unit:6} {target:14} {_MET[figure.met]}\n"


def _kept() -> dict[str, Any]:
    if not _FILE.exists():
        return {}
    found = json.loads(_FILE.read_text("utf-8"))
    return {name: each for name, each in found.items() if name in NAMES}


def _figures(name: str) -> Callable[[], Iterator[Figure]]:
    # Imported when its turn comes: what one measures must not be warmed by another.
    return cast(Callable[[], Iterator[Figure]], import_module(f"bench.{name}").figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
