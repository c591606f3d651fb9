"""JSON in text: whole, embedded, escaped, or not quite JSON."""

import json
import re
from typing import Any

from acimedic.errors.cleaning import unescape

__all__ = ["find_json", "load"]

_DECODER = json.JSONDecoder(strict=False)  # line breaks within strings occur: terminals wrap
_START = re.compile(r"\{(?=\s{0,200}(?:\\{0,15}\"|\}))|\[(?=\s{0,200}\{)")
_TOKEN = re.compile(r"\\.|[\"{}\[\]]", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(?=\s{0,2000}[}\]])")
_TRIES = 20
_LONGEST_LENIENT = 100_000


def load(text: str) -> Any:
    """The value of a text that is JSON as a whole, trailing commas forgiven. Raises ValueError for any other."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        if len(text) > _LONGEST_LENIENT:
            raise ValueError("no JSON") from None
    try:
        return json.loads(_TRAILING_COMMA.sub("", text), strict=False)
    except RecursionError:
        raise ValueError("nested too deep") from None


def find_json(text: str) -> tuple[list[Any], str]:
    """The JSON objects that stand in a text, and the text without them."""
    values: list[Any] = []
    rest: list[str] = []
    place, tries = 0, 0
    while tries < _TRIES and (start := _START.search(text, place)):
        found = _at(text, start.start())
        if found is None:
            tries += 1
            rest.append(text[place : start.end()])
            place = start.end()
            continue
        rest.append(text[place : start.start()])
        values.append(found[0])
        place = found[1]
    rest.append(text[place:])
    return values, " ".join(rest)


def _at(text: str, start: int) -> tuple[Any, int] | None:
    """The value that begins at a place, and where it ends: strictly, without trailing commas, unescaped."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass
    end = _balanced(text, start)
    if end is None:
        return None
    candidate = text[start:end]
    for _ in range(5):
        try:
            return load(candidate), end
        except ValueError:
            if '\\"' not in candidate:
                return None
            candidate = unescape(candidate)
    return None


def _balanced(text: str, start: int) -> int | None:
    """Where the brackets that open at a place are closed again; brackets in strings do not count."""
    depth, quoted = 0, False
    for token in _TOKEN.finditer(text, start, start + _LONGEST_LENIENT):
        match token[0]:
            case '"':
                quoted = not quoted
            case "{" | "[" if not quoted:
                depth += 1
            case "}" | "]" if not quoted:
                depth -= 1
                if depth == 0:
                    return token.end()
            case _:
                pass
    return None
