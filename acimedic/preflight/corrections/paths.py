"""Ways through a tree of template JSON, as written or as evaluated (pure).

Azure Resource Manager takes property names in any casing; the spelling that is there is kept.
"""

import json
from typing import TypeAlias

from acimedic.preflight.places import Steps
from acimedic.template import Json, child_path
from acimedic.template.syntax import is_expression
from acimedic.template.values import find_key

Node: TypeAlias = dict[str, Json] | list[Json]
"""An object or array: what a step can be made from."""


def path_of(steps: Steps) -> str:
    """A place in words, such as `properties.containers[0].properties.image`."""
    path = ""
    for step in steps:
        path = child_path(path, step)
    return path


def value_at(root: Json, steps: Steps) -> Json:
    """What stands at a place; None where there is nothing."""
    for step in steps:
        there = place_in(root, step) if isinstance(root, dict | list) else None
        if there is None or not isinstance(root, dict | list):
            return None
        root = member(root, there)
    return root


def place_in(around: Node, step: str | int) -> str | int | None:
    """The key as it is spelt there, or the index; None where there is no such member."""
    if isinstance(around, dict):
        return find_key(around, step) if isinstance(step, str) else None
    return step if isinstance(step, int) and 0 <= step < len(around) else None


def member(around: Node, at: str | int) -> Json:
    """The member at a place that `place_in` gave."""
    return around[str(at)] if isinstance(around, dict) else around[int(at)]


def put(around: Node, at: str | int, value: Json) -> None:
    """Give the member at a place this value."""
    if isinstance(around, dict):
        around[str(at)] = value
    else:
        around[int(at)] = value


def as_written(value: Json) -> Json:
    """A value as it has to stand in a template, where a text in brackets would be an expression."""
    if isinstance(value, str):
        return f"[{value}" if value.startswith("[") and value.endswith("]") else value
    if isinstance(value, list):
        return [as_written(each) for each in value]
    if isinstance(value, dict):
        return {str(as_written(key)): as_written(each) for key, each in value.items()}
    return value


def by_expression(written: Json) -> bool:
    """Whether an expression stands there."""
    return isinstance(written, str) and is_expression(written)


def counts(written: Json) -> bool:
    """Whether something written differs from round to round of a loop."""
    return "copyindex" in json.dumps(written, default=str).lower()


def loops_of(around: dict[str, Json], name: str) -> list[Json]:
    """The property loops of that name; of several, the last makes the property."""
    loops = around.get("copy")
    found = [each for each in loops if isinstance(each, dict)] if isinstance(loops, list) else []
    return [each for each in found if str(each.get("name")).lower() == name.lower()]


def drop_loops(around: dict[str, Json], name: str) -> None:
    """Take the property loops of that name away, and the list of loops with the last of them."""
    gone, loops = loops_of(around, name), around.get("copy")
    rest = [each for each in loops if each not in gone] if isinstance(loops, list) else []
    if rest:
        around["copy"] = rest
    else:
        around.pop("copy", None)
