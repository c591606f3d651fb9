"""ISO 8601 durations of a fixed length: weeks, days, hours and minutes. Years and months have none.

Source: https://www.rfc-editor.org/rfc/rfc3339#appendix-A
"""

import re
from datetime import timedelta

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,5})D)?(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?)?)",
    re.ASCII,
)


def parse_duration(text: str) -> timedelta:
    """The length of `P90D`, `PT12H`, `P2W`, … Raises ValueError for anything else."""
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith("T"):
        raise ValueError("not a duration of weeks, days, hours and minutes, such as P90D or PT12H")
    return timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number})


def iso(length: timedelta) -> str:
    """The one way in which a duration of whole minutes is kept."""
    days, hours, minutes = _parts(length)
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return f"P{f'{days}D' if days else ''}{f'T{time}' if time or not days else ''}" + ("" if days or time else "0M")


def in_words(length: timedelta) -> str:
    """`90 days`, `1 day and 12 hours`."""
    parts = zip(_parts(length), ("day", "hour", "minute"), strict=True)
    told = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " and ".join(told) or "0 minutes"


def _parts(length: timedelta) -> tuple[int, int, int]:
    minutes = int(length.total_seconds()) // 60
    return minutes // 1440, minutes // 60 % 24, minutes % 60
