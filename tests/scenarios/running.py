"""Runs a scenario through the command line, against the make-believe Azure of its world.

A scenario is a world (acimedic/simulator/README.md) with more keys:
- `says` {code, message}: what Azure said, put wherever the healthy world has its error;
- `arguments`: of `acimedic diagnose`, where they are not `--event -`; `environment`: settings;
- `files`: other files that the arguments name, as `{name}`;
- `expect`: outcome, kind, root_cause, confirmed, likely, remedies; where they matter also source,
  code, also (how many), images, group; and unknown and gaps, which must be among those of the report.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from acimedic.__main__ import main
from acimedic.simulator import Simulator, load_world
from tests.once import once

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.json")))
_DEFAULTS: dict[str, Any] = {"kind": None, "root_cause": None, "confirmed": [], "likely": [], "remedies": []}


@dataclass(frozen=True)
class Run:
    """What came of one scenario."""

    world: dict[str, Any]
    report: dict[str, Any]
    exit_code: int
    stderr: str
    requests: tuple[tuple[str, str, str, int], ...]

    def checks(self, verdict: str, confidence: str | None = None) -> list[str]:
        """The checks that gave this verdict, each once, in catalogue order."""
        return list(
            dict.fromkeys(
                finding["check"]
                for finding in self.report["findings"]
                if finding["verdict"] == verdict and confidence in (None, finding["confidence"])
            )
        )

    @property
    def came_to(self) -> dict[str, Any]:
        """The same keys as `expect` has, of which some are compared only where a scenario names them."""
        report = self.report
        return {
            "outcome": report["outcome"],
            "kind": report["kind"],
            "root_cause": report["root_cause"],
            "confirmed": self.checks("fail", "confirmed"),
            "likely": self.checks("fail", "likely"),
            "remedies": [step["remedy"] for step in (report["plan"] or {"steps": []})["steps"]],
            "unknown": self.checks("unknown"),
            "gaps": [gap["reading"] for gap in report["gaps"]],
            "source": report["incident"]["error"]["source"],
            "code": report["incident"]["error"]["code"],
            "also": len(report["incident"]["also"]),
            "images": report["incident"]["images"],
            "group": (report["incident"]["container_group"] or "").rsplit("/", 1)[-1],
        }

    @property
    def expected(self) -> dict[str, Any]:
        """What the scenario says that must come of it."""
        return {**_DEFAULTS, **self.world["expect"]}


def load(name: str) -> dict[str, Any]:
    """A scenario's world, with its error in every place where Azure keeps it."""
    world: dict[str, Any] = load_world(HERE / f"{name}.json")
    said = world.pop("says", None)
    if said is not None:
        _say(world, said)
    return world


def _say(world: dict[str, Any], said: dict[str, str]) -> None:
    deployment = world["deployments"]["web"]
    whole = deployment["properties"]["error"]
    whole["details"] = [said]
    deployment["x-operations"][0]["properties"]["statusMessage"] = {"error": said}
    texts = (json.dumps({"status": "Failed", "error": whole}), json.dumps({"error": said}))
    for entry, text in zip(world["activityLog"], texts, strict=False):
        entry["properties"]["statusMessage"] = text


@cache
def run(name: str) -> Run:
    """Diagnose a scenario; each only once, whoever asks, in whichever process."""
    return once(("scenario", name), lambda: diagnose(load(name)))


def diagnose(world: dict[str, Any]) -> Run:
    """Diagnose what happens in a world."""
    with _files(world.get("files", {})) as names, Simulator(world) as azure:
        words = [word.format(**names) for word in world.get("arguments", ["--event", "-"])]
        # A machine with much to do must not turn a reading into a gap.
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "300"} | world.get("environment", {})
        exit_code, out, err = command(["diagnose", *words, "--format", "json"], json.dumps(world["event"]), settings)
        requests = tuple(azure.requests)
    assert exit_code != 2, err
    return Run(world=world, report=json.loads(out), exit_code=exit_code, stderr=err, requests=requests)


def command(words: list[str], given: str, settings: dict[str, str]) -> tuple[int, str, str]:
    """Run `acimedic` in this process: exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        for key in [key for key in os.environ if key.startswith(("ACIMEDIC_", "AZURE_"))]:
            patched.delenv(key, raising=False)
        for key, value in settings.items():
            patched.setenv(key, value)
        patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        return main(words), out.getvalue(), err.getvalue()


@contextmanager
def _files(files: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Where the files of a scenario are, by name; gone afterwards."""
    with TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in files}
        for name, content in files.items():
            paths[name].write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        yield {name: str(path) for name, path in paths.items()}
