"""Corrects the text within an expression, so that what it takes from parameters stays (pure).

`[concat('contoso.azurecr.io/App:', parameters('tag'))]` gives another image when a part between apostrophes is changed.
Which part of the value comes from where must be sure: the rest of the value is then the parameters', and stays.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from acimedic.template.syntax import Call, Literal, Malformed, Node, parse_expression

_STRING = re.compile(r"'((?:[^']|'')*)'")
_HOLE = re.compile(r"\{\{|\}\}|\{\d{1,6}[^{}]*\}")
_MARK = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A part of the value. text: what is written for it; None where something else makes it.

    token: which text between apostrophes it is a part of; None of none. hole: how a pattern of format() names it.
    """

    text: str | None
    token: int | None = None
    hole: str = ""


def mended(expression: str, value: str, wanted: str) -> str | None:
    """The expression, of which the value is to be another, with other texts between its apostrophes.

    None where that is not enough. wanted: the value without its beginning or end, with another beginning, or in other
    case.
    """
    pieces = list(_pieces_of(expression))
    if not pieces or all(piece.text is None for piece in pieces):
        return None
    spans, shift = _spans(pieces, value), _shift(value, wanted)
    if spans is None or shift is None:
        return None
    texts: list[str | None] = []
    for at, (piece, (start, end)) in enumerate(zip(pieces, spans, strict=True)):
        begin = 0 if at == 0 else max(start - shift, 0)
        part = wanted[begin : max(end - shift, 0)]
        if piece.text is None and part != value[start:end]:
            return None
        texts.append(None if piece.text is None else part)
    return _written(expression, pieces, texts)


def _pieces_of(expression: str) -> Iterator[_Piece]:
    """What concat() and format() put together; nothing where neither does."""
    texts = [found[1].replace("''", "'") for found in _STRING.finditer(expression)]
    numbers = iter(range(len(texts)))
    node = parse_expression(_STRING.sub(lambda _: f"'{_MARK}{next(numbers)}'", expression))
    if isinstance(node, Malformed) or not isinstance(node, Call) or node.key not in ("concat", "format"):
        return
    yield from _pieces(node, texts)


def _pieces(node: Node, texts: Sequence[str]) -> Iterator[_Piece]:
    token = _token(node)
    if token is not None:
        yield _Piece(text=texts[token], token=token)
    elif isinstance(node, Call) and node.key == "concat":
        for each in node.arguments:
            yield from _pieces(each, texts)
    elif isinstance(node, Call) and node.key == "format":
        pattern = _token(node.arguments[0]) if node.arguments else None
        yield from (_Piece(text=None),) if pattern is None else _pattern(texts[pattern], pattern)
    else:
        yield _Piece(text=None)


def _token(node: Node) -> int | None:
    marked = isinstance(node, Literal) and isinstance(node.value, str) and node.value.startswith(_MARK)
    return int(str(node.value)[1:]) if marked and isinstance(node, Literal) else None


def _pattern(text: str, token: int) -> Iterator[_Piece]:
    """The parts of a pattern of format(), with its holes; its doubled braces are single ones in the value."""
    literal, at = "", 0
    for hole in _HOLE.finditer(text):
        literal, at = literal + text[at : hole.start()], hole.end()
        if hole[0] in ("{{", "}}"):
            literal += hole[0][0]
            continue
        yield _Piece(text=literal, token=token)
        yield _Piece(text=None, token=token, hole=hole[0])
        literal = ""
    yield _Piece(text=literal + text[at:], token=token)


def _spans(pieces: Sequence[_Piece], value: str) -> list[tuple[int, int]] | None:
    """From where to where each piece goes in the value; None where that is not sure."""
    from_left = _from_left([piece.text for piece in pieces], value)
    turned = _from_left([None if piece.text is None else piece.text[::-1] for piece in reversed(pieces)], value[::-1])
    if from_left is None or turned is None:
        return None
    from_right = [(len(value) - end, len(value) - start) for start, end in reversed(turned)]
    both = zip(pieces, from_left, from_right, strict=True)
    return from_left if all(not piece.text or one == other for piece, one, other in both) else None


def _from_left(texts: Sequence[str | None], value: str) -> list[tuple[int, int]] | None:
    """Each text at the first place where it can stand; what is made by something else takes the room between."""
    found: list[tuple[int, int]] = []
    at, opened = 0, False
    for number, text in enumerate(texts):
        if text is None:
            found.append((at, at))
            opened = True
            continue
        last = number == len(texts) - 1
        start = len(value) - len(text) if last and opened else value.find(text, at) if opened else at
        if start < at or not value.startswith(text, start):
            return None
        if opened:
            found[-1] = (found[-1][0], start)
        found.append((start, start + len(text)))
        at, opened = start + len(text), False
    if opened:
        found[-1] = (found[-1][0], len(value))
    return found if found and found[-1][1] == len(value) else None


def _shift(value: str, wanted: str) -> int | None:
    """How much of the value's beginning goes; below zero where something is put before it."""
    at = value.lower().find(wanted.lower())
    if at >= 0:
        return at
    return len(value) - len(wanted) if value and wanted.endswith(value) else None


def _written(expression: str, pieces: Sequence[_Piece], texts: Sequence[str | None]) -> str:
    patterns = {piece.token for piece in pieces if piece.hole}
    made: dict[int, str] = {}
    for piece, text in zip(pieces, texts, strict=True):
        if piece.token is not None:
            literal = text or ""
            literal = literal.replace("{", "{{").replace("}", "}}") if piece.token in patterns else literal
            made[piece.token] = made.get(piece.token, "") + (piece.hole or literal)
    numbers = iter(range(expression.count("'")))

    def token(found: re.Match[str]) -> str:
        text = made.get(next(numbers))
        return found[0] if text is None else "'" + text.replace("'", "''") + "'"

    return _STRING.sub(token, expression)
