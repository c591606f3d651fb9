"""What both kinds of store are built on: rows in partitions, written together or not at all, and blobs.

The rules of the product are written once, above it, in terms that Azure Tables and SQLite both keep: a row appears
once, changes only from the version that was read, and several rows of one partition change together.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it lies there. document: JSON in ASCII. etag: its version."""

    name: str
    document: str
    etag: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A row that must not be there yet."""

    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Replace:
    """A row that must still be in this version."""

    name: str
    document: str
    etag: str


@dataclass(frozen=True, slots=True)
class Upsert:
    """A row, whether it is there or not."""

    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Require:
    """A row that must be there, and stays as it is; never one that is replaced as well."""

    name: str


Change: TypeAlias = Insert | Replace | Upsert | Require


class ThereError(Exception):
    """A row to be inserted is there."""


class MovedError(Exception):
    """A row to be replaced is in another version."""


class MissingError(Exception):
    """A row to be replaced, or required, is not there."""


class Shelf(Protocol):
    """Rows and blobs. Every method may raise StoreUnavailableError and UnreadableError."""

    async def read(self, partition: str, name: str) -> Row | None:
        """One row; None if it is not there."""
        ...

    async def write(self, partition: str, *changes: Change) -> str:
        """Make all changes or none; the etag of the first. Raises ThereError, MovedError, MissingError."""
        ...

    async def rows(self, partition: str, *, above: str, below: str, limit: int) -> tuple[Row, ...]:
        """Rows between two names (both excluded) in the order of their names; fewer than `limit` are all."""
        ...

    async def remove(self, partition: str, *names: str) -> None:
        """Delete rows, in order and not all at once; one that is not there is no matter."""
        ...

    async def put_blob(self, partition: str, name: str, content: bytes) -> None:
        """Keep a blob under its name, over an earlier one."""
        ...

    async def blob(self, partition: str, name: str) -> bytes | None:
        """A blob's content; None if it is not there."""
        ...

    async def remove_blobs(self, partition: str, *, start: str = "") -> None:
        """Delete a partition's blobs, or those whose names begin with `start`."""
        ...

    async def tidy(self) -> None:
        """Leave no trace of what was deleted, as far as that is in our hands."""
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...
