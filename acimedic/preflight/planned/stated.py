"""Properties of a template's resource as evaluated: their names in whatever casing, their values perhaps unknown."""

from acimedic.template import Json, Unresolved
from acimedic.template.values import find_key


def stated(body: Json, *path: str) -> Json:
    """The value at a path; None where nothing is stated, Unresolved where it, or what holds it, is not known."""
    value = body
    for key in path:
        if isinstance(value, Unresolved):
            return value
        written = find_key(value, key) if isinstance(value, dict) else None
        value = value[written] if isinstance(value, dict) and written is not None else None
    return value
