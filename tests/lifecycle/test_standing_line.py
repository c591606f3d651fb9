"""Every mark of a story leaves one line in the log: by it a story that goes no further is found."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.messages import Mark
from acimedic.lifecycle.recording import record
from tests.lifecycle.repairs import BEGAN, Repair, play

DUE = "2026-03-03T08:00:00+00:00"


def logged(folder: Path, caplog: pytest.LogCaptureFixture, **marked: Any) -> tuple[str, list[dict[str, Any]]]:
    """The incident, and what is logged of where it stands when it is marked."""
    caplog.set_level(logging.INFO, logger="acimedic")

    async def story(one: Repair) -> str:
        caplog.clear()
        mark = Mark(incident=one.record.id, at=BEGAN.isoformat(), said="jane@example.com did it", **marked)
        await record(one.tools, mark)
        return one.record.id

    incident = play(folder, story)
    found = [json.loads(message) for message in caplog.messages if message.startswith("{")]
    return incident, [line for line in found if line["line"] == "standing"]


def test_a_mark_is_logged_with_when_it_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also one that nobody is told of."""
    incident, lines = logged(tmp_path, caplog, state="waiting-for-turn", due=DUE)
    assert lines == [
        {"line": "standing", "id": incident, "state": "waiting-for-turn", "step": None, "due": DUE, "closed": False}
    ]


def test_the_last_mark_says_that_it_is_the_last(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is due any more."""
    _, (line,) = logged(tmp_path, caplog, state="failed", step="apply", closed=True)
    assert (line["closed"], line["due"], line["step"]) == (True, None, "apply")


def test_what_is_said_is_not_logged_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The line `state` has it, in as much as may be said."""
    _, (line,) = logged(tmp_path, caplog, state="rejected")
    assert "jane" not in json.dumps(line)
