"""The evidence that is judged, the apps that are started, and what is weighed, are what they are said to be."""

from pathlib import Path

import pytest

import bench.__main__ as table
import checks
from acimedic.diagnosis import diagnose
from bench import cold, weight
from bench.core import evidences
from bench.figure import Figure
from tests.worker.harness import need_library


def test_what_is_judged_comes_to_these_outcomes() -> None:
    causes = {name: diagnose(on, checks.ALL).root_cause for name, on in evidences().items()}
    assert {name: None if cause is None else cause.check for name, cause in causes.items()} == {
        "in order": None,
        "no role": "pull-role-missing",
        "nothing known of the definition": None,
        "as read, with others' roles": "pull-role-missing",
    }


def test_the_evidence_as_read_holds_roles_of_others() -> None:
    (_, access), *_ = evidences()["as read, with others' roles"].access
    assert isinstance(access.everyone, tuple)
    assert len(access.everyone) > 1


def test_the_bare_app_has_our_kinds_of_trigger_and_answers(tmp_path: Path) -> None:
    need_library()
    _, bare = cold.apps(tmp_path)
    with cold.Started(bare, {}) as worker:
        kinds = {
            binding["type"]
            for function in worker.functions.values()
            for binding in function["bindings"]
            if binding["type"].endswith("Trigger")
        }
        answer = worker.post({})
    assert kinds == {"eventGridTrigger", "httpTrigger", "orchestrationTrigger", "activityTrigger"}
    assert (answer.status, answer.body) == (200, b"{}")
    assert {"init", "functions"} <= set(worker.took)


def test_what_is_needed_by_what_we_need_is_weighed_too() -> None:
    found = weight.closure(["azure-identity"])
    assert {"azure-identity", "azure-core", "msal", "cryptography"} <= set(found)


def test_what_is_not_installed_weighs_nothing() -> None:
    assert weight.closure(["there-is-no-such-distribution"]) == {}


def test_the_package_holds_something() -> None:
    assert weight.package_kib() > 100


@pytest.mark.parametrize("name", table.NAMES)
def test_every_benchmark_has_its_figures(name: str) -> None:
    assert callable(table._figures(name))


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main(["speed"]) == 2
    assert "speed" in capsys.readouterr().err


@pytest.mark.parametrize(("value", "word"), [(1, "met"), (3, "MISSED")])
def test_the_table_says_whether_a_target_is_met(value: float, word: str) -> None:
    figure = Figure(name="requests", value=value, unit="reads", method="m", target=2)
    assert table.line(figure).split() == ["requests", f"{value}", "reads", "at", "most", "2", word]
