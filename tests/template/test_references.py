"""What reference() may answer offline: outputs of nested deployments, and facts read from Azure."""

from collections.abc import Callable

from acimedic.template import Evaluation, Json, Scope, Unresolved, evaluate

Run = Callable[..., Evaluation]
REGISTRY: Json = {"type": "M.CR/registries", "apiVersion": "2023-07-01", "name": "r"}


class Known:
    """A lookup that knows one registry."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, bool]] = []

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Json:
        self.asked.append((resource_id, api_version, full))
        if resource_id.endswith("/registries/r"):
            return {"properties": {"loginServer": "r.azurecr.io"}} if full else {"loginServer": "r.azurecr.io"}
        return Unresolved(f"no {resource_id}")


def outputs_of(template: dict[str, Json], scope: Scope, lookup: Known) -> dict[str, Json]:
    return dict(evaluate(template, {}, scope, lookup).outputs)


def test_a_fact_read_from_azure_completes_the_image(scope: Scope) -> None:
    lookup = Known()
    value = "[format('{0}/app:1', reference(resourceId('M.CR/registries', 'r'), '2022-01-01').loginServer)]"
    assert outputs_of({"outputs": {"image": {"value": value}}}, scope, lookup) == {"image": "r.azurecr.io/app:1"}
    assert lookup.asked[0][1:] == ("2022-01-01", False)


def test_a_resource_of_the_template_is_found_by_id_name_and_symbol(scope: Scope) -> None:
    lookup = Known()
    outputs: Json = {
        "id": {"value": "[reference(resourceId('m.cr/REGISTRIES', 'R')).loginServer]"},
        "name": {"value": "[reference('r').loginServer]"},
        "symbol": {"value": "[reference('registry', '', 'full').properties.loginServer]"},
    }
    values = outputs_of({"resources": {"registry": REGISTRY}, "outputs": outputs}, scope, lookup)
    assert set(values.values()) == {"r.azurecr.io"}
    assert {each[1] for each in lookup.asked} == {"2023-07-01"}


def test_runtime_properties_are_never_made_up(run: Run) -> None:
    registry: Json = {
        "type": "M.CR/registries",
        "apiVersion": "2023-07-01",
        "name": "r",
        "properties": {"loginServer": "made-up"},
    }
    outputs: Json = {
        "server": {"value": "[reference('r').loginServer]"},
        "version": {"value": "[reference('r', '', 'full').apiVersion]"},
        "where": {"value": "[reference('r', '', 'full').location]"},
    }
    evaluation = run(resources=[registry], outputs=outputs)
    assert isinstance(evaluation.outputs["server"], Unresolved)
    assert evaluation.outputs["version"] == "2023-07-01"
    assert isinstance(evaluation.outputs["where"], Unresolved)


def module(name: str, outputs: Json, **rest: Json) -> Json:
    properties: Json = {
        "expressionEvaluationOptions": {"scope": "inner"},
        "template": {"outputs": outputs, "resources": []},
    }
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "1",
        "name": name,
        "properties": properties,
        **rest,
    }


def test_outputs_of_a_nested_deployment_are_known(run: Run) -> None:
    outputs: Json = {
        "a": {"value": "[reference('m').outputs.ID.value]"},
        "b": {
            "value": "[reference(resourceId('Microsoft.Resources/deployments', 'm'), '2022-09-01').outputs.id.value]"
        },
        "c": {"value": "[tryGet(reference('m').outputs, 'none', 'value')]"},
        "d": {"value": "[reference('m').outputs.none.value]"},
        "e": {"value": "[reference('m').provisioningState]"},
    }
    evaluation = run(resources=[module("m", {"id": {"type": "string", "value": "x"}})], outputs=outputs)
    assert evaluation.outputs["a"] == evaluation.outputs["b"] == "x"
    assert evaluation.outputs["c"] is None
    assert evaluation.outputs["d"] == Unresolved("there is no property 'none'")
    assert isinstance(evaluation.outputs["e"], Unresolved)


def test_loops_of_modules_are_referred_to_by_number(run: Run) -> None:
    looped = module(
        "[format('m{0}', copyIndex())]", {"n": {"value": "[deployment().name]"}}, copy={"name": "m", "count": 2}
    )
    outputs: Json = {
        "one": {"value": "[reference('mods[1]').outputs.n.value]"},
        "all": {"copy": {"count": 2, "input": "[reference(format('mods[{0}]', copyIndex())).outputs.n.value]"}},
        "info": {"value": "[resourceInfo('mods[0]').name]"},
    }
    evaluation = run(languageVersion="2.0", resources={"mods": looped}, outputs=outputs)
    assert evaluation.outputs == {"one": "m1", "all": ["m0", "m1"], "info": "m0"}


def test_outputs_that_refer_to_one_another_are_unknown(run: Run) -> None:
    first = module("a", {"x": {"value": "[parameters('p')]"}})
    assert isinstance(first, dict) and isinstance(first["properties"], dict)
    first["properties"]["parameters"] = {"p": {"value": "[reference('a').outputs.x.value]"}}
    assert isinstance(first["properties"]["template"], dict)
    first["properties"]["template"]["parameters"] = {"p": {"type": "string"}}
    evaluation = run(resources=[first], outputs={"o": {"value": "[reference('a').outputs.x.value]"}})
    assert evaluation.outputs["o"] == Unresolved("output 'x' refers to itself")


def test_a_resource_that_is_not_deployed_has_no_properties(run: Run) -> None:
    evaluation = run(
        resources=[module("m", {"id": {"value": "x"}}, condition=False)],
        outputs={"o": {"value": "[reference('m').outputs.id.value]"}},
    )
    assert evaluation.outputs["o"] == Unresolved("m is not deployed: its condition is false")


def test_an_output_whose_condition_is_false_is_left_out(run: Run) -> None:
    evaluation = run(outputs={"a": {"condition": "[equals(1, 2)]", "value": 1}, "b": {"condition": True, "value": 2}})
    assert evaluation.outputs == {"b": 2}
