"""SQLite's write-ahead log: how a file is made and switched to it, and how the log is emptied.

A commit is one wait for the disk, where a rollback journal takes several; once it has returned, what was written
survives a loss of power. What is deleted is overwritten in the file and still stands in the log until that is emptied.
Sources: https://sqlite.org/wal.html https://sqlite.org/pragma.html
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

_AGAIN = 0.02  # seconds between two tries
_LONGEST_LOG = 16 * 1024 * 1024  # bytes that stay on the disk after a storm has made it longer


def make_file(path: str | Path) -> None:
    """Make the file, for its owner alone, unless it is there. Where a link leads to nothing, there. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(os.path.realpath(path), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def log_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to the write-ahead log, durably. patience: seconds to wait for another process that does the same.

    This statement alone wants the file for itself and does not wait for it: SQLite's busy timeout does not hold here.
    Raises sqlite3.OperationalError.
    """
    until = time.monotonic() + patience
    while not _is_switched(connection, until):
        time.sleep(_AGAIN)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # on a Mac the disk itself has to be told; elsewhere it means nothing
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not only unlisted
    connection.execute(f"PRAGMA journal_size_limit = {_LONGEST_LOG:d}").fetchone()


def _is_switched(connection: sqlite3.Connection, until: float) -> bool:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if not is_locked(error) or time.monotonic() >= until:
            raise
        return False
    return True


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another process had the file, and all patience was used up: whoever tries at once waits as long again."""
    # The primary result code is the lower byte: https://sqlite.org/rescode.html
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def empty_log(connection: sqlite3.Connection) -> None:
    """Empty the log, which still holds what was deleted; while others read, they do it later."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
