"""The shelf in a file: SQLite, for a laptop, a test, a single machine.

One thread per process owns the connection. What waits for it is written in one transaction, since each costs a wait
for the disk (`synchronous=FULL`: an intent that was acknowledged survives a loss of power). Several processes share
the file: write-ahead log, and a write takes the lock before it looks.
Sources: https://sqlite.org/wal.html https://sqlite.org/pragma.html
"""

import asyncio
import sqlite3
from itertools import count
from pathlib import Path
from uuid import uuid4

from acimedic.store.commits import Answer, Commits, Kind, Work
from acimedic.store.shelf import Change, Insert, MissingError, MovedError, Replace, Require, Row, ThereError, Upsert
from acimedic.store.trouble import StoreUnavailableError, UnreadableError
from acimedic.store.write_ahead import empty_log, log_ahead, make_file

FORMAT = 1
_TABLES = """
CREATE TABLE line (part TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, etag TEXT NOT NULL,
                   PRIMARY KEY (part, name));
CREATE TABLE blob (part TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (part, name));
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PUT = (
    "INSERT INTO line VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document, etag = excluded.etag"
)


class SqliteShelf:
    """Rows and blobs in one SQLite file, which is made if it is not there.

    busy: seconds to wait for another process's lock. most_pages: beyond which the file counts as full.
    """

    def __init__(self, path: Path, *, busy: float = 10.0, most_pages: int | None = None) -> None:
        self._path = path
        self._busy = busy
        self._most_pages = most_pages
        self._commits = Commits(self._connect)
        # Of an etag nothing is asked but that no other is the same, whoever writes.
        self._mark, self._written = f"{uuid4().hex}-", count()

    async def read(self, partition: str, name: str) -> Row | None:
        """One row; None if it is not there."""
        return await self._run(lambda connection: _read(connection, partition, name))

    async def write(self, partition: str, *changes: Change) -> str:
        """Make all changes or none; the etag of the first. Raises ThereError, MovedError, MissingError."""
        etag = f"{self._mark}{next(self._written):x}"

        def job(connection: sqlite3.Connection) -> str:
            for change in changes:
                _apply(connection, partition, change, etag)
            return etag

        return await self._run(job, "writes")

    async def rows(self, partition: str, *, above: str, below: str, limit: int) -> tuple[Row, ...]:
        """Rows between two names, in order."""
        query = "SELECT name, document, etag FROM line WHERE part = ? AND name > ? AND name < ? ORDER BY name LIMIT ?"

        def job(connection: sqlite3.Connection) -> tuple[Row, ...]:
            return tuple(map(_row, connection.execute(query, (partition, above, below, limit))))

        return await self._run(job)

    async def remove(self, partition: str, *names: str) -> None:
        """Delete rows."""

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "DELETE FROM line WHERE part = ? AND name = ?", [(partition, name) for name in names]
            )

        await self._run(job, "writes")

    async def put_blob(self, partition: str, name: str, content: bytes) -> None:
        """Keep a blob under its name."""
        put = "INSERT OR REPLACE INTO blob VALUES (?, ?, ?)"

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(put, (partition, name, content))

        await self._run(job, "writes")

    async def blob(self, partition: str, name: str) -> bytes | None:
        """A blob's content; None if it is not there."""
        query = "SELECT content FROM blob WHERE part = ? AND name = ?"

        def job(connection: sqlite3.Connection) -> bytes | None:
            found = connection.execute(query, (partition, name)).fetchone()
            return None if found is None else bytes(found[0])

        return await self._run(job)

    async def remove_blobs(self, partition: str, *, start: str = "") -> None:
        """Delete a partition's blobs, or those whose names begin so."""
        sweep = "DELETE FROM blob WHERE part = ? AND substr(name, 1, ?) = ?"

        def job(connection: sqlite3.Connection) -> None:
            connection.execute(sweep, (partition, len(start), start))

        await self._run(job, "writes")

    async def tidy(self) -> None:
        """Empty the write-ahead log, which still holds what was deleted; while others read, they do it later."""
        await self._run(empty_log, "alone")

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._commits.close)

    async def _run(self, work: Work[Answer], kind: Kind = "reads") -> Answer:
        try:
            return await self._commits.run(work, kind)
        except sqlite3.DatabaseError as error:
            raise _trouble(self._path, error) from error
        except OSError as error:
            raise StoreUnavailableError(f"the store {self._path} cannot be opened: {error.strerror}") from error

    def _connect(self) -> sqlite3.Connection:
        make_file(self._path)  # it holds who approved what
        connection = sqlite3.connect(self._path, timeout=self._busy, isolation_level=None)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        log_ahead(connection, self._busy)
        if self._most_pages is not None:
            connection.execute(f"PRAGMA max_page_count = {self._most_pages:d}")
        if _format(connection) == 0:
            _make_tables(connection)
        if (found := _format(connection)) > FORMAT:
            raise UnreadableError(
                f"the store {self._path} has format {found}, and {FORMAT} is the latest known: upgrade"
            )


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _format(connection) == 0:  # unless another process was faster
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _read(connection: sqlite3.Connection, partition: str, name: str) -> Row | None:
    query = "SELECT name, document, etag FROM line WHERE part = ? AND name = ?"
    found = connection.execute(query, (partition, name)).fetchone()
    return None if found is None else _row(found)


def _row(found: tuple[str, str, str]) -> Row:
    name, document, etag = found
    return Row(name=name, document=document, etag=etag)


def _apply(connection: sqlite3.Connection, partition: str, change: Change, etag: str) -> None:
    there = _read(connection, partition, change.name)
    match change:
        case Insert() if there is not None:
            raise ThereError
        case Replace() | Require() if there is None:
            raise MissingError
        case Replace() if there is not None and there.etag != change.etag:
            raise MovedError
        case Insert() | Replace() | Upsert():
            connection.execute(_PUT, (partition, change.name, change.document, etag))
        case Require():
            pass


def _trouble(path: Path, error: sqlite3.DatabaseError) -> StoreUnavailableError | UnreadableError:
    # The primary result code is the lower byte: https://sqlite.org/rescode.html
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return UnreadableError(f"the store {path} is damaged, or no store: {error}")
    return StoreUnavailableError(f"the store {path} cannot be used now: {error}")
