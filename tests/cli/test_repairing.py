"""`plan`, `apply`, `verify` and `undo`: the person at the terminal decides, and the policy is asked all the same."""

import copy
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.history import History
from tests.cli.conftest import Terminal

Open = Callable[..., Terminal]
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_plan_is_shown_and_nothing_is_changed(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    code, out, _ = here.run("plan", incident)
    assert code == 1
    for part in ("assign AcrPull at registry 'contoso'", "risk", "undo", "allowed", "pairs[0] of the policy"):
        assert part in out
    assert not here.writes


def test_a_plan_as_json_holds_what_the_report_holds(terminal: Open) -> None:
    here = terminal()
    code, out, _ = here.run("plan", here.diagnosed(), "--format", "json")
    plan = json.loads(out)["plan"]
    assert (code, plan["allowed"], len(plan["steps"])) == (1, True, 1)
    assert len(plan["hash"]) == 64


def test_applied_verified_and_undone_azure_is_as_before(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    before = copy.deepcopy(here.azure.world)
    code, out, _ = here.run("apply", incident, "--yes")
    assert (code, "applied:" in out) == (0, True)
    assert len(here.assignments) == len(before["roleAssignments"]) + 1
    code, out, _ = here.run("verify", incident)
    assert (code, out.startswith("not-yet:")) == (1, True)  # ten minutes have not passed
    code, out, _ = here.run("undo", incident, "--yes")
    assert (code, "undone:" in out) == (0, True)
    assert {**here.azure.world, "caller": before.get("caller")} == {**before, "caller": before.get("caller")}


def test_applied_twice_it_is_changed_once(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    assert here.run("apply", incident, "--yes")[0] == 0
    here.run("apply", incident, "--yes")
    assert here.writes == ["PUT"]


def test_what_was_refused_or_undone_may_be_applied_anew(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.azure.world["faults"] = [{"method": "PUT", "path": "roleAssignments", "status": 403}]
    assert here.run("apply", incident, "--yes")[0] == 1
    here.azure.world["faults"] = []
    before = len(here.assignments)
    assert here.run("apply", incident, "--yes")[0] == 0
    assert here.run("undo", incident, "--yes")[0] == 0
    assert len(here.assignments) == before
    assert here.run("apply", incident, "--yes")[0] == 0
    assert len(here.assignments) == before + 1


def test_both_steps_of_a_plan_are_carried_out(terminal: Open) -> None:
    here = terminal("trusted-services-off-and-role-missing")
    assert here.run("apply", here.diagnosed(), "--yes")[0] == 0
    assert sorted(here.writes) == ["PATCH", "PUT"]


def test_nobody_there_to_ask_is_no_yes(terminal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here = terminal()
    incident = here.diagnosed()
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = here.run("apply", incident)
    assert (code, "--yes" in err) == (2, True)
    assert not here.writes


def test_in_mode_observe_nothing_is_changed_even_with_yes(terminal: Open) -> None:
    here = terminal(mode="observe")
    code, out, _ = here.run("apply", here.diagnosed(), "--yes")
    assert (code, "the mode is observe" in out) == (1, True)
    assert not here.writes


def test_a_policy_that_does_not_name_the_pair_is_asked_all_the_same(terminal: Open) -> None:
    other = "/subscriptions/b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218/resourceGroups/rg-x/providers"
    pair = {
        "registry": f"{other}/Microsoft.ContainerRegistry/registries/other",
        "identity": f"{other}/Microsoft.ManagedIdentity/userAssignedIdentities/other",
    }
    here = terminal(pairs=[pair])
    code, out, _ = here.run("apply", here.diagnosed(), "--yes")
    assert (code, "does not name" in " ".join(out.split())) == (1, True)
    assert not here.writes


def test_in_mode_auto_a_person_at_the_terminal_is_asked_too(terminal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here = terminal(mode="auto")
    incident = here.diagnosed()
    monkeypatch.setattr("sys.stdin", None)
    assert here.run("apply", incident)[0] == 2
    assert not here.writes
    assert here.run("apply", incident, "--yes")[0] == 0


def test_a_registry_whose_owner_did_not_consent_stays_as_it_is(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.azure.world["faults"] = [{"method": "PUT", "path": "roleAssignments", "status": 403}]
    code, out, _ = here.run("apply", incident, "--yes")
    assert (code, "refused:" in out) == (1, True)


def test_what_was_never_changed_is_neither_verified_nor_undone(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    assert here.run("verify", incident)[:2] == (
        1,
        "Nothing was changed for this incident, so there is nothing to verify.\n",
    )
    assert here.run("undo", incident, "--yes")[0] == 0
    assert not here.writes


@pytest.mark.parametrize(
    "command", [["plan"], ["apply", "--yes"], ["undo", "--yes"], ["verify"], ["incidents", "show"]]
)
@pytest.mark.parametrize("incident", [NOBODY, "../../etc/passwd", "x" * 5000, "'; DROP TABLE", ""])
def test_an_incident_that_is_not_there_is_one_clear_line(terminal: Open, command: list[str], incident: str) -> None:
    here = terminal()
    code, out, err = here.run(*command, incident)
    assert (code, out) == (2, "")
    assert err == "acimedic: there is no incident of this id (any more)\n"


def test_while_another_process_runs_the_stories_the_decision_is_left_for_it(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    incident = here.diagnosed()
    running = History(tmp_path / "acimedic.db.stories")
    running.hold()
    try:
        code, out, err = here.run("apply", incident, "--yes")
    finally:
        running.close()
    assert code == 1
    assert "received" in out
    assert not here.writes
    assert not err


def test_a_damaged_store_is_one_clear_line(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    (tmp_path / "acimedic.db").write_bytes(b"this is no database" * 100)
    code, out, err = here.run("incidents")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_locked_store_is_one_clear_line(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    here.diagnosed()
    with sqlite3.connect(tmp_path / "acimedic.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, _, err = here.run("undo", NOBODY, "--yes")
        other.execute("ROLLBACK")
    assert code == 2
    assert "no incident" in err or "store" in err


def lost(azure: Any, method: str) -> None:
    """The next such request is carried out, and its answer never arrives."""
    azure.world["faults"] = [{"method": method, "path": "roleAssignments", "disconnect": True}]


def test_a_change_that_was_undone_while_it_was_pending_is_not_made_later(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    before = len(here.assignments)
    lost(here.azure, "PUT")
    code, out, _ = here.run("apply", incident, "--yes")
    assert (code, "applying:" in out) == (1, True)
    assert f"'acimedic undo {incident}' takes it back" in " ".join(out.split())
    here.azure.world["faults"] = []
    code, out, _ = here.run("undo", incident, "--yes")
    assert (code, "undone:" in out) == (0, True)
    for command in (["verify"], ["apply", "--yes"], ["undo", "--yes"]):
        here.run(*command[:1], incident, *command[1:])
        here.azure.world["faults"] = []
    here.run("undo", incident, "--yes")
    assert len(here.assignments) == before


def test_an_answer_that_never_came_to_an_undo_is_one_clear_line(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    lost(here.azure, "DELETE")
    code, _, err = here.run("undo", incident, "--yes")
    assert (code, err.count("\n")) == (2, 1)
    assert "the same command goes on from where this stopped" in err
    here.azure.world["faults"] = []
    assert here.run("undo", incident, "--yes")[0] == 0


def test_verify_changes_nothing_even_where_a_change_is_pending(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    lost(here.azure, "PUT")
    here.run("apply", incident, "--yes")
    here.azure.world["faults"] = []
    here.azure.requests.clear()
    here.run("verify", incident)
    assert not here.writes


def test_a_plan_that_is_out_of_date_makes_way_for_the_one_that_is_shown(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    incident = here.diagnosed()
    lost(here.azure, "nothing")
    history = tmp_path / "acimedic.db.stories"
    assert not history.exists()
    here.offer(incident)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(json.loads(policy.read_text()) | {"changes_per_hour": 5}))
    assert here.run("apply", incident, "--yes")[0] == 0
    assert here.writes == ["PUT"]


def test_applied_again_it_says_that_it_was_carried_out(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    code, out, _ = here.run("apply", incident, "--yes")
    assert (code, "It was carried out already." in out) == (0, True)


def test_an_assignment_that_somebody_has_made_his_own_is_kept(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    known = set(here.azure.world["roleAssignments"])
    here.run("apply", incident, "--yes")
    (ours,) = set(here.azure.world["roleAssignments"]) - known
    here.azure.world["roleAssignments"][ours]["properties"]["description"] = "kept on purpose, ask the platform team"
    code, out, _ = here.run("undo", incident, "--yes")
    assert (code, "kept:" in out) == (1, True)
    assert ours in here.azure.world["roleAssignments"]


class Person(io.StringIO):
    """Somebody who says yes; something happens while they read."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__("y\n")
        self._happens = happens

    def isatty(self) -> bool:
        return True

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # as typeshed has it
        self._happens()
        return super().readline(size)


def test_whoever_says_yes_has_it_carried_out(terminal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here = terminal()
    incident = here.diagnosed()
    monkeypatch.setattr("sys.stdin", Person(lambda: None))
    assert here.run("apply", incident)[0] == 0
    assert here.writes == ["PUT"]


def test_a_yes_is_to_the_plan_that_was_shown_and_to_no_other(terminal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here = terminal()
    incident = here.diagnosed()
    monkeypatch.setattr("sys.stdin", Person(lambda: _made_anew(here)))
    code, _, err = here.run("apply", incident)
    assert (code, "the plan has changed since it was shown" in err) == (2, True)
    assert not here.writes


def _made_anew(here: Terminal) -> None:
    """Somebody makes the identity anew, so that the role would go to another principal."""
    here.azure.world["identities"]["pull"]["properties"]["principalId"] = "11111111-2222-4333-8444-666666666666"
