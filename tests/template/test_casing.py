"""Names of the template language in any casing: nothing is dropped because it is written otherwise than documented."""

from collections.abc import Callable

import pytest

from acimedic.template import Evaluation, Json, Problem, Scope, Unresolved, evaluate

Run = Callable[..., Evaluation]
GROUP: Json = {"Type": "Microsoft.ContainerInstance/containerGroups", "ApiVersion": "2023-05-01", "Name": "web"}
NESTED = "Microsoft.Resources/deployments"


def output(run: Run, given: dict[str, Json] | None = None, /, **sections: Json) -> Json:
    """The only output of a template."""
    (value,) = run(given or {}, **sections).outputs.values()
    return value


@pytest.mark.parametrize("name", ["resources", "Resources", "RESOURCES"])
def test_resources_are_found_and_their_path_is_as_written(run: Run, name: str) -> None:
    (web,) = run(**{name: [GROUP]}).resources
    assert (web.name, web.path) == ("web", f"{name}[0]")


def test_children_are_found_and_their_path_is_as_written(run: Run) -> None:
    parent: Json = {"Type": "A.B/c", "Name": "x", "Resources": [{"TYPE": "d", "NAME": "y"}]}
    _, child = run(resources=[parent]).resources
    assert (child.type, child.name, child.path) == ("A.B/c/d", "x/y", "resources[0].Resources[0]")


def test_an_unknown_condition_is_reported_where_it_is_written(run: Run) -> None:
    (problem,) = run(resources=[{**dict_of(GROUP), "Condition": "[newGuid()]"}]).problems
    assert problem.path == "resources[0].Condition"


def dict_of(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(("properties", "template"), [("properties", "Template"), ("Properties", "TEMPLATE")])
def test_a_nested_template_is_found_and_its_path_is_as_written(run: Run, properties: str, template: str) -> None:
    nested: Json = {"type": NESTED, "name": "n", properties: {"Mode": "Incremental", template: {"Resources": [GROUP]}}}
    outer, web = run(resources=[nested]).resources
    assert web.path == f"resources[0].{properties}.{template}.Resources[0]"
    assert dict_of(outer.body)["properties"] == {"Mode": "Incremental"}


def test_the_scope_and_parameters_of_a_nested_deployment_are_found(run: Run) -> None:
    template: Json = {
        "Parameters": {"p": {"Type": "string", "DefaultValue": "default"}},
        "Resources": [{"type": "A.B/c", "name": "[parameters('p')]"}],
    }
    properties: Json = {
        "ExpressionEvaluationOptions": {"Scope": "Inner"},
        "Parameters": {"P": {"Value": "[concat('a', 'b')]"}},
        "Template": template,
    }
    _, inner = run(resources=[{"type": NESTED, "name": "n", "properties": properties}]).resources
    assert inner.name == "ab"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ({"Uri": "https://x/a.json"}, "linked template https://x/a.json is not part of the template"),
        ({"RelativePath": "a.json"}, "linked template a.json is not part of the template"),
        ({"ID": "/subscriptions/s/spec"}, "template spec /subscriptions/s/spec is not part of the template"),
    ],
)
def test_a_link_is_found(run: Run, link: Json, reason: str) -> None:
    linked: Json = {"type": NESTED, "name": "n", "properties": {"TemplateLink": link}}
    assert run(resources=[linked]).problems == (Problem("resources[0]", reason),)


@pytest.mark.parametrize("section", ["parameters", "Parameters"])
def test_a_parameter_file_is_read(run: Run, section: str) -> None:
    declared: Json = {"image": {"Type": "string", "defaultValue": "default"}}
    given: dict[str, Json] = {"$Schema": "x", section: {"Image": {"Value": "given"}}}
    assert output(run, given, parameters=declared, outputs={"o": {"value": "[parameters('image')]"}}) == "given"


def test_a_parameter_file_is_told_from_parameters_of_that_name(run: Run) -> None:
    declared: Json = {"parameters": {"type": "object", "defaultValue": {}}, "image": {"type": "string"}}
    given: dict[str, Json] = {"ContentVersion": "1.0.0.0", "Parameters": {"image": {"value": "given"}}}
    assert output(run, given, parameters=declared, outputs={"o": {"value": "[parameters('image')]"}}) == "given"


def test_a_default_is_found(run: Run) -> None:
    outputs: Json = {"o": {"value": "[parameters('p')]"}}
    assert output(run, Parameters={"p": {"Type": "string", "DEFAULTVALUE": "x"}}, Outputs=outputs) == "x"


@pytest.mark.parametrize(
    "declared", [{"Type": "SecureString", "defaultValue": "x"}, {"$Ref": "#/definitions/s", "defaultValue": "x"}]
)
def test_a_secret_stays_one(run: Run, declared: Json) -> None:
    definitions: Json = {"s": {"TYPE": "securestring"}}
    value = output(
        run, parameters={"p": declared}, Definitions=definitions, outputs={"o": {"value": "[parameters('p')]"}}
    )
    assert value == Unresolved("secure parameter 'p'")


def test_a_parameter_may_be_nullable(run: Run) -> None:
    declared: Json = {"p": {"type": "string", "Nullable": True}}
    assert output(run, parameters=declared, outputs={"o": {"value": "[parameters('p')]"}}) is None


def test_a_key_vault_is_named_as_the_source(run: Run) -> None:
    given: dict[str, Json] = {"p": {"Reference": {"KeyVault": {"id": "v"}, "SecretName": "s"}}}
    value = output(run, given, parameters={"p": {"type": "string"}}, outputs={"o": {"value": "[parameters('p')]"}})
    assert value == Unresolved("parameter 'p' comes from a key vault")


def test_a_secret_given_without_value_is_named_as_such(run: Run) -> None:
    given: dict[str, Json] = {"p": {"Type": "SecureString", "Metadata": {}}}
    value = output(run, given, parameters={"p": {"type": "string"}}, outputs={"o": {"value": "[parameters('p')]"}})
    assert value == Unresolved("secure parameter 'p'")


def test_a_loop_of_resources_is_unrolled(run: Run) -> None:
    looped: Json = {
        "type": "A.B/c",
        "name": "[format('n{0}', copyIndex('l'))]",
        "Copy": {"Name": "l", "Count": 2},
    }
    assert [each.name for each in run(resources=[looped]).resources] == ["n0", "n1"]


def test_a_loop_of_properties_is_unrolled(run: Run) -> None:
    loop: Json = {"Name": "ports", "Count": 2, "Input": "[copyIndex('ports', 80)]"}
    (web,) = run(resources=[{**dict_of(GROUP), "properties": {"COPY": [loop]}}]).resources
    assert dict_of(web.body)["properties"] == {"ports": [80, 81]}


def test_a_loop_of_variables_is_unrolled(run: Run) -> None:
    loop: Json = {"Name": "v", "Count": 2, "Input": "[copyIndex('v')]"}
    assert output(run, Variables={"Copy": [loop]}, outputs={"o": {"value": "[variables('V')]"}}) == [0, 1]


def test_a_loop_of_outputs_is_unrolled(run: Run) -> None:
    assert output(run, outputs={"o": {"Type": "array", "Copy": {"Count": 2, "Input": "[copyIndex()]"}}}) == [0, 1]


def test_an_output_is_found_unless_its_condition_is_false(run: Run) -> None:
    shown: Json = {"a": {"Value": 1}, "b": {"Value": 2, "Condition": False}}
    assert run(OUTPUTS=shown).outputs == {"a": 1}


def test_a_secret_output_is_not_shown(run: Run) -> None:
    assert output(run, outputs={"o": {"Type": "SecureString", "Value": "x"}}) == Unresolved("secure output 'o'")


def test_a_function_of_the_template_is_found(run: Run) -> None:
    member: Json = {"Parameters": [{"Name": "x", "Type": "string"}], "Output": {"Value": "[parameters('X')]"}}
    functions: Json = [{"Namespace": "n", "Members": {"f": member}}]
    assert output(run, Functions=functions, outputs={"o": {"value": "[n.f('y')]"}}) == "y"


def test_what_deployment_gives_of_the_template_is_found(run: Run) -> None:
    shown: Json = {"o": {"value": "[deployment().properties.template.contentVersion]"}}
    assert output(run, ContentVersion="1.2.3.4", outputs=shown) == "1.2.3.4"


def test_the_schema_says_the_level(scope: Scope) -> None:
    template: dict[str, Json] = {
        "$Schema": "https://schema.management.azure.com/schemas/2019-08-01/tenantDeploymentTemplate.json#",
        "resources": [{"type": "A.B/c", "name": "x"}],
    }
    (one,) = evaluate(template, {}, scope).resources
    assert one.id == "/providers/A.B/c/x"


def test_the_rest_of_a_resource_is_read_by_its_documented_names(run: Run) -> None:
    odd: Json = {**dict_of(GROUP), "DependsOn": ["a"], "SCOPE": "/", "EXISTING": True, "Location": "uksouth"}
    (one,) = run(resources=[odd]).resources
    assert (one.api_version, one.depends_on, one.existing) == ("2023-05-01", ("a",), True)
    assert one.id == "/providers/Microsoft.ContainerInstance/containerGroups/web"
    assert dict_of(one.body)["location"] == "uksouth"
