"""One pass over JSON as ARM reads it: comments, trailing commas, strings over several lines.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata
"""

from __future__ import annotations

import math
import re
from typing import NoReturn

from acimedic.template.values import Json, child_path

MAX_NESTING = 128

_BLANK = re.compile(r"(?:[\s\ufeff]+|//[^\r\n]*|/\*[\s\S]*?\*/)*")
_STRING = re.compile(r'"([^"\\]*(?:\\[\s\S][^"\\]*)*)"')
_SINGLE = re.compile(r"'([^'\\]*(?:\\[\s\S][^'\\]*)*)'")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?![\w.])", re.ASCII)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[\s\S])")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPES = {'"': '"', "'": "'", "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class TemplateError(ValueError):
    """The text is not a template: it cannot be read as JSON.

    line, column: where, both from one; the message has no place where it is the whole text.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}, column {column}: {message}")
        self.message = message
        self.line = line or 1
        self.column = column or 1


def finite(text: str) -> float:
    """A number with a fraction or exponent; ValueError where no double can hold it."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def integer(text: str) -> int:
    """A whole number; ValueError where it is longer than anybody means."""
    if len(text) > 40:
        raise ValueError(text)
    return int(text)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where an offset lies for a person: both count from one."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class Reader:
    """One pass over a text; with `positions` it notes the offset of every member and element."""

    def __init__(
        self, text: str, *, single_quotes: bool = False, max_nesting: int = MAX_NESTING, positions: bool = False
    ) -> None:
        self._text = text
        self._at = 0
        self._single_quotes = single_quotes
        self._max_nesting = max_nesting
        self._note = positions
        self.positions: dict[str, int] = {}

    def read(self) -> Json:
        """The one value of the text."""
        self._skip()
        self._mark("", self._at)
        value = self._value("", 1)
        self._skip()
        if self._at < len(self._text):
            self._fail("something follows the end of the document")
        return value

    def _value(self, path: str, depth: int) -> Json:
        text, at = self._text, self._at
        opening = text[at : at + 1]
        if opening in ("{", "["):
            if depth > self._max_nesting:
                self._fail(f"nested more than {self._max_nesting} levels deep")
            self._at += 1
            return self._object(path, depth) if opening == "{" else self._array(path, depth)
        if opening == '"' or (opening == "'" and self._single_quotes):
            return self._string()
        if number := _NUMBER.match(text, at):
            self._at = number.end()
            try:
                return finite(number[0]) if number[1] or number[2] else integer(number[0])
            except ValueError:
                self._at = at
                self._fail("a number too large")
        word = _WORD.match(text, at)
        if word and word[0] in _WORDS:
            self._at = word.end()
            return _WORDS[word[0]]
        return self._fail("a value is expected" if opening else "the document ends too early")

    def _object(self, path: str, depth: int) -> Json:
        members: dict[str, Json] = {}
        while not self._closed("}"):
            start = self._at
            key = self._key()
            self._skip()
            if not self._take(":"):
                self._fail("':' is expected after a property name")
            self._skip()
            inner = child_path(path, key) if self._note else ""
            self._mark(inner, start)
            members[key] = self._value(inner, depth + 1)
            self._separator("}")
        return members

    def _array(self, path: str, depth: int) -> Json:
        elements: list[Json] = []
        while not self._closed("]"):
            inner = child_path(path, len(elements)) if self._note else ""
            self._mark(inner, self._at)
            elements.append(self._value(inner, depth + 1))
            self._separator("]")
        return elements

    def _key(self) -> str:
        opening = self._text[self._at : self._at + 1]
        if opening == '"' or (opening == "'" and self._single_quotes):
            return self._string()
        word = _WORD.match(self._text, self._at)  # recordings hold `template:` without quotes
        if word is None:
            self._fail("a property name is expected" if opening else "the document ends too early")
        self._at = word.end()
        return word[0]

    def _string(self) -> str:
        pattern = _STRING if self._text[self._at] == '"' else _SINGLE
        found = pattern.match(self._text, self._at)
        if found is None:
            self._fail("a string that does not end")
        raw = found[1]
        if "\\" in raw:
            raw = _ESCAPE.sub(self._unescape, raw)
            if any("\ud800" <= each <= "\udfff" for each in raw):
                # Two escapes of one character above U+FFFF come as a pair of surrogates.
                raw = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self._at = found.end()
        return raw

    def _unescape(self, found: re.Match[str]) -> str:
        code = found[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            self._fail(f"the escape \\{code} does not exist")
        return _ESCAPES[code]

    def _closed(self, bracket: str) -> bool:
        self._skip()
        return self._take(bracket)

    def _separator(self, bracket: str) -> None:
        self._skip()
        if not self._take(",") and self._text[self._at : self._at + 1] != bracket:
            self._fail(f"',' or '{bracket}' is expected")

    def _take(self, character: str) -> bool:
        if self._text.startswith(character, self._at):
            self._at += 1
            return True
        return False

    def _skip(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _mark(self, path: str, offset: int) -> None:
        if self._note:
            self.positions[path] = offset

    def _fail(self, message: str) -> NoReturn:
        raise TemplateError(message, *line_and_column(self._text, self._at))
