"""The demonstrations end as they should, and what they serve can be walked through by whoever reads the README."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from acimedic.__main__ import main
from acimedic.cli.stage import SCENES


@pytest.mark.parametrize("scene", SCENES)
def test_each_scene_ends_as_it_should(scene: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", scene]) == 0
    assert "1 of 1 scenes ended as they should" in capsys.readouterr().out


def test_a_repair_is_told_from_approval_to_undo(capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo", "trusted-services-off-and-role-missing"])
    told = capsys.readouterr().out
    places = [
        told.index(word) for word in ("applied:", "in-effect:", "400 InaccessibleImage before", "proved:", "undone")
    ]
    assert places == sorted(places)


def test_a_scene_that_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["demo", "nowhere"], ["serve", "--demo", "nowhere", "--port", "0"]):
        assert main(words) == 2
        assert capsys.readouterr().err.startswith("acimedic: there is no scene 'nowhere'; there are role-missing, ")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {"PATH": os.defpath, "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "acimedic", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def asked(url: str, *, data: bytes | None = None, accept: str = "application/json", **headers: str) -> str:
    request = Request(url, data=data, headers={"Accept": accept} | headers)  # noqa: S310 - a server of this test
    with urlopen(request) as answer:  # noqa: S310
        return str(answer.read().decode())


def until(url: str, *states: str) -> dict[str, Any]:
    """The incident once it is in one of these states."""
    for _ in range(5000):
        incident: dict[str, Any] = json.loads(asked(url))
        if incident["state"] in states:
            return incident
    pytest.fail(f"the incident stays {incident['state']}: {incident['said']}")


def test_the_walk_of_the_readme(served: "subprocess.Popen[str]") -> None:
    assert served.stdout is not None
    address, _, curl = (served.stdout.readline().strip() for _ in range(3))
    words = shlex.split(curl)
    assert words[:4] == ["curl", "-X", "POST", f"{address}/api/events"]
    event = Path(words[-1].removeprefix("@")).read_bytes()
    asked(words[3], data=event, **{"Content-Type": "application/json"})
    (one,) = json.loads(asked(f"{address}/api/incidents"))["incidents"]
    page = f"{address}/api/incidents/{one['id']}"
    until(page, "awaiting-decision")
    token = re.search(r"decision\?token=([^\"&]+)", asked(page, accept="text/html"))
    assert token is not None
    asked(f"{page}/decision", data=f"token={token[1]}&decision=approve".encode())
    until(page, "applied", "in-effect")


def test_it_says_which_version_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"acimedic \d+\.\d+\.\d+\n", capsys.readouterr().out)
