"""Where a command keeps things on this machine, when no setting says."""

from pathlib import Path

from acimedic.cli.own_store import settings_with_store

GATEWAY = {"ACIMEDIC_GATEWAY": "http://127.0.0.1:4711"}


def store(folder: Path, **environment: str) -> str | None:
    return settings_with_store({"XDG_STATE_HOME": str(folder), **environment}).store


def test_what_is_make_believe_is_not_kept_among_what_is_real(tmp_path: Path) -> None:
    assert store(tmp_path) == str(tmp_path / "acimedic" / "acimedic.db")
    assert store(tmp_path, **GATEWAY) == str(tmp_path / "acimedic" / "gateway-acimedic.db")


def test_a_store_that_a_setting_names_is_the_one(tmp_path: Path) -> None:
    named = str(tmp_path / "here.db")
    assert store(tmp_path, ACIMEDIC_STORE=named, **GATEWAY) == named
