"""`make bench`: one table of figures and targets, and the same as JSON in bench/figures.json."""

import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import evaluation
from bench.figure import Figure

_ALL: dict[str, Callable[[], Iterator[Figure]]] = {"evaluation": evaluation.figures}
_MET = {True: "met", False: "MISSED", None: ""}


def main(names: list[str]) -> int:
    """Measure everything, or what is named; 1 where a target is missed."""
    measured = [figure for name, figures in _ALL.items() if not names or name in names for figure in figures()]
    for figure in measured:
        target = "" if figure.target is None else f"{figure.kind} {figure.target:g}"
        sys.stdout.write(f"{figure.name:52} {figure.value:>10g} {figure.unit:6} {target:14} {_MET[figure.met]}\n")
    made = {
        "when": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "figures": [asdict(figure) | {"met": figure.met} for figure in measured],
    }
    Path(__file__).with_name("figures.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return 1 if any(figure.met is False for figure in measured) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
