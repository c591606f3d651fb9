"""A container group as JSON that may be shown: what is known of it, without secrets (pure).

What is left out is named with its reason; elements of arrays keep their index. Values of environment variables and
command lines are left out whatever they are: of what decides a pull, they tell nothing.
"""

from collections.abc import Iterator

from acimedic.model.report import ToldDefinition
from acimedic.preflight.reasons import of_a_secret
from acimedic.preflight.request import Asked
from acimedic.preflight.secret_places import is_around_secrets, is_private, is_secret, names_a_secret
from acimedic.report.disclosing import name_shown
from acimedic.template import Json, Unresolved, child_path
from acimedic.template.values import find_key

_NOT_SHOWN = "it is a secret, or looks like one, and is not shown"
_PRIVATE = "what containers are started with is not shown, for it may hold secrets"


def shown(asked: Asked) -> ToldDefinition:
    """The group as far as it could be evaluated, with what could not be."""
    resource = asked.resource
    left_out: list[tuple[str, str]] = []
    if isinstance(resource.condition, Unresolved):
        left_out.append(("condition", resource.condition.reason))
    body = _known(resource.body, "", left_out)
    return ToldDefinition(
        name=name_shown(asked.group.name),
        resource=body if isinstance(body, dict) else {},
        unresolved=tuple((name_shown(path), reason) for path, reason in left_out),
    )


def _known(value: Json, path: str, left_out: list[tuple[str, str]]) -> Json:
    if isinstance(value, Unresolved):
        left_out.append((path, value.reason))
        return None
    if isinstance(value, list):
        return [_known(each, child_path(path, at), left_out) for at, each in enumerate(value)]
    if isinstance(value, dict):
        return dict(_members(value, path, left_out))
    if isinstance(value, str) and is_around_secrets(path):
        left_out.append((path, _NOT_SHOWN))
        return None
    return name_shown(value) if isinstance(value, str) else value


def _members(value: dict[str, Json], path: str, left_out: list[tuple[str, str]]) -> Iterator[tuple[str, Json]]:
    named = find_key(value, "name")
    secret_variable = named is not None and names_a_secret(value[named])
    for key, each in value.items():
        inside = child_path(path, key)
        secret = is_secret(key, path) or (key.lower() == "value" and secret_variable)
        secret = secret or (isinstance(each, str) and is_around_secrets(inside))
        if each and (secret or is_private(inside)):
            told = of_a_secret(each.reason) if isinstance(each, Unresolved) else None
            left_out.append((inside, told or (_NOT_SHOWN if secret else _PRIVATE)))
        elif isinstance(each, Unresolved):
            left_out.append((inside, each.reason))
        else:
            yield name_shown(key), _known(each, inside, left_out)
