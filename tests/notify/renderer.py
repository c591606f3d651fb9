"""Microsoft's own renderer of Adaptive Cards, in Node, with the DOM of jsdom.

It is installed by npm as the lock file says, beside the virtual environment or where ACIMEDIC_NPM_CACHE says.
Source: https://learn.microsoft.com/adaptive-cards/sdk/rendering-cards/javascript/getting-started
"""

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import npm

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
        cwd=installed(),
        input=json.dumps(cards),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"the renderer ended: {done.stderr[-2000:]}")
    return [Rendered(**each) for each in json.loads(done.stdout)]


def installed() -> Path:
    """The folder with the renderer."""
    lock = (_HERE / "package-lock.json").read_bytes()
    return npm.locked(f"adaptivecards-{hashlib.sha256(lock).hexdigest()[:12]}", _HERE)
