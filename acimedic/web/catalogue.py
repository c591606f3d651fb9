"""The catalogue of causes as values for its pages, out of the checks themselves (pure)."""

import re
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import checks
from acimedic.diagnosis import check_id

_STAGES = {
    "definition": "What was asked for",
    "limits": "Limits of the platform",
    "registry": "The registry",
    "network": "The way to it",
    "access": "Sign-in and permission",
    "image": "The image",
    "service": "The service",
}
_LABEL = re.compile(r"(Cause|Evidence|Fix|Not a fault|Source): ", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One check. finds: in one sentence. parts: label and text of each part of its page. errors: seen with it."""

    id: str
    stage: str
    finds: str
    parts: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]
    docs: str


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every check, in the order in which a pull can go wrong."""
    return tuple(map(_entry, checks.ALL))


def _entry(check: ModuleType) -> Entry:
    finds, *rest = _paragraphs(check.__doc__ or "")
    stage = check.__name__.split(".")[-2]
    return Entry(
        id=check_id(check),
        stage=_STAGES.get(stage, stage),
        finds=finds,
        parts=tuple(map(_part, rest)),
        errors=tuple(check.ERRORS),
        docs=check.DOCS,
    )


def _part(text: str) -> tuple[str, str]:
    """Label and text of a paragraph; one without a label has an empty one."""
    found = _LABEL.match(text)
    if found is None:
        return "", text
    said = text[found.end() :]
    return found[1], said if found[1] == "Source" else said[0].upper() + said[1:]


def _paragraphs(doc: str) -> list[str]:
    """The paragraphs of a docstring, each in one line; a label begins one."""
    parts: list[str] = []
    begins = True
    for line in (line.strip() for line in doc.strip().splitlines()):
        if not line:
            begins = True
        elif begins or _LABEL.match(line):
            parts.append(line)
            begins = False
        else:
            parts[-1] += f" {line}"
    return parts
