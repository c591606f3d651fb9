"""Another program, run to its end within bounds of time and output."""

import os
import signal
import subprocess  # nosec B404  # this module is what it is for: without a shell
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

_MOST_ERRORS = 64 * 1024
_AT_ONCE = 64 * 1024


class NotRunError(Exception):
    """The program could not be started, or did not keep within its bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A program that has ended. errors: the first of what it wrote to standard error."""

    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)


def ran(command: Sequence[str], *, seconds: float, most: int) -> Ran:
    """Run a program without a shell and without input. Raises NotRunError.

    seconds: how long it may take, with all that it starts. most: bytes of its output.
    """
    try:
        process = subprocess.Popen(  # nosec B603  # whoever runs the command line names the program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that what it starts in turn can be ended with it
        )
    except (OSError, ValueError) as error:
        raise NotRunError(f"it could not be started: {error}") from error
    with process, ThreadPoolExecutor(2) as reading, _ended_after(process, seconds) as late:
        output = reading.submit(_start_of, process.stdout, most + 1, lambda: _end(process))
        errors = reading.submit(_start_of, process.stderr, _MOST_ERRORS, lambda: None)
    if late.is_set():
        raise NotRunError(f"it took longer than {seconds:g} seconds")
    if len(output.result()) > most:
        raise NotRunError(f"it printed more than {most} bytes")
    return Ran(code=process.returncode, output=output.result(), errors=errors.result())


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """End it when the time is over, which the event then says, and where nobody waits for it any more."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _end(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield late
        process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        timer.cancel()


def _start_of(stream: IO[bytes] | None, most: int, at_most: Callable[[], None]) -> bytes:
    """The first bytes. The rest is read as well, since a program that nobody reads stands still.

    at_most: what is done as soon as there are as many.
    """
    kept = bytearray()
    while stream is not None and (chunk := stream.read(_AT_ONCE)):
        if len(kept) < most:
            kept += chunk[: most - len(kept)]
            if len(kept) == most:
                at_most()
    return bytes(kept)


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
