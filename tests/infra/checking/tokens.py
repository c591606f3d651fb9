"""Bicep text -> tokens. Line ends count, since they separate; comments do not.

The language: https://github.com/Azure/bicep/blob/main/docs/grammar.md
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from tests.infra.checking.syntax import At, BicepError

Kind = Literal["name", "number", "string", "sign", "line", "end"]
_NAME = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"\d+")
_SKIPPED = re.compile(r"(?:[ \t\r]|//[^\n]*|#[^\n]*|/\*.*?\*/)+", re.DOTALL)
_SIGNS = (
    "...", "=>", "==", "!=", "=~", "!~", "<=", ">=", "&&", "||", "??", "::",
    "{", "}", "[", "]", "(", ")", ",", ".", ":", "?", "!", "=", "<", ">", "+", "-", "*", "/", "%", "|", "@",
)  # fmt: skip
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """parts: of a string, text and the tokens of what is interpolated by turns."""

    kind: Kind
    at: At
    text: str
    parts: tuple["str | tuple[Token, ...]", ...] = field(default=())


def tokens(text: str) -> tuple[Token, ...]:
    """All tokens, `end` the last. Raises BicepError."""
    return _Reader(text).until_end()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def until_end(self, *, closing: bool = False) -> tuple[Token, ...]:
        """Tokens up to the end of the text or, inside of an interpolation, its closing brace."""
        found: list[Token] = []
        depth = 0
        while True:
            token = self._next()
            if closing and token.kind == "end":
                raise BicepError(token.at.line, "an interpolation that does not end")
            if closing and token.text == "}" and depth == 0:
                end = Token(kind="end", at=token.at, text="")
                return (*found, end)
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
            found.append(token)
            if token.kind == "end":
                return tuple(found)

    def _at(self, start: int) -> At:
        return At(start, self._place, self._text.count("\n", 0, start) + 1)

    def _next(self) -> Token:
        if skipped := _SKIPPED.match(self._text, self._place):
            self._place = skipped.end()
        start = self._place
        if start >= len(self._text):
            return Token(kind="end", at=self._at(start), text="")
        if self._text[start] == "\n":
            self._place += 1
            return Token(kind="line", at=self._at(start), text="\n")
        if self._text.startswith("'''", start):
            return self._long_string(start)
        if self._text[start] == "'":
            return self._string(start)
        kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (("name", _NAME), ("number", _NUMBER))
        for kind, pattern in kinds:
            if found := pattern.match(self._text, start):
                self._place = found.end()
                return Token(kind=kind, at=self._at(start), text=found.group())
        for sign in _SIGNS:
            if self._text.startswith(sign, start):
                self._place += len(sign)
                return Token(kind="sign", at=self._at(start), text=sign)
        raise BicepError(self._at(start).line, f"{self._text[start]!r} means nothing here")

    def _long_string(self, start: int) -> Token:
        end = self._text.find("'''", start + 3)
        if end < 0:
            raise BicepError(self._at(start).line, "a string that does not end")
        while self._text.startswith("''''", end):
            end += 1  # the last three quotes close it
        self._place = end + 3
        said = self._text[start + 3 : end].removeprefix("\r").removeprefix("\n")
        return Token(kind="string", at=self._at(start), text="'''", parts=(said,))

    def _string(self, start: int) -> Token:
        self._place += 1
        parts: list[str | tuple[Token, ...]] = []
        while True:
            letter = self._text[self._place : self._place + 1]
            if letter in {"", "\n"}:
                raise BicepError(self._at(start).line, "a string that does not end")
            if letter == "'":
                self._place += 1
                return Token(kind="string", at=self._at(start), text="'", parts=tuple(parts))
            if self._text.startswith("${", self._place):
                self._place += 2
                parts.append(self.until_end(closing=True))
                continue
            said = self._escaped() if letter == "\\" else letter
            self._place += 1
            if parts and isinstance(parts[-1], str):
                parts[-1] += said
            else:
                parts.append(said)

    def _escaped(self) -> str:
        """The character behind a backslash; leaves off at its last one."""
        self._place += 1
        letter = self._text[self._place : self._place + 1]
        if letter == "u":
            end = self._text.find("}", self._place)
            code = self._text[self._place + 2 : end]
            self._place = end
            return chr(int(code, 16))
        if letter not in _ESCAPES:
            raise BicepError(self._at(self._place).line, f"\\{letter} is no escape; those are {' '.join(_ESCAPES)} u")
        return _ESCAPES[letter]
