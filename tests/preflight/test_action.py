"""The GitHub Action: what action.yml hands over, and what is then run, on real files as the runner runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from acimedic.cli.merging_sarif import merged
from acimedic.cli.preflight_action import main
from tests.preflight.files import BAD, BY_PARAMETER, GOOD, parameters, template, write

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")


class Runner:
    """What GitHub's runner gives a step: a folder, variables, and a file for its outputs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temp = folder / "temp"
        self.temp.mkdir()
        self._outputs = self.temp / "outputs"

    def environment(self, **inputs: str) -> dict[str, str]:
        given = {f"PREFLIGHT_{name.upper()}": value for name, value in inputs.items()}
        return {"RUNNER_TEMP": str(self.temp), "GITHUB_OUTPUT": str(self._outputs), **given}

    def run(self, **inputs: str) -> int:
        return main(self.environment(**inputs))

    @property
    def outputs(self) -> dict[str, str]:
        lines = self._outputs.read_text(encoding="utf-8").splitlines() if self._outputs.exists() else []
        return dict(line.split("=", 1) for line in lines)

    @property
    def sarif(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(Path(self.outputs["sarif"]).read_text(encoding="utf-8"))
        return loaded

    @property
    def files(self) -> list[str]:
        """The file of each result."""
        results = self.sarif["runs"][0]["results"]
        return [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.chdir(tmp_path)
    return Runner(tmp_path)


def test_a_fault_fails_the_step_and_is_an_annotation_of_its_line(
    runner: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    write(runner.folder, main__json=BAD)
    assert runner.run(templates="main.json") == 1
    line = next(at for at, text in enumerate(BAD.splitlines(), 1) if '"server": "https' in text)
    out = capfd.readouterr().out
    assert re.search(rf"^::error title=credential-server-malformed,file=main\.json,line={line},col=\d+::", out)


def test_the_message_of_an_annotation_reads_as_it_was_meant(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    """SARIF puts a backslash before each bracket."""
    write(runner.folder, main__json=BAD)
    runner.run(templates="main.json")
    assert "imageRegistryCredentials[0].server of container group 'cg-web-01'" in capfd.readouterr().out


def test_the_outputs_tell_a_fault_and_the_file(runner: Runner) -> None:
    write(runner.folder, main__json=BAD)
    runner.run(templates="main.json")
    assert runner.outputs == {"found": "true", "sarif": str(runner.temp / "acimedic.sarif")}
    assert runner.files == ["main.json"]


def test_without_a_fault_the_step_passes(runner: Runner) -> None:
    write(runner.folder, main__json=GOOD)
    assert runner.run(templates="main.json") == 0
    assert runner.outputs["found"] == "false"
    assert runner.files == []


def test_the_file_is_written_where_it_is_wanted(runner: Runner) -> None:
    write(runner.folder, main__json=GOOD)
    runner.run(templates="main.json", sarif_file="out/found.sarif")
    assert Path(runner.outputs["sarif"]) == Path("out/found.sarif")
    assert Path("out/found.sarif").is_file()


def test_several_templates_become_one_run_of_one_file(runner: Runner) -> None:
    write(runner.folder, a__json=BAD, b__json=GOOD, c__json=BAD)
    assert runner.run(templates="a.json\n\n  b.json\nc.json\n") == 1
    assert len(runner.sarif["runs"]) == 1
    assert runner.files == ["a.json", "c.json"]


def test_every_result_points_at_its_rule(runner: Runner) -> None:
    write(runner.folder, a__json=BAD, b__json=template("other.azurecr.io"))
    runner.run(templates="a.json\nb.json")
    run = runner.sarif["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({each["ruleId"] for each in run["results"]}) > 1
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_of_a_pattern_only_templates_are_checked(runner: Runner) -> None:
    (runner.folder / "infra" / "web").mkdir(parents=True)
    write(runner.folder / "infra", package__json='{"name": "web"}', main__json=GOOD)
    write(runner.folder / "infra" / "web", main__json=BAD)
    assert runner.run(templates="infra/**/*.json") == 1
    assert runner.files == ["infra/web/main.json"]


def test_a_template_that_two_patterns_match_is_checked_once(runner: Runner) -> None:
    write(runner.folder, main__json=BAD)
    runner.run(templates="*.json\nmain.*")
    assert runner.files == ["main.json"]


def test_each_template_has_the_parameters_beside_it(runner: Runner) -> None:
    write(runner.folder, a__json=BY_PARAMETER, b__json=BY_PARAMETER)
    write(runner.folder, a__parameters__json=parameters("https://contoso.azurecr.io"))
    assert runner.run(templates="a.json\nb.json") == 1
    assert runner.files == ["a.json"]


def test_the_parameters_that_are_named_are_used(runner: Runner) -> None:
    write(runner.folder, main__json=BY_PARAMETER, prod__json=parameters("https://contoso.azurecr.io"))
    assert runner.run(templates="main.json", parameters="prod.json") == 1


def test_what_is_likely_fails_only_when_strict(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    write(runner.folder, main__json=template("other.azurecr.io"))
    assert (runner.run(templates="main.json"), runner.run(templates="main.json", strict="true")) == (0, 1)
    assert capfd.readouterr().out.startswith("::warning title=")


def test_a_template_that_cannot_be_checked_fails_and_gives_no_file(
    runner: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file without it would close its alerts."""
    write(runner.folder, a__json=BAD, b__json="{")
    assert runner.run(templates="a.json\nb.json") == 2
    assert runner.outputs == {"found": "true"}
    assert re.search(r"^::error file=b\.json::acimedic: b\.json is not a template", capfd.readouterr().out)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"templates": " \n "}, "'templates' is empty"),
        ({"templates": "*.json"}, "'*.json' matches 0 files"),
        ({"templates": "../*.json"}, "leads out of the folder"),
        ({"templates": "/etc/*.json"}, "leads out of the folder"),
        ({"templates": "a.json", "live": "yes"}, "'live' is 'true' or 'false', not 'yes'"),
        ({"templates": "a.json\nb.json", "parameters": "p.json"}, "'parameters' goes with one template"),
    ],
)
def test_an_input_that_cannot_be_meant_is_said(
    runner: Runner, inputs: dict[str, str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert runner.run(**inputs) == 2
    assert re.search(rf"^::error::.*{re.escape(said)}", capfd.readouterr().out)


def test_where_it_is_deployed_is_passed_on(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    """The command itself says what is no id of a subscription."""
    write(runner.folder, main__json=GOOD)
    assert runner.run(templates="main.json", subscription="--help") == 2
    assert "--subscription (or AZURE_SUBSCRIPTION_ID) takes" in capfd.readouterr().out


@pytest.mark.parametrize("name", ["a\n::error::b.json", "a,line=1.json", "a%0Ab.json", "--live.json"])
def test_a_name_is_no_command_to_the_runner(runner: Runner, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    (runner.folder / name).write_text(BAD, encoding="utf-8")
    assert runner.run(templates="*") == 1
    lines = capfd.readouterr().out.splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == ["::error", "templates"]
    assert lines[0].count(",line=") == 1


def test_a_name_in_a_template_is_no_command_to_the_runner(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    write(runner.folder, main__json=template("https://contoso.azurecr.io", name="cg\r\n::add-mask::x"))
    runner.run(templates="main.json")
    assert [line.partition(" ")[0] for line in capfd.readouterr().out.splitlines()] == ["::error", "templates"]


def test_it_runs_as_the_script_of_the_action_runs_it(runner: Runner) -> None:
    """And no file of the repository stands in for a module."""
    write(runner.folder, main__json=GOOD, checks__py="raise SystemExit(7)\n", json__py="raise SystemExit(7)\n")
    command = [sys.executable, "-P", "-m", "acimedic.cli.preflight_action"]
    done = subprocess.run(
        command, env={**os.environ, **runner.environment(templates="main.json")}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"templates checked: 1 of 1; findings: 0\n")


def test_the_script_installs_the_action_itself_away_from_the_job(runner: Runner) -> None:
    """A program stands in for Python: it makes the environment, and writes down what it is asked for."""
    python = runner.temp / "python"
    python.write_text(
        f'#!/bin/sh\necho "$@" >> {runner.temp}/asked\n'
        f'[ "$3" = venv ] && mkdir -p "$4/bin" && cp "$0" "$4/bin/python"\nexit 0\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    variables = {"GITHUB_ACTION_PATH": "/action", "PREFLIGHT_PYTHON": str(python), "RUNNER_TEMP": str(runner.temp)}
    script = ["bash", str(ROOT / ".github" / "action" / "run")]
    subprocess.run(script, env={**os.environ, **variables}, check=True)
    place = runner.temp / "acimedic"
    assert (runner.temp / "asked").read_text(encoding="utf-8").splitlines() == [
        f"-P -m venv {place}",
        "-P -m pip install --quiet --disable-pip-version-check --no-input /action",
        "-P -m acimedic.cli.preflight_action",
    ]


def test_no_script_of_the_action_has_an_input_put_into_it() -> None:
    assert not any("${{" in step.get("run", "") for step in STEPS)


def test_every_input_is_handed_over_and_read() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    used = re.findall(r"\binputs\.([\w-]+)", text)
    assert set(used) == set(ACTION["inputs"])
    code = (ROOT / "acimedic" / "cli" / "preflight_action.py").read_text(encoding="utf-8")
    for variable, value in CHECK["env"].items():
        name = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
        if name is not None:
            assert variable == f"PREFLIGHT_{name[1].upper().replace('-', '_')}"
            assert f'"{name[1]}"' in code, name[1]


def test_every_output_of_the_action_is_one_of_its_check(runner: Runner) -> None:
    write(runner.folder, main__json=GOOD)
    runner.run(templates="main.json")
    values = {name: f"${{{{ steps.check.outputs.{name} }}}}" for name in runner.outputs}
    assert {name: each["value"] for name, each in ACTION["outputs"].items()} == values


def test_nothing_is_uploaded_unless_it_is_asked_for() -> None:
    upload = next(step for step in STEPS if "upload-sarif" in step.get("uses", ""))
    assert "inputs.upload == 'true'" in upload["if"]
    assert ACTION["inputs"]["upload"]["default"] == "false"


def test_azure_is_not_asked_unless_it_is_wanted() -> None:
    assert ACTION["inputs"]["live"]["default"] == "false"


def test_the_actions_that_it_uses_are_pinned_as_the_workflows_pin_them() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    workflows = "".join(path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    used = re.findall(r"uses: (.*)", text)
    assert all(re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)
    setup = next(each for each in used if each.startswith("actions/setup-python@"))
    assert f"uses: {setup}" in workflows


def log(*checks: str, notes: tuple[int, ...] = ()) -> dict[str, Any]:
    """A log with a result of each check; rules in the order of the checks."""
    names = list(dict.fromkeys(checks))
    told = [{"associatedRule": {"id": names[at], "index": at}} for at in notes]
    run = {
        "tool": {"driver": {"name": "ACI Medic", "rules": [{"id": name} for name in names]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}],
        "results": [{"ruleId": name, "ruleIndex": names.index(name)} for name in checks],
    }
    return {"version": "2.1.0", "runs": [run]}


def test_a_rule_of_two_logs_is_there_once() -> None:
    run = merged([log("a", "b"), log("c", "b")])["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a", "b", "c"]
    assert [each["ruleIndex"] for each in run["results"]] == [0, 1, 2, 1]


def test_a_note_points_at_its_rule_after_merging() -> None:
    run = merged([log("a"), log("b", "a", notes=(0,))])["runs"][0]
    assert run["invocations"][1]["toolExecutionNotifications"] == [{"associatedRule": {"id": "b", "index": 1}}]


def test_what_only_a_later_log_says_is_kept() -> None:
    """Where a file has findings, and the first had none."""
    later = log("a")
    later["runs"][0]["columnKind"] = "unicodeCodePoints"
    assert merged([log(), later])["runs"][0]["columnKind"] == "unicodeCodePoints"


def test_merging_changes_none_of_the_logs() -> None:
    first = log("a")
    before = json.dumps(first)
    merged([first, log("b")])
    assert json.dumps(first) == before


@pytest.mark.parametrize("logs", [[], [{}], [{"runs": []}], [{"runs": [{}]}], [{"runs": [{"tool": 1}]}]])
def test_what_is_no_log_of_ours_is_refused(logs: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="log"):
        merged(logs)
