"""What `.funcignore` lets through. Its patterns are plain names, which match any part of a path."""

import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
# A checkout alone tells the files of the repository; these also lie about on a machine that works on it.
LYING_ABOUT = (
    ".git/config",
    ".venv/lib/python3.11/site-packages/x.py",
    ".mypy_cache/x.json",
    ".hypothesis/x",
    ".coverage",
    ".azure/dev/.env",
    ".vscode/settings.json",
    "local.settings.json",
    "acimedic.db",
    "acimedic.db-wal",
    "acimedic.db.keys",
    "acimedic.db.stories",
    "acimedic.db.stories.runner",
    "acimedic/__pycache__/pipeline.cpython-311.pyc",
    "acimedic.egg-info/PKG-INFO",
    "requirements-dev.txt",
    "policy.json",
    "routes.json",
    "docs/policy.example.json",
    "bench/run.py",
    "docs/architecture.md",
    "infra/main.bicep",
    "azure.yaml",
)


def patterns() -> list[str]:
    lines = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def ships(path: str) -> bool:
    return not any(fnmatchcase(part, pattern) for part in PurePosixPath(path).parts for pattern in patterns())


def of_the_app(path: str) -> bool:
    """Whether a file is one that the app runs on."""
    head = path.partition("/")[0]
    if path in {"function_app.py", "host.json", "requirements.txt", "policy.json", "routes.json"}:
        return True
    return head in {"acimedic", "checks", "remediation"} and "__pycache__" not in path and not path.endswith(".md")


def repository() -> Iterator[str]:
    """The files of the checkout, also those that nobody has added yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    yield from (path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file())
