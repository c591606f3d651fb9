"""The parameters of a deployment in the shapes they come in: parameter file, request, and what Azure returns.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from acimedic.template.definitions import Given, section
from acimedic.template.frames import Frame
from acimedic.template.trees import evaluate_tree
from acimedic.template.values import Json, Unresolved, find_key, member

_NO_VALUE = frozenset(("type", "value", "reference", "metadata"))


def given_to_template(template: Mapping[str, Json], parameters: Mapping[str, Json]) -> Given:
    """The parameters given from outside: their values are values, never expressions."""
    inner = member(parameters, "parameters")
    declared = {name.lower() for name in section(template, "parameters")}
    is_file = "parameters" not in declared or any(find_key(parameters, each) for each in ("$schema", "contentVersion"))
    if isinstance(inner, dict) and is_file:
        parameters = inner
    return {name.lower(): partial(_value, name, entry) for name, entry in parameters.items()}


def given_to_nested(tree: Json, frame: Frame) -> Given:
    """The parameters of a nested deployment: expressions of the template around it, evaluated when asked for."""
    if isinstance(tree, str):
        tree = evaluate_tree(tree, frame)
        if isinstance(tree, dict):
            return {name.lower(): partial(_value, name, entry) for name, entry in tree.items()}
    if not isinstance(tree, dict):
        return {}

    def evaluated(name: str, entry: Json) -> Callable[[], Json]:
        def read() -> Json:
            value = find_key(entry, "value") if isinstance(entry, dict) else None
            if isinstance(entry, dict) and value is not None:
                return evaluate_tree(entry[value], frame)
            return _value(name, evaluate_tree(entry, frame))  # a loop called `value`, or one expression for all

        return read

    return {name.lower(): evaluated(name, entry) for name, entry in tree.items()}


def _value(name: str, entry: Json) -> Json:
    if not isinstance(entry, dict):
        return entry
    value = member(entry, "value")
    if value is not None:
        return value
    if isinstance(member(entry, "reference"), dict):
        return Unresolved(f"parameter '{name}' comes from a key vault")
    declared = member(entry, "type")
    if isinstance(declared, str) and declared.lower().startswith("secure"):
        return Unresolved(f"secure parameter '{name}'")
    if {key.lower() for key in entry} - _NO_VALUE:
        return Unresolved(f"parameter '{name}' is given in a way that is not evaluated")
    return None
