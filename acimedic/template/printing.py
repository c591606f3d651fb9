"""How values become text: string(), concat() and format() print as .NET does.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#format and
https://learn.microsoft.com/dotnet/standard/base-types/standard-numeric-format-strings
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from acimedic.template import utf16
from acimedic.template.arguments import WrongArgumentError, known, shallow
from acimedic.template.budget import Meter
from acimedic.template.values import Json, kind

_HOLE = re.compile(r"\{\{|\}\}|\{(\d{1,6})(?:,\s*(-?\d{1,6})\s*)?(?::([^{}]*))?\}|[{}]")
_WIDE = Context(prec=150)
_STANDARD = re.compile(r"([A-Za-z])(\d{0,2})\Z")
_CUSTOM = re.compile(r"([^0#,.%]*)([0#,]*)(?:\.([0#]+))?([^0#,.%]*)\Z")


def scalar_text(value: Json) -> str:
    """A string, number or boolean as concat() and format() print it."""
    match shallow(value):
        case str(text):
            return text
        case bool(flag):
            return "True" if flag else "False"
        case int(number):
            return str(number)
        case float(number):
            return _float_text(number)
        case other:
            raise WrongArgumentError(f"{kind(other)} cannot be printed here")


def json_text(value: Json) -> str:
    """Compact JSON, as string() prints arrays and objects."""
    return json.dumps(known(value), ensure_ascii=False, separators=(",", ":"))


def text_of(value: Json) -> str:
    """What string() gives."""
    if isinstance(value, list | dict):
        return json_text(value)
    return "" if value is None else scalar_text(value)


def format_text(pattern: str, values: Sequence[Json], meter: Meter) -> str:
    """`format('{0} and {1:N0}', ...)`."""
    pieces: list[str] = []
    size = at = 0
    for hole in _HOLE.finditer(pattern):
        pieces.append(pattern[at : hole.start()])
        at = hole.end()
        pieces.append(_filled(hole, values))
        size += len(pieces[-1]) + len(pieces[-2])
        if size > meter.budget.max_characters:
            meter.produce(size)
    pieces.append(pattern[at:])
    return "".join(pieces)


def _filled(hole: re.Match[str], values: Sequence[Json]) -> str:
    if hole[0] in ("{{", "}}"):
        return hole[0][0]
    if hole[1] is None:
        raise WrongArgumentError("a brace without its counterpart")
    if int(hole[1]) >= len(values):
        raise WrongArgumentError(f"there is no argument {hole[1]}")
    text = _formatted(values[int(hole[1])], hole[3] or "")
    width = int(hole[2] or 0)
    room = " " * (abs(width) - utf16.length(text))
    return text + room if width < 0 else room + text


def _formatted(value: Json, spec: str) -> str:
    if isinstance(value, list | dict):
        return _single_quoted(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else scalar_text(value)  # .NET ignores the format of other types
    if not spec:
        return scalar_text(value)
    if (standard := _STANDARD.match(spec)) is not None:
        digits = int(standard[2]) if standard[2] else None
        return _standard(value, standard[1], digits)
    return _custom(value, spec)


def _single_quoted(value: Json) -> str:
    """Objects and arrays inside format() print as JSON with single quotes."""
    text = json_text(value)
    if "'" in text or '\\"' in text:
        raise WrongArgumentError("an object with quotes in its strings cannot be printed reliably")
    return text.replace('"', "'")


def _standard(value: int | float, letter: str, digits: int | None) -> str:
    match letter.upper():
        case "D" if isinstance(value, int):
            return ("-" if value < 0 else "") + str(abs(value)).zfill(digits or 0)
        case "X" if isinstance(value, int) and value >= 0:
            return f"{value:{letter}}".zfill(digits or 0)
        case "N":
            return f"{_rounded(value, 2 if digits is None else digits):,f}"
        case "F":
            return f"{_rounded(value, 2 if digits is None else digits):f}"
        case "G" if digits is None:
            return scalar_text(value)
    raise WrongArgumentError(f"the number format '{letter}{'' if digits is None else digits}' is not evaluated")


def _custom(value: int | float, spec: str) -> str:
    """Zero and digit placeholders: `000`, `#,##0.00`, `v00`."""
    found = _CUSTOM.match(spec)
    if found is None or not found[2] or found[2].startswith(",") or found[2].endswith(",") or value < 0:
        raise WrongArgumentError(f"the number format '{spec}' is not evaluated")
    before, whole_pattern, fraction_pattern, after = found[1], found[2], found[3] or "", found[4]
    if any(each in before + after for each in "\\'\";eE"):
        raise WrongArgumentError(f"the number format '{spec}' is not evaluated")
    grouping = "," if "," in whole_pattern else ""
    whole_pattern = whole_pattern.replace(",", "")
    whole, _, fraction = f"{_rounded(value, len(fraction_pattern)):f}".partition(".")
    first_zero = whole_pattern.find("0")
    least = len(whole_pattern) - first_zero if first_zero >= 0 else 0
    whole = whole.lstrip("0").zfill(least)
    if grouping and whole:
        if len(whole) > 3 and whole.startswith("0"):
            raise WrongArgumentError(f"the number format '{spec}' is not evaluated")
        whole = f"{int(whole):,}" if len(whole) > 3 else whole
    kept = len(fraction_pattern.rstrip("#"))
    while len(fraction) > kept and fraction.endswith("0"):
        fraction = fraction[:-1]
    return before + whole + (f".{fraction}" if fraction else "") + after


def _rounded(value: int | float, digits: int) -> Decimal:
    if abs(value) > 10**20:
        raise WrongArgumentError("a number too large to print")
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE)


def _float_text(number: float) -> str:
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if 1e-4 <= abs(number) < 1e15:
        return repr(number)
    raise WrongArgumentError("a number that cannot be printed reliably")
