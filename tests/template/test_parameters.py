"""Parameters in all the shapes they come in."""

from collections.abc import Callable

import pytest

from acimedic.template import Evaluation, Json, Unresolved

Run = Callable[..., Evaluation]
DECLARED: Json = {
    "Name": {"type": "string"},
    "size": {"type": "int", "defaultValue": 3},
    "label": {"type": "string", "defaultValue": "[concat(parameters('name'), '-x')]"},
    "maybe": {"type": "string", "nullable": True},
    "typed": {"$ref": "#/definitions/optional"},
}
DEFINITIONS: Json = {"optional": {"type": "string", "nullable": True}}


def value_of(run: Run, name: str, given: dict[str, Json]) -> Json:
    outputs: Json = {"x": {"type": "string", "value": f"[parameters('{name}')]"}}
    return run(given, parameters=DECLARED, definitions=DEFINITIONS, outputs=outputs).outputs["x"]


@pytest.mark.parametrize(
    "given",
    [
        {"name": {"value": "web"}},
        {"NAME": {"type": "String", "value": "web"}},
        {"name": {"value": "web", "reference": None}},
        {"$schema": "x", "contentVersion": "1.0.0.0", "parameters": {"name": {"value": "web"}}},
        {"parameters": {"name": {"value": "web"}}},
    ],
)
def test_a_value_is_found_in_every_shape(run: Run, given: dict[str, Json]) -> None:
    assert value_of(run, "name", given) == "web"
    assert value_of(run, "LABEL", given) == "web-x"


def test_a_value_given_from_outside_is_no_expression(run: Run) -> None:
    assert value_of(run, "name", {"name": {"value": "[resourceGroup().name]"}}) == "[resourceGroup().name]"


def test_null_counts_as_not_given(run: Run) -> None:
    assert value_of(run, "size", {"size": {"value": None}}) == 3
    assert value_of(run, "maybe", {"maybe": {"value": None}}) is None


def test_a_nullable_parameter_without_value_is_null(run: Run) -> None:
    assert value_of(run, "maybe", {}) is None
    assert value_of(run, "typed", {}) is None


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"type": "SecureString"}, "secure parameter 'name'"),
        ({"type": "secureObject"}, "secure parameter 'name'"),
        ({"reference": {"keyVault": {"id": "v"}, "secretName": "s"}}, "parameter 'name' comes from a key vault"),
        ({"expression": "[getSecret('x')]"}, "parameter 'name' is given in a way that is not evaluated"),
        ({}, "parameter 'Name' has no value"),
    ],
)
def test_a_parameter_without_a_value_says_why(run: Run, entry: Json, reason: str) -> None:
    assert value_of(run, "name", {"name": entry}) == Unresolved(reason)


def test_a_default_that_refers_to_itself_is_unknown(run: Run) -> None:
    declared: Json = {"a": {"defaultValue": "[parameters('b')]"}, "b": {"defaultValue": "[parameters('a')]"}}
    outputs: Json = {"x": {"value": "[parameters('a')]"}}
    evaluation = run(parameters=declared, outputs=outputs)
    assert evaluation.outputs["x"] == Unresolved("parameter 'a' refers to itself")


def test_a_parameter_and_a_variable_may_share_a_name(run: Run) -> None:
    evaluation = run(
        parameters={"x": {"type": "string", "defaultValue": "p"}},
        variables={"x": "[concat(parameters('x'), 'v')]"},
        outputs={"o": {"type": "string", "value": "[variables('X')]"}},
    )
    assert evaluation.outputs == {"o": "pv"}


def test_variables_can_be_loops(run: Run) -> None:
    evaluation = run(
        variables={
            "copy": [{"name": "names", "count": 2, "input": "[format('n{0}', copyIndex('names', 1))]"}],
            "inner": {"copy": [{"name": "squares", "count": 3, "input": "[mul(copyIndex('squares'), 2)]"}], "k": 1},
        },
        outputs={"a": {"value": "[variables('names')]"}, "b": {"value": "[variables('inner')]"}},
    )
    assert evaluation.outputs == {"a": ["n1", "n2"], "b": {"squares": [0, 2, 4], "k": 1}}


def test_a_user_defined_function_sees_its_parameters_alone(run: Run) -> None:
    member: Json = {
        "parameters": [{"name": "prefix", "type": "string"}],
        "output": {"type": "string", "value": "[concat(toLower(parameters('prefix')), uniqueString('x'))]"},
    }
    leaking: Json = {"parameters": [], "output": {"type": "string", "value": "[variables('v')]"}}
    evaluation = run(
        functions=[{"namespace": "contoso", "members": {"uniqueName": member, "leak": leaking}}],
        variables={"v": 1},
        outputs={"a": {"value": "[Contoso.UNIQUEname('AB')]"}, "b": {"value": "[contoso.leak()]"}},
    )
    assert str(evaluation.outputs["a"]).startswith("ab")
    assert evaluation.outputs["b"] == Unresolved("a user-defined function cannot use variables")


def test_a_secure_output_is_never_shown(run: Run) -> None:
    evaluation = run(outputs={"key": {"type": "SecureString", "value": "hunter2"}})
    assert evaluation.outputs["key"] == Unresolved("secure output 'key'")
