"""What the Function App's timers do: opened by the settings, done, closed."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acimedic.incident import from_words
from acimedic.lifecycle import hosted
from acimedic.lifecycle.messages import Tell
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.recording import notify
from acimedic.model.record import IncidentRecord
from acimedic.settings import Settings, read_settings
from acimedic.simulator import Simulator, load_world

WORLD = load_world("role-missing") | {"faults": [{"method": "POST", "path": "/invoke", "status": 202}]}  # the webhook
WEBHOOK = "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=s3cret"
ROUTES = {
    "version": 1,
    "routes": [{"name": "ops", "teams": "ACIMEDIC_TEAMS_OPS", "style": "digest"}],
    "default": ["ops"],
}


def settings(folder: Path, azure: Simulator) -> Settings:
    routes = folder / "routes.json"
    routes.write_text(json.dumps(ROUTES), encoding="utf-8")
    return read_settings(
        {
            "ACIMEDIC_GATEWAY": azure.url,
            "ACIMEDIC_STORE": str(folder / "acimedic.db"),
            "ACIMEDIC_ROUTES": str(routes),
            "ACIMEDIC_TEAMS_OPS": WEBHOOK,
        }
    )


async def put_off(given: Settings, at: datetime) -> None:
    """Something is told at this moment, and waits for the end of its hour."""
    async with open_tools(given, now=lambda: at) as tools:
        incident = from_words(WORLD["event"]["data"]["resourceUri"], "put-off")
        new = IncidentRecord(
            incident=incident, state="diagnosed", received_at=at, changed_at=at, outcome="cause-found", cause="it"
        )
        record = (await tools.store.put_incident_if_absent(new)).value
        await notify(tools, Tell(incident=record.id, state="diagnosed", said="so", operation="op-1"))


async def waiting(given: Settings) -> int:
    async with open_tools(given) as tools:
        return len(await tools.store.waiting("ops/teams", before=tools.now()))


@pytest.mark.parametrize(("hours", "left"), [(2, 0), (0, 1)], ids=["a-full-hour", "this-hour"])
def test_what_was_put_off_is_told_once_its_hour_is_full(tmp_path: Path, hours: int, left: int) -> None:
    async def story(given: Settings) -> tuple[int, int]:
        await put_off(given, datetime.now(UTC) - timedelta(hours=hours))
        before = await waiting(given)
        await hosted.digest(given)
        return before, await waiting(given)

    with Simulator(WORLD) as azure:
        assert asyncio.run(story(settings(tmp_path, azure))) == (1, left)
