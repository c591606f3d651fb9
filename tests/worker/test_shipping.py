"""What `func azure functionapp publish` would ship."""

import json

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


def test_no_incident_line_is_sampled_away() -> None:
    logging = json.loads((shipping.ROOT / "host.json").read_text(encoding="utf-8"))["logging"]
    assert "Trace" in logging["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    assert logging["logLevel"]["Function"] == "Information"


def test_the_example_of_local_settings_starts_without_a_gateway() -> None:
    example = json.loads((shipping.ROOT / "local.settings.json.example").read_text(encoding="utf-8"))
    assert example["Values"]["ACIMEDIC_GATEWAY"] == ""
