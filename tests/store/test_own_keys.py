"""The keys of a store that is a file, and where it lies when no setting says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from acimedic.store.chain import AuditKeys
from acimedic.store.opening import file_of
from acimedic.store.own_keys import OwnKeys, _make, default_path, own_keys
from acimedic.store.trouble import StoreSettingError

_MAKE = "import sys; from pathlib import Path; from acimedic.store.own_keys import own_keys as k; "
_SAY = _MAKE + "sys.stdin.readline(); made = k(Path(sys.argv[1])); print(made.audit, made.approval)"
posix = pytest.mark.skipif(os.name != "posix", reason="modes and owners are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "acimedic.db"


def keys_of(path: Path) -> Path:
    return path.with_name("acimedic.db.keys")


def kept(path: Path, text: str, mode: int = 0o600) -> Path:
    """A file of keys as somebody left it."""
    keys_of(path).write_text(text, encoding="utf-8")
    keys_of(path).chmod(mode)
    return keys_of(path)


def refusal(path: Path) -> str:
    """What is said to whoever asks for the keys."""
    with pytest.raises(StoreSettingError) as raised:
        own_keys(path)
    return str(raised.value)


def test_asked_again_the_keys_are_the_same(path: Path) -> None:
    assert own_keys(path) == own_keys(path)


def test_each_database_has_its_own_keys(tmp_path: Path) -> None:
    made = [own_keys(tmp_path / name) for name in ("one.db", "two.db")]
    assert len({key for each in made for key in (each.audit, each.approval)}) == 4


def test_the_keys_are_such_as_the_audit_takes(path: Path) -> None:
    audit = own_keys(path).audit
    assert len(audit) == 64
    assert AuditKeys(audit.encode()).current == audit.encode()


def test_nothing_but_the_keys_is_left_beside_the_database(path: Path) -> None:
    own_keys(path)
    assert [each.name for each in path.parent.iterdir()] == ["acimedic.db.keys"]


@posix
def test_the_keys_are_their_owners_alone_whatever_the_process_grants(path: Path) -> None:
    earlier = os.umask(0)
    try:
        own_keys(path)
    finally:
        os.umask(earlier)
    assert keys_of(path).stat().st_mode & 0o777 == 0o600


def test_printed_the_keys_are_not_shown(path: Path) -> None:
    made = own_keys(path)
    assert made.audit not in repr(made)
    assert made.approval not in repr(made)


def test_of_many_processes_that_begin_at_once_all_have_the_same_keys(path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _SAY, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in processes]
    made = own_keys(path)
    assert said == [[made.audit, made.approval]] * 6


def test_keys_made_meanwhile_by_another_are_not_written_over(path: Path) -> None:
    """It has looked, found none, and begins to make them; the other was done by then."""
    theirs = own_keys(path)
    _make(keys_of(path))
    assert own_keys(path) == theirs


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o601])
def test_keys_that_others_may_read_or_write_are_refused(path: Path, mode: int) -> None:
    own_keys(path)
    keys_of(path).chmod(mode)
    assert f"{mode:04o}" in refusal(path)


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_keys_that_belong_to_somebody_else_are_refused(path: Path) -> None:
    own_keys(path)
    os.chown(keys_of(path), 65534, 65534)
    assert "somebody else" in refusal(path)


@posix
def test_a_symbolic_link_is_refused_wherever_it_points(path: Path) -> None:
    own_keys(path.with_name("other.db"))
    keys_of(path).symlink_to(path.with_name("other.db.keys"))
    assert "symbolic link" in refusal(path)


@posix
def test_through_a_symbolic_link_to_nothing_no_keys_are_made(path: Path) -> None:
    keys_of(path).symlink_to(path.with_name("nothing"))
    assert "symbolic link" in refusal(path)
    assert not path.with_name("nothing").exists()


@posix
def test_a_pipe_in_their_place_is_refused_without_waiting(path: Path) -> None:
    os.mkfifo(keys_of(path), 0o600)
    assert "no file" in refusal(path)


def test_a_folder_in_their_place_is_refused(path: Path) -> None:
    keys_of(path).mkdir(mode=0o700)
    assert "keys" in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "[" * 9_000,
        '{"v":1}',
        '{"v":1,"audit":"' + "a" * 64 + '"}',
        '{"v":1,"audit":"short","approval":"' + "b" * 64 + '"}',
        '{"v":1,"audit":"' + "a" * 64 + '","approval":"' + "a" * 64 + '"}',
        '{"v":1,"audit":["' + "a" * 64 + '"],"approval":"' + "b" * 64 + '"}',
        '{"v":1,"audit":"' + "\\ud800" * 64 + '","approval":"' + "b" * 64 + '"}',
        '{"v":1,"audit":"' + "a" * 20_000 + '","approval":"' + "b" * 64 + '"}',
    ],
)
def test_damaged_keys_are_refused_left_alone_and_not_repeated(path: Path, text: str) -> None:
    file = kept(path, text)
    said = refusal(path)
    assert "damaged" in said
    assert "aaaa" not in said
    assert file.read_text(encoding="utf-8") == text


def test_what_a_newer_version_adds_to_the_keys_is_overlooked(path: Path) -> None:
    kept(path, json.dumps({"v": 1, "audit": "a" * 40, "approval": "b" * 40, "third": "c"}))
    assert own_keys(path) == OwnKeys("a" * 40, "b" * 40)


def test_in_a_folder_that_is_not_there_no_keys_are_made(path: Path) -> None:
    assert "ACIMEDIC_AUDIT_KEY" in refusal(path.parent / "gone" / "acimedic.db")


def test_the_state_folder_is_the_one_that_is_set(tmp_path: Path) -> None:
    found = default_path({"XDG_STATE_HOME": str(tmp_path / "state"), "HOME": str(tmp_path / "home")}, windows=False)
    assert found == tmp_path / "state" / "acimedic" / "acimedic.db"


@pytest.mark.parametrize("relative", ["", "state", "./state"])
def test_without_an_absolute_one_it_is_below_the_home_folder(tmp_path: Path, relative: str) -> None:
    found = default_path({"XDG_STATE_HOME": relative, "HOME": str(tmp_path)}, windows=False)
    assert found == tmp_path / ".local" / "state" / "acimedic" / "acimedic.db"


def test_on_windows_it_is_in_the_local_application_data(tmp_path: Path) -> None:
    found = default_path({"LOCALAPPDATA": str(tmp_path), "HOME": "/elsewhere"}, windows=True)
    assert found == tmp_path / "acimedic" / "acimedic.db"


@posix
def test_every_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    found = default_path({"HOME": str(tmp_path)}, windows=False)
    made = [each for each in found.parents if each.is_relative_to(tmp_path) and each != tmp_path]
    assert {each.stat().st_mode & 0o777 for each in made} == {0o700}


def test_the_folder_is_made_once_and_its_file_not_at_all(tmp_path: Path) -> None:
    first, again = (default_path({"HOME": str(tmp_path)}, windows=False) for _ in range(2))
    assert first == again
    assert list(first.parent.iterdir()) == []


def test_the_place_is_one_that_the_setting_would_take(tmp_path: Path) -> None:
    found = default_path({"HOME": str(tmp_path)}, windows=False)
    assert file_of(str(found)) == found


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/new\nline"}])
@pytest.mark.parametrize("windows", [True, False])
def test_without_a_folder_it_says_what_to_set(environment: dict[str, str], windows: bool) -> None:
    with pytest.raises(StoreSettingError, match="ACIMEDIC_STORE") as raised:
        default_path(environment, windows=windows)
    assert "\n" not in str(raised.value)


def test_where_the_folder_cannot_be_made_it_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "acimedic").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreSettingError, match="ACIMEDIC_STORE"):
        default_path({"XDG_STATE_HOME": str(tmp_path)}, windows=False)
    with pytest.raises(StoreSettingError, match="ACIMEDIC_STORE"):
        default_path({"XDG_STATE_HOME": str(tmp_path / "acimedic" / "below")}, windows=False)
