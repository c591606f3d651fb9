"""What becomes of an event, without any host: the incident, the story that is begun, and the one line in the log."""

import asyncio
import json
import logging
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from acimedic.connection import NoAzureError, NoSignInError
from acimedic.lifecycle.messages import Json
from acimedic.settings import Settings, SettingsError
from acimedic.simulator import Simulator, load_world
from acimedic.store.trouble import StoreSettingError
from acimedic.web import events

WORLD = load_world("role-missing")
EVENT: dict[str, Any] = WORLD["event"]
KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
GROUP, _, _ = EVENT["data"]["resourceUri"].partition("/providers/")
OF_A_DEPLOYMENT = EVENT | {
    "data": EVENT["data"]
    | {
        "operationName": "Microsoft.Resources/deployments/write",
        "resourceUri": f"{GROUP}/providers/Microsoft.Resources/deployments/deploy-web",
    }
}


class Stories:
    """Remembers what was begun."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, Json]] = []

    async def start(self, incident: str, given: Json) -> None:
        self.begun.append((incident, given))


@pytest.fixture
def stories() -> Stories:
    return Stories()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(gateway="http://127.0.0.1:9", time_limit=1.0, store=str(tmp_path / "acimedic.db"))


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic.web")


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "acimedic.web"]


def deliver(event: dict[str, Any], settings: Settings, stories: Stories) -> None:
    asyncio.run(events.on_failure(event, settings, stories))


def through(azure: Simulator, settings: Settings) -> Settings:
    return Settings(gateway=azure.url, time_limit=1.0, store=settings.store)


def test_an_event_ends_in_one_line(settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture) -> None:
    deliver(EVENT, settings, stories)
    assert lines(caplog) == [{"line": "received", "event": EVENT["id"], "incidents": [KNOWN]}]


def test_its_story_begins_with_the_mode_of_the_settings(settings: Settings, stories: Stories) -> None:
    deliver(EVENT, settings, stories)
    assert stories.begun == [(KNOWN, {"incident": KNOWN, "mode": "observe", "version": 2})]


def test_a_deployment_is_resolved_to_its_group(settings: Settings, stories: Stories) -> None:
    with Simulator(WORLD) as azure:
        deliver(OF_A_DEPLOYMENT, through(azure, settings), stories)
    assert [incident for incident, _ in stories.begun] == [KNOWN]


def test_a_deployment_for_which_nobody_answers_comes_again(settings: Settings, stories: Stories) -> None:
    with pytest.raises(NoAzureError):
        deliver(OF_A_DEPLOYMENT, settings, stories)


@pytest.mark.parametrize("status", [429, 503])
def test_trouble_on_azures_side_makes_a_deployment_come_again(
    settings: Settings, stories: Stories, status: int
) -> None:
    world = deepcopy(WORLD) | {"faults": [{"status": status}]}
    with Simulator(world) as azure, pytest.raises(NoAzureError, match="could not be read"):
        deliver(OF_A_DEPLOYMENT, through(azure, settings), stories)
    assert stories.begun == []


def test_a_refused_sign_in_makes_a_deployment_come_again(settings: Settings, stories: Stories) -> None:
    world = deepcopy(WORLD) | {"faults": [{"status": 401}]}
    with Simulator(world) as azure, pytest.raises(NoSignInError):
        deliver(OF_A_DEPLOYMENT, through(azure, settings), stories)


def test_a_deployment_that_is_refused_to_us_is_an_error_in_the_log(
    settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    """Delivering it again would not change that, and to say that it concerns no container group would be a guess."""
    world = deepcopy(WORLD) | {"faults": [{"path": "/deployments/", "status": 403}]}
    with Simulator(world) as azure:
        deliver(OF_A_DEPLOYMENT, through(azure, settings), stories)
    assert [(line["line"], line["event"]) for line in lines(caplog)] == [("unresolved", EVENT["id"])]
    assert [record.levelname for record in caplog.records if record.name == "acimedic.web"] == ["ERROR"]


def test_an_event_that_is_none_of_ours_is_told_in_one_line(
    settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(EVENT | {"eventType": "Other"}, settings, stories)
    assert [(line["line"], line["event"]) for line in lines(caplog)] == [("ignored", EVENT["id"])]


def test_an_event_that_is_none_of_ours_needs_no_store(stories: Stories) -> None:
    deliver(EVENT | {"eventType": "Other"}, Settings(), stories)
    assert stories.begun == []


def test_a_subscription_that_is_not_served_is_told_in_one_line(
    settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    only = Settings(store=settings.store, subscriptions=("b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218",))
    deliver(EVENT, only, stories)
    assert [line["line"] for line in lines(caplog)] == ["ignored"]
    assert stories.begun == []


def test_without_a_store_an_event_comes_again(stories: Stories) -> None:
    with pytest.raises(SettingsError, match="ACIMEDIC_STORE is not set"):
        deliver(EVENT, Settings(), stories)


def test_a_store_in_a_folder_that_is_not_there_makes_it_come_again(stories: Stories, tmp_path: Path) -> None:
    with pytest.raises(StoreSettingError, match="a folder that is not there"):
        deliver(EVENT, Settings(store=str(tmp_path / "gone" / "acimedic.db")), stories)
    assert stories.begun == []


def test_an_address_in_a_bad_event_is_not_logged(
    settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    event = EVENT | {"subject": "jane@contoso.example", "data": {"operationName": EVENT["data"]["operationName"]}}
    deliver(event, settings, stories)
    assert "address removed" in lines(caplog)[0]["reason"]


def test_a_line_stays_one_line(settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture) -> None:
    deliver({"id": "a\n{}\x1b[0m", "eventType": "x\r\ny", "data": {"a": 1}}, settings, stories)
    assert caplog.records[0].getMessage().isascii()
    assert caplog.records[0].getMessage().isprintable()


def test_an_id_that_is_no_text_is_not_logged(
    settings: Settings, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    deliver({"id": {"name": "Jane"}}, settings, stories)
    assert lines(caplog)[0]["event"] is None
