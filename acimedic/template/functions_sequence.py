"""Functions that strings and arrays share, and those of arrays.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array
"""

from __future__ import annotations

from acimedic.template import utf16
from acimedic.template.arguments import (
    Args,
    Table,
    WrongArgumentError,
    as_array,
    as_integer,
    builtin,
    equal,
)
from acimedic.template.functions_string import index_of_text, last_index_of_text
from acimedic.template.printing import scalar_text
from acimedic.template.sets import distinct
from acimedic.template.values import Json, find_key, kind

_MAX_RANGE = 10_000


def _concat(args: Args) -> Json:
    if isinstance(args.any(0), list):
        arrays = [args.array(at) for at in range(len(args))]
        args.meter.produce(sum(map(len, arrays)))
        return [each for array in arrays for each in array]
    pieces = [scalar_text(each) for each in args.values]
    args.meter.produce(sum(map(len, pieces)))
    return "".join(pieces)


def _length(args: Args) -> Json:
    value = args.any(0)
    if not isinstance(value, str | list | dict):
        raise WrongArgumentError(f"{kind(value)} has no length")
    return utf16.length(value) if isinstance(value, str) else len(value)


def _empty(args: Args) -> Json:
    value = args.any(0)
    if value is not None and not isinstance(value, str | list | dict):
        raise WrongArgumentError(f"{kind(value)} has no length")
    return not value


def _first(args: Args) -> Json:
    return _at_end(args.any(0), 0)


def _last(args: Args) -> Json:
    return _at_end(args.any(0), -1)


def _at_end(value: Json, at: int) -> Json:
    if isinstance(value, str):
        return utf16.whole(utf16.units(value)[at]) if value else ""
    array = as_array(value)
    return array[at] if array else None


def _take(args: Args) -> Json:
    count = max(args.integer(1), 0)
    value = args.any(0)
    return utf16.whole(utf16.units(value)[:count]) if isinstance(value, str) else as_array(value)[:count]


def _skip(args: Args) -> Json:
    count = max(args.integer(1), 0)
    value = args.any(0)
    return utf16.whole(utf16.units(value)[count:]) if isinstance(value, str) else as_array(value)[count:]


def _contains(args: Args) -> Json:
    container, wanted = args.any(0), args.any(1)
    if isinstance(container, str):
        return scalar_text(wanted) in container
    if isinstance(container, dict):
        return find_key(container, scalar_text(wanted)) is not None
    return _position(as_array(container), wanted) >= 0


def _index_of(args: Args) -> Json:
    value = args.any(0)
    return index_of_text(args) if isinstance(value, str) else _position(as_array(value), args.any(1))


def _last_index_of(args: Args) -> Json:
    value = args.any(0)
    if isinstance(value, str):
        return last_index_of_text(args)
    array = as_array(value)
    return next((at for at in range(len(array) - 1, -1, -1) if equal(array[at], args.any(1))), -1)


def _position(array: list[Json], wanted: Json) -> int:
    """Where a value stands first; an unknown element before it makes that unknown."""
    return next((at for at, each in enumerate(array) if equal(each, wanted)), -1)


def _range(args: Args) -> Json:
    start, count = args.integer(0), args.integer(1)
    if not 0 <= count <= _MAX_RANGE or start + count > 2**31 - 1:
        raise WrongArgumentError(f"a range of {count} numbers from {start} is not allowed")
    return list(range(start, start + count))


def _flatten(args: Args) -> Json:
    arrays = [as_array(each) for each in args.array(0)]
    args.meter.produce(sum(map(len, arrays)))
    return [each for array in arrays for each in array]


def _index_from_end(args: Args) -> Json:
    array, at = args.array(0), args.integer(1)
    if not 1 <= at <= len(array):
        raise WrongArgumentError(f"there is no element {at} from the end of {len(array)}")
    return array[-at]


def _try_index_from_end(args: Args) -> Json:
    if args.any(0) is None:
        return None
    array, at = args.array(0), args.integer(1)
    return array[-at] if 1 <= at <= len(array) else None


def _extreme(args: Args, largest: bool) -> Json:
    numbers = args.array(0) if len(args) == 1 and isinstance(args.any(0), list) else list(args.values)
    if not numbers:
        raise WrongArgumentError("no number is given")
    found = [as_integer(each) for each in numbers]
    return max(found) if largest else min(found)


def _array(args: Args) -> Json:
    value = args.any(0)
    return value if isinstance(value, list) else [value]


FUNCTIONS: Table = {
    "array": builtin(_array, 1, 1),
    "concat": builtin(_concat, 1, None),
    "contains": builtin(_contains, 2, 2),
    "distinct": builtin(lambda args: distinct(args.array(0)), 1, 1),
    "empty": builtin(_empty, 1, 1),
    "first": builtin(_first, 1, 1),
    "flatten": builtin(_flatten, 1, 1),
    "indexfromend": builtin(_index_from_end, 2, 2),
    "indexof": builtin(_index_of, 2, 2),
    "last": builtin(_last, 1, 1),
    "lastindexof": builtin(_last_index_of, 2, 2),
    "length": builtin(_length, 1, 1),
    "max": builtin(lambda args: _extreme(args, largest=True), 1, None),
    "min": builtin(lambda args: _extreme(args, largest=False), 1, None),
    "range": builtin(_range, 2, 2),
    "skip": builtin(_skip, 2, 2),
    "take": builtin(_take, 2, 2),
    "tryindexfromend": builtin(_try_index_from_end, 2, 2),
}
