"""Properties and elements: `a.b`, `a['b']`, `a[0]`, `a.?b` and tryGet().

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object#tryget
"""

from __future__ import annotations

from acimedic.template.values import Absent, Facts, Json, Unresolved, Value, find_key, kind


def pick(target: Value, key: Json, *, safe: bool) -> Value:
    """One property or element; a safe access gives null where there is none."""
    if isinstance(target, Unresolved):
        return target
    if isinstance(key, Unresolved):
        return key
    if target is None and safe:
        return None
    if isinstance(target, Facts | dict) and isinstance(key, str):
        return _property(target, key, safe)
    if isinstance(target, list) and isinstance(key, int) and not isinstance(key, bool):
        if 0 <= key < len(target):
            return target[key]
        return None if safe else Unresolved(f"there is no element {key} in an array of {len(target)}")
    return Unresolved(f"{kind(target)} has no member that {kind(key)} could name")


def _property(target: Facts | dict[str, Json], key: str, safe: bool) -> Value:
    if isinstance(target, Facts):
        value = target.known(key)
        if not isinstance(value, Absent):
            return value
        return None if safe else Unresolved(f"there is no property '{key}'")
    found = find_key(target, key)
    if found is not None:
        return target[found]
    return None if safe else Unresolved(f"there is no property '{key}'")
