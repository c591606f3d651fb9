"""What `acimedic preflight` takes for a template or for one container group, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from acimedic.__main__ import main
from tests.preflight.templates import healthy

GROUP: dict[str, Any] = next(
    each for each in healthy()["resources"] if each["type"] == "Microsoft.ContainerInstance/containerGroups"
)
FAULTY: dict[str, Any] = {
    "containers": [{"name": "app", "properties": {"image": "contoso.azurecr.io/App:1"}}],
    "osType": "Linux",
}


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file to write, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return "main.json"


def _run(name: str, content: object) -> int:
    Path(name).write_text(json.dumps(content, indent=1), "utf-8")
    return main(["preflight", name])


@pytest.mark.parametrize(
    "content",
    [
        {"Resources": [{**GROUP, "properties": FAULTY}]},
        {"Type": GROUP["type"], "Name": "web", "Properties": FAULTY},
        {"name": "web", "properties": FAULTY},
        {"Name": "web", "PROPERTIES": {"Containers": FAULTY["containers"]}},
        {"type": GROUP["type"], "name": "web", "properties": FAULTY, "resources": []},
    ],
)
def test_a_group_is_looked_at_however_it_is_written(
    name: str, capsys: pytest.CaptureFixture[str], content: object
) -> None:
    assert _run(name, content) == 1
    assert "The image 'contoso.azurecr.io/App:1' of container 'app' is malformed" in capsys.readouterr().out


def test_a_fault_is_placed_where_it_is_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    _run(name, {"Resources": [{**GROUP, "properties": FAULTY}]})
    written = Path(name).read_text("utf-8").splitlines()
    line = next(at for at, each in enumerate(written, 1) if "App:1" in each)
    assert f"at main.json:{line}:" in capsys.readouterr().out


def test_a_fault_of_a_nested_template_is_placed_where_it_is_written(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    group = {key: each for key, each in GROUP.items() if key != "properties"}
    template = {"Resources": [{**group, "Properties": FAULTY}]}
    nested = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "n",
        "Properties": {"Template": template},
    }
    assert _run(name, {"resources": [nested]}) == 1
    written = Path(name).read_text("utf-8").splitlines()
    line = next(at for at, each in enumerate(written, 1) if "App:1" in each)
    assert f"at main.json:{line}:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        {"resources": 5},
        {"resources": None},
        {"resources": "all"},
        {"resources": 5, "properties": FAULTY},
        {"properties": {"handler": "Microsoft.Azure.CreateUIDef"}},
        {"properties": {"template": {"resources": []}}},
        {"properties": []},
        {"type": "Microsoft.Web/sites", "name": "web", "properties": FAULTY},
        {"type": GROUP["type"], "name": "web"},
        {},
    ],
)
def test_what_is_neither_a_template_nor_a_group_ends_with_2_and_one_line(
    name: str, capsys: pytest.CaptureFixture[str], content: object
) -> None:
    assert _run(name, content) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("acimedic: main.json is neither an ARM template")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_template_without_container_groups_is_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(name, {"resources": {}}) == 0
    assert "asks for no container group" in capsys.readouterr().out


def test_parameters_in_another_casing_are_given(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    declared = {"image": {"type": "string", "defaultValue": "mcr.microsoft.com/a:1"}}
    container = {"name": "app", "properties": {"image": "[parameters('image')]"}}
    template = {"parameters": declared, "resources": [{**GROUP, "properties": {**FAULTY, "containers": [container]}}]}
    given = {"ContentVersion": "1.0.0.0", "Parameters": {"Image": {"Value": "contoso.azurecr.io/App:1"}}}
    Path(name).write_text(json.dumps(template), "utf-8")
    Path("p.json").write_text(json.dumps(given), "utf-8")
    assert main(["preflight", name, "--parameters", "p.json"]) == 1
    assert "contoso.azurecr.io/App:1" in capsys.readouterr().out
