"""What waits for what in a template, and what is said where a group does not wait for what it needs."""

from dataclasses import replace
from typing import Any

import pytest

from acimedic.preflight.planned.facts import Facts
from acimedic.preflight.planned.order import Order
from acimedic.preflight.request import Request, evaluated
from acimedic.template import Scope
from tests.build import IDENTITY, REGISTRY, REGISTRY_ID
from tests.preflight.worlds import (
    HERE,
    HOME,
    NEW_IDENTITY,
    NEW_IMAGE,
    NEW_REGISTRY,
    OF_NEW_IDENTITY,
    THE_ROLE,
    Azure,
    group,
    identity,
    look,
    module,
    registry,
    role,
    template,
)

THE_ROLE_AT_THE_REGISTRY = (
    f"[extensionResourceId('{REGISTRY_ID}', 'Microsoft.Authorization/roleAssignments', '{THE_ROLE}')]"
)
OF_THE_GROUP_ON_THE_ROLE = "does not depend on role assignment '11111111-aaaa-4bbb-8ccc-222222222222' (resources[1])"
OF_THE_GROUP_ON_THE_IDENTITY = "does not depend on identity 'id-new' (resources[0])"


def _waits(asked: dict[str, Any], at: int, on: int, scope: Scope = HERE) -> bool | None:
    request = Request(name="azuredeploy.json", template=asked, scope=scope)
    facts = Facts({})
    return Order.of(request, facts, evaluated(request, facts)).waits(at, on)


def _thing(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Microsoft.Example/things", "apiVersion": "2024-01-01", "name": name, **more}


def test_resources_that_say_nothing_are_made_at_the_same_time() -> None:
    assert _waits(template(_thing("a"), _thing("b")), 1, 0) is False


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "A",
        "Microsoft.Example/things/a",
        "[resourceId('Microsoft.Example/things', 'a')]",
        "[resourceId('microsoft.example/THINGS', 'A')]",
    ],
)
def test_a_resource_waits_for_what_depends_on_names(name: str) -> None:
    assert _waits(template(_thing("a"), _thing("b", dependsOn=[name])), 1, 0) is True


def test_nothing_waits_the_other_way_round() -> None:
    assert _waits(template(_thing("a"), _thing("b", dependsOn=["a"])), 0, 1) is False


def test_a_resource_waits_for_what_its_own_resources_wait_for() -> None:
    asked = template(_thing("a"), _thing("b", dependsOn=["a"]), _thing("c", dependsOn=["b"]))
    assert _waits(asked, 2, 0) is True


def test_resources_that_wait_for_each_other_do_not_hang() -> None:
    asked = template(_thing("a", dependsOn=["b"]), _thing("b", dependsOn=["a"]), _thing("c"))
    assert _waits(asked, 0, 2) is False


@pytest.mark.parametrize(
    "expression",
    [
        "[reference('a').x]",
        "[reference(resourceId('Microsoft.Example/things', 'a'), '2024-01-01').x]",
        "[listKeys(resourceId('Microsoft.Example/things', 'a'), '2024-01-01').key]",
        "[concat('x', string(REFERENCE(format('{0}', 'a')).x['y']))]",
        "[if(true(), reference(variables('it')).x, 'it''s')]",
    ],
)
def test_a_resource_waits_for_what_it_refers_to(expression: str) -> None:
    asked = template(_thing("a"), _thing("b", properties={"deep": [{"x": expression}]}), variables={"it": "a"})
    assert _waits(asked, 1, 0) is True


def test_an_id_alone_makes_nothing_wait() -> None:
    asked = template(_thing("a"), _thing("b", properties={"x": "[resourceId('Microsoft.Example/things', 'a')]"}))
    assert _waits(asked, 1, 0) is False


def test_a_name_that_cannot_be_evaluated_leaves_the_order_open() -> None:
    asked = template(_thing("a"), _thing("b", dependsOn=["[parameters('x')]"]), parameters={"x": {"type": "string"}})
    assert _waits(asked, 1, 0) is None


def test_the_order_is_known_though_nobody_said_where_it_is_deployed() -> None:
    asked = template(_thing("a"), _thing("b", dependsOn=["[resourceId('Microsoft.Example/things', 'a')]"]))
    assert _waits(asked, 1, 0, Scope()) is True


def test_a_resource_waits_for_all_rounds_of_a_loop() -> None:
    looped = _thing("[format('a{0}', copyIndex())]", copy={"name": "many", "count": 3})
    asked = template(looped, _thing("b", dependsOn=["many"]))
    assert _waits(asked, 3, 2) is True


def test_a_symbol_names_a_resource() -> None:
    asked = template() | {
        "languageVersion": "2.0",
        "resources": {"first": _thing("a"), "second": _thing("b", dependsOn=["first"])},
    }
    assert _waits(asked, 1, 0) is True


def test_a_symbol_names_all_rounds_of_a_loop() -> None:
    looped = _thing("[format('a{0}', copyIndex())]", copy={"name": "many", "count": 2})
    asked = template() | {
        "languageVersion": "2.0",
        "resources": {"first": looped, "second": _thing("b", dependsOn=["first"])},
    }
    assert _waits(asked, 2, 1) is True


def test_a_module_is_done_when_all_that_is_in_it_is() -> None:
    asked = template(module("m", template(_thing("a"))), _thing("b", dependsOn=["m"]))
    assert _waits(asked, 2, 1) is True


def test_what_is_in_a_module_waits_for_what_the_module_waits_for() -> None:
    asked = template(_thing("a"), module("m", template(_thing("b")), dependsOn=["a"]))
    assert _waits(asked, 2, 0) is True


def test_what_is_in_one_module_waits_for_what_is_in_another_that_its_own_waits_for() -> None:
    asked = template(module("m", template(_thing("a"))), module("n", template(_thing("b")), dependsOn=["m"]))
    assert _waits(asked, 3, 1) is True


def test_a_module_waits_for_the_outputs_that_its_parameters_take() -> None:
    outputs = {"x": {"type": "string", "value": "1"}}
    taken = {"x": "[reference('m').outputs.x.value]"}
    asked = template(
        module("m", template(_thing("a"), outputs=outputs)),
        module("n", template(_thing("b"), parameters={"x": {"type": "string"}}), taken),
    )
    assert _waits(asked, 3, 1) is True


def test_modules_that_say_nothing_are_deployed_at_the_same_time() -> None:
    asked = template(module("m", template(_thing("a"))), module("n", template(_thing("b"))))
    assert _waits(asked, 3, 1) is False


def test_what_is_in_each_round_of_a_module_belongs_to_that_round() -> None:
    looped = module("[format('m{0}', copyIndex())]", template(_thing("a")), copy={"name": "many", "count": 2})
    asked = template(looped, _thing("b", dependsOn=["m0"]))
    assert (_waits(asked, 4, 1), _waits(asked, 4, 3)) == (True, False)


# --- what is said of it ---


def test_a_group_that_does_not_wait_for_its_role_is_told() -> None:
    assert OF_THE_GROUP_ON_THE_ROLE in look(template(identity(), role(), group()), Azure()).notes


def test_a_group_that_waits_for_its_role_is_not_told() -> None:
    seen = look(template(identity(), role(), group(dependsOn=[THE_ROLE_AT_THE_REGISTRY])), Azure())
    assert "does not depend on role assignment" not in seen.notes


def test_a_group_that_waits_for_its_role_waits_for_the_identity_that_the_role_refers_to() -> None:
    seen = look(template(identity(), role(), group(dependsOn=[THE_ROLE_AT_THE_REGISTRY])), Azure())
    assert "does not depend on identity" not in seen.notes


def test_a_group_that_does_not_wait_for_its_identity_is_told() -> None:
    assert OF_THE_GROUP_ON_THE_IDENTITY in look(template(identity(), role(), group()), Azure()).notes


def test_a_group_whose_module_waits_for_the_module_of_its_role_is_not_told() -> None:
    access = template(role("[parameters('who')]"), parameters={"who": {"type": "string"}})
    asked = template(
        identity(),
        module("access", access, {"who": OF_NEW_IDENTITY}),
        module("web", template(group()), dependsOn=["access"]),
    )
    assert "does not depend" not in look(asked, Azure()).notes


def test_a_group_whose_module_does_not_wait_for_the_module_of_its_role_is_told() -> None:
    access = template(role("[parameters('who')]"), parameters={"who": {"type": "string"}})
    asked = template(
        identity(),
        module("access", access, {"who": OF_NEW_IDENTITY}),
        module("web", template(group()), dependsOn=[NEW_IDENTITY]),
    )
    assert "(resources[1].properties.template.resources[0]), which lets it pull" in look(asked, Azure()).notes


def test_a_group_that_does_not_wait_for_its_new_registry_is_told() -> None:
    asked = template(registry(), identity(), group(image=NEW_IMAGE, server="fresh.azurecr.io"))
    assert "does not depend on registry 'fresh' (resources[0])" in look(asked, Azure()).notes


def test_a_group_that_takes_its_server_from_the_registry_waits_for_it() -> None:
    server = f"[reference({NEW_REGISTRY[1:-1]}, '2023-07-01').loginServer]"
    image = f"[concat(reference({NEW_REGISTRY[1:-1]}, '2023-07-01').loginServer, '/app/web:1.0')]"
    asked = template(registry(), identity(), group(image=image, server=server))
    notes = look(asked, Azure()).notes
    assert "registry 'fresh', which is empty" in notes
    assert "does not depend on registry" not in notes


def test_a_group_that_does_not_wait_for_a_change_of_its_registry_is_told() -> None:
    there = replace(REGISTRY, id=f"{HOME}/providers/Microsoft.ContainerRegistry/registries/contoso")
    asked = template(registry("contoso", adminUserEnabled=True), identity(), group())
    notes = look(asked, Azure(registries_there=(there,))).notes
    assert "registry 'contoso' (resources[0]), which the same template changes" in notes


def test_a_registry_that_stays_as_it_is_need_not_be_waited_for() -> None:
    there = replace(REGISTRY, id=f"{HOME}/providers/Microsoft.ContainerRegistry/registries/contoso")
    asked = template(registry("contoso", adminUserEnabled=False), identity(), group())
    assert "registry 'contoso'" not in look(asked, Azure(registries_there=(there,))).notes


def test_an_identity_that_is_there_already_need_not_be_waited_for() -> None:
    there = replace(IDENTITY, id=f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-new")
    assert look(template(identity(), group()), Azure(identities_there=(there,))).notes == ""


def test_an_order_that_cannot_be_evaluated_is_not_told() -> None:
    asked = template(identity(), role(), group(dependsOn=["[parameters('x')]"]), parameters={"x": {"type": "string"}})
    assert "does not depend" not in look(asked, Azure()).notes


def test_a_name_without_end_is_cut_in_a_note() -> None:
    long = role(name="a" * 100_000)
    assert len(look(template(identity(), long, group()), Azure()).notes) < 2_000


def test_templates_nested_without_end_are_no_harm() -> None:
    inner = template(_thing("a"))
    for level in range(60):
        inner = template(module(f"m{level}", inner))
    assert look(template(group(identity=NEW_IDENTITY), *inner["resources"]), Azure()).examination.live is True
