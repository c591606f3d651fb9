"""The description of the HTTP API in OpenAPI 3.1, for the addresses that there are (pure).

Source: https://spec.openapis.org/oas/v3.1.1.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from acimedic import __version__
from acimedic.web import described as say
from acimedic.web.schemas import INCIDENT_ID, TEXT, Schema, schemas
from acimedic.web.shapes import SCHEMAS

_SAID_ELSEWHERE = {"HEAD"}  # as its GET, without the body
_PARAMETERS: Mapping[str, Schema] = {
    "id": {"name": "id", "in": "path", "required": True, "description": "Of the incident.", "schema": INCIDENT_ID},
    "check": {
        "name": "check",
        "in": "path",
        "required": True,
        "description": "Of the check.",
        "schema": TEXT | {"pattern": "^[a-z][a-z0-9-]{0,63}$"},
    },
}


def document(routes: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, object]:
    """The description of these paths and their methods, in the order in which they come."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ACI Medic",
            "version": __version__,
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": say.ABOUT,
        },
        "paths": {path: _item(path, methods) for path, methods in routes},
        "components": {
            "schemas": {**schemas(), **SCHEMAS},
            "responses": say.RESPONSES,
            "securitySchemes": say.SECURITY,
        },
    }


def _item(path: str, methods: tuple[str, ...]) -> dict[str, Any]:
    named = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    item: dict[str, Any] = {"parameters": [_PARAMETERS[name] for name in named]} if named else {}
    for method in methods:
        if method not in _SAID_ELSEWHERE:
            item[method.lower()] = say.OPERATIONS[method, path]
    return item
