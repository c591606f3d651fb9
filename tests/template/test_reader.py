"""Reading templates as people write them."""

from pathlib import Path

import pytest

from acimedic.template import MAX_SIZE, Json, TemplateError, locate, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": 1}'.encode("utf-16"), {"a": 1}),
        ('{"a": 1, // why\n /* two\nlines */ "b": [1, 2,],}', {"a": 1, "b": [1, 2]}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('{template: {"a": true}, }', {"template": {"a": True}}),
        (r'{"a": "\u00e4\n\ud83d\ude00", // x' + "\n}", {"a": "ä\n😀"}),
        ('{"http": "a//b /* c */"}', {"http": "a//b /* c */"}),
        ("[1, -2.5, 1e3, null, false,]", [1, -2.5, 1000.0, None, False]),
    ],
)
def test_what_azure_reads_is_read(text: str | bytes, expected: Json) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ('{"a": 1\n "b": 2}', 2, 2),
        ('{\n  "a": tru\n}', 2, 8),
        ('{"a": "open', 1, 7),
        ("{'a': 1}", 1, 2),
        ('{"a": 1} x', 1, 10),
        ('["\\q"]', 1, 2),
        ("[1e999]", 1, 2),
        (b"\n\xff", 2, 1),
        ("/* open", 1, 1),
    ],
)
def test_anything_else_is_refused_at_its_place(text: str | bytes, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 500 + "]" * 500])
def test_nesting_without_end_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="nested more than 128 levels deep"):
        parse(text)


def test_what_is_too_large_is_refused_without_a_place() -> None:
    with pytest.raises(TemplateError) as caught:
        parse(b" " * (MAX_SIZE + 1))
    assert str(caught.value) == f"larger than {MAX_SIZE} bytes"


def test_as_much_as_is_allowed_is_read() -> None:
    assert parse(b" " * (MAX_SIZE - 1) + b"1") == 1


def test_a_path_leads_to_line_and_column() -> None:
    text = '{\n  // a comment\n  "resources": [\n    {},\n    {"a b": {"c": 1}}\n  ]\n}'
    assert locate(text, "resources") == (3, 3)
    assert locate(text, "resources[1]") == (5, 5)
    assert locate(text, "resources[1]['a b'].c") == (5, 14)
    assert locate(text, "resources[2]") is None
    assert locate("{", "x") is None


def test_every_template_of_the_corpus_can_be_read(template_file: Path) -> None:
    assert isinstance(parse(template_file.read_bytes()), dict)
