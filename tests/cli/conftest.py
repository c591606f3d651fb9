"""The commands over a make-believe Azure, with a store and a policy of their own."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from acimedic.__main__ import main
from acimedic.cli.workplace import stories_of
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.messages import Begin, to_json
from acimedic.lifecycle.opening import open_tools
from acimedic.settings import read_settings
from acimedic.simulator import Simulator, load_world


@dataclass
class Terminal:
    """Somebody at a terminal, and the Azure behind it."""

    azure: Simulator
    folder: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command: exit code, standard output, standard error."""
        code = main(words)
        said = self.capture.readouterr()
        return code, said.out, said.err

    def diagnosed(self) -> str:
        """Diagnose the event of the scene; gives back the incident's id."""
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.azure.world["event"]), encoding="utf-8")
        _, out, _ = self.run("diagnose", "--event", str(event), "--format", "json")
        return str(json.loads(out)["incident"]["id"])

    def offer(self, incident: str) -> None:
        """Have the incident's story offer its plan, as the server does."""
        asyncio.run(self._offer(incident))

    async def _offer(self, incident: str) -> None:
        async with open_tools(read_settings(os.environ)) as tools:
            with Local(tools, stories_of(tools)) as local:
                await local.start(incident, to_json(Begin(incident=incident, mode="review")))
                await local.advance()

    @property
    def assignments(self) -> list[dict[str, Any]]:
        return list(self.azure.world["roleAssignments"].values())

    @property
    def writes(self) -> list[str]:
        return [method for method, *_ in self.azure.requests if method in {"PUT", "PATCH", "DELETE"}]


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Terminal]]:
    """A terminal over a world; mode `review`, and a policy that names the pair of the scene."""
    running: list[Simulator] = []

    def open_(world: str = "role-missing", mode: str = "review", **policy: Any) -> Terminal:
        azure = Simulator(load_world(world)).__enter__()
        running.append(azure)
        (registry,) = [body["id"] for body in azure.world["registries"].values()]
        (identity,) = [body["id"] for body in azure.world["identities"].values()]
        group = azure.world["event"]["data"]["resourceUri"]
        document = {
            "version": 1,
            "remedies": ["assign-pull-role", "enable-trusted-services"],
            "subscriptions": sorted({each.split("/")[2] for each in (registry, identity, group)}),
            "pairs": [{"registry": registry, "identity": identity}],
            "changes_per_hour": 4,
        }
        file = tmp_path / "policy.json"
        file.write_text(json.dumps(document | policy), encoding="utf-8")
        monkeypatch.setenv("ACIMEDIC_GATEWAY", azure.url)
        monkeypatch.setenv("ACIMEDIC_STORE", str(tmp_path / "acimedic.db"))
        monkeypatch.setenv("ACIMEDIC_MODE", mode)
        monkeypatch.setenv("ACIMEDIC_POLICY", str(file))
        return Terminal(azure, tmp_path, capsys)

    yield open_
    for azure in running:
        azure.__exit__(None, None, None)
