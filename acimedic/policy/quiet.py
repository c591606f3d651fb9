"""Hours in which nothing is changed, as a wall clock somewhere shows them.

Where a clock is put back or forward, the hour in doubt is quiet: a window begins at the earlier moment that its
beginning can mean, and ends at the later one.
Source: https://docs.python.org/3/library/datetime.html#datetime.datetime.fold
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WHOLE_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From one minute of the day to another, on these weekdays; `to` at or before `start` is on the day after.

    days: 0 is Monday. start, to: minutes after midnight; `to` may be 1440, the end of the day.
    """

    days: tuple[int, ...]
    start: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The windows, and the time zone (IANA) whose clocks they are read from."""

    time_zone: str
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """It is quiet now. until: when it ends; None where it never does within a week."""

    until: datetime | None


def quiet_until(hours: QuietHours | None, now: datetime) -> Quiet | None:
    """Whether it is quiet, and until when: windows that touch are one. None where it is not quiet."""
    if hours is None:
        return None
    zone = ZoneInfo(hours.time_zone)
    now = now.astimezone(UTC)
    moment, horizon = now, now + timedelta(days=8)
    while True:
        ends = [end for begin, end in _around(hours, zone, moment) if begin <= moment < end]
        if not ends:
            return Quiet(moment) if moment > now else None
        moment = max(ends)
        if moment > horizon:
            return Quiet(None)


def _around(hours: QuietHours, zone: ZoneInfo, moment: datetime) -> list[tuple[datetime, datetime]]:
    """The windows that begin on the day of a moment, or on the days beside it."""
    today = moment.astimezone(zone).date()
    days = [today + timedelta(days=shift) for shift in (-1, 0, 1)]
    return [_window(window, day, zone) for window in hours.windows for day in days if day.weekday() in window.days]


def _window(window: Window, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    last = window.to if window.to > window.start else window.to + WHOLE_DAY
    return min(_moments(day, window.start, zone)), max(_moments(day, last, zone))


def _moments(day: date, minute: int, zone: ZoneInfo) -> list[datetime]:
    """What a time on the clock can mean: two moments where the clock shows it twice, or jumps over it."""
    wall = datetime.combine(day + timedelta(days=minute // WHOLE_DAY), time(minute % WHOLE_DAY // 60, minute % 60))
    return [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
