"""What `func azure functionapp publish` would ship."""

import json
import re
from typing import Any

from acimedic.settings import read_settings
from tests.worker import shipping


def test_exactly_the_app_ships() -> None:
    there = {*shipping.repository(), *shipping.LYING_ABOUT}
    shipped = {path for path in there if shipping.ships(path)}
    assert shipped == {path for path in there if shipping.of_the_app(path)}
    assert shipped >= {
        "function_app.py",
        "host.json",
        "requirements.txt",
        "policy.json",
        "acimedic/web/handlers.py",
        "checks/__init__.py",
    }


def test_the_triggers_fit_in_100_lines() -> None:
    assert len((shipping.ROOT / "function_app.py").read_text(encoding="utf-8").splitlines()) < 100


def host() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shipping.ROOT / "host.json").read_text(encoding="utf-8"))
    return found


def example() -> dict[str, str]:
    found = json.loads((shipping.ROOT / "local.settings.json.example").read_text(encoding="utf-8"))
    values: dict[str, str] = found["Values"]
    return values


def test_no_incident_line_is_sampled_away() -> None:
    logging = host()["logging"]
    assert "Trace" in logging["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    assert logging["logLevel"]["Function"] == "Information"


def test_what_travels_between_story_and_activities_is_not_logged() -> None:
    assert host()["extensions"]["durableTask"]["tracing"] == {
        "traceInputsAndOutputs": False,
        "traceReplayEvents": False,
    }


def test_a_story_that_lives_is_not_replaced_by_a_second_start() -> None:
    assert host()["extensions"]["durableTask"]["overridableExistingInstanceStates"] == "NonRunningStates"


def test_a_python_app_has_no_extended_sessions() -> None:
    """Its worker gets the whole history at every turn, and keeps no orchestrator in between."""
    assert host()["extensions"]["durableTask"]["extendedSessionsEnabled"] is False


def test_the_name_of_the_hub_is_one_that_storage_takes() -> None:
    """Source: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-task-hubs"""
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,44}", host()["extensions"]["durableTask"]["hubName"])


def test_the_example_of_local_settings_starts_without_a_gateway() -> None:
    assert example()["ACIMEDIC_GATEWAY"] == ""


def test_the_example_of_local_settings_can_be_used_as_it_is() -> None:
    settings = read_settings(example())
    assert (settings.mode, settings.store, settings.approval_keys) == ("observe", "./acimedic.db", ())


class Asking(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def test_the_example_of_local_settings_names_every_setting_that_is_read() -> None:
    """But for keys that are being changed."""
    environment = Asking()
    read_settings(environment)
    ours = {name for name in environment.asked if name.startswith("ACIMEDIC_")}
    assert {name for name in ours if not name.endswith("_EARLIER")} <= set(example())


def test_objects_are_not_made_of_what_travels() -> None:
    assert example()["AZURE_FUNCTIONS_DURABLE_STRICT_TYPING"] == "1"
