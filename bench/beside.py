"""A make-believe Azure in a process of its own, which ends with the one that asked for it, however that ends."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web

from acimedic.simulator.exchange import Json


@contextmanager
def beside(module: str, worlds: list[Json]) -> Iterator[str]:
    """The address at which a module serves these worlds, until the context ends. Raises RuntimeError without one."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "worlds.json")
        file.write_text(json.dumps(worlds), encoding="utf-8")
        command = [sys.executable, "-m", module, str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                url = "" if process.stdout is None else process.stdout.readline().strip()
                if not url:
                    raise RuntimeError("the far side did not start")
                yield url
            finally:
                process.terminate()


def worlds_given() -> list[Json]:
    """The worlds that this process is to serve."""
    given: list[Json] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return given


async def serve(handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
    """Answer at an address of this machine, which is printed, until whoever began this process has gone."""
    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    server: Any = site._server
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)  # nothing comes: it ends with the process at its other end
