"""`acimedic incidents`: what is kept, and the trail of it."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

Open = Callable[..., Terminal]


def test_without_incidents_it_says_so(terminal: Open) -> None:
    assert terminal().run("incidents")[:2] == (0, "No incidents are kept here.\n")


def test_what_was_diagnosed_is_listed(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    for words in (("incidents",), ("incidents", "list")):
        code, out, _ = here.run(*words)
        assert code == 0
        assert incident in out
        assert "pull-role-missing" in out
        assert "cg-web-01" in out


def test_the_same_failure_diagnosed_twice_is_one_incident(terminal: Open) -> None:
    here = terminal()
    here.diagnosed()
    here.diagnosed()
    _, out, _ = here.run("incidents", "list", "--format", "json")
    assert len(json.loads(out)["incidents"]) == 1


def test_a_list_may_be_narrowed_to_a_state(terminal: Open) -> None:
    here = terminal()
    here.diagnosed()
    assert (
        len(json.loads(here.run("incidents", "list", "--state", "received", "--format", "json")[1])["incidents"]) == 1
    )
    assert json.loads(here.run("incidents", "list", "--state", "proved", "--format", "json")[1])["incidents"] == []


def test_one_is_shown_with_its_trail(terminal: Open) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    code, out, _ = here.run("incidents", "show", incident, "--audit")
    assert code == 0
    for part in (
        "state        applied",
        "decision",
        "decided: approve",
        "intent",
        "receipt",
        "each sealed over the one",
    ):
        assert part in out


def test_one_as_json_holds_its_report_and_its_trail(terminal: Open) -> None:
    here = terminal()
    _, out, _ = here.run("incidents", "show", here.diagnosed(), "--audit", "--format", "json")
    document = json.loads(out)
    assert document["report"]["root_cause"] == "pull-role-missing"
    assert document["audit"]["sound"] is True
    assert [entry["kind"] for entry in document["audit"]["entries"]] == ["diagnosed"]


def test_a_trail_that_was_altered_is_said_and_is_exit_code_1(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    with sqlite3.connect(tmp_path / "acimedic.db") as database:
        changed = database.execute(
            "UPDATE line SET document = replace(document, 'decided', 'derided')"
            " WHERE document LIKE '%seal%' AND document LIKE '%decided%'"
        )
        assert changed.rowcount
    code, out, _ = here.run("incidents", "show", incident, "--audit")
    assert (code, "BROKEN at entry" in out) == (1, True)


def test_what_a_caller_supplied_is_not_kept(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    event, error = tmp_path / "event.json", tmp_path / "error.txt"
    event.write_text(json.dumps(here.azure.world["event"]), encoding="utf-8")
    error.write_text("InaccessibleImage: The image 'a.azurecr.io/b:1' is not accessible.", encoding="utf-8")
    here.run("diagnose", "--event", str(event), "--error", str(error))
    assert here.run("incidents")[1] == "No incidents are kept here.\n"


def test_a_store_that_cannot_be_written_costs_no_report(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    (tmp_path / "acimedic.db").mkdir()
    event = tmp_path / "event.json"
    event.write_text(json.dumps(here.azure.world["event"]), encoding="utf-8")
    code, out, err = here.run("diagnose", "--event", str(event))
    assert code == 1
    assert "AcrPull" in out
    assert err.startswith("acimedic: the incident could not be kept: ")


def test_one_is_deleted_with_all_that_belongs_to_it(terminal: Open, tmp_path: Path) -> None:
    here = terminal()
    incident = here.diagnosed()
    here.run("apply", incident, "--yes")
    code, out, _ = here.run("incidents", "forget", incident, "--yes")
    assert (code, incident in out) == (0, True)
    assert here.run("incidents", "show", incident)[0] == 2
    here.run("incidents")  # a connection that is opened and closed leaves everything in the one file
    for name in ("acimedic.db", "acimedic.db.stories"):
        assert incident.encode() not in (tmp_path / name).read_bytes()


def test_nothing_is_deleted_unless_somebody_says_yes(terminal: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here = terminal()
    incident = here.diagnosed()
    monkeypatch.setattr("sys.stdin", None)
    assert here.run("incidents", "forget", incident)[0] == 2
    assert here.run("incidents", "show", incident)[0] == 0
