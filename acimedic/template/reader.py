"""Reads the text of a template, and finds again where in the text something stands.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata
"""

from __future__ import annotations

import codecs
import json
from typing import NoReturn

from acimedic.template.lenient import MAX_NESTING, Reader, TemplateError, finite, integer, line_and_column
from acimedic.template.values import Json

MAX_SIZE = 50 * 1024 * 1024
"""Bytes of a file that is read; ARM itself takes 4 MB.

Reading so much takes about 0.6 GB where it is a template, and less than 1.5 GB where it is nothing but brackets.
"""


def parse(text: str | bytes) -> Json:
    """The JSON value a template's text holds; raises `TemplateError` where it holds none."""
    decoded = decode(text)
    try:
        value: Json = json.loads(decoded, parse_constant=_refuse_constant, parse_float=finite, parse_int=integer)
    except (ValueError, RecursionError):
        return Reader(decoded).read()
    if nesting(value) > MAX_NESTING:
        return Reader(decoded).read()  # gives the place where it becomes too deep
    return value


def decode(text: str | bytes) -> str:
    """The text of a file, whichever byte order mark it begins with."""
    if len(text) > MAX_SIZE:
        raise TemplateError(f"larger than {MAX_SIZE} bytes")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    encoding = "utf-16" if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise TemplateError(f"not {encoding} text", line, error.start - text.rfind(b"\n", 0, error.start)) from error


def nesting(value: Json) -> int:
    """How many containers lie inside one another."""
    deepest = 0
    around = [iter((value,))]
    while around:
        inner = next((each for each in around[-1] if isinstance(each, dict | list)), None)
        if inner is None:
            around.pop()
            continue
        deepest = max(deepest, len(around))
        around.append(iter(inner.values() if isinstance(inner, dict) else inner))
    return deepest


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def locate(text: str, path: str) -> tuple[int, int] | None:
    """Line and column of what a JSON path names in a text: the property's name, or the element itself."""
    reader = Reader(decode(text), positions=True)
    try:
        reader.read()
    except TemplateError:
        return None
    offset = reader.positions.get(path)
    return None if offset is None else line_and_column(decode(text), offset)
