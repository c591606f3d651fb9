"""Why something of a template could not be evaluated, without what the template says there in letters (pure).

A reason quotes what it stumbled over: a text between apostrophes, an expression that is none, the address of a linked
template. Any of these may be a secret that stands in the template, and the reason travels far: to what is left open, to
gaps and to notes. The names of parameters, variables, resources and the like are no secrets and stay.
"""

import re
from dataclasses import replace

from acimedic.redact import redact
from acimedic.template import Evaluation, Json, Problem, Resource, Unresolved, unresolved_leaves

_LONGEST = 400
_NAMED = (
    r"(?:parameter|variable|resource|output|loop|function|cloud|identity|registry|role definition|role assignment)"
    r" '[\w.$ /-]{1,260}'"
)
_SAFE = re.compile(rf"(?:{_NAMED}|[^'\"])*+")
_NO_EXPRESSION = re.compile(r"\[.* is not an expression: .*", re.DOTALL)
_FAILS = re.compile(r"the template fails: .*", re.DOTALL)
_LINKED = re.compile(r"(linked template )(.*?)(?:[?#].*)?( is not part of the template)", re.DOTALL)
_PLAIN_SECRET = re.compile(
    r"secure parameter '[\w-]{1,260}'|parameter '[\w-]{1,260}' (?:has no value|comes from a key vault)"
    r"|list\w{1,60}\(\): keys and secrets of a resource are not read"
)


def without_quotes(reason: str) -> str:
    """A reason without what it quotes of the template."""
    reason = _LINKED.sub(r"\1\2\3", reason)
    reason = _FAILS.sub("the template fails", reason)
    reason = _NO_EXPRESSION.sub("what is written there is not an expression", reason)
    safe = _SAFE.match(reason)
    end = len(reason) if safe is None else safe.end()
    if end < len(reason):
        last = max(reason.rfind("'"), reason.rfind('"'))
        reason = f"{reason[:end]}'…'{reason[max(last, end) + 1 :]}"
    said = "".join(char if char.isprintable() else "?" for char in redact(reason))  # a type may hold any sign
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def of_a_secret(reason: str) -> str | None:
    """A reason why a secret is not known, where it tells nothing but whence the secret comes; None where it may."""
    return reason if _PLAIN_SECRET.fullmatch(reason) else None


def without_quotes_anywhere(evaluation: Evaluation) -> Evaluation:
    """An evaluation in which no reason quotes the template."""
    return replace(
        evaluation,
        resources=tuple(map(_resource, evaluation.resources)),
        outputs={name: _told(value) for name, value in evaluation.outputs.items()},
        problems=tuple(Problem(each.path, without_quotes(each.reason)) for each in evaluation.problems),
    )


def _resource(resource: Resource) -> Resource:
    return replace(
        resource,
        id=_text(resource.id),
        type=_text(resource.type),
        name=_text(resource.name),
        api_version=_text(resource.api_version),
        condition=_unresolved(resource.condition) if isinstance(resource.condition, Unresolved) else resource.condition,
        body=_told(resource.body),
        depends_on=tuple(map(_text, resource.depends_on)),
    )


def _unresolved(value: Unresolved) -> Unresolved:
    return Unresolved(without_quotes(value.reason))


def _text(value: str | Unresolved) -> str | Unresolved:
    return _unresolved(value) if isinstance(value, Unresolved) else value


def _told(value: Json) -> Json:
    """A tree with its reasons changed; what has none stays the same object."""
    return _changed(value) if any(without_quotes(reason) != reason for _, reason in unresolved_leaves(value)) else value


def _changed(value: Json) -> Json:
    if isinstance(value, Unresolved):
        return _unresolved(value)
    if isinstance(value, list):
        return [_changed(each) for each in value]
    if isinstance(value, dict):
        return {key: _changed(each) for key, each in value.items()}
    return value
