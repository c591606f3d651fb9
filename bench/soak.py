"""`make soak`: hours full of events, one after another in one process, and whether anything grows from one to the next.

The figures go to bench/soak.json, with the date and the machine; docs/reliability.md tells them.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from acimedic.simulator.exchange import Json
from bench.living import living
from bench.mixture import KINDS, world

FILE = Path(__file__).with_name("soak.json")
_FAILURES = 4  # of each kind, in an hour
_MINUTES, _TRACED, _WARM, _HOURS = 20, 2, 3, 12
_COUNTED = ("handles", "sockets", "tasks", "threads")
# Memory is traced from an hour before those that count: what is then replaced for the first time was there already.
_MOST = 64.0  # KiB that a thousand deliveries may leave behind: what is allotted anew is never quite the same


def main() -> int:
    """Soak, and tell what came of it; 1 where something grows."""
    load = os.getloadavg()[0]
    worlds = [world(number, _FAILURES) for number in range(len(KINDS))]
    options = {"long": _MINUTES, "warm": _TRACED, "hours": _HOURS, "trace": True}
    with living(worlds) as far:
        given = json.dumps({"url": far.url, "worlds": worlds} | options)
        command = [sys.executable, "-m", "bench.soaking"]
        done = subprocess.run(command, input=given, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(f"the soaked process failed: {done.stderr[-3000:]}\n")
        return 2
    hours: list[Json] = [json.loads(line) for line in done.stdout.splitlines()]
    found = told(hours, load)
    FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for number, hour in enumerate(hours, 1):
        sys.stdout.write(f"{number}: {hour['brought']['deliveries']} deliveries, {json.dumps(hour['held'])}\n")
    sys.stdout.write(f"KiB per 1,000 deliveries: {found['kib_per_thousand']}; grown: {found['grown'] or 'nothing'}\n")
    return int(bool(found["grown"]))


def told(hours: list[Json], load: float) -> Json:
    """What came of these hours, with the date and the machine. load: before they began."""
    return {
        "when": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
        "load_before": round(load, 1),
        "minutes": _MINUTES,
        "warm": _WARM,
        "kib_per_thousand": {name: growth(hours[_WARM:], name) for name in ("traced", "resident")},
        "grown": grown(hours[_WARM:]),
        "hours": hours,
    }


def grown(hours: list[Json]) -> list[str]:
    """What was more after the last of these hours than after the first."""
    first, last = hours[0]["held"], hours[-1]["held"]
    found = [name for name in _COUNTED if last[name] > first[name]]
    found += [f"rows of {name}" for name, count in last["rows"].items() if count > first["rows"].get(name, 0)]
    if growth(hours, "traced") > _MOST:
        found.append("memory")
    return found


def growth(hours: list[Json], name: str) -> float:
    """By how many KiB this grew for each thousand deliveries, from the least after the first third of these hours on.

    To the least after the last third: what is just alive when an hour ends comes and goes, and what grows does not go.
    """
    third = max(1, len(hours) // 3)
    first, last = (min(hour["held"][name] for hour in part) for part in (hours[:third], hours[-third:]))
    deliveries: int = sum(hour["brought"]["deliveries"] for hour in hours[third:])
    return round((last - first) / 1024 / deliveries * 1000, 1)


if __name__ == "__main__":
    sys.exit(main())
