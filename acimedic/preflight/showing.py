"""A container group as JSON that may be shown: what is known of it, without secrets (pure).

What is left out is named with its reason; elements of arrays keep their index.
"""

from collections.abc import Iterator

from acimedic.model.report import ToldDefinition
from acimedic.preflight.request import Asked
from acimedic.preflight.secret_places import is_secret, names_a_secret
from acimedic.redact import redact
from acimedic.template import Json, Unresolved, child_path

_NOT_SHOWN = "it is a secret, or looks like one, and is not shown"


def shown(asked: Asked) -> ToldDefinition:
    """The group as far as it could be evaluated, with what could not be."""
    resource = asked.resource
    left_out: list[tuple[str, str]] = []
    if isinstance(resource.condition, Unresolved):
        left_out.append(("condition", resource.condition.reason))
    body = _known(resource.body, "", left_out)
    return ToldDefinition(
        name=asked.group.name,
        resource=body if isinstance(body, dict) else {},
        unresolved=tuple((path, redact(reason)) for path, reason in left_out),
    )


def _known(value: Json, path: str, left_out: list[tuple[str, str]]) -> Json:
    if isinstance(value, Unresolved):
        left_out.append((path, value.reason))
        return None
    if isinstance(value, list):
        return [_known(each, child_path(path, at), left_out) for at, each in enumerate(value)]
    if isinstance(value, dict):
        return dict(_members(value, path, left_out))
    return redact(value) if isinstance(value, str) else value


def _members(value: dict[str, Json], path: str, left_out: list[tuple[str, str]]) -> Iterator[tuple[str, Json]]:
    secret_variable = names_a_secret(value.get("name"))
    for key, each in value.items():
        inside = child_path(path, key)
        if isinstance(each, Unresolved):
            left_out.append((inside, each.reason))
        elif each and (is_secret(key, path) or (key.lower() == "value" and secret_variable)):
            left_out.append((inside, _NOT_SHOWN))
        else:
            yield key, _known(each, inside, left_out)
