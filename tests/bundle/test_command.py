"""`acimedic diagnose --bundle`: offline, and one clear line for whatever is no bundle."""

import json
from pathlib import Path

import pytest

from acimedic.bundle import MOST_BYTES
from tests import build
from tests.bundle.test_bundle import bundle, told
from tests.scenarios.running import command

# Whoever read the settings would stumble over these.
BROKEN = {"ACIMEDIC_GATEWAY": "no address", "ACIMEDIC_MODE": "no mode"}


def saved(folder: Path, content: bytes) -> str:
    path = folder / "bundle.json"
    path.write_bytes(content)
    return str(path)


def refusal(folder: Path, content: bytes) -> str:
    """What is said of a file that is no bundle."""
    code, out, err = command(["diagnose", "--bundle", saved(folder, content)], "", BROKEN)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    return err


def test_the_report_is_the_one_that_was_made_from_azure(tmp_path: Path) -> None:
    file = saved(tmp_path, bundle(build.without_role()))
    code, out, err = command(["diagnose", "--bundle", file, "--format", "json"], "", BROKEN)
    assert (code, err) == (1, "")
    assert json.loads(out) == json.loads(json.dumps(told(build.without_role())))


def test_nothing_is_proposed(tmp_path: Path) -> None:
    file = saved(tmp_path, bundle(build.without_role()))
    _, out, _ = command(["diagnose", "--bundle", file, "--format", "json"], "", BROKEN)
    assert json.loads(out)["plan"] is None


def test_a_bundle_without_a_cause_is_no_failure_of_the_command(tmp_path: Path) -> None:
    file = saved(tmp_path, bundle(build.HEALTHY))
    code, out, _ = command(["diagnose", "--bundle", file, "--format", "json"], "", BROKEN)
    assert (code, json.loads(out)["outcome"]) == (0, "undetermined")


def test_a_bundle_may_come_from_standard_input() -> None:
    content = bundle(build.without_role()).decode()
    code, out, err = command(["diagnose", "--bundle", "-", "--format", "json"], content, BROKEN)
    assert (code, err, json.loads(out)["root_cause"]) == (1, "", "pull-role-missing")


def test_a_make_believe_azure_is_told(tmp_path: Path) -> None:
    file = saved(tmp_path, bundle(build.HEALTHY, gateway=True))
    _, out, _ = command(["diagnose", "--bundle", file, "--format", "json"], "", BROKEN)
    assert json.loads(out)["gateway"] is True


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is not JSON, or it was cut off"),
        (b"[" * 100_000, "it is not JSON, or it was cut off"),
        (b"{}", "it is not the bundle of an incident"),
        (b'{"bundle": 7}', "it is of another version than 1"),
        (b" " * (MOST_BYTES + 1), f"too long: more than {MOST_BYTES} bytes"),
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    assert why in refusal(tmp_path, content)


def test_a_bundle_that_was_changed_is_refused(tmp_path: Path) -> None:
    content = bundle(build.without_role()).replace(b"id-pull", b"id-evil")
    assert "it is damaged or was changed" in refusal(tmp_path, content)


@pytest.mark.parametrize("more", [["--correlation-id", "x"], ["--error", "-"], ["--template", "-"]])
def test_a_bundle_stands_alone(tmp_path: Path, more: list[str]) -> None:
    code, _, err = command(["diagnose", "--bundle", saved(tmp_path, bundle(build.HEALTHY)), *more], "", BROKEN)
    assert (code, err) == (2, "acimedic: a bundle brings everything along: --bundle goes with --format alone\n")
