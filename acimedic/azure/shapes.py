"""What Azure's answers are held against before they are believed.

The SDKs read what is missing, or of another kind, as a default: a page without `value` as an empty page, a registry
without `properties` as one that is open to the world. Here it raises TypeError, which becomes a Gap.
"""

import json
from collections.abc import Mapping
from typing import Any


def page_of(body: object) -> list[Mapping[str, Any]]:
    """The items of a page of a list."""
    value = body.get("value") if isinstance(body, Mapping) else None
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise TypeError("a page of a list has a 'value', which is a list of objects")
    return value


def body_of(response: Any) -> object:
    """The JSON of an answer of either of azure-core's kinds; the older one has no json()."""
    return json.loads(response.http_response.text())


def properties_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a resource."""
    properties: Mapping[str, Any] = due(mapping(item.get("properties"), "properties"), "properties")
    return properties


def mapping(value: Any, name: str) -> Mapping[str, Any] | None:
    """An object, or None where there is none."""
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"{name} is an object")
    return value


def text(value: Any, name: str) -> str | None:
    """A text, or None where there is none."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is a text")
    return value


def flag(value: Any, name: str) -> bool | None:
    """True or false, or None where it is not said."""
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"{name} is true or false")
    return value


def due(value: Any, name: str) -> Any:
    """The value itself, where it must be there."""
    if value is None:
        raise TypeError(f"{name} is due")
    return value
