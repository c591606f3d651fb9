"""Comparison, numeric and the plain logical functions.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-comparison,
`template-functions-numeric` and `template-functions-logical`
"""

from __future__ import annotations

import re
from collections.abc import Callable

from acimedic.template.arguments import Args, Table, WrongArgumentError, builtin, equal
from acimedic.template.values import Json, kind

_INTEGER = re.compile(r"\s*[+-]?\d{1,19}\s*\Z", re.ASCII)
_FLOAT = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,2})?\Z", re.ASCII)


def compare(left: Json, right: Json) -> int:
    """Below, at or above zero, for two integers or two strings."""
    if isinstance(left, str) and isinstance(right, str):
        return _collate(left, right)
    for each in (left, right):
        if isinstance(each, bool) or not isinstance(each, int):
            raise WrongArgumentError(f"two integers or two strings are expected, not {kind(each)}")
    return (left > right) - (left < right)  # type: ignore[operator] # integers


def _collate(left: str, right: str) -> int:
    """The order of a dictionary, which the page's own example shows: 'A' is greater than 'a'.

    Letters count first, case only where all else is the same. Only letters and digits have the same place in every
    such order: what is decided by anything else is not answered.
    """
    if left == right:
        return 0
    if not (left + right).isascii() or not (left + right).isprintable():
        raise WrongArgumentError("strings beyond ASCII cannot be ordered reliably")
    for one, other in zip(left.lower(), right.lower(), strict=False):
        if one != other:
            if not (one.isalnum() and other.isalnum()):
                raise WrongArgumentError("signs cannot be ordered reliably")
            return 1 if one > other else -1
    if len(left) != len(right):
        longer = left if len(left) > len(right) else right
        if not any(each.isalnum() for each in longer[min(len(left), len(right)) :]):
            raise WrongArgumentError("signs cannot be ordered reliably")
        return 1 if longer is left else -1
    case = next(one for one, other in zip(left, right, strict=True) if one != other)
    return 1 if case.isupper() else -1


def _comparison(holds: Callable[[int], bool]) -> Callable[[Args], Json]:
    return lambda args: holds(compare(args.any(0), args.any(1)))


def _arithmetic(operation: Callable[[int, int], int]) -> Callable[[Args], Json]:
    def run(args: Args) -> Json:
        result = operation(args.integer(0), args.integer(1))
        if not -(2**63) <= result < 2**63:
            raise WrongArgumentError("the result is larger than a 64-bit integer")
        return result

    return run


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise WrongArgumentError("division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    return left - right * _divide(left, right)


def _int(args: Args) -> Json:
    value = args.any(0)
    if isinstance(value, str) and _INTEGER.match(value):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    else:
        raise WrongArgumentError(f"{kind(value)} that is no integer")
    if not -(2**63) <= number < 2**63:
        raise WrongArgumentError("larger than a 64-bit integer")
    return number


def _float(args: Args) -> Json:
    value = args.any(0)
    if (isinstance(value, str) and _FLOAT.match(value)) or (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63
    ):
        number = float(value)
    else:
        raise WrongArgumentError(f"{kind(value)} that is no number")
    if abs(number) > 1e300:
        raise WrongArgumentError("a number too large")
    return number


def _bool(args: Args) -> Json:
    value = args.any(0)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if value in (0, 1) and isinstance(value, int):
        return bool(value)
    raise WrongArgumentError(f"{kind(value)} that is neither true nor false")


FUNCTIONS: Table = {
    "add": builtin(_arithmetic(lambda left, right: left + right), 2, 2),
    "bool": builtin(_bool, 1, 1),
    "div": builtin(_arithmetic(_divide), 2, 2),
    "equals": builtin(lambda args: equal(args.any(0), args.any(1)), 2, 2),
    "false": builtin(lambda args: False, 0, 0),  # noqa: ARG005 - a table of functions
    "float": builtin(_float, 1, 1),
    "greater": builtin(_comparison(lambda order: order > 0), 2, 2),
    "greaterorequals": builtin(_comparison(lambda order: order >= 0), 2, 2),
    "int": builtin(_int, 1, 1),
    "less": builtin(_comparison(lambda order: order < 0), 2, 2),
    "lessorequals": builtin(_comparison(lambda order: order <= 0), 2, 2),
    "mod": builtin(_arithmetic(_remainder), 2, 2),
    "mul": builtin(_arithmetic(lambda left, right: left * right), 2, 2),
    "not": builtin(lambda args: not args.boolean(0), 1, 1),
    "sub": builtin(_arithmetic(lambda left, right: left - right), 2, 2),
    "true": builtin(lambda args: True, 0, 0),  # noqa: ARG005 - a table of functions
    "xor": builtin(lambda args: args.boolean(0) is not args.boolean(1), 2, 2),
}
