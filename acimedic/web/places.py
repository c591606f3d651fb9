"""The addresses of what is only read: pages for a browser, JSON for a program, at the same places everywhere."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from acimedic.lifecycle.tools import Tools
from acimedic.web import bundles, causes, incidents
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.reading import Looks

Looked: TypeAlias = Callable[[Asked, Tools, Looks], Awaitable[Answer]]

LOOKED_AT: Mapping[str, Looked] = {
    "incidents": incidents.on_list,
    "incidents/{id}": incidents.on_incident,
    "incidents/{id}/audit": incidents.on_audit,
    "incidents/{id}/bundle": bundles.on_bundle,
    "checks": causes.on_checks,
    "checks/{id}": causes.on_check,
}
"""What is only read, by its route below `/api/`, which is also the prefix that the Functions host gives all routes."""
