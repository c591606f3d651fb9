"""The text of a row, and the plain values in it.

The text is JSON in ASCII, so that no character of a hostile name can trouble any storage. `v` is its version: a
version may add fields, which older code overlooks; what older code must not read gets a higher number.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from acimedic.store.trouble import UnfitError, UnreadableError

VERSION = 1
LIMIT = 400_000
"""Characters of a row's text. Azure counts two bytes each, up to 1 MiB for a row.

Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

Value = TypeVar("Value")
Fields = Mapping[str, Any]


def write(fields: Fields) -> str:
    """A row's text. Raises UnfitError if it is too long."""
    text = json.dumps({"v": VERSION, **fields}, separators=(",", ":"))
    if len(text) > LIMIT:
        raise UnfitError(f"{len(text)} characters, and a row holds {LIMIT}: put it in a report")
    return text


def read(text: str, build: Callable[[Fields], Value]) -> Value:
    """The value that a row's text stands for. Raises UnreadableError."""
    try:
        fields = json.loads(text)
        version = int(fields["v"])
        value = build(fields) if version <= VERSION else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"a row of the store is damaged ({type(error).__name__})") from error
    if value is None:
        raise UnreadableError(f"a row of version {version}, where {VERSION} is the latest known: upgrade this program")
    return value


def build(kind: type[Value], fields: Fields, **given: object) -> Value:
    """A dataclass from its fields by name, with those given in place of what is written."""
    known = {each.name for each in fields_of(kind)}  # type: ignore[arg-type]  # mypy: a bound would be private
    return kind(**{name: value for name, value in fields.items() if name in known} | given)


def plain(value: object, *names: str) -> dict[str, Any]:
    """These fields of a value, as they are."""
    return {name: getattr(value, name) for name in names}


def time_text(at: datetime) -> str:
    """A time in UTC. Raises UnfitError if it has no zone, or UTC cannot say it."""
    if at.tzinfo is None:
        raise UnfitError("a time without its zone")
    try:
        return at.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        raise UnfitError("a time at the very end of time") from None


def maybe_time_text(at: datetime | None) -> str | None:
    """A time in UTC, or none. Raises UnfitError."""
    return None if at is None else time_text(at)


def time(value: str) -> datetime:
    """A time as `time_text` wrote it. Raises ValueError for one without a zone: no other could be compared with it."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at


def maybe_time(value: str | None) -> datetime | None:
    """A time as it was written, or none."""
    return None if value is None else time(value)


def person(object_id: str | None) -> str | None:
    """An approver's object id. Raises UnfitError for anything else of a person."""
    if object_id is None:
        return None
    try:
        return str(UUID(object_id))
    except ValueError:
        raise UnfitError("of a person nothing is kept but the object id, a UUID") from None
