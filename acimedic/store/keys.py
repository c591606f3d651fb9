"""The keys under which rows lie: safe in any table, blob name and file, whatever the id is.

Azure forbids `/`, `\\`, `#`, `?` and control characters in keys, and bounds their length; an id from outside may hold
all of them.
Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from acimedic.store.trouble import UnfitError

_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TIME_KEY = re.compile(r"[0-9]{18}-(x_)?[a-z0-9-]{1,64}")
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_LAST = 10**18 - 1  # microseconds: 31,000 years
_MICROSECOND = timedelta(microseconds=1)

BY_TIME = "t"
"""The partition that lists the incidents, the latest first."""
GATHERINGS = "g"
"""The partition that lists the gatherings, so that those nobody joins any more are found and deleted."""


def key_of(text: str) -> str:
    """A text as part of a key: itself where it is plain, else a hash that no plain text equals."""
    if _PLAIN.fullmatch(text):
        return text
    return f"x_{hashed(text)}"


def hashed(text: str) -> str:
    """A text's hash; lone surrogates, which no encoding takes, included."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def partition_of(incident_id: str) -> str:
    """Where everything of one incident lies."""
    return f"i-{key_of(incident_id)}"


def ledger_of(registry_id: str) -> str:
    """Where the ledger of one registry lies. Azure compares resource ids without regard to case, and so does this."""
    return f"r-{hashed(registry_id.lower())}"


def gathering_of(name: str) -> str:
    """Where everything of one gathering lies; its name, which may hold names from Azure, is not kept."""
    return f"g-{hashed(name)}"


def outbox_of(name: str) -> str:
    """Where one outbox lies."""
    return f"o-{hashed(name)}"


def time_floor(at: datetime) -> str:
    """What sorts before the key of every incident received at this time or earlier, and after that of any later one."""
    return f"{_LAST - (at - _EPOCH) // _MICROSECOND:018d}-"


def time_key(at: datetime, incident_id: str) -> str:
    """The row that lists an incident: the later it was received, the smaller."""
    return time_floor(at) + key_of(incident_id)


def earliest_first(at: datetime, text: str) -> str:
    """A key that sorts by time, the earliest first."""
    return f"{(at - _EPOCH) // _MICROSECOND:018d}-{hashed(text)}"


def id_in(time_key: str) -> str | None:
    """The incident's id in the key of a row that lists it; None where only a hash of it is there."""
    key = time_key.partition("-")[2]
    return key if _PLAIN.fullmatch(key) else None


def checked_after(after: str | None) -> str | None:
    """A continuation that came back from outside. Raises UnfitError unless it is one of ours."""
    if after is not None and not _TIME_KEY.fullmatch(after):
        raise UnfitError("this is no place in a list: take `after` from the page before")
    return after
