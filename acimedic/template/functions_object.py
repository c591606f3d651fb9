"""Object functions, and those that join or compare whole containers.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object
"""

from __future__ import annotations

from acimedic.template import utf16
from acimedic.template.arguments import Args, Table, WrongArgumentError, as_object, builtin, known
from acimedic.template.functions_string import fold
from acimedic.template.lenient import Reader, TemplateError
from acimedic.template.sets import intersection_of_arrays, union_of_arrays
from acimedic.template.values import Json, Unresolved, same

_MAX_JSON_NESTING = 60


def _json(args: Args) -> Json:
    return read_json(args.text(0))


def read_json(text: str) -> Json:
    """The value of a JSON text inside a template: `json('null')`, `json('{''a'': 1}')`."""
    try:
        return Reader(text, single_quotes=True, max_nesting=_MAX_JSON_NESTING).read()
    except TemplateError as error:
        raise WrongArgumentError(f"not JSON: {error.message}") from error


def _union(args: Args) -> Json:
    if isinstance(args.any(0), list):
        arrays = [args.array(at) for at in range(len(args))]
        args.meter.produce(sum(map(len, arrays)))
        return union_of_arrays(arrays)
    merged = args.object(0)
    for at in range(1, len(args)):
        merged = _merge(merged, args.object(at), args)
    return merged


def _merge(base: dict[str, Json], over: dict[str, Json], args: Args) -> dict[str, Json]:
    """Objects are merged all the way down, everything else is replaced."""
    args.meter.produce(len(base) + len(over))
    merged = dict(base)
    written = {key.lower(): key for key in base}
    for key, value in over.items():
        found = written.get(key.lower())
        before = None if found is None else merged[found]
        if isinstance(before, dict) and isinstance(value, dict):
            value = _merge(before, value, args)
        elif isinstance(before, Unresolved) and isinstance(value, dict):
            value = before  # an object would be merged, anything else replaced
        merged[found or key] = value
    return merged


def _shallow_merge(args: Args) -> Json:
    merged: dict[str, Json] = {}
    written: dict[str, str] = {}
    for each in args.array(0):
        for key, value in as_object(each).items():
            merged[written.setdefault(key.lower(), key)] = value
    return merged


def _intersection(args: Args) -> Json:
    if isinstance(args.any(0), list):
        return intersection_of_arrays([args.array(at) for at in range(len(args))])
    objects = [as_object(known(args.any(at))) for at in range(len(args))]
    kept: dict[str, Json] = {}
    for key, value in objects[0].items():
        if all(key in each for each in objects[1:]):
            if all(same(each[key], value) is True for each in objects[1:]):
                kept[key] = value
            elif all(isinstance(each[key], dict | list) for each in objects):
                raise WrongArgumentError(f"the objects differ inside '{key}'")
    return kept


def _items(args: Args) -> Json:
    members = args.object(0)
    args.meter.produce(3 * len(members))
    return [
        {"key": key, "value": members[key]} for key in sorted(members, key=lambda each: (utf16.units(fold(each)), each))
    ]


def _object_keys(args: Args) -> Json:
    return list(args.object(0))


FUNCTIONS: Table = {
    "intersection": builtin(_intersection, 2, None),
    "items": builtin(_items, 1, 1),
    "json": builtin(_json, 1, 1),
    "null": builtin(lambda args: None, 0, 0),  # noqa: ARG005 - a table of functions
    "objectkeys": builtin(_object_keys, 1, 1),
    "shallowmerge": builtin(_shallow_merge, 1, 1),
    "union": builtin(_union, 1, None),
}
