"""Azure's timestamps."""

import re
from datetime import UTC, datetime

_FRACTION = re.compile(r"(\.\d{6})\d+")  # Azure writes seven digits, Python reads six


def moment(value: object) -> datetime | None:
    """A timestamp as Azure writes it, in UTC; None for anything else (`0001-01-01` included)."""
    if isinstance(value, datetime):
        parsed = value
    elif isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
        except ValueError:
            return None
    else:
        return None
    try:
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if aware.year > 1 else None
    except (ValueError, OverflowError):
        return None
