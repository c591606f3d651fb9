"""As much of the Kusto Query Language as an alert here uses, carried out: one table, read from the top to the bottom.

Anything else raises OutsideSubsetError. null takes no part in a comparison, as in Kusto.
Source: https://learn.microsoft.com/kusto/query/
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<span>\d+[smhd])\b|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)"
    r"|(?P<sign>==|[<>(),=+|]))"
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class OutsideSubsetError(ValueError):
    """The query says something that is not carried out here, so that nothing may be concluded from it."""


def run(query: str, table: Sequence[Row], *, now: datetime) -> list[Row]:
    """The rows that are left of a table at the end. `TimeGenerated` is a datetime."""
    return _Run(_tokens(query), now).all(table)


def _tokens(query: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place, text = 0, query.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise OutsideSubsetError(text[place : place + 30])
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return [*found, ("end", "")]


class _Run:
    def __init__(self, tokens: list[tuple[str, str]], now: datetime) -> None:
        self._tokens = tokens
        self._place = 0
        self._functions: dict[str, Callable[..., Any]] = {
            "ago": lambda span: now - span,
            "coalesce": lambda *values: next((each for each in values if each is not None), None),
            "iff": lambda condition, yes, no: yes if condition else no,
            "parse_json": json.loads,
            "tobool": lambda value: value if isinstance(value, bool) else None,
            "todatetime": lambda value: None if value is None else datetime.fromisoformat(value),
            "tostring": lambda value: "" if value is None else str(value),
        }

    def all(self, table: Sequence[Row]) -> list[Row]:
        self._word()  # the table
        rows = list(table)
        while self._sees("|"):
            operator = self._word()
            rows = {"where": self._where, "extend": self._extend, "summarize": self._summarize}[operator](rows)
        if self._tokens[self._place][0] != "end":
            raise OutsideSubsetError(self._tokens[self._place][1])
        return rows

    def _where(self, rows: list[Row]) -> list[Row]:
        return [row for row, holds in self._each(rows) if holds]

    def _extend(self, rows: list[Row]) -> list[Row]:
        while True:
            name = self._word()
            self._sign("=")
            rows = [{**row, name: value} for row, value in self._each(rows)]
            if not self._sees(","):
                return rows

    def _summarize(self, rows: list[Row]) -> list[Row]:
        """`name = countif(condition), arg_max(column, columns) by column`."""
        name = self._word()
        self._sign("=")
        if self._word() != "countif":
            raise OutsideSubsetError("only countif()")
        self._sign("(")
        counted = [bool(holds) for _, holds in self._each(rows)]
        for sign in (")", ","):
            self._sign(sign)
        if self._word() != "arg_max":
            raise OutsideSubsetError("only arg_max()")
        self._sign("(")
        kept = [self._word()]
        while self._sees(","):
            kept.append(self._word())
        self._sign(")")
        if self._word() != "by":
            raise OutsideSubsetError("only by")
        by = self._word()
        groups: dict[Any, list[int]] = {}
        for number, row in enumerate(rows):
            groups.setdefault(row[by], []).append(number)
        found: list[Row] = []
        for key, numbers in groups.items():
            latest = rows[max(numbers, key=lambda number: rows[number][kept[0]])]
            found.append({by: key, name: sum(counted[n] for n in numbers), **{each: latest[each] for each in kept}})
        return found

    def _each(self, rows: list[Row]) -> list[tuple[Row, Any]]:
        """What the next expression comes to in each row; it is passed also where there is no row."""
        start = self._place
        self._skip()
        end = self._place
        found: list[tuple[Row, Any]] = []
        for row in rows:
            self._place = start
            found.append((row, self._or(row)))
        self._place = end
        return found

    def _skip(self) -> None:
        depth = 0
        while self._tokens[self._place][0] != "end":
            sign = self._tokens[self._place][1] if self._tokens[self._place][0] == "sign" else ""
            if depth == 0 and sign in {",", "|", ")"}:
                return
            depth += {"(": 1, ")": -1}.get(sign, 0)
            self._place += 1

    def _or(self, row: Row) -> Any:
        value = self._and(row)
        while self._sees_word("or"):
            other = self._and(row)
            value = bool(value) or bool(other)
        return value

    def _and(self, row: Row) -> Any:
        value = self._compared(row)
        while self._sees_word("and"):
            other = self._compared(row)
            value = bool(value) and bool(other)
        return value

    def _compared(self, row: Row) -> Any:
        left = self._sum(row)
        if self._sees_word("in"):
            self._sign("(")
            values = self._arguments(row)
            return left in values
        if self._sees_word("startswith"):
            return str(left).lower().startswith(str(self._sum(row)).lower())
        if self._sees("=="):
            right = self._sum(row)
            return None not in (left, right) and left == right
        if self._sees("<"):
            right = self._sum(row)
            return None not in (left, right) and left < right
        return left

    def _sum(self, row: Row) -> Any:
        value = self._single(row)
        while self._sees("+"):
            value = value + self._single(row)
        return value

    def _single(self, row: Row) -> Any:
        kind, text = self._tokens[self._place]
        self._place += 1
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return int(text)
        if kind == "span":
            return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
        if kind == "sign" and text == "(":
            value = self._or(row)
            self._sign(")")
            return value
        if text in {"true", "false"}:
            return text == "true"
        if kind != "name":
            raise OutsideSubsetError(text)
        if self._sees("("):
            return self._functions[text](*self._arguments(row))
        column, *path = text.split(".")
        value = row[column]
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def _arguments(self, row: Row) -> list[Any]:
        found = [self._or(row)]
        while self._sees(","):
            found.append(self._or(row))
        self._sign(")")
        return found

    def _word(self) -> str:
        kind, text = self._tokens[self._place]
        if kind != "name":
            raise OutsideSubsetError(text)
        self._place += 1
        return text

    def _sign(self, sign: str) -> None:
        if not self._sees(sign):
            raise OutsideSubsetError(f"{self._tokens[self._place][1]!r} in the place of {sign!r}")

    def _sees(self, sign: str) -> bool:
        found = self._tokens[self._place] == ("sign", sign)
        self._place += found
        return found

    def _sees_word(self, word: str) -> bool:
        found = self._tokens[self._place] == ("name", word)
        self._place += found
        return found
