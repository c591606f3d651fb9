"""The grammar of template expressions: text between `[` and `]` to a tree of calls.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn, TypeAlias

MAX_LENGTH = 24_576  # ARM's own limit for one expression
MAX_NESTING = 100
_CACHED_LENGTH = 4_096  # longer ones are rare, and would make the cache heavy

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_$][\w$]*)|(?P<mark>\.\?|\[\?|[()\[\],.]))",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or number as written."""

    value: str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function call; `key` is its name in lower case, with the namespace of a user's function before a dot."""

    key: str
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A property or element of a value; a `safe` access gives null where there is none."""

    target: Node
    key: Node
    safe: bool


Node: TypeAlias = "Literal | Call | Access"


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why a text is not an expression."""

    reason: str


class _SyntaxFaultError(Exception):
    pass


def is_expression(text: str) -> bool:
    """Whether ARM evaluates this string: in brackets, and not escaped with a second one."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def unescape(text: str) -> str:
    """A string that is no expression, as meant: `[[x]` stands for `[x]`."""
    return text[1:] if text.startswith("[[") and text.endswith("]") else text


def parse_expression(text: str) -> Node | Malformed:
    """The tree of an expression in its brackets."""
    if len(text) > MAX_LENGTH:
        return Malformed(f"an expression of more than {MAX_LENGTH} characters")
    return _cached(text) if len(text) <= _CACHED_LENGTH else _parse(text)


def _parse(text: str) -> Node | Malformed:
    try:
        return _Parser(text[1:-1]).parse()
    except _SyntaxFaultError as fault:
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        return Malformed(f"{shown} is not an expression: {fault}")


_cached = lru_cache(maxsize=8_192)(_parse)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def parse(self) -> Node:
        node = self._expression(1)
        if self._peek()[0] != "end":
            self._fail("the end")
        return node

    def _expression(self, depth: int) -> Node:
        if depth > MAX_NESTING:
            raise _SyntaxFaultError(f"nested more than {MAX_NESTING} levels deep")
        node = self._primary(depth)
        length = 0
        while (mark := self._peek()[1]) in (".", ".?", "[", "[?"):
            length += 1
            if depth + length > MAX_NESTING:  # a chain of accesses is a tree as deep as it is long
                raise _SyntaxFaultError(f"nested more than {MAX_NESTING} levels deep")
            self._at += 1
            key: Node
            if mark.startswith("."):
                key = Literal(self._expect("name"))
            else:
                key = self._expression(depth + 1)
                self._expect("mark", "]")
            node = Access(target=node, key=key, safe=mark.endswith("?"))
        return node

    def _primary(self, depth: int) -> Node:
        kind, text = self._next()
        if kind == "string":
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "number":
            return _number(text)
        if kind != "name":
            self._at -= 1
            self._fail("a value")
        while self._peek()[1] == ".":
            self._at += 1
            text += "." + self._expect("name")
        self._expect("mark", "(")
        return Call(key=text.lower(), name=text, arguments=self._arguments(depth))

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        if self._peek()[1] == ")":
            self._at += 1
            return ()
        found = [self._expression(depth + 1)]
        while self._peek()[1] == ",":
            self._at += 1
            found.append(self._expression(depth + 1))
        self._expect("mark", ")")
        return tuple(found)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _expect(self, kind: str, text: str | None = None) -> str:
        found = self._peek()
        if found[0] != kind or (text is not None and found[1] != text):
            self._fail(f"'{text}'" if text else f"a {kind}")
        self._at += 1
        return found[1]

    def _fail(self, expected: str) -> NoReturn:
        found = self._peek()[1]
        raise _SyntaxFaultError(f"{expected} is expected where {f'{found!r} stands' if found else 'it ends'}")


def _number(text: str) -> Literal:
    digits = text.lstrip("-")
    if len(digits) > 30:
        raise _SyntaxFaultError("a number too large")
    return Literal(int(text) if digits.isdigit() else float(text))


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise _SyntaxFaultError(f"{text[at : at + 10].strip()!r} cannot be read")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return [*found, ("end", "")]
