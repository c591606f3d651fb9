"""The definition that a person gives beside the text: one container group as ARM JSON.

Also taken: what `az container show` prints, which lifts `properties` one level up. Template expressions are
not evaluated here; they count as not known, not as faults.
Source: https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups
"""

import re
from collections.abc import Mapping

from acimedic.definition import from_arm
from acimedic.model.definition import Definition
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.template import Unresolved

__all__ = ["SOURCE", "NotAGroupError", "read_definition"]

SOURCE = "the definition that was given"
_TELLING = ("containers", "initContainers", "imageRegistryCredentials", "osType")
_EXPRESSION = re.compile(r"\[(?!\[)[\s\S]{0,24000}\]")


class NotAGroupError(ValueError):
    """What was given is no container group; the message says what it is."""


def read_definition(value: object) -> Definition:
    """Read decoded JSON as the definition that was asked for. Raises NotAGroupError."""
    if not isinstance(value, Mapping):
        raise NotAGroupError("it is not a JSON object")
    names = {str(key).lower() for key in value}
    if "resources" in names:
        raise NotAGroupError("it is a whole template; give one of its container groups")
    kind = _get(value, "type")
    if isinstance(kind, str) and "/" in kind and kind.strip("/").lower() != CONTAINER_GROUPS.lower():
        raise NotAGroupError(f"it is a {kind[:100]}")
    body = value if isinstance(_get(value, "properties"), Mapping) else _folded(value)
    inner = _get(body, "properties")
    known = {str(key).lower() for key in inner} if isinstance(inner, Mapping) else set()
    if not known & {each.lower() for each in _TELLING}:
        raise NotAGroupError("it has neither containers nor registry credentials in its properties")
    version = _get(body, "apiVersion")
    settled = _settled(body)
    return from_arm(
        settled if isinstance(settled, Mapping) else {},
        origin="supplied",
        source=SOURCE,
        api_version=version if isinstance(version, str) and not _EXPRESSION.fullmatch(version) else None,
    )


def _folded(value: Mapping[str, object]) -> Mapping[str, object]:
    """What az prints, folded back: a container's own properties stand beside its name there."""
    properties = dict(value)
    for key in ("containers", "initContainers"):
        listed = properties.get(key)
        if isinstance(listed, list):
            properties[key] = [
                {"name": each.get("name"), "properties": each} if isinstance(each, Mapping) else each for each in listed
            ]
    outer = {key: each for key in ("id", "name", "identity", "location") if (each := value.get(key)) is not None}
    return {**outer, "properties": properties}


def _settled(value: object, depth: int = 0) -> object:
    """The value with every template expression marked as unresolved."""
    if isinstance(value, Mapping) and depth < 64:
        return {str(key): _settled(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list) and depth < 64:
        return [_settled(each, depth + 1) for each in value]
    if isinstance(value, str) and _EXPRESSION.fullmatch(value):
        return Unresolved("it is a template expression, which is not evaluated here")
    return value


def _get(value: Mapping[str, object], name: str) -> object:
    return next((each for key, each in value.items() if str(key).lower() == name.lower()), None)
