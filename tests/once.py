"""What is costly to make is made once by all processes that run the tests side by side; the others read what it is.

Where there is one process, or nobody has said where to keep things, it is made by whoever asks.
"""

import fcntl
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class _Place:
    folder: Path | None = None


def keep_in(folder: Path) -> None:
    """From now on what is made is kept here, for every process that keeps it in the same folder."""
    folder.mkdir(exist_ok=True)
    _Place.folder = folder


def once(key: tuple[str, ...], make: Callable[[], T]) -> T:
    """What `make` gives, made by the first process that asks; whoever asks meanwhile waits.

    The key must name all that it hangs on. What is raised is not kept: the next who asks makes it again.
    """
    if _Place.folder is None:
        return make()
    kept = _Place.folder / sha256(repr(key).encode()).hexdigest()
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            given: T = pickle.loads(kept.read_bytes())  # noqa: S301 - written below, in a folder of our own
            return given
        made = make()
        whole = kept.with_suffix(".made")
        whole.write_bytes(pickle.dumps(made))
        whole.replace(kept)  # so that a process that ends in the middle leaves nothing half
        return made
