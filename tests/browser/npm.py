"""A package from npm's registry, installed beside the virtual environment or where ACIMEDIC_NPM_CACHE says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def package(name: str, version: str) -> Path:
    """The folder of the package; installed if it is not there, and skipped where it cannot be."""
    if shutil.which("npm") is None:
        absent("npm is not installed")
    folder = Path(os.environ.get("ACIMEDIC_NPM_CACHE") or Path(sys.prefix) / "npm") / f"{name}-{version}"
    found = folder / "node_modules" / name
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"{name}@{version}"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not found.exists():
            absent(f"npm could not install {name}: {done.stderr.strip()[-300:]}")
    return found


def absent(reason: str) -> NoReturn:
    """Skip, or fail where everything has to be there."""
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail(reason)
    pytest.skip(reason)
