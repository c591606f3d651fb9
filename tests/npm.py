"""Packages from npm's registry, beside the virtual environment or where ACIMEDIC_NPM_CACHE says; installed once.

Several processes of tests may want one at the same time: the first installs it, the others wait.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

_OPTIONS = ("--no-audit", "--no-fund", "--ignore-scripts")


def package(name: str, version: str) -> Path:
    """The folder in which this package lies under `node_modules`; skips the test where it cannot be had."""
    folder = _cache() / f"{name.replace('/', '-')}-{version}"
    with _alone(folder):
        if not _complete(folder):
            (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
            _npm(folder, "install", *_OPTIONS, f"{name}@{version}")
    return folder


def locked(name: str, source: Path) -> Path:
    """The folder in which the packages of a lock file lie; `source` holds `package.json` and `package-lock.json`."""
    folder = _cache() / name
    with _alone(folder):
        lock = (source / "package-lock.json").read_bytes()
        there = folder / "package-lock.json"
        if not (_complete(folder) and there.is_file() and there.read_bytes() == lock):
            for file in ("package.json", "package-lock.json"):
                shutil.copyfile(source / file, folder / file)
            _npm(folder, "ci", *_OPTIONS)
    return folder


def absent(reason: str) -> NoReturn:
    """Skip, or fail where everything has to be there."""
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail(reason)
    pytest.skip(reason)


def _complete(folder: Path) -> bool:
    return (folder / "node_modules" / ".package-lock.json").exists()  # what npm writes last


def _npm(folder: Path, *words: str) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        absent("node and npm are not installed")
    done = subprocess.run(["npm", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or not _complete(folder):
        absent(f"npm could not install {folder.name}: {done.stderr.strip()[-300:]}")


def _cache() -> Path:
    return Path(os.environ.get("ACIMEDIC_NPM_CACHE") or Path(sys.prefix) / "npm")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
