"""The lines of the log that queries and alerts read, as the lifecycle writes them."""

import asyncio
import json
import logging
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.incident import from_event
from acimedic.lifecycle.diagnosing import diagnose
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.messages import Look
from acimedic.notify.log import LogSink
from acimedic.simulator import Simulator, load_world
from tests.lifecycle.test_intake import KNOWN, Stories, tools_over
from tests.notify.told import news_of, record_of

WORLD = load_world("role-missing")


def written(caplog: pytest.LogCaptureFixture, line: str) -> list[dict[str, Any]]:
    told = [json.loads(record.getMessage()) for record in caplog.records if record.getMessage().startswith("{")]
    return [each for each in told if each["line"] == line]


def diagnosed(folder: Path, world: dict[str, Any], caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    caplog.set_level(logging.INFO, logger="acimedic")

    async def story(url: str) -> None:
        tools = tools_over(folder / "acimedic.db", gateway=url)
        signal = from_event(WORLD["event"])
        await receive(signal, tools, Stories())
        await diagnose(tools, Look(incident=KNOWN, attempt=0))
        await tools.store.close()

    with Simulator(world) as azure:
        asyncio.run(story(azure.url))
    (line,) = written(caplog, "incident")
    return line


def test_looking_into_an_incident_is_one_line_with_what_it_came_to_and_what_it_cost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = diagnosed(tmp_path, WORLD, caplog)
    assert (line["id"], line["outcome"], line["root_cause"]) == (KNOWN, "cause-found", "pull-role-missing")
    assert line["correlation_id"] == WORLD["event"]["data"]["correlationId"]
    assert (line["throttled"], line["readings"] > 0, line["duration_ms"] >= 0) == (0, True, True)


def test_each_answer_that_asked_us_to_slow_down_is_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = deepcopy(WORLD)
    world["faults"] = [{"path": "/containerGroups/", "status": 429, "headers": {"Retry-After": "0"}, "times": 2}]
    assert diagnosed(tmp_path, world, caplog)["throttled"] == 2


def test_a_state_is_one_line_with_incident_correlation_and_outcome(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic")
    news = news_of("diagnosed")
    asyncio.run(LogSink().send(news))
    (line,) = written(caplog, "state")
    assert (line["id"], line["correlation_id"]) == (news.record.id, news.record.incident.correlation_id)
    assert (line["state"], line["outcome"], line["cause"]) == ("diagnosed", "cause-found", "pull-role-missing")


def test_a_correlation_id_that_holds_an_address_of_a_person_is_rid_of_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic")
    record = record_of()
    record = replace(record, incident=replace(record.incident, correlation_id="jane@example.com"))
    asyncio.run(LogSink().send(news_of("diagnosed", record=record)))
    assert "jane" not in caplog.text
