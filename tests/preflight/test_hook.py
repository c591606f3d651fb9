"""The hook of pre-commit, run on real files as pre-commit runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from acimedic.cli.preflight_hook import main
from tests.preflight.files import BAD, BY_PARAMETER, GOOD, SCHEMA, parameters, template, write

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
HOOK = HOOKS[0]

NO_TEMPLATES = {
    "package.json": '{"name": "web", "resources": [], "dependencies": {}}',
    "broken.json": '{"resources": [',
    "array.json": '["contentVersion", "resources"]',
    "text.json": '"deploymentTemplate.json"',
    "mention.json": '{"docs": "see deploymentTemplate.json"}',
    "workbook.json": '{"$schema": "https://github.com/x/workbook.json", "contentVersion": "1", "resources": []}',
    "lonely.parameters.json": parameters("x"),
    "parameters.json": parameters("x"),
    "empty.json": "",
    "nothing.bicep": "param x string\noutput y string = x\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hook(*words: str) -> "subprocess.CompletedProcess[str]":
    """As pre-commit runs it, with the entry of the hooks file."""
    entry = HOOK["entry"].split()
    assert entry[0] == "python"
    return subprocess.run([sys.executable, *entry[1:], *words], capture_output=True, text=True, check=False)


def test_a_fault_fails_the_commit_and_is_told_with_its_place(folder: Path) -> None:
    write(folder, main__json=BAD)
    done = hook("main.json")
    assert done.returncode == 1
    assert re.search(r"main\.json:\d+:\d+", done.stdout)
    assert "credential-server-malformed" in done.stdout


def test_a_template_without_faults_passes_without_a_word(folder: Path) -> None:
    write(folder, main__json=GOOD)
    done = hook("main.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_of_many_files_each_fault_is_told(folder: Path) -> None:
    write(folder, a__json=BAD, b__json=GOOD, c__json=BAD)
    done = hook("a.json", "b.json", "c.json")
    assert done.returncode == 1
    assert ["a.json:" in done.stdout, "b.json:" in done.stdout, "c.json:" in done.stdout] == [True, False, True]


@pytest.mark.parametrize("name", NO_TEMPLATES)
def test_a_file_that_is_no_template_is_passed_over(folder: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_text(NO_TEMPLATES[name], encoding="utf-8")
    assert main([name]) == 0
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_no_text_is_passed_over(folder: Path) -> None:
    (folder / "binary.json").write_bytes(b"\x80\x81 deploymentTemplate.json")
    assert main(["binary.json"]) == 0


@pytest.mark.parametrize("scope", ["", "subscription", "managementGroup", "tenant"])
def test_a_template_of_every_scope_is_checked(folder: Path, scope: str) -> None:
    """The schema's name begins with the scope."""
    name = f"{scope}DeploymentTemplate.json" if scope else "deploymentTemplate.json"
    write(folder, main__json=BAD.replace("deploymentTemplate.json", name))
    assert main(["main.json"]) == 1


def test_a_template_without_a_schema_is_checked(folder: Path) -> None:
    write(folder, main__json=BAD.replace(f'"$schema": "{SCHEMA}",', ""))
    assert main(["main.json"]) == 1


def test_a_template_with_a_fault_in_its_json_is_told(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(folder, main__json=BAD[:-3])
    assert main(["main.json"]) == 2
    assert "main.json is not a template" in capfd.readouterr().err


def test_a_parameter_file_beside_the_template_is_used(folder: Path) -> None:
    write(folder, main__json=BY_PARAMETER)
    assert main(["main.json"]) == 0
    write(folder, main__parameters__json=parameters("https://contoso.azurecr.io"))
    assert main(["main.json"]) == 1


def test_a_change_of_the_parameters_alone_checks_their_template(folder: Path) -> None:
    write(folder, main__json=BY_PARAMETER, main__parameters__json=parameters("https://contoso.azurecr.io"))
    assert main(["main.parameters.json"]) == 1


def test_a_template_that_is_named_twice_is_checked_once(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(folder, main__json=BY_PARAMETER, main__parameters__json=parameters("https://contoso.azurecr.io"))
    main(["main.parameters.json", "main.json"])
    assert capfd.readouterr().out.count("FAULT") == 1


def test_a_bicep_file_of_container_groups_needs_a_compiler(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not pass unchecked."""
    monkeypatch.setenv("PATH", str(folder))
    write(folder, main__bicep="resource g 'Microsoft.ContainerInstance/containerGroups@2023-05-01' = {\n}\n")
    done = hook("main.bicep")
    assert done.returncode == 2
    assert done.stderr.startswith("acimedic: main.bicep ")


def compiler(folder: Path, monkeypatch: pytest.MonkeyPatch, printed: str) -> None:
    """A program that stands in for Bicep: it prints this, whatever it is to build."""
    (folder / "bin").mkdir()
    (folder / "bin" / "printed").write_text(printed, encoding="utf-8")
    program = folder / "bin" / "bicep"
    program.write_text(f"#!/bin/sh\n/bin/cat {folder}/bin/printed\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"))


BICEP = "param x string\nresource g 'Microsoft.ContainerInstance/containerGroups@2023-05-01' = {\n}\n"


def test_a_bicep_file_is_checked_as_it_is_built(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    compiler(folder, monkeypatch, BAD)
    write(folder, main__bicep=BICEP)
    assert main(["main.bicep"]) == 1
    assert "at main.bicep:2:1" in capfd.readouterr().out


def test_a_bicep_file_is_checked_with_the_parameters_of_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"templateJson": BY_PARAMETER, "parametersJson": parameters("https://contoso.azurecr.io")}
    compiler(folder, monkeypatch, json.dumps(given))
    write(folder, main__bicep=BICEP, main__bicepparam="using './main.bicep'\n")
    assert main(["main.bicep"]) == 1


def test_strict_fails_for_what_is_likely(folder: Path) -> None:
    write(folder, main__json=template("other.azurecr.io"))
    assert (main(["main.json"]), main(["--strict", "main.json"])) == (0, 1)


def test_a_file_whose_name_begins_with_a_dash_is_a_file(folder: Path) -> None:
    write(folder, **{"--live__json": BAD})
    assert main(["--live.json"]) == 1


def test_a_file_that_is_gone_is_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["gone.json"]) == 2
    assert capfd.readouterr().err.startswith("acimedic: gone.json could not be read")


def test_one_file_that_cannot_be_read_does_not_hide_the_others(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(folder, main__json=BAD)
    assert main(["gone.json", "main.json"]) == 2
    assert "credential-server-malformed" in capfd.readouterr().out


def test_without_files_nothing_fails() -> None:
    assert main([]) == 0


@pytest.mark.parametrize("module", ["json.py", "checks.py", "acimedic.py"])
def test_no_file_of_the_repository_stands_in_for_a_module(folder: Path, module: str) -> None:
    write(folder, main__json=GOOD)
    (folder / module).write_text("raise SystemExit(7)\n", encoding="utf-8")
    assert hook("main.json").returncode == 0


def test_there_is_one_hook_of_the_promised_name() -> None:
    assert [each["id"] for each in HOOKS] == ["acimedic-preflight"]


def test_the_hook_has_only_fields_that_pre_commit_knows() -> None:
    """Source: https://pre-commit.com/#new-hooks."""
    required = {"id", "name", "entry", "language"}
    assert required <= set(HOOK) <= required | {"description", "files", "types"}
    assert HOOK["language"] == "python"


@pytest.mark.parametrize("name", ["main.json", "infra/main.JSON", "a.jsonc", "a.bicep", "a.bicepparam", *NO_TEMPLATES])
def test_files_that_may_be_templates_are_passed_to_the_hook(name: str) -> None:
    assert re.search(HOOK["files"], name)


@pytest.mark.parametrize("name", ["main.tf", "json", "a.json5", "a.bicep.md", "bicep/readme.md"])
def test_other_files_are_not_passed_to_the_hook(name: str) -> None:
    assert not re.search(HOOK["files"], name)
