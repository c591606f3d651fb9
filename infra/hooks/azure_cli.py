"""Azure and azd by their command lines, for the hooks. Standard library alone: nothing is installed when a hook runs.

What is sent that is secret goes through a file that only its owner can read, never through an argument: arguments are
seen by whoever lists processes. What Azure answers is told where it helps, what was sent never.
"""

import json
import os
import shutil
import subprocess  # nosec B404  # the tools of Azure are programs: without a shell
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TRUE = {"true", "1", "yes"}
_FALSE = {"", "false", "0", "no"}
_LONGEST = 1500  # characters of an error that are shown


class RefusedError(Exception):
    """The hook stops, and azd with it. Each fault says what to do."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class CliError(Exception):
    """A command failed. said: what it wrote, cut."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"`{command}` failed: {said}")
        self.said = said

    def tells(self, *words: str) -> bool:
        """Whether one of the words is in what the command wrote."""
        return any(word.lower() in self.said.lower() for word in words)


def az(*arguments: str) -> object:
    """What `az` answers, decoded; None where it answers nothing. Raises CliError, RefusedError without az."""
    answer = _run("az", *arguments, "--only-show-errors", "--output", "json")
    return json.loads(answer) if answer.strip() else None


def remember(name: str, value: str) -> None:
    """Put a value into the environment of azd, where the template and later hooks find it. Never a secret."""
    _run("azd", "env", "set", name, value)


def ask(method: str, address: str, version: str, *, body: object = None, **query: str) -> object:
    """Call Azure Resource Manager. query: further parameters, such as `filter` for `$filter`. Raises CliError."""
    parameters = [f"api-version={version}", *(f"${name}={value}" for name, value in query.items())]
    command = ["rest", "--method", method, "--url", address, "--url-parameters", *parameters]
    if body is None:
        return az(*command)
    with private_file(body) as path:
        return az(*command, "--body", f"@{path}")


def pages(address: str, version: str, **query: str) -> list[object]:
    """All that a list holds, however many pages. Raises CliError."""
    found: list[object] = []
    answer = ask("get", address, version, **query)
    while True:
        value = member(answer, "value")
        found += value if isinstance(value, list) else []
        following = member(answer, "nextLink")
        if not isinstance(following, str) or not following:
            return found
        answer = az("rest", "--method", "get", "--url", following)


class private_file:  # noqa: N801 - used as a function
    """A file with JSON in it that nobody else can read, for as long as it is needed."""

    def __init__(self, content: object) -> None:
        self._content = content
        self._path = ""

    def __enter__(self) -> str:
        descriptor, self._path = tempfile.mkstemp(suffix=".json")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self._content, file)
        return self._path

    def __exit__(self, *_: object) -> None:
        Path(self._path).unlink(missing_ok=True)


def member(value: object, *names: str) -> object:
    """A member of a member of JSON; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def text(value: object, *names: str) -> str:
    """The same as text; empty where it is none."""
    found = member(value, *names)
    return found if isinstance(found, str) else ""


def listed(environment: Mapping[str, str], name: str) -> list[str]:
    """A list: texts with commas between them, or a JSON array, as azd keeps an output."""
    given = environment.get(name, "").strip()
    try:
        found = json.loads(given) if given.startswith("[") else given.split(",")
    except ValueError as error:
        raise RefusedError(f"{name} is no list: give texts with commas between them") from error
    return [str(each).strip() for each in found if str(each).strip()]


def flag(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    """A yes or no. Raises RefusedError for anything else."""
    given = environment.get(name, "").strip().lower()
    if not given:
        return default
    if given not in _TRUE | _FALSE:
        raise RefusedError(f"{name} is '{given}'; it is true or false")
    return given in _TRUE


def needed(environment: Mapping[str, str], name: str) -> str:
    """An output of the deployment. Raises RefusedError where there is none."""
    value = environment.get(name, "").strip()
    if not value:
        raise RefusedError(f"{name} is not known: run `azd provision` first")
    return value


def pause(environment: Mapping[str, str], seconds: float) -> None:
    """Wait, or for as long as ACIMEDIC_HOOK_PAUSE says."""
    time.sleep(float(environment.get("ACIMEDIC_HOOK_PAUSE") or seconds))


def say(words: str) -> None:
    """Tell whoever runs azd."""
    sys.stdout.write(f"acimedic: {words}\n")
    sys.stdout.flush()


def run(hook: Callable[[Mapping[str, str]], None]) -> None:
    """Run a hook on the environment; what stops it is said plainly, and azd stops as well."""
    try:
        _ensure_python()
        hook(os.environ)
    except RefusedError as error:
        for fault in error.faults:
            sys.stderr.write(f"acimedic: {fault}\n")
        sys.exit(1)
    except CliError as error:
        sys.stderr.write(f"acimedic: {error}\n")
        sys.exit(1)


def _ensure_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever deploys brings his own Python
        raise RefusedError("the hooks need Python 3.11 or newer as python3")


def _run(program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise RefusedError(f"`{program}` is not installed, or not on the path")
    done = subprocess.run(  # nosec B603  # a program of Azure's, by its whole path
        [found, *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        raise CliError(_named(program, arguments), " ".join(done.stderr.split())[:_LONGEST])
    return done.stdout


def _named(program: str, arguments: Sequence[str]) -> str:
    """The command without its values, which may be long, or not for everybody."""
    words = []
    for word in arguments:
        if word.startswith("-"):
            break
        words.append(word)
    return " ".join([program, *words[:4]])
