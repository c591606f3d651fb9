"""The sections of docs/reliability.md on order and time, processes, and the soak, from what `make soak` has written."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_FIGURES = Path(__file__).parents[1] / "bench" / "soak.json"
_ORDER = """\
## Order and time

Held by `tests/faults/test_order.py`, `test_time.py` and `test_time_in_stories.py`: whole stories from the event on,
with the clock in the test's hand.
"""
_IN_ORDER_AND_TIME: tuple[tuple[str, str], ...] = (
    (
        "an event comes three days late",
        "the cause is found, and repaired if it may be",
    ),
    (
        "an event comes before deployment and activity log show anything",
        "the story asks again after 1, 2, 4, 8 and 10 minutes, and ends with the cause once it is there",
    ),
    (
        "the activity log is empty for 20 minutes, and nothing else tells the error",
        "the same; after 25 minutes it is judged by the facts, likely at most, and nothing is proposed",
    ),
    (
        "a deployment's event comes before its record, or before that has ended",
        "it is refused and comes again, as long as it is less than half an hour old; from then on "
        "`unresolved` in the log",
    ),
    (
        "the same event twice, in both schemas, of the group and of its deployment in either order, at two "
        "workers at once, after the end",
        "one incident, one story, each state told once",
    ),
    (
        "our clock is ten minutes ahead of or behind Azure's",
        "the same cause, one change, the same proof; with ours ahead, a pull within those minutes of the "
        "change is not taken as its proof, and the incident stays `in-effect` until a later one",
    ),
    (
        "two workers' clocks are ten minutes apart",
        "one changes a registry at a time; the other waits 5 to 25 minutes and not 15",
    ),
    (
        "the clock is put back",
        "no state is hidden by an earlier one",
    ),
    (
        "the incident crosses midnight, and the year's end",
        "it is told to its end; trail, hourly limits and lists hold",
    ),
    (
        "a night on which the clocks change",
        "quiet hours end at the hour on the wall of their zone; each hour has one digest, and everything is "
        "in one of them",
    ),
)
_PROCESSES = """\
## Processes

Held by `tests/faults/test_processes.py`, `test_storage.py`, `test_storage_away.py`, `tests/whole/test_crash.py` and
`tests/lifecycle/test_crash.py`.
"""
_OF_PROCESSES: tuple[tuple[str, str], ...] = (
    (
        "a process ends after any of its effects, or is killed in the middle of one, over and over",
        "one change, one decision, no state without its news, a whole trail",
    ),
    (
        "it is killed while a report is written",
        "the report is the one before or the new one, and whole",
    ),
    (
        "the disk is full when an event comes: at once, after the incident was recorded, or before its story has begun",
        "503 and the line `comes-again`; nothing half written; delivered again it is one incident and one story",
    ),
    (
        "the disk is full in the middle of a story, also right after the change",
        "the log says so once, it is tried every few seconds, and it goes on when there is room; the change "
        "is made once",
    ),
    (
        "Azure Storage refuses connections, or cuts them before it has answered, for a minute",
        "503 at each address that needs it, and no traceback; the story tries each step five times, half a "
        "minute apart, and goes on",
    ),
    (
        "rows and stories of the version before",
        "they are read, and the stories end under the version that they began with (`tests/faults/earlier` "
        "was written by it)",
    ),
    (
        "an older worker meets a story of a later version",
        "it fails, saying so, before anything is carried out; the incident stays open and shows as standing still",
    ),
    (
        "an older worker meets a row of a later version",
        "the event comes again, the row stays as it is, and the incident is listed as unreadable",
    ),
)
_STORE_AWAY = """\
A store that is away for more than two minutes, while the stories themselves can be written, uses up the five attempts
of a step: that story ends as failed, as [operations](operations.md#stuck-or-failed-stories) tells. What was lent is
taken back all the same: that is tried for twelve days.
"""
_SOAK = """\
## Soak

`make soak`: hours full of events, one after the other in one process, each compressed into minutes. An hour has
failures of eight kinds over eight subscriptions, events that come twice and in both schemas, events of neighbours and
some that nobody understands, all over HTTP; people open pages, ask for diagnoses, approve, reject, take back by hand,
and ask in vain. Then the clock moves on until every story has ended and is deleted for its age, and what the process
holds is counted. The first hours warm it up. `tests/soak` holds two short hours of the same to it in `make check`.
"""
_COUNTED = ("handles", "sockets", "tasks", "threads")


def section() -> Iterator[str]:
    """Lines of Markdown."""
    yield _ORDER
    yield from _table(_IN_ORDER_AND_TIME)
    yield _PROCESSES
    yield from _table(_OF_PROCESSES)
    yield _STORE_AWAY
    yield _SOAK
    told = json.loads(_FIGURES.read_text("utf-8"))
    measured = f"{told['when']}, {told['machine']}, load {told['load_before']} when it began"
    yield f"{measured}; of each hour {told['minutes']} minutes with events:"
    yield ""
    yield "| hour | deliveries | decided | taken back by hand | handles | sockets | tasks | threads | rows | MiB |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for number, hour in enumerate(told["hours"], 1):
        yield _row(number, told["warm"], hour["brought"], hour["held"])
    yield ""
    grown = ", ".join(told["grown"]) or "nothing"
    kib = told["kib_per_thousand"]
    yield (
        f"What grew from the first hours after the warm-up to the last: {grown}. For every 1,000 deliveries "
        f"{kib['traced']} KiB more are allotted by Python, and {kib['resident']} KiB more are resident (which holds "
        "what tracing the memory itself costs). *Rows* are those of incidents, reports and stories; a registry that "
        "was changed keeps its ledger, of two rows."
    )
    yield ""


def _table(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield "| what happens | what comes of it |"
    yield "|---|---|"
    yield from (f"| {what} | {comes} |" for what, comes in rows)
    yield ""


def _row(number: int, warm: int, brought: Mapping[str, Any], held: Mapping[str, Any]) -> str:
    name = f"{number} (warm-up)" if number <= warm else str(number)
    rows = sum(count for table, count in held["rows"].items() if table != "ledgers")
    decided = sum(brought["decided"].values())
    counted = " | ".join(str(held[each]) for each in _COUNTED)
    mib = held["resident"] / 2**20
    return f"| {name} | {brought['deliveries']} | {decided} | {brought['undone']} | {counted} | {rows} | {mib:.0f} |"
