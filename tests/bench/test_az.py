"""The comparison with `az` is void where a command fails or says something else; its figures are those of its runs."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import bench.__main__ as table
from bench import az
from bench.figure import NotMeasuredError
from bench.six import Az, Failure, WrongAnswerError, find_out
from tests.scenarios.running import load

WORLD = load(az.SCENARIO)
PULL = WORLD["identities"]["pull"]
REGISTRY = WORLD["registries"]["contoso"]
DEPLOYMENT = WORLD["deployments"]["web"]


def answers() -> dict[str, Any]:
    """What `az` says of the world, by command, without what nobody reads."""
    return {
        "deployment group list": [
            {"name": "other", "properties": {"correlationId": "another"}},
            {"name": DEPLOYMENT["name"], "properties": DEPLOYMENT["properties"]},
        ],
        "deployment operation group list": DEPLOYMENT["x-operations"],
        "deployment group export": DEPLOYMENT["x-template"],
        "identity show": {"name": PULL["name"], **PULL["properties"]},
        "acr show": {"id": REGISTRY["id"], **REGISTRY["properties"]},
        "role assignment list": [],
    }


class Told:
    """Answers each command as it was told, and remembers what was typed."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.typed: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, command: str, **options: Any) -> Any:
        self.typed.append((command, options))
        return self.said[command]


def a_program(folder: Path, text: str) -> Path:
    file = folder / "az"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o700)
    return file


def test_the_six_find_the_principal_without_a_role_and_the_registry() -> None:
    assert find_out(Told(answers()), Failure.of(WORLD)) == (PULL["properties"]["principalId"], REGISTRY["id"])


def test_each_command_is_typed_once_with_what_the_one_before_it_told() -> None:
    person = Told(answers())
    find_out(person, Failure.of(WORLD))
    assert [command for command, _ in person.typed] == list(answers())
    assert person.typed[3][1] == {"resource_group": "rg-orders-prod", "name": "id-pull"}
    assert person.typed[5][1]["assignee"] == PULL["properties"]["principalId"]


def the_other_deployment(said: dict[str, Any]) -> None:
    said["deployment group list"].pop()


def another_error(said: dict[str, Any]) -> None:
    said["deployment operation group list"][0]["properties"]["statusMessage"] = {"error": {"code": "Conflict"}}


def no_group(said: dict[str, Any]) -> None:
    said["deployment group export"]["resources"] = []


def another_registry(said: dict[str, Any]) -> None:
    said["acr show"]["loginServer"] = "fabrikam.azurecr.io"


def a_role(said: dict[str, Any]) -> None:
    said["role assignment list"] = [{"roleDefinitionName": "AcrPull"}]


@pytest.mark.parametrize("change", [the_other_deployment, another_error, no_group, another_registry, a_role])
def test_an_answer_that_says_something_else_makes_the_comparison_void(change: Callable[[dict[str, Any]], None]) -> None:
    said = deepcopy(answers())
    change(said)
    with pytest.raises(WrongAnswerError):
        find_out(Told(said), Failure.of(WORLD))


def test_a_command_that_fails_makes_the_comparison_void(tmp_path: Path) -> None:
    program = a_program(tmp_path, "echo '[]'; echo 'Please run az login' >&2; exit 1")
    with pytest.raises(WrongAnswerError, match="az acr show ended with 1: Please run az login"):
        Az(program, {})("acr show", name="contoso")


def test_a_command_gets_its_options_by_their_names_and_its_time_is_kept(tmp_path: Path) -> None:
    person = Az(a_program(tmp_path, """printf '"%s"' "$*" """), {})
    said = person("role assignment list", assignee="a", include_inherited=True)
    assert said == "role assignment list --output json --assignee a --include-inherited"
    assert [command for command, _ in person.took] == ["role assignment list"]


def a_run(ours: float, theirs: float) -> az.Run:
    return az.Run(ours=ours, theirs=theirs, ours_cpu=ours, theirs_cpu=4 * ours, commands=(("acr show", theirs),))


def test_the_figure_is_the_median_of_the_ratios_of_pairs() -> None:
    runs = [a_run(1, 9), a_run(2, 8), a_run(1, 6)]
    figures = {figure.name: figure for figure in az.told(runs, (20, 9))}
    first = next(iter(figures.values()))
    assert (first.value, first.met) == (6, True)
    assert "4.00 to 9.00" in first.method
    assert "acr show 8.00" in first.method
    assert [figures["requests, ours"].value, figures["requests, six az"].value] == [20, 9]


def test_less_than_five_times_faster_is_missed() -> None:
    first = next(az.told([a_run(1, 4.9)], (20, 9)))
    assert table.line(first).split()[-1] == "MISSED"


def test_without_azure_cli_the_reason_is_said(tmp_path: Path) -> None:
    taken = tmp_path / "az"
    taken.write_text("a file where the environment would be", encoding="utf-8")
    with pytest.raises(NotMeasuredError, match=r"azure-cli 2\.91\.0 could not be installed"):
        az.azure_cli(taken)


def test_an_environment_that_was_made_before_is_used_again(tmp_path: Path) -> None:
    (tmp_path / f".azure-cli-{az.VERSION}").touch()
    assert az.azure_cli(tmp_path) == tmp_path / "bin" / "az"
