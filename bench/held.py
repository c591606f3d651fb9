"""What a process holds: handles, sockets, tasks, threads, memory, and rows in its files."""

import asyncio
import ctypes
import gc
import json
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_Cached = type(lru_cache(lambda: None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process holds between two hours. traced: bytes that Python has allotted since tracing began."""

    handles: int
    sockets: int
    tasks: int
    threads: int
    resident: int
    traced: int
    rows: dict[str, int]


def held(folder: Path) -> Held:
    """What this process holds now."""
    _empty_caches()
    for _ in range(3):
        gc.collect()
    with suppress(OSError, AttributeError):  # what is free goes back to the system, where the library knows how
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    handles = list(_handles())
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(
        handles=len(handles),
        sockets=sum(each.startswith("socket:") for each in handles),
        tasks=len(asyncio.all_tasks()),
        threads=threading.active_count(),
        resident=pages * os.sysconf("SC_PAGE_SIZE"),
        traced=tracemalloc.get_traced_memory()[0],
        rows=_rows(folder),
    )


def _empty_caches() -> None:
    """Those that have a limit: what fills them is no leak, and takes longer to fill them than this looks at."""
    for each in gc.get_objects():
        if type(each) is _Cached and each.cache_parameters()["maxsize"] is not None:
            each.cache_clear()


def _handles() -> Iterator[str]:
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them
            yield str(each.readlink())


def _rows(folder: Path) -> dict[str, int]:
    """How many rows each table has; counted by another process, since SQLite closes no file twice opened at once."""
    files = [str(folder / name) for name in ("acimedic.db", "acimedic.db.stories")]
    done = subprocess.run([sys.executable, "-c", _COUNT, *files], capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


_COUNT = """
import json, pathlib, sqlite3, sys
found = {}
for file in sys.argv[1:]:
    database, name = sqlite3.connect(file), pathlib.Path(file).suffix[1:]
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
        count = "SELECT count(*) FROM " + table
        if table == "line":  # the ledger of a registry stays, however many incidents there were
            (found["ledgers"],) = database.execute(count + " WHERE part LIKE 'r-%'").fetchone()
            count += " WHERE part NOT LIKE 'r-%'"
        (found[name + ": " + table],) = database.execute(count).fetchone()
print(json.dumps(found))
"""
