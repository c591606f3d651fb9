"""`acimedic doctor --app`: the settings of a deployed app, which are read and never shown."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acimedic.__main__ import main
from acimedic.doctor.deployed import app, as_environment
from acimedic.simulator import Simulator
from tests.doctor.tenants import COMPLETE, FUNCTION, HOME, tenant

APP = FUNCTION.partition("/functions/")[0].replace("/subscriptions/s/", f"/subscriptions/{HOME}/")
SECRET = "k3y-" * 10
REFERENCE = "@Microsoft.KeyVault(VaultName=kv-medic;SecretName=audit-key)"
THERE = {
    "ACIMEDIC_MODE": "observe",
    "ACIMEDIC_SUBSCRIPTIONS": HOME,
    "AzureWebJobsStorage__accountName": "stmedic",
    "ACIMEDIC_AUDIT_KEY": REFERENCE,
    "ACIMEDIC_APPROVAL_KEY": SECRET,
    "ACIMEDIC_EVENTS_TOPIC": "https://news.westeurope-1.eventgrid.azure.net/api/events",
}
Told = tuple[int, str, str]
Run = Callable[..., Told]


def listed(found: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """A tenant whose app has these settings."""
    world = tenant(COMPLETE)
    at_home = json.loads(json.dumps(world["faults"]).replace("/subscriptions/s/", f"/subscriptions/{HOME}/"))
    path = "/sites/medic/config/appsettings/list$"
    body = {"properties": found} if status == 200 else {"error": {"code": "AuthorizationFailed", "message": "no"}}
    return world | {"faults": [{"method": "POST", "path": path, "status": status, "body": body}, *at_home]}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs the command in a fresh shell, in a folder of its own."""
    running: list[Simulator] = []

    def doctor(world: dict[str, Any], *words: str) -> Told:
        azure = Simulator(world).__enter__()
        running.append(azure)
        monkeypatch.setenv("ACIMEDIC_GATEWAY", azure.url)
        monkeypatch.setenv("ACIMEDIC_STORE", str(tmp_path / "acimedic.db"))
        monkeypatch.chdir(tmp_path)
        code = main(["doctor", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield doctor
    for azure in running:
        azure.__exit__(None, None, None)


def findings(out: str, about: str) -> list[tuple[str, str]]:
    return [(each["verdict"], each["said"]) for each in json.loads(out)["findings"] if each["about"] == about]


def test_the_settings_of_the_app_are_examined_and_not_those_of_the_shell(run: Run) -> None:
    code, out, _ = run(listed(THERE), "--app", APP, "--format", "json")
    assert code == 0
    assert findings(out, "settings")[0][1].startswith(f"mode observe; served: {HOME}")
    assert findings(out, "telling") == [("ok", "these are told: topic")]
    assert [word for word, _ in findings(out, "events")] == ["ok"]


def test_what_is_wrong_with_the_settings_of_the_app_is_said_with_its_command(run: Run) -> None:
    without = {name: value for name, value in THERE.items() if name != "ACIMEDIC_AUDIT_KEY"}
    code, out, _ = run(listed(without), "--app", APP, "--format", "json")
    (found,) = [each for each in json.loads(out)["findings"] if each["about"] == "settings"]
    assert (code, found["said"].startswith("ACIMEDIC_AUDIT_KEY is not set")) == (1, True)
    assert found["repair"] == "azd provision"


def test_a_setting_of_the_app_that_cannot_be_read_is_repaired_at_the_app(run: Run) -> None:
    code, out, _ = run(listed(THERE | {"ACIMEDIC_TIME_LIMIT": "never"}), "--app", APP, "--format", "json")
    (found, _) = json.loads(out)["findings"]
    assert code == 1
    assert found["repair"].endswith("--name medic --resource-group g --settings ACIMEDIC_TIME_LIMIT=VALUE")


def test_no_value_is_shown_and_what_refers_to_a_vault_is_named_as_not_read(run: Run) -> None:
    for form in ("json", "text"):
        code, out, err = run(listed(THERE), "--app", APP, "--format", form)
        assert code == 0
        assert SECRET not in out + err
        assert "not-read" not in out + err
        assert "set and not read, for they refer to a Key Vault: ACIMEDIC_AUDIT_KEY" in " ".join(out.split())


def test_the_head_says_whose_settings_were_examined(run: Run) -> None:
    _, out, _ = run(listed(THERE), "--app", APP)
    head = "examined: the settings of the app medic, with the policy and the routes beside this program"
    assert " ".join(out.split()).startswith(head)
    _, out, _ = run(listed(THERE))
    assert out.startswith("examined: the settings of this shell\n")


def test_nothing_is_kept_on_this_machine(run: Run, tmp_path: Path) -> None:
    run(listed(THERE), "--app", APP)
    assert list(tmp_path.iterdir()) == []


def test_an_app_is_found_by_the_name_of_its_azd_environment(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / ".azure" / "prod" / ".env"
    kept.parent.mkdir(parents=True)
    kept.write_text(f'AZURE_ENV_NAME="prod"\nACIMEDIC_APP_ID="{APP}"\n', encoding="utf-8")
    code, out, _ = run(listed(THERE), "--app", "prod")
    assert (code, "the settings of the app medic" in out) == (0, True)


@pytest.mark.parametrize("name", ["staging", "..", "", "/subscriptions/x", FUNCTION])
def test_an_app_that_is_none_is_refused_in_one_line(name: str, run: Run) -> None:
    code, out, err = run(listed(THERE), "--app", name)
    assert (code, out) == (2, "")
    assert err.startswith("acimedic: --app")
    assert len(err.splitlines()) == 1


def test_whoever_may_not_list_the_settings_is_told_which_right_that_takes(run: Run) -> None:
    code, out, err = run(listed({}, status=403), "--app", APP)
    assert (code, out) == (2, "")
    assert "403 AuthorizationFailed (Microsoft.Web/sites/config/list/action)" in err


@pytest.mark.parametrize("word", [["--send-test"], ["--scope", HOME]])
def test_what_needs_the_identity_of_the_app_does_not_go_with_it(word: list[str], run: Run) -> None:
    code, _, err = run(listed(THERE), "--app", APP, *word)
    assert (code, "--app goes with neither" in err) == (2, True)


def test_a_gateway_among_the_settings_of_an_app_is_wrong(run: Run) -> None:
    code, out, _ = run(listed(THERE | {"ACIMEDIC_GATEWAY": "http://127.0.0.1:1"}), "--app", APP, "--format", "json")
    assert (code, "refused in the cloud" in findings(out, "settings")[0][1]) == (1, True)


def test_settings_of_an_app_do_not_print_themselves() -> None:
    found = as_environment({"ACIMEDIC_APPROVAL_KEY": SECRET, "ACIMEDIC_TEAMS_WEBHOOK": REFERENCE}, app(APP))
    assert SECRET not in repr(found)
    assert found.unread == ("ACIMEDIC_TEAMS_WEBHOOK",)
