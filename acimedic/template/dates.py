"""Dates as .NET reads and prints them, with the clock that was given.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date and
https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from acimedic.template.arguments import Args, Table, WrongArgumentError, builtin

UTC_NOW = "yyyyMMddTHHmmssZ"
_DEFAULT = "yyyy-MM-ddTHH:mm:ssZ"  # what recorded deployments return
_STANDARD = {
    "d": "MM/dd/yyyy",  # as the page shows it; what it says of no other pattern of a culture is not evaluated
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffZ",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffZ",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
}
_PIECE = re.compile(r"'([^']*)'|\\(.)|(y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|K|z+|g+)|([^A-Za-z'\"\\%]|[TZPUW])")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HALF_YEAR = ("January", "February", "March", "April", "May", "June")
_MONTHS = (*_HALF_YEAR, "July", "August", "September", "October", "November", "December")
_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\Z", re.ASCII)
_DURATION = re.compile(
    r"(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,7})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,6}))?S)?)?\Z",
    re.ASCII,
)


def print_date(moment: datetime, pattern: str) -> str:
    """A moment in UTC in a .NET format."""
    pattern = _STANDARD.get(pattern, pattern)
    if len(pattern) == 1:
        raise WrongArgumentError(f"the date format '{pattern}' is not evaluated")
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        found = _PIECE.match(pattern, at)
        if found is None:
            raise WrongArgumentError(f"the date format '{pattern}' is not evaluated")
        pieces.append(_field(moment, found[3]) if found[3] else found[1] or found[2] or found[4] or "")
        at = found.end()
    return "".join(pieces)


def _field(moment: datetime, field: str) -> str:
    letter, width = field[0], len(field)
    numbers = {
        "H": moment.hour,
        "h": moment.hour % 12 or 12,
        "m": moment.minute,
        "s": moment.second,
        "d": moment.day,
        "M": moment.month,
    }
    if letter in numbers and width <= 2:
        return f"{numbers[letter]:0{width}d}"
    match letter:
        case "y" if width in (2, 4):
            return f"{moment.year:04d}"[-width:]
        case "d" if width <= 4:
            return _DAYS[moment.weekday()][: 3 if width == 3 else None]
        case "M" if width <= 4:
            return _MONTHS[moment.month - 1][: 3 if width == 3 else None]
        case "f" if width <= 7:
            return f"{moment.microsecond:06d}0"[:width]
        case "t" if width <= 2:
            return ("AM" if moment.hour < 12 else "PM")[:width]
        case "K" if width == 1:
            return "Z"
        case "z" if width == 3:
            return "+00:00"
    raise WrongArgumentError(f"the date format '{field}' is not evaluated")


def read_date(text: str) -> datetime:
    """A moment from ISO 8601 text; without an offset it counts as UTC."""
    found = _DATE.match(text) or _COMPACT.match(text)
    if found is None:
        raise WrongArgumentError("not an ISO 8601 date")
    numbers = [int(each or 0) for each in found.groups()[:6]]
    fraction, zone = (found[7], found[8]) if found.re is _DATE else (None, "Z")
    micro = int((fraction or "").ljust(6, "0")[:6])
    try:
        moment = datetime(*numbers[:6], micro, tzinfo=UTC)  # type: ignore[misc, arg-type] # six numbers
        if zone and zone != "Z":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
            moment = moment - offset if zone[0] == "+" else moment + offset
    except (ValueError, OverflowError) as error:
        raise WrongArgumentError("not a date of the calendar") from error
    return moment


def _add(args: Args) -> str:
    moment = read_date(args.text(0))
    found = _DURATION.match(args.text(1))
    if found is None or not any(found.groups()[1:]):
        raise WrongArgumentError("not an ISO 8601 duration")
    sign = -1 if found[1] else 1
    years, months, weeks, days, hours, minutes, seconds = (int(each or 0) * sign for each in found.groups()[1:8])
    micro = sign * int((found[9] or "").ljust(6, "0"))
    try:
        span = timedelta(days=7 * weeks + days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
        # Documented: P1Y is P365D and P1M is P30D, whatever the calendar has.
        result = moment + span + timedelta(days=365 * years + 30 * months)
    except (ValueError, OverflowError) as error:
        raise WrongArgumentError("a date beyond the calendar") from error
    return print_date(result, args.text(2) if len(args) > 2 else _DEFAULT)


def _from_epoch(args: Args) -> str:
    seconds = args.integer(0)
    if not -62_135_596_800 <= seconds < 253_402_300_800:
        raise WrongArgumentError("a date beyond the calendar")
    return print_date(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), _DEFAULT)


def _to_epoch(args: Args) -> int:
    return int((read_date(args.text(0)) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


FUNCTIONS: Table = {
    "datetimeadd": builtin(_add, 2, 3),
    "datetimefromepoch": builtin(_from_epoch, 1, 1),
    "datetimetoepoch": builtin(_to_epoch, 1, 1),
}
