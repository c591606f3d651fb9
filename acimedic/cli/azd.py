"""What azd keeps of an environment: `.azure/NAME/.env` beside azure.yaml, a variable a line.

Source: https://learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables
"""

import re
from pathlib import Path

from acimedic.cli.trouble import CannotRunError

_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_LINE = re.compile(r"([A-Z_][A-Z0-9_]*)=(?:\"((?:[^\"\\]|\\.)*)\"|(.*))", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")


def read_azd(name: str, folder: Path) -> dict[str, str]:
    """The variables of an environment. folder: where azure.yaml is. Raises CannotRunError where there is none."""
    file = folder / ".azure" / name / ".env"
    if not _NAME.fullmatch(name):
        raise CannotRunError("--app is the resource id of a Function App, or the name of an azd environment")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CannotRunError(
            f"--app: there is no azd environment '{name}' in this folder: {file} is not read"
        ) from error
    found = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {each[1]: each[3] if each[2] is None else _ESCAPED.sub(r"\1", each[2]) for each in found if each is not None}
