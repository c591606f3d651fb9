"""Clocks that differ, logs that lag, midnight, and the hour that comes twice: the same is found."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acimedic.incident import read_event
from acimedic.model.incident import Incident
from acimedic.model.verdict import Fail
from acimedic.simulator.state import moment
from tests.scenarios.running import load

from .cells import Outcome, of_tenant, well

World = dict[str, Any]
WORLDS = ("role-missing", "in-order", "role-on-client-id", "trusted-services-off", "stale-events", "worked-yesterday")
_STAMP = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00))"')
every_world = pytest.mark.parametrize("world", WORLDS)
ten_minutes_off = pytest.mark.parametrize(
    "off", [timedelta(minutes=-10), timedelta(minutes=10)], ids=["behind", "ahead"]
)


def found(outcome: Outcome) -> object:
    return outcome.cause, outcome.given(Fail)


def stamp(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def moved(world: World, by: timedelta) -> World:
    """The same world at another time, our own clock included."""
    shifted: World = json.loads(_STAMP.sub(lambda each: f'"{stamp(moment(each[1]) + by)}"', json.dumps(world)))
    return shifted


def failed_at(world: World) -> datetime:
    """When the world's event says that it happened."""
    incident = read_event(json.dumps(world["event"]))
    assert isinstance(incident, Incident)
    assert incident.occurred_at is not None
    return incident.occurred_at


def to(world: World, when: datetime) -> World:
    """The same world, whose failure is at this time."""
    return moved(world, when - failed_at(world))


@every_world
@ten_minutes_off
def test_our_own_clock_may_be_ten_minutes_off(world: str, off: timedelta) -> None:
    tenant = load(world)
    tenant["now"] = stamp(moment(tenant["now"]) + off)
    assert found(of_tenant(tenant)) == found(well(world))


@every_world
@ten_minutes_off
def test_the_clock_of_the_event_may_be_ten_minutes_off(world: str, off: timedelta) -> None:
    tenant = load(world)
    tenant["event"] = moved(tenant["event"], off)
    assert failed_at(tenant) - failed_at(load(world)) == off
    assert found(of_tenant(tenant)) == found(well(world))


@every_world
@pytest.mark.parametrize("late", [timedelta(minutes=20), timedelta(hours=23)], ids=["minutes", "hours"])
def test_an_event_may_come_late(world: str, late: timedelta) -> None:
    tenant = load(world)
    tenant["now"] = stamp(moment(tenant["now"]) + late)
    assert found(of_tenant(tenant)) == found(well(world))


@every_world
def test_a_log_that_lags_by_twenty_minutes_hides_no_cause_that_others_tell(world: str) -> None:
    """The deployment tells the error as well; an empty log is no sign that nothing happened."""
    tenant = load(world)
    since = failed_at(tenant) - timedelta(minutes=20)
    tenant["activityLog"] = [each for each in tenant["activityLog"] if moment(each["eventTimestamp"]) < since]
    lagging = of_tenant(tenant)
    assert found(lagging) == found(well(world))


@every_world
def test_an_incident_across_midnight_is_the_same(world: str) -> None:
    """It failed in the last seconds of a day and of a year, and is looked at in the next."""
    tenant = to(load(world), datetime(2026, 12, 31, 23, 59, 57, tzinfo=UTC))
    assert moment(tenant["now"]).year == 2027
    assert found(of_tenant(tenant)) == found(well(world))


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    """As if the machine's clock told the time of another place."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", name)
        time.tzset()
        try:
            yield
        finally:
            patched.undo()
            time.tzset()


@every_world
@pytest.mark.parametrize(
    "when",
    [datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC)],
    ids=["the-hour-that-is-missing", "the-hour-that-comes-twice"],
)
def test_a_machine_that_changes_to_summer_time_meanwhile_finds_the_same(world: str, when: datetime) -> None:
    with in_zone("Europe/Berlin"):
        outcome = of_tenant(to(load(world), when))
    assert found(outcome) == found(well(world))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-10-25T02:59:59+02:00", "2026-10-25T02:00:01+01:00"),
        ("2026-03-29T01:59:59+01:00", "2026-03-29T03:00:01+02:00"),
        ("2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z"),
        ("2026-12-31T23:59:59Z", "2027-01-01T05:30:01+05:30"),
    ],
)
def test_times_of_events_are_instants_whatever_the_clock_on_the_wall(first: str, second: str) -> None:
    def at(text: str) -> datetime:
        event = load("role-missing")["event"] | {"eventTime": text}
        return failed_at({"event": event})

    with in_zone("Europe/Berlin"):
        assert at(second) - at(first) == timedelta(seconds=2)
