"""A cold start, through the worker library that Azure runs: against an app of the same kinds of trigger that is bare.

Both apps lie in a folder of their own, compiled; what the library itself costs is in both.
"""

import compileall
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acimedic.simulator import Simulator, load_world
from bench.figure import Figure
from bench.weight import figures as weights
from tests.worker.harness import Worker, copy_app

_TIMES = 7
_BARE = Path(__file__).with_name("bare_app.py")


class Started(Worker):
    """A worker that notes how long each message took, in seconds, from the start of its process on."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.took: dict[str, float] = {}
        self.began = time.perf_counter()
        super().__init__(folder, settings)

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Send one message and wait for its answer."""
        began = time.perf_counter()
        answer = super().ask(what, **more)
        self.took[what] = time.perf_counter() - began
        return answer


def figures() -> Iterator[Figure]:
    """Indexing, the first answer, and what the package weighs."""
    with TemporaryDirectory() as folder, Simulator(load_world("role-missing")) as azure:
        ours, bare = apps(Path(folder))
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "300"}
        # In turn, so that whatever else the machine does meets both alike.
        pairs = [(start(ours, settings), start(bare, settings)) for _ in range(_TIMES)]
    yield _ratio("indexing over that of a bare app", pairs, "indexed", 1.25)
    yield _ratio("first diagnosis over a bare app's first answer", pairs, "answered", 4)
    yield from weights()


def apps(folder: Path) -> tuple[Path, Path]:
    """The folders of our app and of the bare one, both ready to be started."""
    ours, bare = folder / "ours", folder / "bare"
    copy_app(ours / "app")
    (bare / "app").mkdir(parents=True)
    (bare / "app" / "function_app.py").write_bytes(_BARE.read_bytes())
    (bare / "app" / "host.json").write_bytes((ours / "app" / "host.json").read_bytes())
    with redirect_stdout(StringIO()):
        for each in (ours, bare):
            compileall.compile_dir(each, quiet=1)
    return ours, bare


def start(folder: Path, settings: dict[str, str]) -> dict[str, float]:
    """Start an app, and ask it once: seconds of its indexing, and from its start to its first answer."""
    with Started(folder, settings) as worker:
        answer = worker.post({"event": load_world("role-missing")["event"]})
        answered = time.perf_counter() - worker.began
        if answer.status != 200:
            raise RuntimeError(f"the app answered {answer.status}: {json.dumps(answer.exception)}")
        # The library indexes when it is first spoken to, and tells what it found when it is asked.
        return {"indexed": worker.took["init"] + worker.took["functions"], "answered": answered}


def _ratio(name: str, pairs: list[tuple[dict[str, float], dict[str, float]]], what: str, target: float) -> Figure:
    ours, bare = (statistics.median(pair[side][what] for pair in pairs) for side in (0, 1))
    return Figure(
        name=name,
        value=round(statistics.median(our[what] / other[what] for our, other in pairs), 2),
        unit="ratio",
        method=f"{ours * 1000:.0f} ms and {bare * 1000:.0f} ms, medians of {_TIMES} starts each, in turn",
        target=target,
    )
