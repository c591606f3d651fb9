"""`python -P -m acimedic.cli.preflight_action`: what the GitHub Action does, told by environment variables.

They come from whoever wrote the workflow, file names from whoever opened the pull request. Nothing of either becomes a
command, neither to the shell nor to the runner.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from acimedic.cli.merging_sarif import Json, merged
from acimedic.cli.running import NotRunError
from acimedic.cli.template_files import preflight, template_for
from acimedic.cli.trouble import CannotRunError
from acimedic.report.plain import plain

_CANNOT_RUN = 2
_PREFIX = "PREFLIGHT_"
_MAGIC = re.compile(r"[*?\[]")
_LEVELS = frozenset({"error", "warning"})
# what SARIF puts before the brackets of a message, lest they be a link, and around a number in braces
_ESCAPED = re.compile(r"\\([\[\]\\])|\{(\{\d+\})\}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the workflow asks for. options: of `acimedic preflight`. sarif: the file to write."""

    templates: tuple[str, ...]
    options: tuple[str, ...]
    parameters: str | None
    sarif: Path


def main(environment: Mapping[str, str]) -> int:
    """Check every template: 0 without findings, 1 with, 2 where something could not be checked.

    Each finding becomes an annotation of its line. Outputs: `found`; `sarif`, where every template was checked, since a
    file without one of them would close the alerts of that one.
    """
    try:
        asked = _asked(environment)
        checked = [_checked(template, asked) for template in asked.templates]
        logs = [log for _, log in checked if log is not None]
        for finding in _findings(logs):
            _say(*finding)
        outputs = {"found": str(any(code == 1 for code, _ in checked)).lower()}
        if len(logs) == len(checked):
            asked.sarif.parent.mkdir(parents=True, exist_ok=True)
            asked.sarif.write_text(json.dumps(merged(logs), indent=1) + "\n", encoding="ascii")
            outputs["sarif"] = str(asked.sarif)
        _write_outputs(environment, outputs)
    except (CannotRunError, OSError, ValueError) as error:
        _say("error", {}, str(error))
        return _CANNOT_RUN
    _print(f"templates checked: {len(logs)} of {len(checked)}; findings: {len(list(_findings(logs)))}")
    return max(code for code, _ in checked)


def _asked(environment: Mapping[str, str]) -> Asked:
    options = ["--format=sarif", *(f"--{name}" for name in ("live", "strict") if _switch(environment, name))]
    for name in ("subscription", "resource-group", "location"):
        value = _input(environment, name)
        options += [f"--{name}={value}"] if value else []
    templates = tuple(dict.fromkeys(_templates(_input(environment, "templates"))))
    parameters = _input(environment, "parameters") or None
    if parameters and len(templates) > 1:
        raise CannotRunError(
            f"'parameters' goes with one template, and 'templates' are {len(templates)}; where there are several, "
            "each has its own NAME.parameters.json beside it"
        )
    sarif = _input(environment, "sarif-file") or str(Path(environment.get("RUNNER_TEMP", ".")) / "acimedic.sarif")
    return Asked(templates=templates, options=tuple(options), parameters=parameters, sarif=Path(sarif))


def _input(environment: Mapping[str, str], name: str) -> str:
    return environment.get(_PREFIX + name.upper().replace("-", "_"), "").strip()


def _switch(environment: Mapping[str, str], name: str) -> bool:
    value = _input(environment, name).lower() or "false"
    if value not in ("true", "false"):
        raise CannotRunError(f"'{name}' is 'true' or 'false', not '{value}'")
    return value == "true"


def _templates(given: str) -> Iterator[str]:
    """A file that is named is a template; of what a pattern matches, what is one. Patterns do not leave the folder."""
    for line in filter(None, map(str.strip, given.splitlines())):
        if not _MAGIC.search(line):
            yield line
            continue
        if Path(line).is_absolute() or ".." in Path(line).parts:
            raise CannotRunError(f"the pattern '{line}' leads out of the folder")
        matched = sorted(path.as_posix() for path in Path().glob(line) if path.is_file())
        templates = list(filter(None, map(template_for, matched)))
        if not templates:
            raise CannotRunError(f"'{line}' matches {len(matched)} files, and no template is among them")
        yield from templates
    if not given.strip():
        raise CannotRunError("'templates' is empty: name the templates, one to a line")


def _checked(template: str, asked: Asked) -> tuple[int, Json | None]:
    """Exit code and log. What keeps it from being checked is said."""
    try:
        done = preflight(template, asked.options, asked.parameters)
        if done.code in (0, 1):
            return done.code, json.loads(done.output)
        why = done.errors.decode("utf-8", "replace").strip() or f"it ended with code {done.code}"
    except (NotRunError, ValueError) as error:
        why = f"{template} could not be checked: {error}"
    _say("error", {"file": template}, why)
    return _CANNOT_RUN, None


def _findings(logs: Iterable[Json]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Level, properties and message of each annotation."""
    for log in logs:
        for result in (each for run in log["runs"] for each in run["results"]):
            where = {"title": result["ruleId"]}
            for location in result.get("locations", ())[:1]:
                physical = location.get("physicalLocation", {})
                artifact, region = physical.get("artifactLocation", {}), physical.get("region", {})
                if "uriBaseId" in artifact:
                    where["file"] = unquote(artifact["uri"])
                where |= {"line": str(region.get("startLine", 1)), "col": str(region.get("startColumn", 1))}
            yield result["level"], where, _ESCAPED.sub(r"\1\2", result["message"]["text"])


def _say(level: str, where: Mapping[str, str], message: str) -> None:
    told = ",".join(f"{key}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in where.items())
    name = level if level in _LEVELS else "notice"
    _print(f"::{name}{' ' if told else ''}{told}::{_escaped(message)}")


def _escaped(text: str) -> str:
    """As the runner unescapes it; every line made plain before, so that none of them is a command of its own."""
    return "%0A".join(plain(line).replace("%", "%25") for line in text.splitlines())


def _write_outputs(environment: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Raises ValueError for a value that would be read as more than one, which only the name of a file can hold."""
    file = environment.get("GITHUB_OUTPUT")
    if any("\n" in value or "\r" in value for value in outputs.values()):
        raise ValueError("the name of the SARIF file has a line break")
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{name}={value}\n" for name, value in outputs.items())


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(os.environ))
