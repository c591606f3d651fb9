"""Every reading with every fault, on the scenarios' tenants: always a report, and nothing in it that is not true."""

from pathlib import Path

import pytest

from acimedic.model.verdict import Fail, Pass
from docs.reliability import page

from .cells import ill, well
from .readings import READINGS, Reading, methods
from .spoiling import FAULTS, Fault

READS = ("/exporttemplate", "/providers/microsoft.resourcegraph/resources", "/oauth2/exchange", "/oauth2/token")
MOMENT = 0.01  # what is begun when the time is over is given up at once
every_cell = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
every_world = pytest.mark.parametrize(
    ("reading", "world"),
    [(reading, world) for reading in READINGS for world in reading.worlds],
    ids=lambda each: each if isinstance(each, str) else each.name,
)


def test_every_method_of_the_reader_has_a_row() -> None:
    """A new reading is in the matrix, or this fails."""
    assert {reading.method for reading in READINGS} == set(methods())


@every_world
def test_a_reading_is_made_on_the_tenants_on_which_it_is_spoilt(reading: Reading, world: str) -> None:
    assert any(reading.is_of(request) for request in well(world).asked)


@pytest.mark.parametrize("world", sorted({world for reading in READINGS for world in reading.worlds}))
def test_every_request_is_of_one_reading(world: str) -> None:
    """A request that belongs to no row would never be spoilt."""
    found = [[reading.name for reading in READINGS if reading.is_of(request)] for request in well(world).asked]
    assert [names for names in found if len(names) != 1] == []


@every_cell
@every_world
def test_there_is_always_a_report_in_time_and_nothing_in_it_is_made_up(
    reading: Reading, world: str, fault: Fault
) -> None:
    """No new fail, no new pass, no write, no word to a stranger; whoever waits in vain waits for the time limit."""
    before, after = well(world), ill(world, reading, fault)
    assert after.ill
    assert after.seconds <= after.limit + MOMENT
    assert after.given(Fail) <= before.given(Fail)
    assert after.given(Pass) <= before.given(Pass)
    changing = [(asked.method, asked.path) for asked in after.asked if asked.method not in {"GET", "POST"}]
    changing += [("POST", asked.path) for asked in after.asked if asked.method == "POST" and not _reads(asked.path)]
    assert changing == []
    assert after.heard == ()
    assert {asked.host for asked in after.asked} <= _hosts(world)


@every_cell
@every_world
def test_what_is_lost_is_told(reading: Reading, world: str, fault: Fault) -> None:
    """A cause that is no longer found is unknown, or the report says which reading is missing."""
    before, after = well(world), ill(world, reading, fault)
    lost = before.given(Fail) - after.given(Fail)
    assert not lost or after.unknown_beside(before) or after.gaps - before.gaps


def test_the_page_is_not_stale() -> None:
    """`make docs` has been run since the last change."""
    assert (Path(__file__).parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8") == page()


def _reads(path: str) -> bool:
    return path.lower().endswith(READS)


def _hosts(world: str) -> set[str]:
    """Who is asked when all is well; a registry whose image is asked for otherwise is one of them."""
    return {asked.host for asked in well(world).asked}
