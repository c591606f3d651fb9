"""No template takes more than its budget: what would grow without end ends as unknown."""

import inspect
import sys
from collections.abc import Callable

import pytest

from acimedic.template import (
    Budget,
    Evaluation,
    Json,
    Problem,
    Scope,
    Unresolved,
    evaluate,
    evaluate_expression,
    unresolved_leaves,
)

Run = Callable[..., Evaluation]


def doubling(step: str, start: Json) -> dict[str, Json]:
    """Sixty variables, each made of two of the one before."""
    variables: dict[str, Json] = {"v0": start}
    for at in range(60):
        variables[f"v{at + 1}"] = step.replace("#", f"variables('v{at}')")
    return variables


@pytest.mark.parametrize(
    ("step", "start"),
    [
        ("[concat(#, #)]", "xx"),
        ("[concat(#, #)]", [1, 2]),
        ("[createArray(#, #)]", "x"),
        ("[createObject('a', #, 'b', #)]", "x"),
        ("[format('{0}{0}{0}', #)]", "xx"),
        ("[replace(#, 'x', #)]", "xxxx"),
        ("[join(createArray(#, #, #), #)]", "xx"),
        ("[string(createArray(#, #))]", "x"),
        ("[base64(concat(#, #))]", "x"),
        ("[flatten(createArray(#, #))]", [[1], [2]]),
        ("[union(createObject('a', #), createObject('b', #))]", {"k": 1}),
        ("[map(createArray(1, 2), lambda('x', #))]", "x"),
        ("[mul(#, #)]", 2),
        ("[padLeft('', add(mul(int(string(length(#))), 100), 1))]", "x"),
        ("[toObject(createArray('a', 'b'), lambda('k', lambdaVariables('k')), lambda('k', #))]", 1),
    ],
)
def test_growth_by_doubling_ends(step: str, start: Json) -> None:
    value = evaluate_expression("[variables('v60')]", variables=doubling(step, start))
    assert unresolved_leaves(value)


@pytest.mark.parametrize(
    "literal", [["[variables('#')]", "[variables('#')]"], {"a": "[variables('#')]", "b": "[variables('#')]"}]
)
def test_shared_parts_count_each_time_they_occur(literal: Json) -> None:
    variables: dict[str, Json] = {"v0": "x"}
    for at in range(60):
        name = f"[variables('v{at}')]"
        variables[f"v{at + 1}"] = [name, name] if isinstance(literal, list) else {"a": name, "b": name}
    for expression in (
        "[variables('v60')]",
        "[string(variables('v60'))]",
        "[equals(variables('v60'), variables('v60'))]",
    ):
        assert unresolved_leaves(evaluate_expression(expression, variables=variables))


def test_deep_calls_end() -> None:
    assert isinstance(evaluate_expression("[" + "concat(" * 500 + "'x'" + ")" * 500 + "]"), Unresolved)
    assert isinstance(evaluate_expression("[createArray()" + "[0]" * 500 + "]"), Unresolved)
    assert isinstance(evaluate_expression("[" + "(" * 500 + "]"), Unresolved)


def test_deep_trees_end() -> None:
    tree: Json = "x"
    for _ in range(5000):
        tree = [tree]
    assert evaluate_expression("[length(variables('v'))]", variables={"v": tree}) == 1
    evaluation = evaluate({"outputs": {"o": {"value": tree}}, "resources": tree}, {}, Scope())
    assert evaluation.resources == ()


def test_a_deep_parameter_ends(run: Run) -> None:
    tree: Json = "x"
    for _ in range(5000):
        tree = {"a": tree}
    evaluation = run(
        {"p": {"value": tree}}, parameters={"p": {"type": "object"}}, outputs={"o": {"value": "[parameters('p')]"}}
    )
    assert evaluation.outputs["o"] == Unresolved("a value nested more than 100 levels deep")


def test_a_chain_of_variables_ends() -> None:
    variables: dict[str, Json] = {f"v{at}": f"[variables('v{at + 1}')]" for at in range(1000)}
    assert evaluate_expression("[variables('v0')]", variables=variables) == Unresolved(
        "nested more than 100 levels deep"
    )


def test_variables_that_refer_to_themselves_end() -> None:
    variables: dict[str, Json] = {"a": "[variables('b')]", "b": ["[variables('a')]"]}
    value = evaluate_expression("[variables('a')]", variables=variables)
    assert value == [Unresolved("variable 'a' refers to itself")]


def test_functions_that_call_themselves_end(run: Run) -> None:
    call = "[concat(f.g(parameters('x')), f.g(parameters('x')))]"
    member: Json = {"parameters": [{"name": "x", "type": "string"}], "output": {"type": "string", "value": call}}
    evaluation = run(functions=[{"namespace": "f", "members": {"g": member}}], outputs={"o": {"value": "[f.g('a')]"}})
    assert isinstance(evaluation.outputs["o"], Unresolved)


@pytest.mark.parametrize("count", [10**9, "[mul(100000, 100000)]", 100_001])
def test_a_huge_loop_is_not_begun(run: Run, count: Json) -> None:
    resource: Json = {
        "type": "A.B/c",
        "apiVersion": "1",
        "name": "[format('n{0}', copyIndex())]",
        "copy": {"name": "l", "count": count},
    }
    loop: Json = {"name": "v", "count": count, "input": "x"}
    evaluation = run(
        resources=[resource],
        variables={"copy": [loop], "w": {"copy": [loop]}},
        outputs={
            "a": {"value": "[variables('v')]"},
            "b": {"value": "[variables('w').v]"},
            "c": {"copy": {"count": count, "input": 1}},
        },
    )
    (one,) = evaluation.resources
    assert isinstance(one.condition, Unresolved)
    assert all(isinstance(each, Unresolved) for each in evaluation.outputs.values())
    assert evaluation.problems


def test_loops_inside_loops_end(run: Run) -> None:
    inner: Json = {"name": "b", "count": 1000, "input": {"copy": [{"name": "c", "count": 1000, "input": "x"}]}}
    evaluation = run(outputs={"o": {"value": {"copy": [{"name": "a", "count": 1000, "input": {"copy": [inner]}}]}}})
    assert evaluation.problems
    assert "rounds" in evaluation.problems[-1].reason


@pytest.mark.parametrize(
    "expression",
    [
        "[reduce(range(0, 10000), createArray(), lambda('a', 'x', concat(lambdaVariables('a'), createArray(1))))]",
        "[reduce(range(0, 10000), 'x', lambda('a', 'x', concat(lambdaVariables('a'), lambdaVariables('a'))))]",
        "[reduce(range(0, 10000), 'x', lambda('a', 'x', createArray(lambdaVariables('a'))))]",
        "[map(range(0, 10000), lambda('x', map(range(0, 10000), lambda('y', 1))))]",
        "[map(range(0, 10000), lambda('x', contains(range(0, 10000), -1)))]",
        "[map(range(0, 10000), lambda('x', uniqueString(padLeft('', 100000))))]",
        "[map(range(0, 10000), lambda('x', indexOf(padLeft('', 100000), 'z')))]",
        "[sort(map(range(0, 9000), lambda('x', mod(mul(lambdaVariables('x'), 7919), 10007))), "
        "lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]",
        "[padLeft('x', 1000000000)]",
        "[format(replace('xxxxxxxxxxx', 'x', '{0,999999}'), 'x')]",
        "[union(map(range(0, 5000), lambda('x', createObject('a', lambdaVariables('x')))), createArray())]",
    ],
)
def test_work_without_end_inside_one_expression_ends(expression: str) -> None:
    value = evaluate_expression(expression)
    found = [value] if isinstance(value, Unresolved) else value
    assert isinstance(found, list)
    assert any(isinstance(each, Unresolved) for each in found)


def test_cost_is_linear_in_the_number_of_copies(run: Run) -> None:
    def resources(count: int) -> Json:
        name = "[format('n{0}', copyIndex())]"
        other = "[reference(format('n{0}', copyIndex())).x]"
        return [
            {"type": "A.B/c", "apiVersion": "1", "name": name, "tags": other, "copy": {"name": "l", "count": count}}
        ]

    def steps(count: int) -> int:
        low, high = 1, 1_000_000
        while low < high:
            middle = (low + high) // 2
            budget = Budget(max_steps=middle)
            stopped = evaluate(
                {"resources": resources(count)}, {}, Scope(subscription_id="s", resource_group="g"), budget=budget
            )
            low, high = (
                (middle + 1, high) if any("steps" in each.reason for each in stopped.problems) else (low, middle)
            )
        return low

    assert steps(200) <= 2 * steps(100) + 10


def test_a_small_budget_is_reported_and_nothing_is_guessed(run: Run, scope: Scope) -> None:
    template: dict[str, Json] = {"outputs": {f"o{at}": {"value": "[concat('a', 'b')]"} for at in range(50)}}
    evaluation = evaluate(template, {}, scope, budget=Budget(max_steps=20))
    assert {each for each in evaluation.outputs.values() if isinstance(each, str)} == {"ab"}
    assert evaluation.outputs["o49"] == Unresolved("the template takes more than 20 steps to evaluate")
    assert evaluation.problems[-1].reason == "the template takes more than 20 steps to evaluate"


def test_a_caller_that_left_no_room_on_the_stack_gets_an_answer(scope: Scope) -> None:
    body = "[filter(createArray(1), lambda('y', f.g('z')))]"
    function: Json = {"parameters": [{"name": "x", "type": "string"}], "output": {"type": "array", "value": body}}
    template: dict[str, Json] = {
        "functions": [{"namespace": "f", "members": {"g": function}}],
        "outputs": {"o": {"type": "array", "value": "[f.g('a')]"}},
    }

    def deeper(levels: int) -> Evaluation:
        return deeper(levels - 1) if levels else evaluate(template, {}, scope)

    free = sys.getrecursionlimit() - len(inspect.stack(0))
    evaluation = deeper(free - 200)
    assert evaluation.outputs == {}
    assert evaluation.problems == (Problem("", "nested too deeply"),)


def test_looking_through_a_large_value_costs_steps() -> None:
    expression = "[contains(range(0, 1000), -1)]"
    assert evaluate_expression(expression) is False
    assert isinstance(evaluate_expression(expression, budget=Budget(max_steps=100)), Unresolved)


def test_a_value_counts_with_all_that_is_in_it() -> None:
    variables: dict[str, Json] = {"v": "x" * 30}
    expression = "[length(createArray(variables('v'), variables('v')))]"
    assert evaluate_expression(expression, variables=variables) == 2
    small = evaluate_expression(expression, variables=variables, budget=Budget(max_characters=50))
    assert small == Unresolved("a value of more than 50 characters")
