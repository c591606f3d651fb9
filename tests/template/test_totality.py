"""Whatever a template holds, evaluating it ends with a value."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.template import (
    Budget,
    Json,
    Scope,
    TemplateError,
    Unresolved,
    evaluate,
    evaluate_expression,
    locate,
    parse,
    unresolved_leaves,
)
from acimedic.template.functions import FUNCTIONS

_FORM_NAMES = (
    "and coalesce copyIndex createArray createObject deployment environment extensionResourceId fail if lambda "
    "lambdaVariables listKeys managementGroup managementGroupResourceId newGuid or parameters reference references "
    "resourceGroup resourceId resourceInfo subscription subscriptionResourceId tenant tenantResourceId tryGet utcNow "
    "variables filter groupBy map mapValues reduce sort toObject n.f"
)
FORMS = _FORM_NAMES.split()
CALCULATED = settings(derandomize=True, deadline=None, max_examples=300)
BUDGET = Budget(max_steps=5_000, max_characters=100_000, max_iterations=2_000)
SCOPE = Scope(subscription_id="s", resource_group="g", location="l", now=datetime(2026, 1, 1, tzinfo=UTC))

names = st.sampled_from(
    ["a", "b", "x", "copy", "name", "value", "Microsoft.Web/sites", "{0}", "{0:N2}", "1", "P1D", ""]
)
numbers = st.one_of(st.integers(-3, 12), st.integers())
literals = st.one_of(
    names.map(lambda text: f"'{text}'"),
    st.text(max_size=8).map(lambda text: "'" + text.replace("'", "''") + "'"),
    numbers.map(str),
)


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    functions = st.sampled_from([*FUNCTIONS, *FORMS])
    call = st.tuples(functions, st.lists(inner, max_size=4)).map(lambda made: f"{made[0]}({', '.join(made[1])})")
    bound = st.tuples(st.sampled_from(["map", "filter", "sort", "toObject", "groupBy"]), inner, inner).map(
        lambda made: f"{made[0]}({made[1]}, lambda('a', 'b', {made[2]}))"
    )
    member = st.tuples(inner, st.sampled_from([".a", ".?b", "[0]", "[?1]", "['x']"])).map("".join)
    return st.one_of(call, bound, member)


calls = st.recursive(literals, _calls, max_leaves=12)
expressions = st.one_of(calls.map(lambda text: f"[{text}]"), st.text(max_size=30).map(lambda text: f"[{text}]"))
leaves: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), numbers, st.floats(), names, expressions, st.text(max_size=5)
)
_KEY_NAMES = (
    "type name apiVersion location resources properties template templateLink parameters variables outputs copy count "
    "input condition scope existing dependsOn value defaultValue expressionEvaluationOptions functions namespace "
    "members output resourceGroup subscriptionId nullable reference languageVersion $ref definitions"
)
KEYS = _KEY_NAMES.split()
keys = st.one_of(st.sampled_from(KEYS), expressions, names)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=15,
)


def loops(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"name": names, "count": st.one_of(st.integers(-1, 3), leaves), "input": inner})


bodies = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["A.B/c", "c", "Microsoft.Resources/deployments", "A.B/", "[null()]"]),
        "name": leaves,
        "apiVersion": leaves,
        "condition": leaves,
        "copy": loops(leaves),
        "scope": leaves,
        "resourceGroup": leaves,
        "properties": st.one_of(trees, st.fixed_dictionaries({"copy": st.lists(loops(trees), max_size=2)})),
        "dependsOn": trees,
        "existing": leaves,
    },
)


def _nest(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    sections = st.fixed_dictionaries({"resources": st.lists(inner, max_size=2)}, optional={"variables": trees})
    options = st.fixed_dictionaries({"scope": st.sampled_from(["inner", "outer", 5])})
    properties = st.fixed_dictionaries(
        {"template": sections}, optional={"expressionEvaluationOptions": options, "parameters": trees}
    )
    deployment = st.fixed_dictionaries(
        {"type": st.just("Microsoft.Resources/deployments"), "name": names, "properties": properties}
    )
    parent = st.fixed_dictionaries({"type": st.just("A.B/c"), "name": leaves, "resources": st.lists(inner, max_size=2)})
    return st.one_of(deployment, parent)


resources = st.recursive(bodies, _nest, max_leaves=4)
templates = st.one_of(
    st.dictionaries(keys, trees, max_size=5),
    st.fixed_dictionaries(
        {"resources": st.one_of(st.lists(resources, max_size=3), st.dictionaries(names, resources, max_size=3), trees)},
        optional={
            "parameters": st.dictionaries(names, trees, max_size=3),
            "variables": st.one_of(st.dictionaries(names, trees, max_size=3), trees),
            "outputs": st.dictionaries(names, st.one_of(trees, st.fixed_dictionaries({"value": trees})), max_size=3),
            "functions": trees,
        },
    ),
)


@CALCULATED
@given(expressions)
def test_every_expression_has_a_value(expression: str) -> None:
    value = evaluate_expression(expression, SCOPE, variables={"a": [1, "x"], "b": "[newGuid()]"}, budget=BUDGET)
    assert _is_json(value)


@CALCULATED
@given(templates, st.dictionaries(names, trees, max_size=3))
def test_every_template_can_be_evaluated(template: dict[str, Any], parameters: dict[str, Any]) -> None:
    evaluation = evaluate(template, parameters, SCOPE, budget=BUDGET)
    for resource in evaluation.resources:
        assert _is_json(resource.body)
        assert isinstance(resource.id, str | Unresolved)
        assert resource.condition is not False
    assert all(_is_json(each) for each in evaluation.outputs.values())


@CALCULATED
@given(templates)
def test_evaluating_twice_gives_the_same(template: dict[str, Any]) -> None:
    first, second = (evaluate(template, {}, SCOPE, budget=BUDGET) for _ in range(2))
    assert repr(first) == repr(second)


@CALCULATED
@given(st.one_of(st.text(max_size=60), st.text(alphabet="{}[]\",:/*\\ \n'1e-.tru", max_size=40)))
def test_reading_gives_a_value_or_the_place_of_the_fault(text: str) -> None:
    try:
        parse(text)
    except TemplateError as error:
        assert error.line >= 1 and error.column >= 1
    assert locate(text, "a") is None or isinstance(locate(text, "a"), tuple)


@CALCULATED
@given(st.binary(max_size=40))
def test_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse(data)
    except TemplateError as error:
        assert error.line >= 1


@CALCULATED
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.text()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_read_as_json(value: Json) -> None:
    text = json.dumps(value)
    assert parse(text) == value
    assert parse(f"// a comment\n{text}") == value


def _is_json(value: Any) -> bool:
    unresolved_leaves(value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(each) for key, each in value.items())
    if isinstance(value, list):
        return all(_is_json(each) for each in value)
    return value is None or isinstance(value, bool | int | float | str | Unresolved)


@pytest.mark.parametrize("kind", ["", "/", "//", "a", "/a/"])
def test_a_resource_of_no_type_is_evaluated(kind: str) -> None:
    """Its id is not known; nothing is raised."""
    template: dict[str, Json] = {"resources": [{"type": kind, "apiVersion": "2023-05-01", "name": "a"}]}
    (resource,) = evaluate(template, {}, SCOPE).resources
    assert isinstance(resource.id, Unresolved)
