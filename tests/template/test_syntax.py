"""The grammar of expressions: what is one, what is text, what is neither."""

import pytest

from acimedic.template import Json, Unresolved, evaluate_expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("[[escaped]", "[escaped]"),
        ("[[not escaped", "[[not escaped"),
        ("[open", "[open"),
        ("['it''s']", "it's"),
        ("['[brackets]']", "[brackets]"),
        ("[ concat ( 'a' ,\n 'b' ) ]", "ab"),
        ("[CONCAT('a', 'b')]", "ab"),
        ("[-5]", -5),
        ("[ 'a, b(c)' ]", "a, b(c)"),
    ],
)
def test_a_string_is_read_as_azure_reads_it(text: str, expected: Json) -> None:
    assert evaluate_expression(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "[concat(]",
        "[concat('a']",
        "['a' 'b']",
        "[concat('a',)]",
        "[a.b]",
        "[x]",
        "['open]",
        "[concat('a'))]",
        "[createArray(1)[]]",
        "[1.]",
        "[€()]",
        "[concat('a').]",
        "[?]",
    ],
)
def test_a_malformed_expression_is_unknown_and_quoted(text: str) -> None:
    value = evaluate_expression(text)
    assert isinstance(value, Unresolved)
    assert value.reason.startswith(f"{text} is not an expression: ")


def test_an_expression_longer_than_azure_takes_is_unknown() -> None:
    assert evaluate_expression(f"['{'x' * 30_000}']") == Unresolved("an expression of more than 24576 characters")
