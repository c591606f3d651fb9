"""Quiet hours: by the clock of a place, over midnight, and through the hours that clocks show twice or never."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from acimedic.policy import quiet_until
from tests.policy.written import policy

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def window(start: str, to: str, *days: str) -> dict[str, Any]:
    return {"days": list(days) or WEEK, "from": start, "to": to}


def until(now: str, *windows: dict[str, Any], zone: str = "Europe/Berlin") -> str | None:
    """Until when it is quiet, in UTC; None where it is not."""
    hours = policy(quiet_hours={"time_zone": zone, "windows": list(windows)}).quiet_hours
    found = quiet_until(hours, datetime.fromisoformat(now).replace(tzinfo=UTC))
    if found is None:
        return None
    return "always" if found.until is None else found.until.strftime("%Y-%m-%dT%H:%M")


NIGHT = window("22:00", "06:00")
WEEKEND = (window("16:00", "24:00", "friday"), window("00:00", "24:00", "saturday", "sunday"))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-20T20:59", None),
        ("2026-11-20T21:00", "2026-11-21T05:00"),
        ("2026-11-20T23:30", "2026-11-21T05:00"),
        ("2026-11-21T04:59", "2026-11-21T05:00"),
        ("2026-11-21T05:00", None),
    ],
)
def test_a_night_ends_on_the_next_day(now: str, end: str | None) -> None:
    """The window belongs to the day on which it begins; its end is not quiet any more."""
    assert until(now, NIGHT) == end


def test_a_night_is_of_the_day_on_which_it_begins() -> None:
    """Monday's night lasts into Tuesday, and there is none on Tuesday."""
    monday = window("22:00", "06:00", "monday")
    assert until("2026-11-24T04:00", monday) == "2026-11-24T05:00"
    assert until("2026-11-24T22:00", monday) is None
    assert until("2026-11-23T04:00", monday) is None


def test_windows_that_touch_are_one() -> None:
    """A weekend from Friday afternoon, and the night after it."""
    assert until("2026-11-20T16:00", *WEEKEND) == "2026-11-22T23:00"
    assert until("2026-11-20T16:00", *WEEKEND, window("00:00", "06:00", "monday")) == "2026-11-23T05:00"
    assert until("2026-11-20T14:59", *WEEKEND) is None


def test_a_whole_week_is_always() -> None:
    """A freeze: there is no moment to wait for."""
    assert until("2026-11-20T16:00", window("00:00", "24:00")) == "always"


def test_without_quiet_hours_it_is_never_quiet() -> None:
    """The default."""
    assert quiet_until(None, datetime(2026, 11, 20, tzinfo=UTC)) is None


def test_the_clock_is_that_of_the_zone() -> None:
    """Whatever zone the moment is given in."""
    hours = policy(quiet_hours={"time_zone": "Asia/Kolkata", "windows": [window("09:00", "17:00")]}).quiet_hours
    moment = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    assert quiet_until(hours, moment) == quiet_until(hours, moment.astimezone(timezone(timedelta(hours=-8))))
    assert quiet_until(hours, moment) is not None
    assert quiet_until(hours, moment - timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-28T21:00", "2026-03-29T04:00"),  # the night of the change has seven hours
        ("2026-03-29T03:59", "2026-03-29T04:00"),
        ("2026-03-29T04:00", None),
        ("2026-10-24T20:00", "2026-10-25T05:00"),  # and in autumn nine
        ("2026-10-25T04:59", "2026-10-25T05:00"),
        ("2026-10-25T05:00", None),
    ],
)
def test_a_night_on_which_the_clocks_change(now: str, end: str | None) -> None:
    """It ends when the clock shows its end, an hour earlier or later than usual."""
    assert until(now, NIGHT) == end


def test_an_end_that_the_clock_jumps_over_is_the_later_moment() -> None:
    """02:30 does not exist on that day: half an hour after the jump."""
    assert until("2026-03-29T00:30", window("01:00", "02:30")) == "2026-03-29T01:30"


def test_a_beginning_that_the_clock_jumps_over_is_the_earlier_moment() -> None:
    """Half an hour before the jump."""
    assert until("2026-03-29T00:30", window("02:30", "04:00")) == "2026-03-29T02:00"
    assert until("2026-03-29T00:29", window("02:30", "04:00")) is None


def test_an_hour_that_the_clock_shows_twice_is_quiet_twice() -> None:
    """From 02:00 to 02:30 is an hour and a half in that night."""
    assert until("2026-10-25T00:00", window("02:00", "02:30")) == "2026-10-25T01:30"
    assert until("2026-10-25T01:15", window("02:00", "02:30")) == "2026-10-25T01:30"
    assert until("2026-10-25T01:30", window("02:00", "02:30")) is None


def test_a_day_without_a_midnight() -> None:
    """In Cairo the clocks jump from 00:00 to 01:00 on a Friday in April; Thursday still ends."""
    thursday = window("20:00", "24:00", "thursday")
    assert until("2026-04-23T21:59", thursday, zone="Africa/Cairo") == "2026-04-23T22:00"
    assert until("2026-04-23T22:00", thursday, zone="Africa/Cairo") is None
