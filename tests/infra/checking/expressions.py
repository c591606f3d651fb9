"""Tokens -> an expression, by descent: from what binds least to what binds most."""

from collections.abc import Callable

from tests.infra.checking.cursor import Cursor
from tests.infra.checking.syntax import (
    Array,
    At,
    Call,
    Choice,
    Constant,
    Dot,
    Expr,
    If,
    Index,
    Infix,
    Item,
    Lambda,
    Loop,
    Name,
    Nested,
    Object,
    Prefix,
    Resource,
    Spread,
    Text,
)

_LEVELS = (
    ("??",), ("||",), ("&&",), ("==", "!=", "=~", "!~"), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"),
)  # fmt: skip
_CONSTANTS = {"true": True, "false": False, "null": None}
_Inner = Callable[[], Resource]


def read_expression(cursor: Cursor) -> Expr:
    """Any expression. Raises BicepError."""
    start = cursor.peek().at
    condition = _infix(cursor, 0)
    if not cursor.sees_past_lines("?"):
        return condition
    cursor.take()
    cursor.skip_lines()
    yes = read_expression(cursor)
    if not cursor.sees_past_lines(":"):
        cursor.refuse("a choice lacks its ':'")
    cursor.take()
    cursor.skip_lines()
    no = read_expression(cursor)
    return Choice(at=cursor.span(start), condition=condition, yes=yes, no=no)


def read_body(cursor: Cursor, nested: _Inner | None = None) -> Expr:
    """What a declaration is set to: an expression, `if (…) { … }` or `[for …]`. Raises BicepError."""
    start = cursor.peek().at
    if cursor.sees_word("if") and cursor.peek(1).text == "(":
        cursor.take()
        condition = _in_parentheses(cursor)
        return If(cursor.span(start), condition, read_body(cursor, nested))
    if cursor.sees("["):
        return _array(cursor, nested)
    if cursor.sees("{") and nested is not None:
        return read_object(cursor, nested)
    return read_expression(cursor)


def read_text(cursor: Cursor) -> Text:
    """A string. Raises BicepError."""
    token = cursor.peek()
    if token.kind != "string":
        cursor.refuse("a string is missing")
    cursor.take()
    parts: list[str | Expr] = []
    for part in token.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        within = Cursor(part)
        parts.append(read_expression(within))
        if not within.at_end():
            within.refuse("an interpolation holds more than one expression")
    return Text(token.at, tuple(parts))


def read_argument_list(cursor: Cursor) -> tuple[Expr, ...]:
    """`(a, b)`. Raises BicepError."""
    cursor.sign("(")
    cursor.skip_lines()
    found: list[Expr] = []
    while not cursor.sees(")"):
        found.append(read_expression(cursor))
        cursor.skip_lines()
        if not cursor.sees(")"):
            cursor.sign(",")
            cursor.skip_lines()
    cursor.sign(")")
    return tuple(found)


def _infix(cursor: Cursor, level: int) -> Expr:
    if level == len(_LEVELS):
        return _prefix(cursor)
    start = cursor.peek().at
    left = _infix(cursor, level + 1)
    while cursor.sees(*_LEVELS[level]):
        operator = cursor.take().text
        right = _infix(cursor, level + 1)
        left = Infix(at=cursor.span(start), operator=operator, left=left, right=right)
    return left


def _prefix(cursor: Cursor) -> Expr:
    if cursor.sees("!", "-"):
        token = cursor.take()
        return Prefix(token.at, token.text, _prefix(cursor))
    return _accessed(cursor)


def _accessed(cursor: Cursor) -> Expr:
    start = cursor.peek().at
    found = _primary(cursor)
    while cursor.sees(".", "[", "::", "!"):
        sign = cursor.take().text
        if sign == "!":
            found = Prefix(cursor.span(start), "not-null", found)
        elif sign == "[":
            if cursor.sees("?"):
                cursor.take()
            key = read_expression(cursor)
            cursor.sign("]")
            found = Index(cursor.span(start), found, key)
        elif sign == "::":
            name = cursor.name()
            found = Nested(cursor.span(start), found, name)
        else:
            if cursor.sees("?"):
                cursor.take()
            name = cursor.name()
            if cursor.sees("("):
                arguments = read_argument_list(cursor)
                found = Call(at=cursor.span(start), base=found, name=name, arguments=arguments)
            else:
                found = Dot(cursor.span(start), found, name)
    return found


def _primary(cursor: Cursor) -> Expr:
    token = cursor.peek()
    if token.kind == "string":
        return read_text(cursor)
    if token.kind == "number":
        cursor.take()
        return Constant(token.at, int(token.text))
    if cursor.sees("{"):
        return read_object(cursor)
    if cursor.sees("["):
        return _array(cursor)
    if cursor.sees("("):
        return _lambda_of_many(cursor) or _in_parentheses(cursor)
    name = cursor.name()
    if name in _CONSTANTS:
        return Constant(token.at, _CONSTANTS[name])
    if cursor.sees("=>"):
        return _lambda(cursor, token.at, (name,))
    if cursor.sees("("):
        arguments = read_argument_list(cursor)
        return Call(at=cursor.span(token.at), base=None, name=name, arguments=arguments)
    return Name(token.at, name)


def _lambda(cursor: Cursor, start: At, names: tuple[str, ...]) -> Lambda:
    cursor.sign("=>")
    body = read_expression(cursor)
    return Lambda(cursor.span(start), names, body)


def _lambda_of_many(cursor: Cursor) -> Lambda | None:
    """`(a, b) => …`; None where it is only something in parentheses."""
    names: list[str] = []
    ahead = 1
    while cursor.peek(ahead).kind == "name":
        names.append(cursor.peek(ahead).text)
        ahead += 2 if cursor.peek(ahead + 1).text == "," else 1
    if cursor.peek(ahead).text != ")" or cursor.peek(ahead + 1).text != "=>":
        return None
    start = cursor.peek().at
    for _ in range(ahead + 1):
        cursor.take()
    return _lambda(cursor, start, tuple(names))


def _in_parentheses(cursor: Cursor) -> Expr:
    cursor.sign("(")
    cursor.skip_lines()
    found = read_expression(cursor)
    cursor.skip_lines()
    cursor.sign(")")
    return found


def read_object(cursor: Cursor, nested: _Inner | None = None) -> Object:
    """`{ … }`; nested: how to read a resource within. Raises BicepError."""
    start = cursor.sign("{").at
    items: list[Item | Spread] = []
    resources: list[Resource] = []
    cursor.skip_lines()
    while not cursor.sees("}"):
        if nested is not None and (cursor.sees("@") or (cursor.sees_word("resource") and cursor.peek(1).text != ":")):
            resources.append(nested())
        else:
            items.append(_item(cursor))
        _separated(cursor, "}")
    cursor.sign("}")
    return Object(cursor.span(start), tuple(items), tuple(resources))


def _item(cursor: Cursor) -> Item | Spread:
    token = cursor.peek()
    if cursor.sees("..."):
        cursor.take()
        return Spread(token.at, read_expression(cursor))
    key = read_text(cursor) if token.kind == "string" else Text(token.at, (cursor.name(),))
    cursor.sign(":")
    value = read_body(cursor) if cursor.sees("[") else read_expression(cursor)
    return Item(token.at, key, value)


def _array(cursor: Cursor, nested: _Inner | None = None) -> Array | Loop:
    start = cursor.sign("[").at
    cursor.skip_lines()
    if cursor.sees_word("for"):
        return _loop(cursor, start, nested)
    items: list[Expr | Spread] = []
    while not cursor.sees("]"):
        place = cursor.peek().at
        if cursor.sees("..."):
            cursor.take()
            items.append(Spread(place, read_expression(cursor)))
        else:
            items.append(read_expression(cursor))
        _separated(cursor, "]")
    cursor.sign("]")
    return Array(cursor.span(start), tuple(items))


def _loop(cursor: Cursor, start: At, nested: _Inner | None) -> Loop:
    cursor.word("for")
    if cursor.sees("("):
        cursor.sign("(")
        item = cursor.name()
        cursor.sign(",")
        names: tuple[str, ...] = (item, cursor.name())
        cursor.sign(")")
    else:
        names = (cursor.name(),)
    cursor.word("in")
    source = read_expression(cursor)
    cursor.sign(":")
    cursor.skip_lines()
    body = read_body(cursor, nested)
    condition = None
    if isinstance(body, If):
        condition, body = body.condition, body.body
    cursor.skip_lines()
    cursor.sign("]")
    return Loop(at=cursor.span(start), names=names, source=source, condition=condition, body=body)


def _separated(cursor: Cursor, closing: str) -> None:
    """A comma or the end of a line parts one item from the next."""
    if cursor.sees(closing):
        return
    if cursor.sees(","):
        cursor.take()
    else:
        cursor.line()
    cursor.skip_lines()
