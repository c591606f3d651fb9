"""A storm: many failures at once, from the event to the message, over a far side that takes 50 ms for every answer."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from acimedic.simulator.exchange import Json
from bench.crowd import events, policy, worlds
from bench.far import Asked, Far, far_side
from bench.figure import Figure
from bench.reads import beyond_own

_SUBSCRIPTIONS, _EACH = 40, 25
_ALONE = 100  # failures in one subscription: enough to use its budget up
_DELAY = 0.05


def figures() -> Iterator[Figure]:
    """1,000 failures over 40 subscriptions, 20 registries and 40 identities; then 100 in one subscription."""
    many = worlds(_SUBSCRIPTIONS, _EACH)
    with far_side(many) as far:
        came, asked = go_through(far, many)
    yield from _of_many(came, asked)
    alone = worlds(1, _ALONE)
    with far_side(alone) as far:
        came, asked = go_through(far, alone)
    yield from _of_one(came, asked)


def go_through(far: Far, made: list[Json], *, delay: float = _DELAY) -> tuple[dict[str, Any], list[Asked]]:
    """Go through a storm in a process of its own; gives back what came of it, and all that Azure was asked."""
    far.set(delay=delay, budget=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.storming", far.url],
        input=json.dumps({"events": events(made), "policy": policy(made)}),
        capture_output=True,
        text=True,
        check=True,
    )
    came: dict[str, Any] = json.loads(done.stdout)
    return came, far.asked()


def lost(came: dict[str, Any]) -> int:
    """How many failures have no story that ended well with the cause found."""
    return int(came["events"] - min(came["stories"].get("Completed", 0), came["outcomes"].get("cause-found", 0)))


def _of_many(came: dict[str, Any], asked: list[Asked]) -> Iterator[Figure]:
    count = came["events"]
    setting = f"{count} failures, 40 subscriptions, 20 registries, 40 identities; 50 ms a request; budget on"
    throttled = sum(one.status == 429 for one in asked)
    yield Figure(
        name="storm: incidents a second",
        value=round(count / came["seconds"], 1),
        unit="1/s",
        method=f"{setting}; {came['seconds']} s, {came['processor']} s of them on the processor; "
        f"{len(asked)} requests, {throttled} of them throttled",
        target=40,
        kind="at least",
    )
    yield Figure(
        name="storm: peak memory",
        value=came["peak_mib"],
        unit="MiB",
        method="largest resident set of the process of the storm",
        target=300,
    )
    yield Figure(
        name="storm: lost",
        value=lost(came),
        unit="",
        method=f"no story that ended with the cause; {came['told_singly']} told alone, {came['crowds']} crowds",
        target=0,
    )
    yield Figure(
        name="storm: shared readings an incident",
        value=round(beyond_own(asked) / count, 2),
        unit="reads",
        method="requests beyond group, deployments, operations, template and activity log, over incidents",
        target=0.5,
    )


def _of_one(came: dict[str, Any], asked: list[Asked]) -> Iterator[Figure]:
    throttled = sum(one.status == 429 for one in asked)
    answered = len(asked) - throttled
    yield Figure(
        name="storm in one subscription: time to drain",
        value=came["seconds"],
        unit="s",
        method=f"{came['events']} failures, {answered} requests answered, {throttled} throttled; "
        f"the budget alone takes {max(0.0, (answered - 250) / 25):.0f} s",
    )
    yield Figure(
        name="storm in one subscription: lost",
        value=lost(came),
        unit="",
        method=f"outcomes {came['outcomes']}",
        target=0,
    )
