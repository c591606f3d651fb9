"""What is released, by whom, and with which rights: the workflows, the forms, and the package."""

import re
import runpy
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import acimedic
from tests.worker.shipping import of_the_app, ships

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = {path.name: path for path in sorted((GITHUB / "workflows").glob("*.yml"))}
FORMS = {path.name: path for path in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"}
# What a job may be given beyond reading, and by which workflow.
WRITES = {"release.yml": {"publish": {"contents", "id-token", "attestations"}}}


def read(path: Path) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def jobs(name: str) -> dict[str, Any]:
    found: dict[str, Any] = read(WORKFLOWS[name])["jobs"]
    return found


def test_there_are_the_workflows_that_these_tests_hold() -> None:
    assert set(WORKFLOWS) == {"audit.yml", "test.yml", "release.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_rights_but_what_a_job_asks_for(name: str) -> None:
    assert read(WORKFLOWS[name])["permissions"] == {}
    assert all("permissions" in job for job in jobs(name).values())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_job_may_write_only_what_its_work_is(name: str) -> None:
    for job, said in jobs(name).items():
        written = {right for right, level in said["permissions"].items() if level != "read"}
        assert written == WRITES.get(name, {}).get(job, set())


def test_what_may_write_runs_nothing_of_the_repository() -> None:
    for name, granted in WRITES.items():
        for job in granted:
            used = [step.get("uses", "") for step in jobs(name)[job]["steps"]]
            assert not any(each.startswith("actions/checkout@") for each in used)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_job_has_an_end(name: str) -> None:
    assert all(job["timeout-minutes"] <= 90 for job in jobs(name).values())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_by_a_commit_and_says_its_version(name: str) -> None:
    used = re.findall(r"uses: (.*)", WORKFLOWS[name].read_text(encoding="utf-8"))
    assert used
    for each in used:
        if each == "./":  # the action of this very commit
            continue
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each


def test_one_version_of_an_action_is_used_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in WORKFLOWS.values():
        for action, pin in re.findall(r"uses: ([^@]+)@(.*)", path.read_text(encoding="utf-8")):
            pins.setdefault(action, set()).add(pin)
    assert {action for action, found in pins.items() if len(found) > 1} == set()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_checkout_leaves_its_token_behind(name: str) -> None:
    for job in jobs(name).values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_command_has_something_of_an_event_put_into_it(name: str) -> None:
    """A branch's or tag's name is whatever its author wants; it comes as a variable."""
    for job in jobs(name).values():
        assert not any("${{" in step.get("run", "") for step in job["steps"])


def test_the_tests_run_on_each_python_that_is_promised() -> None:
    classifiers = [each.rpartition(" :: ")[2] for each in PROJECT["project"]["classifiers"] if "Python :: 3." in each]
    assert jobs("test.yml")["test"]["strategy"]["matrix"]["python"] == classifiers
    assert PROJECT["project"]["requires-python"] == f">={classifiers[0]}"


@pytest.mark.parametrize(("name", "job"), [("test.yml", "test"), ("release.yml", "build")])
def test_all_that_has_to_hold_is_run(name: str, job: str) -> None:
    assert any(step.get("run") == "bash .ci/run" for step in jobs(name)[job]["steps"])


def test_the_version_is_written_in_one_place() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "acimedic.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", acimedic.__version__)


def test_the_changelog_has_a_place_for_what_comes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(Unreleased|{re.escape(acimedic.__version__)})\]", text, re.MULTILINE)


def test_dependabot_looks_after_the_packages_and_the_actions() -> None:
    looked = {each["package-ecosystem"] for each in read(GITHUB / "dependabot.yml")["updates"]}
    assert looked == {"pip", "github-actions"}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_warns_of_secrets_and_asks_to_have_looked(name: str) -> None:
    body = read(FORMS[name])["body"]
    assert "secrets" in body[0]["attributes"]["value"]
    assert "SECURITY.md" in body[0]["attributes"]["value"]
    assert [each["type"] for each in body].count("checkboxes") == 1
    assert body[-1]["attributes"]["options"][0]["required"] is True


@pytest.mark.parametrize("name", FORMS)
def test_a_form_asks_for_the_report(name: str) -> None:
    assert "acimedic diagnose --format json" in FORMS[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMS)
def test_a_form_has_no_two_fields_of_one_name(name: str) -> None:
    ids = [each["id"] for each in read(FORMS[name])["body"] if "id" in each]
    assert len(ids) == len(set(ids))


def test_the_form_about_a_diagnosis_asks_for_the_bundle() -> None:
    assert "bundle" in [each.get("id") for each in read(FORMS["wrong-diagnosis.yml"])["body"]]


def test_every_owned_path_is_there() -> None:
    for line in (GITHUB / "CODEOWNERS.example").read_text(encoding="utf-8").splitlines():
        path = line.partition(" ")[0]
        if path.startswith("/"):
            assert list(ROOT.glob(path.strip("/"))), path


def test_every_page_that_the_security_page_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / "SECURITY.md").read_text(encoding="utf-8")):
        assert (ROOT / target).is_file(), target


def test_the_package_holds_the_app_and_nothing_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(tmp_path)) as found:
        names = set(found.namelist())
    assert {"function_app.py", "host.json", "requirements.txt", "acimedic/__init__.py"} <= names
    assert {name for name in names if not (of_the_app(name) and ships(name))} == set()


def test_the_package_is_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    assert packed(tmp_path).read_bytes() == packed(tmp_path / "again").read_bytes()


def test_the_package_bears_the_version(tmp_path: Path) -> None:
    assert packed(tmp_path).name == f"acimedic-{acimedic.__version__}.zip"


def packed(folder: Path) -> Path:
    script = runpy.run_path(str(ROOT / ".ci" / "package.py"), run_name="package")
    made: Path = script["pack"](folder)
    return made


@pytest.mark.parametrize(
    "name",
    ["requirements-audit.txt", "requirements-dev.txt", "requirements-infra.txt", "requirements-release.txt"],
)
def test_every_tool_is_pinned(name: str) -> None:
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r ")):
            assert re.match(r"[\w.-]+==[\w.]+( #.*)?$", line), line


def test_every_rule_that_the_scanner_leaves_out_has_a_reason() -> None:
    text = (ROOT / ".checkov.yaml").read_text(encoding="utf-8")
    left_out = yaml.safe_load(text)["skip-check"]
    assert re.findall(r"^  - (CKV_AZURE_\d+) # \w.{10,}$", text, re.MULTILINE) == left_out
