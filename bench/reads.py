"""How many requests an incident takes: for each scenario on a cold cache, and in a storm beyond its own."""

import re
import statistics
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from bench.far import Asked
from bench.figure import Figure

_LOG = "/providers/microsoft.insights/eventtypes/management/values"
_PAGE = re.compile(r"&?\$skip[tT]oken=[^&]*")
_OWN = re.compile(
    r"/containerGroups/[^/?]+\?"  # the group
    r"|/Microsoft\.Resources/deployments(/[^/?]+)?(/exportTemplate)?\?"  # history, deployment, template
    r"|/deployments/[^/?]+/operations\?"
    r"|/eventtypes/management/values\?",
    re.IGNORECASE,
)


def figures() -> Iterator[Figure]:
    """The most and the mean over all scenarios."""
    from tests.scenarios.running import NAMES, run

    counts = {name: before_finding([target for _, _, target, _ in run(name).requests]) for name in NAMES}
    worst = max(counts, key=lambda name: counts[name])
    # Lists in pages, several images and nested deployments ask for more by their nature.
    over = sum(count > 14 for count in counts.values())
    yield Figure(
        name="requests for an incident, the most",
        value=counts[worst],
        unit="reads",
        method=f"{len(NAMES)} scenarios, what changed left out; {worst}; {over} scenarios are above 14",
        target=14,
    )
    yield Figure(
        name="requests for an incident, the mean",
        value=round(statistics.mean(counts.values()), 1),
        unit="reads",
        method=f"{len(NAMES)} scenarios, what changed left out; the median is {statistics.median(counts.values()):g}",
        target=14,
    )
    everything = [len(run(name).requests) for name in NAMES]
    yield Figure(
        name="the same with what changed, the mean",
        value=round(statistics.mean(everything), 1),
        unit="reads",
        method=f"{len(NAMES)} scenarios, every request; the most is {max(everything)}",
    )


def before_finding(targets: list[str]) -> int:
    """How many of these requests are not about what changed."""
    late = on_top(targets)
    return sum(target not in late for target in targets)


def on_top(targets: Iterable[str]) -> frozenset[str]:
    """Those requests that ask the activity log what changed: all that ask it after its first question."""
    asked = [target for target in targets if _LOG in target.lower()]
    first = _question(asked[0]) if asked else None
    return frozenset(target for target in asked if _question(target) != first)


def beyond_own(asked: Iterable[Asked]) -> int:
    """How many requests were answered that are not the incident's own.

    Its own are the group, the deployments' history, operations, templates and the activity log. What was refused for
    want of budget (429) is not counted.
    """
    return sum(one.status != 429 and not _OWN.search(one.target) for one in asked)


def _question(target: str) -> str:
    """What a request asks the log, whichever page of the answer it wants."""
    return _PAGE.sub("", unquote(target))
