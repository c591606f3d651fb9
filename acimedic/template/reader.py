"""Reads the text of a template, and finds again where in the text something stands.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata
"""

from __future__ import annotations

import codecs
import json
from typing import NoReturn

from acimedic.template.lenient import MAX_NESTING, Reader, TemplateError, finite, integer, line_and_column
from acimedic.template.values import Json

MAX_SIZE = 32 * 1024 * 1024


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
        raise TemplateError(f"larger than {MAX_SIZE} bytes", 1, 1)
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
    stack = [(value, 1)]
    while stack:
        each, depth = stack.pop()
        if isinstance(each, dict | list):
            deepest = max(deepest, depth)
            stack.extend((inner, depth + 1) for inner in (each.values() if isinstance(each, dict) else each))
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
