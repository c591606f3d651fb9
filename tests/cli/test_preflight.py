"""`acimedic preflight` as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from acimedic.__main__ import main
from tests.preflight.templates import SUBSCRIPTION, changed, healthy


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _file(folder: Path, content: Any, name: str = "main.json") -> str:
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=2), "utf-8")
    return name


def _wrong(group: dict[str, Any]) -> None:
    group["properties"]["containers"][0]["properties"]["image"] = "contoso.azurecr.io/App:1"


def _unsure(group: dict[str, Any]) -> None:
    del group["properties"]["imageRegistryCredentials"]


def test_a_healthy_template_ends_with_0(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", _file(here, healthy())]) == 0
    assert "No fault was found in the container group of main.json" in capsys.readouterr().out


def test_a_proven_fault_ends_with_1_and_names_the_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", _file(here, changed(_wrong))]) == 1
    shown = capsys.readouterr().out
    assert "FAULT    The image 'contoso.azurecr.io/App:1' of container 'app' is malformed" in shown
    assert "at main.json:" in shown


def test_a_likely_fault_ends_with_1_only_where_strictness_is_asked_for(here: Path) -> None:
    name = _file(here, changed(_unsure))
    assert main(["preflight", name]) == 0
    assert main(["preflight", name, "--strict"]) == 1


def test_parameters_come_from_their_file(here: Path) -> None:
    template = _file(here, healthy())
    given = {"contentVersion": "1.0.0.0", "parameters": {"image": {"value": "contoso.azurecr.io/App"}}}
    assert main(["preflight", template, "--parameters", _file(here, given, "p.json")]) == 1


def test_json_holds_the_definitions_and_nothing_else_is_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["preflight", _file(here, changed(_wrong)), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["root_cause"] == "image-reference-malformed"
    (definition,) = report["definitions"]
    assert definition["name"] == "web"
    assert definition["unresolved"] == []
    (fail,) = (each for each in report["findings"] if each["verdict"] == "fail")
    assert fail["location"]["file"] == "main.json"
    assert fail["location"]["line"] > 1


def test_markdown_names_the_place_in_code(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["preflight", _file(here, changed(_wrong)), "--format", "markdown"])
    assert "in container group `web`" in capsys.readouterr().out


def test_nothing_is_told_of_deploying_again_before_the_first_time(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["preflight", _file(here, changed(_wrong))])
    assert "deploy again" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "main.json is not a template: line 1, column 1"),
        ('{"resources": [', "main.json is not a template: line 1, column 16"),
        ("[1]", "main.json is not a template: line 1, column 1: a template is a JSON object"),
        ('{"parameters": {}}', "main.json is neither an ARM template"),
        ("[" * 500, "main.json is not a template: line 1, column 129: nested more than 128 levels deep"),
    ],
)
def test_what_is_no_template_is_refused_with_its_line(
    here: Path, capsys: pytest.CaptureFixture[str], content: str, told: str
) -> None:
    assert main(["preflight", _file(here, content)]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["missing.json"],
        ["main.json", "--parameters", "missing.json"],
        ["main.json", "--subscription", "mine"],
        ["main.json", "--resource-group", "a/b"],
        ["-", "--parameters", "-"],
    ],
)
def test_what_cannot_be_run_ends_with_2_and_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    _file(here, healthy())
    assert main(["preflight", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_loop_without_end_is_bounded(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = changed(lambda group: group.update(copy={"name": "c", "count": 1_000_000_000}))
    assert main(["preflight", _file(here, template)]) == 0
    assert "Not evaluated" in capsys.readouterr().out


@pytest.mark.parametrize("given", [True, False], ids=["by words", "by the environment"])
def test_the_place_is_told_by_words_or_by_the_environment(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    words = ["preflight", _file(here, healthy()), "--format", "json"]
    if given:
        words += ["--subscription", SUBSCRIPTION, "--resource-group", "rg-app"]
    else:
        monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION)
        monkeypatch.setenv("AZURE_RESOURCE_GROUP", "rg-app")
    main(words)
    incident = json.loads(capsys.readouterr().out)["incident"]
    of_group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-app/providers/Microsoft.ContainerInstance"
    assert incident["container_group"] == f"{of_group}/containerGroups/web"
