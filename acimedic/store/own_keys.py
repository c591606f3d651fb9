"""Where a store that is a file lies, and the keys that go with it, on a machine where nobody has set any.

The keys are made once and lie beside the database. That guards against whoever can write the database and cannot read
the keys: one who was given a copy, who restores an old one, who edits it through a share or a backup. It does not guard
against whoever can read the keys: the same user, an administrator, a backup of the whole folder. For that, keys belong
in `ACIMEDIC_AUDIT_KEY` and `ACIMEDIC_APPROVAL_KEY`, from a vault.
"""

import contextlib
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acimedic.store.trouble import StoreSettingError

_BYTES = 48  # random ones in a key
_KEY = re.compile(r"[!-~]{32,}")  # the settings take no shorter key either
_LONGEST = 10_000  # bytes of the file; ours has less than 200
_POSIX = os.name == "posix"
# A symbolic link is not followed, and a pipe in the file's place does not make us wait.
_OPEN = os.O_RDONLY | (os.O_NOFOLLOW | os.O_NONBLOCK if _POSIX else 0)
_INSTEAD = "set ACIMEDIC_AUDIT_KEY and ACIMEDIC_APPROVAL_KEY"


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """audit: seals the chains. approval: signs links and decisions. Neither is ever printed."""

    audit: str = field(repr=False)
    approval: str = field(repr=False)


def own_keys(path: Path) -> OwnKeys:
    """The keys of the database at this path, from `<path>.keys`, which is made if it is not there.

    However many processes begin at once, all get the same. Where that file is lost, new keys are made: what was sealed
    with the old ones then does not verify.
    Raises StoreSettingError where others may read the file or own it, where it is a symbolic link or damaged, or cannot
    be made.
    """
    place = path.with_name(f"{path.name}.keys")
    try:
        if not os.path.lexists(place):
            _make(place)
        return _read(place)
    except OSError as error:
        said = f"the keys {place} can be neither read nor made ({error.strerror}); or {_INSTEAD}"
        raise StoreSettingError(said) from error


def default_path(environment: Mapping[str, str], *, windows: bool = os.name == "nt") -> Path:
    """Where the database lies when no setting says: its folder is made, for its owner alone.

    `$XDG_STATE_HOME/acimedic/acimedic.db`, else `~/.local/state/…`; on Windows `%LOCALAPPDATA%\\acimedic\\…`.
    Raises StoreSettingError.
    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    folder = _state_folder(environment, windows) / "acimedic"
    try:
        # `Path.mkdir` gives its mode to the last folder alone.
        for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise StoreSettingError(f"{folder} is no folder: remove it, or set ACIMEDIC_STORE")
    except OSError as error:
        raise StoreSettingError(f"{folder} cannot be made ({error.strerror}): set ACIMEDIC_STORE") from error
    return folder / "acimedic.db"


def _state_folder(environment: Mapping[str, str], windows: bool) -> Path:
    names = {"LOCALAPPDATA": ""} if windows else {"XDG_STATE_HOME": "", "HOME": ".local/state"}
    for name, below in names.items():
        text = environment.get(name, "")
        # The specification has a relative path ignored.
        if text.isprintable() and Path(text).is_absolute():
            return Path(text) / below
    raise StoreSettingError(f"there is no folder for the store (none of {', '.join(names)}): set ACIMEDIC_STORE")


def _make(place: Path) -> None:
    """Write new keys, unless others were faster. Raises OSError.

    They are written elsewhere and then linked into place, which is done wholly or not at all: nobody ever reads half
    of a key, and nothing that is there is written over.
    """
    draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
    text = json.dumps({"v": 1, "audit": secrets.token_urlsafe(_BYTES), "approval": secrets.token_urlsafe(_BYTES)})
    number = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()


def _read(place: Path) -> OwnKeys:
    """The keys in a file that nobody else may read. Raises StoreSettingError, OSError."""
    if place.is_symlink():
        raise StoreSettingError(f"the keys {place} are a symbolic link: put the file itself there, or {_INSTEAD}")
    number = os.open(place, _OPEN)
    try:
        _refuse_unless_private(place, os.fstat(number))
        raw = os.read(number, _LONGEST)
    finally:
        os.close(number)
    try:
        found = json.loads(raw)
        keys = OwnKeys(found["audit"], found["approval"])
        sound = all(_KEY.fullmatch(key) for key in (keys.audit, keys.approval)) and keys.audit != keys.approval
    except (ValueError, TypeError, LookupError, RecursionError):
        sound = False
    if not sound:
        raise StoreSettingError(f"the keys {place} are damaged: restore them from a backup, or {_INSTEAD}")
    return keys


def _refuse_unless_private(place: Path, status: os.stat_result) -> None:
    """Raises StoreSettingError. Windows has no modes: there the folder's permissions have to do."""
    if not stat.S_ISREG(status.st_mode):
        raise StoreSettingError(f"the keys {place} are no file: remove it, or {_INSTEAD}")
    if _POSIX and status.st_mode & 0o077:
        said = f"other people may read or write the keys {place} (mode {stat.S_IMODE(status.st_mode):04o})"
        raise StoreSettingError(f"{said}: remove them, so that new ones are made, or {_INSTEAD}")
    if _POSIX and status.st_uid != os.geteuid():
        raise StoreSettingError(f"the keys {place} belong to somebody else: remove them, or {_INSTEAD}")
