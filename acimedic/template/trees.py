"""Evaluates a tree of template JSON: its expressions, expression keys and property loops.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties
"""

from __future__ import annotations

import math

from acimedic.template.expressions import evaluate_text
from acimedic.template.frames import Frame
from acimedic.template.syntax import is_expression, unescape
from acimedic.template.values import Json, Unresolved, find_key, kind, member


def evaluate_tree(tree: Json, frame: Frame, *, drop_null: bool = False) -> Json:
    """The tree with all expressions evaluated; null removes a property where `drop_null` is set."""
    if isinstance(tree, str) and not is_expression(tree):
        return unescape(tree)
    if not isinstance(tree, str | list | dict):
        return _leaf(tree)
    refused = frame.meter.enter()
    if refused is not None:
        return refused
    try:
        if isinstance(tree, str):
            return evaluate_text(tree, frame)
        if isinstance(tree, dict):
            return frame.meter.admit(_object(tree, frame, drop_null))
        return frame.meter.admit([evaluate_tree(each, frame, drop_null=drop_null) for each in tree])
    finally:
        frame.meter.leave()


def _leaf(tree: Json) -> Json:
    if isinstance(tree, float):
        return tree if math.isfinite(tree) else _not_json(tree)
    if isinstance(tree, int):
        return tree if tree.bit_length() <= 64 else Unresolved("an integer of more than 64 bits")
    return None if tree is None else _not_json(tree)


def _not_json(value: object) -> Unresolved:
    return value if isinstance(value, Unresolved) else Unresolved("the template holds a value that is not JSON")


def _object(tree: dict[str, Json], frame: Frame, drop_null: bool) -> Json:
    made: dict[str, Json] = {}
    for written, each in tree.items():
        if not isinstance(written, str):
            return _not_json(written)
        key = evaluate_tree(written, frame) if written.startswith("[") else written
        if isinstance(key, Unresolved):
            return key  # the object has a property of which not even the name is known
        if not isinstance(key, str):
            return Unresolved(f"{kind(key)} stands for the name of a property")
        if key.lower() == "copy" and is_loop(each):
            refused = _add_loops(made, each, frame, drop_null)
            if refused is not None:
                return refused
            continue
        value = evaluate_tree(each, frame, drop_null=drop_null)
        if value is not None or not drop_null:
            made[key] = value
    return made


def is_loop(tree: Json) -> bool:
    """Whether the value of a `copy` property is a list of loops, and not somebody's data."""
    return (
        isinstance(tree, list)
        and bool(tree)
        and all(isinstance(each, dict) and _has(each, "name") and _has(each, "count") for each in tree)
    )


def _has(tree: dict[str, Json], name: str) -> bool:
    return find_key(tree, name) is not None


def _add_loops(made: dict[str, Json], loops: Json, frame: Frame, drop_null: bool) -> Unresolved | None:
    for loop in loops if isinstance(loops, list) else []:
        if not isinstance(loop, dict):
            continue
        name = evaluate_tree(member(loop, "name"), frame)
        if not isinstance(name, str):
            return name if isinstance(name, Unresolved) else Unresolved("the name of a loop is not a string")
        made[name] = run_loop(name, loop, frame, drop_null=drop_null)
    return None


def run_loop(name: str, loop: dict[str, Json], frame: Frame, *, drop_null: bool = False) -> Json:
    """The array that a property, variable or output loop makes."""
    count = loop_count(member(loop, "count"), frame)
    if isinstance(count, Unresolved):
        return count
    made: list[Json] = []
    wanted = member(loop, "input")
    for index in range(count):
        if frame.meter.stopped is not None:
            return frame.meter.stopped
        made.append(evaluate_tree(wanted, frame.looped(name, index), drop_null=drop_null))
    return frame.meter.admit(made)


def loop_count(tree: Json, frame: Frame) -> int | Unresolved:
    """How many rounds a loop has, if the budget allows them."""
    count = evaluate_tree(tree, frame)
    if isinstance(count, Unresolved):
        return count
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        return Unresolved("the count of a loop is not a whole number from 0")
    return frame.meter.loop(count) or count
