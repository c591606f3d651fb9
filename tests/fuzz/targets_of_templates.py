"""What people deploy: the text of a template, its expressions, and all that is made of it before it is deployed."""

import json
from datetime import UTC, datetime
from typing import Any

from acimedic.preflight.request import Request, evaluated, groups_left_out, groups_of
from acimedic.preflight.source import Source
from acimedic.template import (
    Budget,
    Scope,
    TemplateError,
    Unresolved,
    evaluate,
    evaluate_expression,
    locate,
    parse,
    unresolved_leaves,
)
from tests.fuzz import samples
from tests.fuzz.choices import Choices
from tests.fuzz.holding import in_one_line, is_json
from tests.fuzz.mutating import as_bytes, as_text, changed_bytes, changed_json, changed_text
from tests.fuzz.target import Target
from tests.fuzz.template_samples import TEMPLATES, WORDS
from tests.fuzz.writing import either, expression

_BUDGET = Budget(max_steps=5_000, max_characters=100_000, max_iterations=2_000)
_SCOPE = Scope(subscription_id="s", resource_group="g", location="l", now=datetime(2026, 1, 1, tzinfo=UTC))
_VARIABLES: dict[str, Any] = {"a": [1, "x"], "b": "[newGuid()]", "c": {"x": None}}
_LENIENT = (
    "// a comment\n{'a': 'b', /* another */ \"c\": [1, 2,],}",
    '{"a":\n"several\nlines",\r\n"b": 1.5e3, "c": -0, d: null}',
    "\ufeff{}",
)
_TEXT_PIECES = (
    "[",
    "{",
    '{"a":',
    '"',
    "'",
    "\\",
    "\\u0041",
    "//",
    "/*",
    "*/",
    "/",
    " ",
    "\n",
    "0",
    "1e",
    ",",
    "a",
    ":",
)


def _text(choices: Choices) -> bytes:
    if choices.below(2):
        data = as_bytes(either(choices, _TEXT_PIECES, lambda it: changed_text(it, _LENIENT, _TEXT_PIECES)))
        return changed_bytes(choices, data) if choices.once_in(4) else data
    return changed_json(choices, TEMPLATES, WORDS)


def hold_text(data: bytes) -> None:
    """JSON, or TemplateError with a place, and the same from bytes as from their text; places that can be found."""
    read: list[Any] = []
    for given in (data, as_text(data)):
        try:
            value = parse(given)
        except TemplateError as error:
            assert error.line >= 1, "no line"
            assert error.column >= 1, "no column"
            continue
        assert is_json(value)
        assert parse(json.dumps(value)) == value
        read.append(value)
        locate(as_text(data), "resources[0].name")
    try:
        source = Source("main.json", data)
    except TemplateError:
        return
    for path in ("", "a", "resources[0].properties"):
        place = source.place(path, ("containers", 0, "properties", "image"))
        assert place.line is not None
        assert place.line >= 1


def _template(choices: Choices) -> bytes:
    words = [*WORDS, f"[{expression(choices)}]", f"[{expression(choices)}]"] if choices.below(2) else WORDS
    return changed_json(choices, TEMPLATES, words)


def hold_template(data: bytes) -> None:
    """Every resource that is asked for, with a reason wherever something is not known; the same each time.

    The last is asked of every eighth length alone: it takes as long as all the rest.
    """
    try:
        template = parse(data)
    except TemplateError:
        return
    if not isinstance(template, dict):
        return
    given: dict[str, Any] = {"name": {"value": "cg-web"}, "tags": {"value": ["1", 2]}}
    found = evaluate(template, given, _SCOPE, budget=_BUDGET)
    for resource in found.resources:
        assert is_json(resource.body)
        assert isinstance(resource.id, str | Unresolved)
        unresolved_leaves(resource.body)
    assert all(map(is_json, found.outputs.values()))
    if len(data) % 8 == 0:
        again = evaluate(template, given, _SCOPE, budget=_BUDGET)
        assert repr(again) == repr(found), "evaluated twice it is another one"


def hold_preflight(data: bytes) -> None:
    """The container groups of a template, with the budget that files have; no reason in it is more than a line."""
    try:
        source = Source("main.json", data)
    except TemplateError:
        return
    request = Request(name="main.json", template=source.value, scope=_SCOPE)
    found = evaluated(request)
    for asked in groups_of(found, request):
        source.place(asked.path, ("properties", "containers", 0, "properties", "image"))
        str(asked.group)
        source.written(asked.path)
    groups_left_out(found)
    for problem in found.problems:
        in_one_line(problem.reason)


def _expression(choices: Choices) -> bytes:
    return as_bytes(either(choices, _EXPRESSION_PIECES, lambda it: f"[{expression(it)}]"))


_EXPRESSION_PIECES = (
    "[",
    "(",
    "a(",
    "concat(",
    "'",
    "''",
    "a",
    ".a",
    "[0]",
    "-",
    "1",
    "1,",
    " ",
    "not(",
    ")",
    "]",
    ".?",
)


def hold_expression(data: bytes) -> None:
    """A value, or a reason why there is none."""
    text = as_text(data)
    assert is_json(evaluate_expression(text, _SCOPE, variables=_VARIABLES, budget=_BUDGET))
    if not text.startswith("["):
        assert is_json(evaluate_expression(f"[{text}]", _SCOPE, variables=_VARIABLES, budget=_BUDGET))


_SEEDS = tuple(json.dumps(each).encode() for each in TEMPLATES)
_RECORDED = samples.recorded("payloads/d-templates/quickstarts", "azuredeploy.json", largest=12_000)
TARGETS = (
    Target(
        name="template-text",
        generate=_text,
        hold=hold_text,
        seeds=(*_SEEDS, *map(as_bytes, _LENIENT), *_RECORDED),
        pieces=_TEXT_PIECES,
        longest=4 * 1024 * 1024,
    ),
    Target(
        name="template",
        generate=_template,
        hold=hold_template,
        seeds=(*_SEEDS, *_RECORDED),
        in_check=1_000,
    ),
    Target(name="preflight", generate=_template, hold=hold_preflight, seeds=(*_SEEDS, *_RECORDED), in_check=1_000),
    Target(
        name="expression",
        generate=_expression,
        hold=hold_expression,
        seeds=tuple(
            as_bytes(f"[{each}]") for each in ("concat('a', 'b')", "map(range(0, 3), lambda('x', 1))", "a.b(1)")
        ),
        pieces=_EXPRESSION_PIECES,
        longest=24_576,
    ),
)
