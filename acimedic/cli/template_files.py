"""Which files of a folder are templates, and which file holds the parameters of one: for who is given many files."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from acimedic.cli.files import read_file
from acimedic.cli.running import Ran, ran
from acimedic.template import MAX_SIZE, TemplateError, parse
from acimedic.template.reader import decode

_MOST_REPORT = 256 * 1024 * 1024
_MOST_SECONDS = 900.0
_PARAMETERS = ".parameters.json"
_SCHEMA = re.compile(r'"\$schema"\s*:\s*"[^"\n]*deploymentTemplate\.json', re.IGNORECASE)
_BICEP_OF_GROUPS = re.compile(r"Microsoft\.ContainerInstance/|^[ \t]*module[ \t]", re.IGNORECASE | re.MULTILINE)


def template_for(name: str) -> str | None:
    """The template that a file is, or that it holds the parameters of; None for others. Raises CannotRunError.

    What ends in .parameters.json stands for the template beside it, and a Bicep file for the .bicepparam of its name,
    which is built with it.
    """
    if name.lower().endswith(_PARAMETERS):
        stem = name[: -len(_PARAMETERS)]
        beside = next((stem + ending for ending in (".json", ".bicep") if Path(stem + ending).is_file()), None)
        return template_for(beside) if beside is not None and not beside.lower().endswith(_PARAMETERS) else None
    if name.lower().endswith(".bicepparam"):
        return name
    if name.lower().endswith(".bicep"):
        if _BICEP_OF_GROUPS.search(_text(name) or "") is None:
            return None
        return f"{name}param" if Path(f"{name}param").is_file() else name
    return name if _is_arm_template(name) else None


def parameters_of(template: str) -> str | None:
    """The file NAME.parameters.json beside the template, where there is one."""
    path = Path(template)
    beside = f"{template[: -len(path.suffix)]}{_PARAMETERS}"
    return beside if path.suffix.lower() in (".json", ".jsonc", ".bicep") and Path(beside).is_file() else None


def preflight(template: str, options: Sequence[str], parameters: str | None = None) -> Ran:
    """`acimedic preflight` on one template, in a process of its own. Raises NotRunError.

    parameters: their file, where it is not the one beside the template.
    """
    given = parameters or parameters_of(template)
    words = [*options, *([f"--parameters={given}"] if given else []), _no_option(template)]
    # -P: the folder that is looked at belongs to others, and nothing in it may stand in for a module of ours
    command = [sys.executable, "-P", "-m", "acimedic", "preflight", *words]
    return ran(command, seconds=_MOST_SECONDS, most=_MOST_REPORT)


def _no_option(name: str) -> str:
    return f"./{name}" if name.startswith("-") else name


def _is_arm_template(name: str) -> bool:
    text = _text(name)
    if text is None:
        return False
    low = text.lower()
    if "deploymenttemplate.json" not in low and not ("contentversion" in low and "resources" in low):
        return False
    try:
        value = parse(text)
    except TemplateError:
        return _SCHEMA.search(text) is not None  # a template with a fault is reported, other JSON is none of ours
    if not isinstance(value, dict):
        return False
    schema = value.get("$schema")
    if isinstance(schema, str):
        return "deploymenttemplate.json" in schema.lower()
    return {"contentversion", "resources"} <= {key.lower() for key in value}


def _text(name: str) -> str | None:
    """None for what is too long for a template, which may have 4 MB, and for what is no text."""
    content = read_file(name, MAX_SIZE + 1)
    try:
        return decode(content)
    except TemplateError:
        return None
