"""`make fuzz`: every parser with N inputs, coverage-guided; then each with inputs that grow. Writes figures.json.

`python -m tests.fuzz N NAME …` tries what is named, and leaves the other figures of the file as they were. Two
processes run at once; what they find stays in `.venv/fuzz/found/NAME` to be looked at, and is moved by hand, as short
as it can be made, into tests/fuzz/corpus.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fuzz.growing import growth
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("figures.json")
_FOUND = ROOT / ".venv" / "fuzz" / "found"
_AT_ONCE = 2
_REACHED = re.compile(r"cov: (\d+) ft: (\d+)")


def main(inputs: str = "100000", *names: str) -> int:
    """Try the parsers; 1 where something was raised, slow or left out, 2 where there is no such parser."""
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        sys.stderr.write(f"there is no {', '.join(unknown)}; there are {', '.join(TARGETS)}\n")
        return 2
    unclean = False
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for name, told in pool.map(lambda each: (each, _tried(each, inputs)), names or TARGETS):
            sys.stdout.write(line(name, told))
            sys.stdout.flush()
            unclean = unclean or bool(told["faults"] or told["slow"] or told["inputs"] < int(inputs))
            keep({name: told})
    return int(unclean)


def keep(found: Mapping[str, Any]) -> None:
    """Write what came of some parsers into figures.json, beside the others."""
    kept: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    kept |= found
    ordered = {name: kept[name] for name in TARGETS if name in kept}
    FILE.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")


def line(name: str, told: Mapping[str, Any]) -> str:
    """What came of a parser as a line of the table."""
    return (
        f"{name:16}{told['inputs']:>8} inputs{told['edges']:>6} edges  slowest {told['slowest_ms']:>7.1f} ms"
        f"  longest {told['longest_ms']:>7.1f} ms  growth {told['growth']:>4.1f}  {len(told['faults'])} faults\n"
    )


def _tried(name: str, inputs: str) -> dict[str, Any]:
    folder = _FOUND / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "tests.fuzz.guided", name, inputs, str(folder)]
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False)
    return outcome(name)


def outcome(name: str) -> dict[str, Any]:
    """What came of a parser so far."""
    folder = _FOUND / name
    said = (folder / "log").read_text("utf-8", "replace")
    result = folder / "result.json"
    told: dict[str, Any] = {"inputs": 0, "slowest_ms": 0.0, "slow": 0, "faults": {}}
    if result.exists():
        told = json.loads(result.read_text("utf-8"))
    if "ERROR: libFuzzer" in said:  # no memory left, five minutes over one input, or the process died
        told["faults"]["the fuzzer was stopped"] = 1
    edges, features = (_REACHED.findall(said) or [("0", "0")])[-1]
    where = {
        "when": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
    }
    return told | {"edges": int(edges), "features": int(features)} | growth(TARGETS[name]) | where


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
