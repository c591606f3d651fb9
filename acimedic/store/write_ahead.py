"""SQLite's write-ahead log: how a file is switched to it, and how it is emptied.

A commit is one wait for the disk, where a rollback journal takes several. What is deleted is overwritten in the file
(`secure_delete`) and still stands in the log until that is emptied.
Sources: https://sqlite.org/wal.html https://sqlite.org/pragma.html#pragma_journal_mode
"""

import contextlib
import sqlite3
import time

_AGAIN = 0.02  # seconds between two tries


def log_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to the write-ahead log. patience: seconds to wait for another process that does the same.

    This statement alone wants the file for itself and does not wait for it: SQLite's busy timeout does not hold here.
    Raises sqlite3.OperationalError.
    """
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_AGAIN)
        else:
            return


def empty_log(connection: sqlite3.Connection) -> None:
    """Empty the log, which still holds what was deleted; while others read, they do it later."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
