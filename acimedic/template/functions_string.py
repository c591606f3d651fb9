"""String functions.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string
"""

from __future__ import annotations

import re
from collections.abc import Callable

from acimedic.template import utf16
from acimedic.template.arguments import Args, Table, WrongArgumentError, as_text, builtin, known
from acimedic.template.hashing import guid, unique_string
from acimedic.template.printing import format_text, scalar_text, text_of
from acimedic.template.values import Json

# https://learn.microsoft.com/dotnet/api/system.char.iswhitespace: unlike Python's it has no U+001C to U+001F.
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


def fold(text: str) -> str:
    """A string for comparison without case, as .NET's ordinal rules do."""
    return _each(text, str.upper)


def _each(text: str, change: Callable[[str], str]) -> str:
    """Changes case character by character: .NET keeps the length, so `ß` stays."""
    if text.isascii():
        return change(text)
    changed = [(each, change(each)) for each in text]
    if any(each > "\uffff" and each != other for each, other in changed):
        # Whether .NET knows the case of a character above U+FFFF depends on its version.
        raise WrongArgumentError("a letter above U+FFFF")
    return "".join(other if len(other) == 1 else each for each, other in changed)


def _format(args: Args) -> Json:
    return format_text(args.text(0), args.values[1:], args.meter)


def _index_of(args: Args, last: bool) -> int:
    text, wanted = utf16.units(fold(args.text(0))), utf16.units(fold(args.text(1)))
    if last and not wanted:
        return max(len(text) - 1, 0)  # as the .NET Framework answers
    return text.rfind(wanted) if last else text.find(wanted)


def _starts_with(args: Args) -> Json:
    return fold(args.text(0)).startswith(fold(args.text(1)))


def _ends_with(args: Args) -> Json:
    return fold(args.text(0)).endswith(fold(args.text(1)))


def _pad_left(args: Args) -> Json:
    width, filler = args.integer(1), args.text(2) if len(args) > 2 else " "
    if width < 0 or utf16.length(filler) != 1:
        raise WrongArgumentError("a width from 0 and one padding character are expected")
    args.meter.produce(width)
    text = scalar_text(args.any(0))
    return filler * (width - utf16.length(text)) + text


def _replace(args: Args) -> Json:
    text, old, new = args.texts()
    if not old:
        raise WrongArgumentError("nothing to look for")
    args.meter.produce(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _split(args: Args) -> Json:
    text, marks = args.text(0), args.any(1)
    delimiters = [as_text(each) for each in marks] if isinstance(marks, list) else [as_text(marks)]
    delimiters = [each for each in delimiters if each]
    if not delimiters:
        return [text]
    args.meter.produce(sum(map(len, delimiters)))
    if len(delimiters) == 1:
        return list(text.split(delimiters[0]))
    return list(re.split("|".join(map(re.escape, delimiters)), text))


def _join(args: Args) -> Json:
    pieces = [scalar_text(each) for each in args.array(0)]
    delimiter = args.text(1)
    args.meter.produce(sum(map(len, pieces)) + len(delimiter) * max(len(pieces) - 1, 0))
    return delimiter.join(pieces)


def _like(args: Args) -> Json:
    text, pattern = args.text(0), args.text(1)
    verdicts = {matches(text, pattern), matches(fold(text), fold(pattern))}
    if len(verdicts) > 1 or set("?[]\\") & set(pattern):
        # Whether case counts, and what else is special, is not documented.
        raise WrongArgumentError("a pattern whose meaning is not documented")
    return verdicts.pop()


def matches(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for anything."""
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *middle, last = others
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for each in middle:
        at = text.find(each, at, end)
        if at < 0:
            return False
        at += len(each)
    return True


def _substring(args: Args) -> Json:
    text, start = utf16.units(args.text(0)), args.integer(1)
    length = args.integer(2) if len(args) > 2 else len(text) - start
    if start < 0 or length < 0 or start + length > len(text):
        raise WrongArgumentError(f"{length} characters from {start} lie outside a string of {len(text)}")
    return utf16.whole(text[start : start + length])


def _string(args: Args) -> Json:
    return text_of(known(args.any(0)))


def _unique_string(args: Args) -> Json:
    parts = args.texts()
    args.meter.work(sum(map(len, parts)) // 8)
    return unique_string(parts)


FUNCTIONS: Table = {
    "endswith": builtin(_ends_with, 2, 2),
    "format": builtin(_format, 1, None),
    "guid": builtin(lambda args: guid(args.texts()), 1, None),
    "join": builtin(_join, 2, 2),
    "like": builtin(_like, 2, 2),
    "padleft": builtin(_pad_left, 2, 3),
    "replace": builtin(_replace, 3, 3),
    "split": builtin(_split, 2, 2),
    "startswith": builtin(_starts_with, 2, 2),
    "string": builtin(_string, 1, 1),
    "substring": builtin(_substring, 2, 3),
    "tolower": builtin(lambda args: _each(args.text(0), str.lower), 1, 1),
    "toupper": builtin(lambda args: _each(args.text(0), str.upper), 1, 1),
    "trim": builtin(lambda args: args.text(0).strip(_WHITE_SPACE), 1, 1),
    "uniquestring": builtin(_unique_string, 1, None),
}


def index_of_text(args: Args) -> Json:
    """`indexOf` of a string: ignores case, as contains() does not."""
    return _index_of(args, last=False)


def last_index_of_text(args: Args) -> Json:
    """`lastIndexOf` of a string: ignores case."""
    return _index_of(args, last=True)
