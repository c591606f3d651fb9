"""`acimedic doctor` at a terminal: its exit codes, its two forms, and what it says of settings that are wrong."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acimedic.__main__ import main
from acimedic.simulator import Simulator
from tests.doctor.tenants import COMPLETE, FUNCTION, HOME, REGISTRY, block, tenant

Told = tuple[int, str, str]
Run = Callable[..., Told]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs the command over a tenant, with these settings on top of those that are in order."""
    running: list[Simulator] = []

    def doctor(world: dict[str, Any], *words: str, **settings: str) -> Told:
        azure = Simulator(world).__enter__()
        running.append(azure)
        usual = {
            "ACIMEDIC_GATEWAY": azure.url,
            "ACIMEDIC_STORE": str(tmp_path / "acimedic.db"),
            "ACIMEDIC_SUBSCRIPTIONS": HOME,
            "ACIMEDIC_APP_ID": FUNCTION.partition("/functions/")[0],
            "ACIMEDIC_EVENTS_TOPIC": "https://news.westeurope-1.eventgrid.azure.net/api/events",
        }
        for name, value in (usual | settings).items():
            monkeypatch.setenv(name, value)
        code = main(["doctor", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield doctor
    for azure in running:
        azure.__exit__(None, None, None)


def test_it_ends_with_0_where_nothing_is_wrong(run: Run) -> None:
    code, out, err = run(tenant(COMPLETE))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].endswith("0 wrong, 1 unknown")


def test_strict_ends_with_1_for_what_is_not_known(run: Run) -> None:
    code, _, _ = run(tenant(COMPLETE), "--strict")
    assert code == 1


def test_it_ends_with_1_where_something_is_wrong_and_prints_the_repair(run: Run) -> None:
    code, out, _ = run(tenant(COMPLETE, block("*/read")))
    assert code == 1
    assert "> az role assignment list --assignee" in " ".join(out.split())


def test_it_ends_with_2_where_azure_is_not_reached(run: Run) -> None:
    code, out, _ = run(tenant() | {"faults": [{"path": ".*", "disconnect": True}]})
    assert code == 2
    assert "az login" in out


def test_as_json_it_holds_each_finding_and_whether_all_is_make_believe(run: Run) -> None:
    _, out, _ = run(tenant(COMPLETE), "--format", "json")
    told = json.loads(out)
    assert (told["version"], told["gateway"], told["wrong"]) == (1, True, 0)
    assert {each["verdict"] for each in told["findings"]} == {"ok", "unknown"}
    assert all(set(each) == {"about", "verdict", "said", "repair"} for each in told["findings"])


def test_scopes_take_the_place_of_what_settings_and_policy_name(run: Run) -> None:
    _, out, _ = run(tenant(COMPLETE), "--scope", REGISTRY, "--format", "json")
    rights = [each["said"] for each in json.loads(out)["findings"] if each["about"] == "rights"]
    assert rights == ["all that has to be read at registry contoso may be read (7 actions)"]


@pytest.mark.parametrize("scope", [HOME, f"/subscriptions/{HOME}/", f"/subscriptions/{HOME}/resourceGroups/rg-orders"])
def test_a_scope_is_a_subscription_or_a_group_however_it_is_written(scope: str, run: Run) -> None:
    world = tenant(COMPLETE) | {"resourceGroups": {"g": {"id": f"/subscriptions/{HOME}/resourceGroups/rg-orders"}}}
    code, out, _ = run(world, "--scope", scope, "--format", "json")
    assert (code, json.loads(out)["wrong"]) == (0, 0)


@pytest.mark.parametrize("scope", ["", "/", "contoso.azurecr.io/x", "/providers/x", "a b", REGISTRY + "/tokens/one"])
def test_a_scope_that_is_none_is_refused_in_one_line(scope: str, run: Run) -> None:
    code, out, err = run(tenant(COMPLETE), "--scope", scope)
    assert (code, out) == (2, "")
    assert err.startswith("acimedic: --scope: ")
    assert len(err.splitlines()) == 1


def test_each_setting_that_is_wrong_is_a_finding_and_nothing_else_is_looked_at(run: Run) -> None:
    code, out, _ = run(tenant(COMPLETE), "--format", "json", AZURE_CLOUD="Mars", ACIMEDIC_RETENTION_DAYS="0")
    told = json.loads(out)["findings"]
    assert code == 1
    assert [each["said"].split(" ")[0] for each in told] == ["AZURE_CLOUD", "ACIMEDIC_RETENTION_DAYS", "it"]


def test_the_app_in_azure_without_a_store_is_told_so(run: Run) -> None:
    _, out, _ = run(tenant(COMPLETE), "--format", "json", ACIMEDIC_STORE="", WEBSITE_SITE_NAME="medic")
    wrong = [each["said"] for each in json.loads(out)["findings"] if each["verdict"] == "wrong"]
    assert [said.split(":")[0] for said in wrong] == ["ACIMEDIC_STORE is not set"]


def test_what_azure_names_can_neither_paint_the_terminal_nor_be_a_command(run: Run) -> None:
    hostile = "Microsoft.Evil/\x1b[31m\u202e##vso[task.complete]/write; rm -rf ~"
    code, out, _ = run(tenant(COMPLETE, block(hostile)))
    assert code == 1
    assert not {"\x1b", "\u202e"} & set(out)
    assert "##vso[" not in out
    assert "; rm" not in "".join(line for line in out.splitlines() if line.strip().startswith(">"))
