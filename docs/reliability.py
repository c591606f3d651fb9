"""docs/reliability.md: what becomes of a diagnosis when a reading is refused, broken, late or misleading."""

from docs.enduring import section as order_time_and_processes
from docs.fuzzing import section as hostile_input
from tests.faults.cells import ill, well
from tests.faults.readings import READINGS, Reading
from tests.faults.spoiling import FAULTS, Fault

_HEAD = """\
# What happens when Azure is half down

Every reading with every fault, on make-believe tenants and through Azure's own SDKs: {cells} cells. In each of them,
there is a report within the time limit, nothing fails or passes that did not without the fault, nothing is written, and
nothing is sent to another host. A next link or a redirect to another host is refused before anything is sent, so the
token stays. The tests hold each cell; this page is written from what they see.

Time is the event loop's own here: a reading that never answers takes the whole time limit by that clock and none by the
wall's, so the page does not hang on how busy the machine was.

- `=` the report is the same;
- `gap` it names a reading that is missing, and no check says `unknown` for it; with `†`, it is not even known which
  container group failed, so no check is run;
- `? 5` so many checks say `unknown` that did not; they name the reading that is missing;
- `†` the cause of the tenant is no longer found; it is never replaced by another one.

The tenant of a row is one whose cause hangs on the reading, if there is one. 404 and 502 come as a page of something
that stands before Azure, other refusals in the form of Resource Manager's or of a registry's: a 404 in Azure's own
words is no fault but a fact. *Slow* is three seconds; *stands still* ends in the middle of a body and keeps the
connection; *null within* has null for each object two levels down; *empty page first* links to the true one.
"""

_NOT_COVERED = """\
## What the table does not show

- Two readings that fail at once, but for the sign-in and a host that does not listen (`tests/adapters`).
- A registry's own `UNAUTHORIZED` or `DENIED` to somebody without a credential: that is believed as *private or absent*,
  and is likely at most.
- The real Azure: what is known of its faults comes from documentation and recordings.
"""


def page() -> str:
    """The page as Markdown."""
    names = [fault.name for fault in FAULTS]
    lines = [
        _HEAD.format(cells=len(READINGS) * len(FAULTS)),
        "| reading | tenant | " + " | ".join(names) + " |",
        "|---|---|" + "---|" * len(names),
        *(_row(reading) for reading in READINGS),
        "",
        *order_time_and_processes(),
        *hostile_input(),
        _NOT_COVERED,
    ]
    return "\n".join(lines)


def _row(reading: Reading) -> str:
    world = reading.worlds[0]
    return f"| {reading.name} | {world} | {' | '.join(_cell(reading, world, fault) for fault in FAULTS)} |"


def _cell(reading: Reading, world: str, fault: Fault) -> str:
    before, after = well(world), ill(world, reading, fault)
    unknown = len(after.unknown_beside(before))
    told = f"? {unknown}" if unknown else "gap" if after.gaps - before.gaps else "="
    lost = before.cause and not after.cause
    return f"{told} †" if lost else told
