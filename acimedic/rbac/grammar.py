"""The text of a role assignment condition, taken apart.

Azure's grammar is small: functions (`ActionMatches{'…'}`), comparisons (`<attribute> <operator> <value>`),
AND, OR, NOT in words or signs, and parentheses. Length and depth are bounded, and time is linear in the text.
Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

LONGEST = 8192  # Azure itself takes no more than 8 KB
DEEPEST = 64

Kind: TypeAlias = Literal["string", "attribute", "sign", "word", "end"]


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted value."""

    value: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@Source[name]`: something of the request, the resource, the principal or the environment."""

    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Literals:
    """`{…, …}`: several values."""

    values: tuple["Text | Word", ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A bare number, date, boolean or GUID."""

    value: str


Operand: TypeAlias = Text | Attribute | Literals | Word


@dataclass(frozen=True, slots=True)
class Call:
    """`ActionMatches{'…'}` and its like."""

    function: str
    argument: Operand


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`<left> <operator> <right>`."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """`!` or `NOT`."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Joined:
    """Expressions joined by AND, by OR, or by both without the parentheses that Azure asks for."""

    by: frozenset[Literal["and", "or"]]
    parts: tuple["Expression", ...]


Expression: TypeAlias = Call | Comparison | Not | Joined


class ConditionError(ValueError):
    """The text is no condition that can be read; says why."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    text: str


_TOKEN = re.compile(
    r"""\s*(?:
        '(?P<string>[^']*)'
      | (?P<attribute>@[A-Za-z]+\[[^\]']*\])
      | (?P<sign>&&|\|\||[(){},!])
      | (?P<word>[^\s(){}',!&|@\[\]]+)
    )""",
    re.VERBOSE,
)
_KINDS: tuple[Kind, ...] = ("string", "attribute", "sign", "word")
_JOINTS: dict[str, Literal["and", "or"]] = {"and": "and", "&&": "and", "or": "or", "||": "or"}


def parse(text: str) -> Expression:
    """Take a condition apart. Raises ConditionError for what is no condition, or too large for one."""
    if len(text) > LONGEST:
        raise ConditionError(f"longer than {LONGEST} characters")
    reader = _Reader(list(_tokens(text)))
    expression = reader.expression(0)
    if reader.peek().kind != "end":
        raise ConditionError(f"nothing expected before '{_short(reader.peek().text)}'")
    return expression


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position, end)
        if found is None:
            raise ConditionError(f"not understood from '{_short(text[position:].strip())}' on")
        position = found.end()
        kind = next(kind for kind in _KINDS if found[kind] is not None)
        yield _Token(kind, found[kind])
    yield _Token("end", "the end")


def _short(text: str) -> str:
    line = "".join(char if char.isprintable() else "?" for char in text[:40])
    return line + ("…" if len(text) > 40 else "")


class _Reader:
    """Recursive descent, one method a rule."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self, ahead: int = 0) -> _Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _take(self) -> _Token:
        token = self.peek()
        self._at += 1
        return token

    def _is(self, sign: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token.kind == "sign" and token.text == sign

    def _expect(self, sign: str) -> None:
        token = self._take()
        if token.kind != "sign" or token.text != sign:
            raise ConditionError(f"'{sign}' expected before '{_short(token.text)}'")

    def expression(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise ConditionError(f"nested more than {DEEPEST} deep")
        parts = [self._negation(depth)]
        joints: set[Literal["and", "or"]] = set()
        while self.peek().kind in {"word", "sign"} and (joint := _JOINTS.get(self.peek().text.lower())):
            self._take()
            joints.add(joint)
            parts.append(self._negation(depth))
        return Joined(frozenset(joints), tuple(parts)) if joints else parts[0]

    def _negation(self, depth: int) -> Expression:
        negated = False
        while self._is("!") or (self.peek().kind == "word" and self.peek().text.lower() == "not"):
            self._take()
            negated = not negated
        inner = self._single(depth)
        return Not(inner) if negated else inner

    def _single(self, depth: int) -> Expression:
        if self._is("("):
            self._take()
            inner = self.expression(depth + 1)
            self._expect(")")
            return inner
        if self.peek().kind == "word" and (self._is("{", 1) or self.peek(1).kind == "attribute"):
            return Call(self._take().text, self._operand())
        left = self._operand()
        operator = self._take()
        if operator.kind != "word" or operator.text.lower() in _JOINTS:
            raise ConditionError(f"an operator expected before '{_short(operator.text)}'")
        return Comparison(left=left, operator=operator.text, right=self._operand())

    def _operand(self) -> Operand:
        token = self._take()
        match token.kind:
            case "string":
                return Text(token.text)
            case "word":
                return Word(token.text)
            case "attribute":
                source, _, name = token.text[1:-1].partition("[")
                return Attribute(source, name.strip())
            case "sign" if token.text == "{":
                return self._literals()
            case "sign" | "end":
                raise ConditionError(f"a value expected before '{_short(token.text)}'")

    def _literals(self) -> Literals:
        values = [self._literal()]
        while self._is(","):
            self._take()
            values.append(self._literal())
        self._expect("}")
        return Literals(tuple(values))

    def _literal(self) -> Text | Word:
        token = self._take()
        match token.kind:
            case "string":
                return Text(token.text)
            case "word":
                return Word(token.text)
            case "attribute" | "sign" | "end":
                raise ConditionError("a plain value expected inside braces")
