"""A Bicep file as the ARM template that Bicep's own compiler makes of it.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from acimedic.cli.running import NotRunError, Ran, ran
from acimedic.cli.trouble import CannotRunError
from acimedic.report.plain import plain
from acimedic.template import MAX_SIZE, TemplateError, parse

Via: TypeAlias = Literal["bicep", "az bicep"]

MOST_BYTES = MAX_SIZE
SECONDS = 180.0
"""The compiler may first have to fetch modules, and `az` the compiler."""

INSTALL = "https://learn.microsoft.com/azure/azure-resource-manager/bicep/install"
_SHOWN_LINES = 3
_SHOWN_CHARACTERS = 300
_BATCH_FILES = (".bat", ".cmd")
_OF_THE_SHELL = frozenset('"%&<>^|!\r\n')


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a file. template, parameters: ARM JSON; no parameters where the file was not a .bicepparam."""

    template: bytes = field(repr=False)
    parameters: bytes | None = field(repr=False)
    via: Via


def is_bicep(path: str) -> bool:
    """Whether the file has to be built before it can be read as a template."""
    return path.lower().endswith((".bicep", ".bicepparam"))


def built(path: str, *, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> Built:
    """Build a .bicep, or a .bicepparam with the template that it is for. Raises CannotRunError.

    seconds: how long the compiler may take. most_bytes: how much may come out of it.
    """
    _ensure_there(path)
    via, tool = _tool(path)
    with_parameters = path.lower().endswith(".bicepparam")
    try:
        done = ran(command_line(via, tool, path, with_parameters=with_parameters), seconds=seconds, most=most_bytes)
    except NotRunError as error:
        raise CannotRunError(f"{path} could not be built with '{via}': {error}") from error
    if done.code:
        raise CannotRunError(f"{path} could not be built with '{via}': {_why(done)}")
    if not done.output.strip():
        raise CannotRunError(f"{path} could not be built with '{via}': it printed no template")
    if with_parameters:
        return _of_parameters(path, via, done.output)
    return Built(template=done.output, parameters=None, via=via)


def command_line(via: Via, tool: str, path: str, *, with_parameters: bool) -> list[str]:
    """What is run. Raises CannotRunError for a name that could mean something else to the tool than a file.

    A batch file, as `az` is on Windows, always runs in a shell, whoever starts it.
    Source: https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
    """
    if tool.lower().endswith(_BATCH_FILES) and _OF_THE_SHELL & set(path):
        raise CannotRunError(f"{path} cannot be built with '{via}': its name has characters that a shell obeys")
    # after ./ nothing is an option, nor what az reads arguments from (@file)
    name = path if Path(path).is_absolute() else f"./{path}"
    verb = "build-params" if with_parameters else "build"
    match via:
        case "bicep":
            return [tool, verb, name, "--stdout"]
        case "az bicep":
            return [tool, "bicep", verb, "--file", name, "--stdout"]


def _ensure_there(path: str) -> None:
    try:
        if Path(path).is_file():
            return
    except OSError as error:  # a name that no file can have
        raise CannotRunError(f"{path} could not be read: {error.strerror}") from error
    raise CannotRunError(f"{path} could not be read: there is no such file")


def _tool(path: str) -> tuple[Via, str]:
    bicep = shutil.which("bicep")
    if bicep is not None:
        return "bicep", bicep
    az = shutil.which("az")
    if az is not None:
        return "az bicep", az
    raise CannotRunError(
        f"{path} has to be built, and neither 'bicep' nor 'az' is there; install Bicep ({INSTALL}), or build it "
        "elsewhere ('bicep build') and name the JSON that comes of it"
    )


def _why(done: Ran) -> str:
    """The first errors; the first lines of all where none is marked as an error."""
    lines = [line.strip() for line in done.errors.decode("utf-8", "replace").splitlines() if line.strip()]
    marked = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
    told = [plain(line[:_SHOWN_CHARACTERS]) for line in (marked or lines)[:_SHOWN_LINES]]
    return " / ".join(told) or f"it ended with code {done.code} and said nothing"


def _of_parameters(path: str, via: Via, output: bytes) -> Built:
    """Source: https://github.com/Azure/bicep/blob/main/src/Bicep.Cli/Models/BuildParamsStdout.cs."""
    try:
        value = parse(output)
    except TemplateError as error:
        raise CannotRunError(f"{path} could not be built with '{via}': what it printed is not JSON: {error}") from error
    members = value if isinstance(value, dict) else {}
    template, parameters = members.get("templateJson"), members.get("parametersJson")
    if not isinstance(parameters, str):
        raise CannotRunError(f"{path} could not be built with '{via}': it printed no parameters")
    if not isinstance(template, str):
        spec = members.get("templateSpecId")
        which = f"the template spec {plain(spec)}" if isinstance(spec, str) else "no template"
        raise CannotRunError(f"{path} is for {which}, so there is nothing to check; name the template itself")
    return Built(
        template=template.encode("utf-8", "replace"), parameters=parameters.encode("utf-8", "replace"), via=via
    )


def place_of_symbol(text: str, symbol: str) -> tuple[int, int] | None:
    """Line and column, from 1, of `resource SYMBOL`. Compiled JSON has lines that mean nothing to who wrote the Bicep.

    None where the text has no such resource; comments and strings are not looked at.
    """
    return next((_line_and_column(text, at) for at, name, _ in _resources(text) if name == symbol), None)


def place_of_type(text: str, resource_type: str) -> tuple[int, int] | None:
    """Line and column of the only resource that is made of this type, for templates without symbolic names.

    None where there is none or more than one, since then it is not known which of them is meant.
    """
    wanted = resource_type.lower()
    made = [at for at, _, kind in _resources(text) if kind.lower() == wanted]
    return _line_and_column(text, made[0]) if len(made) == 1 else None


# In code: what is passed over whole, a string that begins, a brace, a resource. In a string: what it holds and its end.
# Source: https://github.com/Azure/bicep/blob/main/docs/grammar.md
_IN_CODE = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|'''.*?(?:'''+|\Z)|(?P<one>['{}])"
    r"|\b(?P<resource>resource[ \t]+(?P<symbol>[A-Za-z_]\w*)[ \t]+"
    r"'(?P<type>[^'@\n]*)(?:@[^'\n]*)?'[ \t]*(?P<rest>\w*))",
    re.DOTALL,
)
_IN_STRING = re.compile(r"\\.|\$\{|'|\n")


def _resources(text: str) -> Iterator[tuple[int, str, str]]:
    """Where each resource that is made is declared, its symbol and its type; those that only exist are left out."""
    at, open_braces = 0, [0]
    in_string = False
    while found := (_IN_STRING if in_string else _IN_CODE).search(text, at):
        at = found.end()
        if in_string:
            if found[0] == "${":  # code again, until its brace is closed
                open_braces.append(0)
            if not found[0].startswith("\\"):
                in_string = False
        elif found["resource"] is not None:
            if found["rest"] != "existing":
                yield found.start(), found["symbol"], found["type"]
        elif found["one"] == "'":
            in_string = True
        elif found["one"] == "{":
            open_braces[-1] += 1
        elif found["one"] == "}":
            open_braces[-1] -= 1
            if open_braces[-1] < 0 and len(open_braces) > 1:
                open_braces.pop()
                in_string = True


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
