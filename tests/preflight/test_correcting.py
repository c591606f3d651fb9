"""`--fix-definition`: every fault of a definition is corrected, or left to a person, and nothing else is touched."""

import copy
import json
from typing import Any

import pytest

from acimedic.preflight.correcting import corrected
from acimedic.template import Scope
from tests.preflight.definition_faults import CREDENTIALS, FAULTS, Fault
from tests.preflight.fixing import (
    HOST,
    OTHER,
    PASSWORD,
    PULLER,
    both,
    correction,
    credentials,
    differences,
    entry,
    examinations,
    fails,
    healthy,
    image,
    mended,
    properties,
    put_back,
    with_fault,
)

_EACH = pytest.mark.parametrize("fault", [pytest.param(each, id=each.name) for each in FAULTS])


def test_a_healthy_group_is_left_alone() -> None:
    made = correction(healthy())
    assert (made.resource, made.changes, made.by_hand) == (None, (), ())


@_EACH
def test_the_fault_is_found(fault: Fault) -> None:
    assert fault.check in fails(with_fault(fault.change))


@_EACH
def test_after_the_correction_only_what_a_person_knows_is_left(fault: Fault) -> None:
    template = with_fault(fault.change)
    made = correction(template)
    assert fails(put_back(template, made)) == fault.left
    assert bool(made.by_hand) == bool(fault.left)


@_EACH
def test_a_correction_is_made_where_one_is_possible(fault: Fault) -> None:
    made = correction(with_fault(fault.change))
    assert (made.resource is not None) == bool(made.changes) == bool(fault.touched)


@_EACH
def test_the_corrected_group_needs_no_second_correction(fault: Fault) -> None:
    template = with_fault(fault.change)
    again = correction(put_back(template, correction(template)))
    assert (again.resource, again.changes) == (None, ())


@_EACH
def test_nothing_else_is_touched(fault: Fault) -> None:
    template = with_fault(fault.change)
    made = correction(template)
    found = [] if made.resource is None else list(differences(template["resources"][0], made.resource))
    assert [path for path in found if not path.startswith(fault.touched)] == []


@_EACH
def test_the_template_itself_is_not_changed(fault: Fault) -> None:
    ((_, source),) = examinations(with_fault(fault.change))
    before = json.dumps(source)
    ((examined, _),) = examinations(with_fault(fault.change))
    corrected(examined, source)
    assert json.dumps(source) == before


def _made(*changes: Any) -> Any:
    return mended(with_fault(both(*changes)))


def test_an_identity_that_is_written_as_an_expression_stays_one() -> None:
    assert _made(credentials(entry(username="")))["properties"]["imageRegistryCredentials"][0]["identity"] == PULLER


def test_the_identity_is_attached_under_the_expression_of_the_credential() -> None:
    made = _made(lambda group: group.pop("identity"))
    assert made["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {PULLER: {}}}


def test_the_system_assigned_identity_stays_beside_the_new_one() -> None:
    made = _made(lambda group: group.update(identity={"type": "SystemAssigned"}))
    assert made["identity"]["type"] == "SystemAssigned, UserAssigned"


def test_a_credential_is_added_with_the_expression_that_attaches_the_identity() -> None:
    made = _made(credentials())
    assert made["properties"]["imageRegistryCredentials"] == [{"server": "contoso.azurecr.io", "identity": PULLER}]


def test_an_identity_whose_id_is_not_known_is_named_by_its_expression() -> None:
    unknown = "[resourceId('a-group', 'Microsoft.ManagedIdentity/userAssignedIdentities', reference('x').name)]"
    attached = {"type": "UserAssigned", "userAssignedIdentities": {unknown: {}}}
    made = _made(credentials(), lambda group: group.update(identity=attached))
    assert made["properties"]["imageRegistryCredentials"][0]["identity"] == unknown


def test_a_password_that_is_an_expression_stays_one() -> None:
    made = _made(credentials(entry("https://contoso.azurecr.io", **PASSWORD)))
    assert made["properties"]["imageRegistryCredentials"][0]["password"] == "[parameters('secret')]"


def test_other_loops_stay_where_one_is_written_out() -> None:
    loops = [
        {
            "name": "imageRegistryCredentials",
            "count": 1,
            "input": {"server": "HTTPS://contoso.azurecr.io", "identity": PULLER},
        },
        {"name": "volumes", "count": 2, "input": {"name": "[concat('v', copyIndex('volumes'))]", "emptyDir": {}}},
    ]
    made = _made(lambda group: group["properties"].pop("imageRegistryCredentials"), properties(copy=loops))
    assert made["properties"]["copy"] == loops[1:]


def test_what_is_written_twice_is_left_to_a_person() -> None:
    loop = {"name": "imageRegistryCredentials", "count": 1, "input": entry("https://contoso.azurecr.io")}
    made = correction(with_fault(properties(copy=[loop])))
    assert made.resource is None
    assert made.by_hand == (
        f"{CREDENTIALS}[0].server should be 'contoso.azurecr.io'; it is written twice, once as a loop",
    )


def test_a_registry_that_is_yet_to_be_filled_in_gets_no_identity() -> None:
    made = correction(with_fault(credentials(entry("<registry-name>", username="", password=""))))
    assert made.resource is None


def test_a_text_in_brackets_is_still_no_expression_when_it_is_written_out() -> None:
    template = with_fault(properties(imageRegistryCredentials="[variables('credentials')]"))
    template["variables"]["credentials"][0]["note"] = "[[as it stands]"
    made = mended(template)
    assert made["properties"]["imageRegistryCredentials"][0]["note"] == "[[as it stands]"


def test_what_is_written_out_is_said() -> None:
    made = correction(with_fault(properties(imageRegistryCredentials="[variables('credentials')]")))
    assert f"{CREDENTIALS} is written out, in place of an expression" in made.changes


def test_a_newer_api_version_does_not_know_network_profiles() -> None:
    profile = properties(networkProfile={"id": "/x"})
    made = correction(with_fault(both(profile, lambda group: group.update(apiVersion="2019-12-01"))))
    assert (
        "properties.networkProfile: api-version 2023-05-01 does not know it; name the subnet in subnetIds"
        in made.by_hand
    )


def test_a_password_is_not_given_to_a_public_registry() -> None:
    made = correction(
        with_fault(both(image("ghcr.io/team/app:1"), credentials(entry("fabrikam.azurecr.io", **PASSWORD))))
    )
    assert made.resource is None


def test_a_user_name_in_a_server_is_not_taken_for_the_host() -> None:
    made = correction(with_fault(credentials(entry("https://some.body:secret@contoso.azurecr.io", **PASSWORD))))
    assert made.resource is None


def test_of_two_schemes_none_is_taken_for_the_host() -> None:
    assert correction(with_fault(credentials(entry("http://https://contoso.azurecr.io")))).resource is None


def test_a_credential_that_only_lacks_a_host_of_its_own_keeps_its_registry_to_itself() -> None:
    made = _made(credentials(entry(None, **PASSWORD), entry("https://contoso.azurecr.io")))
    assert "server" not in made["properties"]["imageRegistryCredentials"][0]


def test_more_registries_than_containers_get_no_credential_too_many() -> None:
    containers = [{"name": "a", "properties": {"image": "contoso.azurecr.io/a:1"}}]
    first = [{"name": "i", "properties": {"image": "fabrikam.azurecr.io/i:1"}}]
    made = correction(with_fault(properties(containers=containers, initContainers=first)))
    assert made.by_hand == (f"{CREDENTIALS}: add a credential for fabrikam.azurecr.io",)


def test_the_image_of_an_init_container_is_corrected() -> None:
    first = [{"name": "i", "properties": {"image": "contoso.azurecr.io/Init:1"}}]
    made = _made(properties(initContainers=first))
    assert made["properties"]["initContainers"][0]["properties"]["image"] == "contoso.azurecr.io/init:1"


def test_the_same_fault_is_corrected_wherever_it_is() -> None:
    made = _made(image("contoso.azurecr.io/App:1"), image("contoso.azurecr.io/Side:1", 1))
    images = [each["properties"]["image"] for each in made["properties"]["containers"]]
    assert images == ["contoso.azurecr.io/app:1", "contoso.azurecr.io/side:1"]


def _loop_of_groups(name: str) -> dict[str, Any]:
    template = with_fault(image(name))
    template["resources"][0] |= {"copy": {"name": "groups", "count": 2}, "name": "[concat('g', copyIndex())]"}
    return template


def test_what_is_the_same_in_each_group_of_a_loop_is_corrected() -> None:
    made = [corrected(*each).resource for each in examinations(_loop_of_groups("contoso.azurecr.io/App:1"))]
    assert len(made) == 2
    assert made[0] is not None
    assert made[0] == made[1]


def test_what_differs_from_group_to_group_of_a_loop_is_left_to_a_person() -> None:
    each = examinations(_loop_of_groups("[concat('contoso.azurecr.io/App:', copyIndex())]"))
    made = [corrected(*one) for one in each]
    assert all(one.resource is None and one.by_hand for one in made)


def test_a_group_that_is_not_written_by_itself_is_left_to_a_person() -> None:
    template = with_fault(image("contoso.azurecr.io/App:1"))
    template["variables"]["all"] = copy.deepcopy(template["resources"])
    template["resources"] = "[variables('all')]"
    made = correction(template)
    assert made.resource is None
    assert made.by_hand


def test_one_group_without_a_template_around_it_is_corrected() -> None:
    group = {
        "apiVersion": "2023-05-01",
        "name": "web",
        "type": "Microsoft.ContainerInstance/containerGroups",
        "properties": {"containers": [{"name": "a", "properties": {"image": "nginx:1 "}}]},
    }
    made = correction(group).resource
    assert made == json.loads(json.dumps(group).replace("nginx:1 ", "nginx:1"))


def test_two_credentials_of_one_unattached_identity_attach_it_once() -> None:
    made = _made(
        image("fabrikam.azurecr.io/side:1", 1),
        credentials(entry(identity=OTHER), entry("fabrikam.azurecr.io", identity=OTHER.upper())),
    )
    assert list(made["identity"]["userAssignedIdentities"]) == [PULLER, OTHER]


# --- what is confirmed and cannot be corrected ---


def test_a_registry_of_another_cloud_is_left_to_a_person() -> None:
    elsewhere = both(image("contoso.azurecr.cn/app:1"), credentials(entry("contoso.azurecr.cn")))
    made = correction(with_fault(elsewhere))
    assert made.resource is None
    assert [each for each in made.by_hand if "contoso.azurecr.cn" in each]


def test_an_empty_password_is_left_to_a_person() -> None:
    made = correction(with_fault(credentials(entry(HOST, username="u", password=""))))
    assert made.resource is None
    assert [each for each in made.by_hand if "password" in each]


def test_what_cannot_be_corrected_is_told_beside_what_is() -> None:
    empty = credentials(entry(HOST, username="u", password=""))
    made = correction(with_fault(both(image("contoso.azurecr.io/App:1"), empty)))
    assert made.changes == ("properties.containers[0].properties.image is now 'contoso.azurecr.io/app:1'",)
    assert [each for each in made.by_hand if "password" in each]


def test_a_fault_that_is_told_without_a_place_is_still_told_after_another_is_corrected() -> None:
    unlike = entry(identity=PULLER.replace("id-pull", "id-other"))
    template = with_fault(both(image("contoso.azurecr.io/App:1"), credentials(unlike)))
    made = correction(template, scope=Scope())
    assert "properties.containers[0].properties.image is now 'contoso.azurecr.io/app:1'" in made.changes
    assert [each for each in made.by_hand if "id-other" in each]


# --- expressions ---


def test_a_parameter_in_an_image_still_counts_once_the_image_is_corrected() -> None:
    made = _made(image("[concat('contoso.azurecr.io/Team/App:', parameters('prefix'))]"))
    written = made["properties"]["containers"][0]["properties"]["image"]
    assert written == "[concat('contoso.azurecr.io/team/app:', parameters('prefix'))]"


def test_what_a_parameter_gives_is_left_to_a_person() -> None:
    made = correction(with_fault(image("[parameters('image')]")))
    assert made.resource is None
    assert made.by_hand == (
        "properties.containers[0].properties.image should be 'contoso.azurecr.io/app:V1'; it depends on what the "
        "deployment is given; correct it there",
    )


def test_a_variable_that_is_made_of_a_parameter_is_left_as_well() -> None:
    template = with_fault(credentials(entry("[variables('outer')]")))
    template["variables"] |= {
        "outer": "[variables('inner')]",
        "inner": "[toLower(concat('https://', parameters('prefix'), '.azurecr.io'))]",
    }
    assert correction(template).resource is None


def test_credentials_that_parameters_give_are_not_written_out() -> None:
    template = with_fault(properties(imageRegistryCredentials="[parameters('entries')]"))
    faulty = [{"server": "https://contoso.azurecr.io", "identity": PULLER}]
    template["parameters"]["entries"] = {"type": "array", "defaultValue": faulty}
    assert correction(template).resource is None


def test_a_loop_over_what_a_parameter_gives_is_not_written_out() -> None:
    server = "[concat('https://', parameters('hosts')[copyIndex('imageRegistryCredentials')])]"
    made = {"server": server, "identity": PULLER}
    loop = {"name": "imageRegistryCredentials", "count": "[length(parameters('hosts'))]", "input": made}
    template = with_fault(
        both(lambda group: group["properties"].pop("imageRegistryCredentials"), properties(copy=[loop]))
    )
    template["parameters"]["hosts"] = {"type": "array", "defaultValue": [HOST]}
    assert correction(template).resource is None


def test_what_a_module_is_given_is_left_to_a_person() -> None:
    inner = with_fault(credentials(entry("[parameters('server')]")))
    inner["parameters"]["server"] = {"type": "string"}
    values = {
        "mode": "Incremental",
        "template": inner,
        "parameters": {"server": {"value": "https://contoso.azurecr.io"}},
    }
    values["expressionEvaluationOptions"] = {"scope": "inner"}
    module = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "m", "properties": values}
    made = correction(healthy() | {"resources": [module]})
    assert made.resource is None
    assert [each for each in made.by_hand if "'contoso.azurecr.io'" in each]
