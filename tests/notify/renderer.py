"""Microsoft's own renderer of Adaptive Cards, in Node, with the DOM of jsdom.

It is installed by npm as the lock file says, beside the virtual environment or where ACIMEDIC_NPM_CACHE says.
Source: https://learn.microsoft.com/adaptive-cards/sdk/rendering-cards/javascript/getting-started
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

_HERE = Path(__file__).parent / "rendering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What came of a card. events: what the renderer found wrong. tags: of all elements, by name."""

    events: list[str]
    links: list[str]
    tags: list[str]
    texts: list[str]
    buttons: list[str]


def render(cards: Sequence[object]) -> list[Rendered]:
    """What comes of each of these cards."""
    done = subprocess.run(
        ["node", str(_HERE / "render.cjs")],
        cwd=_installed(),
        input=json.dumps(cards),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"the renderer ended: {done.stderr[-2000:]}")
    return [Rendered(**each) for each in json.loads(done.stdout)]


def _installed() -> Path:
    """The folder with the renderer; installed if it is not there."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _absent("node and npm are not installed")
    lock = (_HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("ACIMEDIC_NPM_CACHE") or Path(sys.prefix) / "npm")
    folder = cache / f"adaptivecards-{hashlib.sha256(lock).hexdigest()[:12]}"
    complete = folder / "node_modules" / ".package-lock.json"  # what npm writes last
    if not complete.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(_HERE / name, folder / name)
        install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not complete.exists():
            _absent(f"npm could not install the renderer: {done.stderr.strip()[-300:]}")
    return folder


def _absent(reason: str) -> NoReturn:
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail(reason)
    pytest.skip(reason)
