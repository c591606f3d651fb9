"""Packs the app: what `.funcignore` lets through of the files under version control, always as the same zip."""

import subprocess
import sys
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import acimedic  # noqa: E402 - the version, which is written there alone

_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: the same files make the same bytes


def shipped() -> list[str]:
    """The files of the app, in order. The patterns are plain names, which match any part of a path."""
    lines = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S607
    paths = [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]
    return sorted(
        path
        for path in paths
        if not any(fnmatchcase(part, each) for part in PurePosixPath(path).parts for each in patterns)
    )


def pack(folder: Path) -> Path:
    """Write `acimedic-VERSION.zip` into a folder."""
    target = folder / f"acimedic-{acimedic.__version__}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in shipped():
            entry = zipfile.ZipInfo(path, _WHEN)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, (ROOT / path).read_bytes())
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{pack(Path(sys.argv[1]))}\n")
