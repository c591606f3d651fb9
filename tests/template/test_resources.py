"""Which resources a template asks for, what they are called and where they go."""

from collections.abc import Callable
from typing import Any

import pytest

from acimedic.template import Evaluation, Json, Problem, Resource, Scope, Unresolved, evaluate

Run = Callable[..., Evaluation]
RG = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
NESTED = "Microsoft.Resources/deployments"


def group(name: str, **rest: Json) -> dict[str, Json]:
    return {"type": "Microsoft.ContainerInstance/containerGroups", "apiVersion": "2023-05-01", "name": name, **rest}


def ids(evaluation: Evaluation) -> list[str]:
    return [str(each.id).removeprefix(RG).removeprefix("/providers/") for each in evaluation.resources]


def body(resource: Resource) -> dict[str, Any]:
    assert isinstance(resource.body, dict)
    return resource.body


def test_a_resource_has_id_body_and_place(run: Run) -> None:
    (web,) = run(resources=[group("web", location="[resourceGroup().location]", dependsOn=["a"])]).resources
    assert web.id == f"{RG}/providers/Microsoft.ContainerInstance/containerGroups/web"
    assert (web.name, web.api_version, web.condition, web.existing) == ("web", "2023-05-01", True, False)
    assert (web.path, web.symbol, web.depends_on) == ("resources[0]", None, ("a",))
    assert web.body == {**group("web"), "location": "westeurope"}
    assert web.scope.resource_group == "rg"


def test_null_removes_a_property_but_no_element(run: Run) -> None:
    properties: Json = {"a": "[null()]", "b": "[json('null')]", "c": ["[null()]"], "d": {"e": None}}
    (web,) = run(resources=[group("web", properties=properties)]).resources
    assert body(web)["properties"] == {"c": [None], "d": {}}


def test_a_key_can_be_an_expression(run: Run) -> None:
    identity: Json = {"userAssignedIdentities": {"[resourceId('M.MI/ids', 'i')]": {}}}
    unknown: Json = {"userAssignedIdentities": {"[newGuid()]": {}}}
    first, second = run(resources=[group("a", identity=identity), group("b", identity=unknown)]).resources
    assert body(first)["identity"] == {"userAssignedIdentities": {f"{RG}/providers/M.MI/ids/i": {}}}
    assert isinstance(body(second)["identity"]["userAssignedIdentities"], Unresolved)


@pytest.mark.parametrize(("condition", "count"), [(True, 1), (False, 0), ("[equals(1, 2)]", 0), ("[not(false())]", 1)])
def test_a_condition_decides(run: Run, condition: Json, count: int) -> None:
    assert len(run(resources=[group("web", condition=condition)]).resources) == count


def test_an_unknown_condition_is_a_problem_and_keeps_the_resource(run: Run) -> None:
    evaluation = run(resources=[group("web", condition="[newGuid()]")])
    reason = "newGuid(): it is new for each deployment"
    assert evaluation.resources[0].condition == Unresolved(reason)
    assert evaluation.problems == (Problem("resources[0].condition", f"condition not known: {reason}"),)


def test_a_loop_is_unrolled(run: Run) -> None:
    looped = group(
        "[format('web{0}', copyIndex(1))]", copy={"name": "webs", "count": 2}, tags={"i": "[copyIndex('webs')]"}
    )
    evaluation = run(resources=[looped])
    assert [each.name for each in evaluation.resources] == ["web1", "web2"]
    assert [body(each)["tags"]["i"] for each in evaluation.resources] == [0, 1]
    assert all("copy" not in body(each) for each in evaluation.resources)


def test_a_loop_of_unknown_length_leaves_one_resource_in_doubt(run: Run) -> None:
    looped = group("[format('web{0}', copyIndex())]", copy={"name": "webs", "count": "[parameters('n')]"})
    (web,) = run(parameters={"n": {"type": "int"}}, resources=[looped]).resources
    assert web.condition == web.name == Unresolved("parameter 'n' has no value")


def test_a_property_can_be_a_loop(run: Run) -> None:
    loop: Json = {"name": "containers", "count": 2, "input": {"name": "[format('c{0}', copyIndex('containers'))]"}}
    (web,) = run(resources=[group("web", properties={"copy": [loop], "osType": "Linux"})]).resources
    assert body(web)["properties"] == {"containers": [{"name": "c0"}, {"name": "c1"}], "osType": "Linux"}


def test_a_property_called_copy_that_is_no_loop_is_data(run: Run) -> None:
    (web,) = run(resources=[group("web", properties={"copy": ["a"]})]).resources
    assert body(web)["properties"] == {"copy": ["a"]}


def test_children_are_called_after_their_parents(run: Run) -> None:
    rule: Json = {"type": "rules", "name": "r", "apiVersion": "1"}
    share: Json = {"type": "shares", "name": "s", "apiVersion": "1", "resources": [rule]}
    lock: Json = {"type": "Microsoft.Authorization/locks", "name": "l", "apiVersion": "1"}
    full: Json = {"type": "M.S/accounts/blobs", "name": "a/b", "apiVersion": "1"}
    account: Json = {"type": "M.S/accounts", "name": "a", "apiVersion": "1", "resources": [share, lock, full]}
    evaluation = run(resources=[account])
    assert ids(evaluation) == [
        "M.S/accounts/a",
        "M.S/accounts/a/shares/s",
        "M.S/accounts/a/shares/s/rules/r",
        "M.S/accounts/a/providers/Microsoft.Authorization/locks/l",
        "M.S/accounts/a/blobs/b",
    ]
    assert evaluation.resources[2].path == "resources[0].resources[0].resources[0]"
    assert evaluation.resources[2].type == "M.S/accounts/shares/rules"


@pytest.mark.parametrize(
    ("extended", "expected"),
    [
        ("[resourceId('M.CR/registries', 'r')]", f"{RG}/providers/M.CR/registries/r/providers/M.A/roleAssignments/x"),
        ("M.CR/registries/r", f"{RG}/providers/M.CR/registries/r/providers/M.A/roleAssignments/x"),
        ("[resourceGroup().id]", f"{RG}/providers/M.A/roleAssignments/x"),
        ("/", "/providers/M.A/roleAssignments/x"),
    ],
)
def test_an_extension_belongs_to_its_scope(run: Run, extended: str, expected: str) -> None:
    role: Json = {"type": "M.A/roleAssignments", "apiVersion": "1", "name": "x", "scope": extended}
    assert run(resources=[role]).resources[0].id == expected


def test_the_old_form_of_an_extension_names_its_provider(run: Run) -> None:
    role: Json = {"type": "M.CR/registries/providers/roleAssignments", "apiVersion": "1", "name": "r/M.A/x"}
    assert ids(run(resources=[role])) == ["M.CR/registries/r/providers/M.A/roleAssignments/x"]


def test_symbolic_names_are_kept_and_existing_ones_marked(run: Run) -> None:
    registry: Json = {
        "existing": True,
        "type": "M.CR/registries",
        "apiVersion": "1",
        "name": "r",
        "resourceGroup": "other",
    }
    looped = group("[format('w{0}', copyIndex())]", copy={"name": "w", "count": 2})
    evaluation = run(languageVersion="2.0", resources={"registry": registry, "webs": looped})
    assert [(each.symbol, each.existing) for each in evaluation.resources] == [
        ("registry", True),
        ("webs[0]", False),
        ("webs[1]", False),
    ]
    assert str(evaluation.resources[0].id).endswith("/resourceGroups/other/providers/M.CR/registries/r")
    assert evaluation.resources[1].path == "resources.webs"


def nested(name: str, template: Json, scope: str | None = "inner", **rest: Json) -> dict[str, Json]:
    properties: dict[str, Json] = {"mode": "Incremental", "template": template}
    properties["parameters"] = rest.pop("parameters", {})
    if scope is not None:
        properties["expressionEvaluationOptions"] = {"scope": scope}
    return {"type": NESTED, "apiVersion": "2022-09-01", "name": name, "properties": properties, **rest}


PLACE = "[format('{0}-{1}', resourceGroup().name, variables('v'))]"


def test_an_inner_deployment_has_its_own_values_and_place(run: Run) -> None:
    template: Json = {"variables": {"v": "inner"}, "resources": [group(PLACE)]}
    _, web = run(variables={"v": "outer"}, resources=[nested("n", template, resourceGroup="other")]).resources
    assert web.name == "other-inner"
    assert web.scope.resource_group == "other"
    assert web.scope.deployment_name == "n"
    assert web.path == "resources[0].properties.template.resources[0]"


def test_an_outer_deployment_has_the_values_of_the_one_around_it(run: Run) -> None:
    template: Json = {"variables": {"v": "inner"}, "resources": [group(PLACE)]}
    _, web = run(variables={"v": "outer"}, resources=[nested("n", template, None, resourceGroup="other")]).resources
    assert web.name == "rg-outer"
    assert str(web.id).endswith("/resourceGroups/other/providers/Microsoft.ContainerInstance/containerGroups/rg-outer")


def test_parameters_of_an_inner_deployment_are_expressions_around_it(run: Run) -> None:
    template: Json = {
        "parameters": {name: {"type": "string", "defaultValue": "default"} for name in "abcd"},
        "resources": [
            group("[join(createArray(parameters('a'), parameters('b'), parameters('c'), parameters('d')), '-')]")
        ],
    }
    given: Json = {
        "a": {"value": "[variables('v')]"},
        "b": "[if(true(), createObject('value', 'whole'), createObject())]",
        "c": {"value": "[null()]"},
    }
    _, web = run(variables={"v": "outer"}, resources=[nested("n", template, parameters=given)]).resources
    assert web.name == "outer-whole-default-default"


def test_a_parameter_of_an_inner_deployment_can_be_a_loop(run: Run) -> None:
    template: Json = {"parameters": {"p": {"type": "array"}}, "resources": [group("[parameters('p')[1]]")]}
    given: Json = {"p": {"copy": [{"name": "value", "count": 2, "input": "[format('x{0}', copyIndex('value'))]"}]}}
    _, web = run(resources=[nested("n", template, parameters=given)]).resources
    assert web.name == "x1"


def test_a_deployment_in_doubt_puts_its_resources_in_doubt(run: Run) -> None:
    outer, web = run(resources=[nested("n", {"resources": [group("w")]}, condition="[newGuid()]")]).resources
    assert outer.condition == web.condition == Unresolved("newGuid(): it is new for each deployment")


def test_a_deployment_that_is_not_run_has_no_resources(run: Run) -> None:
    assert run(resources=[nested("n", {"resources": [group("w")]}, condition=False)]).resources == ()


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ({"uri": "https://x/a.json"}, "linked template https://x/a.json is not part of the template"),
        ({"relativePath": "a.json"}, "linked template a.json is not part of the template"),
        ({"id": "/subscriptions/s/spec"}, "template spec /subscriptions/s/spec is not part of the template"),
    ],
)
def test_a_template_elsewhere_is_a_problem(run: Run, link: Json, reason: str) -> None:
    linked: Json = {"type": NESTED, "apiVersion": "1", "name": "n", "properties": {"templateLink": link}}
    assert run(resources=[linked]).problems == (Problem("resources[0]", reason),)


def test_a_subscription_template_makes_groups_and_deploys_into_them() -> None:
    template: dict[str, Json] = {
        "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
        "resources": [
            {
                "type": "Microsoft.Resources/resourceGroups",
                "apiVersion": "1",
                "name": "g",
                "location": "[deployment().location]",
            },
            nested("n", {"resources": [group("w", location="[resourceGroup().location]")]}, resourceGroup="g"),
            nested("m", {"resources": [group("w", location="[resourceGroup().location]")]}, resourceGroup="h"),
        ],
    }
    evaluation = evaluate(template, {}, Scope(subscription_id="s", location="uksouth"))
    made, _, web, _, other = evaluation.resources
    assert made.id == "/subscriptions/s/resourceGroups/g"
    assert body(web)["location"] == "uksouth"
    assert body(other)["location"] == Unresolved("the location of the resource group is not known")


def test_a_deployment_can_go_to_another_subscription_or_the_tenant(run: Run) -> None:
    role: Json = {"type": "M.A/policies", "apiVersion": "1", "name": "p"}
    evaluation = run(
        resources=[
            nested("a", {"resources": [role]}, subscriptionId="s2", location="uksouth"),
            nested("b", {"resources": [role]}, subscriptionId="s2", resourceGroup="g"),
            nested("c", {"resources": [role]}, scope="inner") | {"scope": "/", "location": "uksouth"},
            nested("d", {"resources": [role]}) | {"scope": "Microsoft.Management/managementGroups/mg"},
        ]
    )
    assert [each.id for each in evaluation.resources if each.type == "M.A/policies"] == [
        "/subscriptions/s2/providers/M.A/policies/p",
        "/subscriptions/s2/resourceGroups/g/providers/M.A/policies/p",
        "/providers/M.A/policies/p",
        "/providers/Microsoft.Management/managementGroups/mg/providers/M.A/policies/p",
    ]


@pytest.mark.parametrize(
    "sections", [{}, {"resources": 5}, {"resources": [None, 3, "x"]}, {"outputs": []}, {"variables": 1}]
)
def test_a_template_that_is_none_gives_nothing(run: Run, sections: dict[str, Json]) -> None:
    evaluation = run(**sections)
    assert evaluation.resources == ()
    assert evaluation.outputs == {}


def test_the_case_of_properties_does_not_matter(run: Run) -> None:
    odd: Json = {"Type": "A.B/c", "NAME": "x", "apiversion": "1", "dependson": ["y"], "Properties": {"keep": 1}}
    (one,) = run(resources=[odd]).resources
    assert (one.type, one.name, one.api_version, one.depends_on) == ("A.B/c", "x", "1", ("y",))
    assert body(one)["properties"] == {"keep": 1}


def test_a_whole_array_of_resources_or_containers_can_be_one_expression(run: Run) -> None:
    containers: Json = [{"name": "c", "properties": {"image": "[concat('a', ':1')]"}}]
    (web,) = run(
        variables={"containers": containers},
        resources=[group("w", properties={"containers": "[variables('containers')]"})],
    ).resources
    assert body(web)["properties"] == {"containers": [{"name": "c", "properties": {"image": "a:1"}}]}


def test_names_are_ambiguous_when_two_resources_share_one(run: Run) -> None:
    resources: Json = [group("same"), {"type": "A.B/c", "apiVersion": "1", "name": "same"}]
    evaluation = run(resources=resources, outputs={"o": {"value": "[reference('same', '', 'full').apiVersion]"}})
    assert evaluation.outputs["o"] == Unresolved("the template has no resource 'same'")


def test_numbers_that_are_none_of_json_are_unknown(run: Run) -> None:
    (web,) = run(resources=[group("w", properties={"a": float("nan"), "b": 10**5000, "c": 1.5})]).resources
    properties = body(web)["properties"]
    assert properties["c"] == 1.5
    assert isinstance(properties["a"], Unresolved)
    assert properties["b"] == Unresolved("an integer of more than 64 bits")
