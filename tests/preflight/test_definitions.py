"""What `preflight` shows of the container groups themselves: as far as known, with reasons, without secrets."""

from typing import Any

from acimedic.template import Scope
from tests.preflight.templates import IDENTITY, changed, examined, healthy


def _resource(template: dict[str, Any], parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    (definition,) = examined(template, parameters).definitions or ()
    return dict(definition.resource)


def _unresolved(template: dict[str, Any], parameters: dict[str, Any] | None = None) -> dict[str, str]:
    (definition,) = examined(template, parameters).definitions or ()
    return dict(definition.unresolved)


def test_a_group_is_shown_as_azure_would_be_sent_it() -> None:
    resource = _resource(healthy())
    assert resource["name"] == "web"
    assert resource["properties"]["containers"][0]["properties"]["image"] == "contoso.azurecr.io/app:1"


def test_a_given_parameter_wins_over_its_default() -> None:
    resource = _resource(healthy(), {"image": {"value": "contoso.azurecr.io/app:2"}})
    assert resource["properties"]["containers"][0]["properties"]["image"] == "contoso.azurecr.io/app:2"


def test_what_is_not_known_is_left_out_and_named_with_its_path() -> None:
    template = healthy()
    del template["parameters"]["image"]["defaultValue"]
    assert "image" not in _resource(template)["properties"]["containers"][0]["properties"]
    assert _unresolved(template) == {"properties.containers[0].properties.image": "parameter 'image' has no value"}


def test_elements_of_an_array_keep_their_index() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["containers"].insert(0, "[reference('/subscriptions/x')]")

    resource = _resource(changed(change))
    assert resource["properties"]["containers"][0] is None
    assert resource["properties"]["containers"][1]["name"] == "app"


def test_a_group_whose_condition_is_false_is_left_out_and_said_to_be() -> None:
    report = examined(changed(lambda group: group.update(condition="[equals(1, 2)]")))
    assert report.definitions == ()
    assert "The container group at resources[0] is not deployed: its condition is false." in report.notes


def test_a_group_whose_condition_is_not_known_stays_with_the_reason() -> None:
    template = changed(lambda group: group.update(condition="[parameters('deploy')]"))
    template["parameters"]["deploy"] = {"type": "bool"}
    assert _unresolved(template)["condition"] == "parameter 'deploy' has no value"


def test_an_existing_group_is_none_of_the_templates() -> None:
    template = healthy()
    template |= {"languageVersion": "2.0", "resources": {"group": template["resources"][0] | {"existing": True}}}
    assert examined(template).definitions == ()


def test_one_container_group_without_a_template_is_enough() -> None:
    group = healthy()["resources"][0]
    group["properties"]["containers"][0]["properties"]["image"] = "https://contoso.azurecr.io/app"
    report = examined(group)
    assert [each.check for each in report.fails] == ["image-reference-malformed"]
    assert report.fails[0].place is not None
    assert report.fails[0].place.path == "properties.containers[0].properties.image"


def test_groups_of_nested_deployments_are_found_in_their_place() -> None:
    template = healthy()
    nested = {"$schema": template["$schema"], "contentVersion": "1.0.0.0", "resources": template["resources"]}
    nested["resources"][0]["properties"]["containers"][0]["properties"]["image"] = "contoso.azurecr.io/App:1"
    template["resources"] = [
        {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": "inner",
            "properties": {"mode": "Incremental", "template": nested},
        }
    ]
    place = examined(template).fails[0].place
    assert place is not None
    assert place.path.startswith("resources[0].properties.template.resources[0].properties.containers[0]")


def test_every_group_of_a_loop_is_examined() -> None:
    def change(group: dict[str, Any]) -> None:
        group |= {"copy": {"name": "groups", "count": 3}, "name": "[concat('web-', copyIndex())]"}
        group["properties"]["imageRegistryCredentials"][0]["username"] = "me"

    report = examined(changed(change))
    assert [each.group for each in report.fails] == ["web-0", "web-1", "web-2"]
    assert [each.name for each in report.definitions or ()] == ["web-0", "web-1", "web-2"]


def test_passwords_and_keys_are_not_shown() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["imageRegistryCredentials"][0] = {
            "server": "contoso.azurecr.io",
            "username": "me",
            "password": "canary-1",
        }
        group["properties"]["volumes"] = [
            {"name": "a", "azureFile": {"shareName": "s", "storageAccountName": "x", "storageAccountKey": "canary-2"}},
            {"name": "b", "secret": {"file": "canary-3"}},
        ]
        group["properties"]["diagnostics"] = {"logAnalytics": {"workspaceId": "w", "workspaceKey": "canary-4"}}
        group["properties"]["containers"][0]["properties"]["environmentVariables"] = [
            {"name": "A", "secureValue": "canary-5"},
            {"name": "DB_PASSWORD", "value": "canary-6"},
            {"name": "C", "value": "Endpoint=sb://x/;SharedAccessKey=canary-7"},
        ]

    template = changed(change)
    assert "canary" not in str(examined(template))
    assert len(_unresolved(template)) == 7


def test_the_value_of_a_secure_parameter_goes_nowhere() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["containers"][0]["properties"]["command"] = [
            "[concat('run --as ', parameters('word'))]",
        ]

    template = changed(change)
    template["parameters"]["word"] = {"type": "secureString", "defaultValue": "canary-1"}
    for given in ({}, {"word": {"value": "canary-2"}}):
        assert "canary" not in str(examined(template, given))
        assert list(_unresolved(template, given)) == ["properties.containers[0].properties.command"]


def test_a_password_that_is_given_as_a_secure_parameter_is_said_to_be() -> None:
    def change(group: dict[str, Any]) -> None:
        entry = {"server": "contoso.azurecr.io", "username": "me", "password": "[parameters('word')]"}
        group["properties"]["imageRegistryCredentials"] = [entry]

    template = changed(change)
    template["parameters"]["word"] = {"type": "secureString"}
    path = "properties.imageRegistryCredentials[0].password"
    assert _unresolved(template)[path] == "parameter 'word' has no value"
    assert _unresolved(template, {"word": {"value": "x"}})[path] == "secure parameter 'word'"


def test_what_a_container_is_started_with_is_left_out_and_said_to_be() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["containers"][0]["properties"] |= {
            "command": ["serve"],
            "environmentVariables": [{"Name": "MODE", "Value": "fast"}],
            "livenessProbe": {
                "exec": {"command": ["true"]},
                "httpGet": {"port": 80, "httpHeaders": [{"name": "X-Mode", "value": "fast"}]},
            },
        }

    template = changed(change)
    inner = _resource(template)["properties"]["containers"][0]["properties"]
    assert inner["environmentVariables"] == [{"Name": "MODE"}]
    assert inner["livenessProbe"] == {"exec": {}, "httpGet": {"port": 80, "httpHeaders": [{"name": "X-Mode"}]}}
    assert "command" not in inner
    assert [path.rpartition(".")[2] for path in _unresolved(template)] == ["command", "Value", "command", "value"]


def test_that_a_secure_parameter_is_empty_is_no_secret() -> None:
    template = changed(lambda group: group.update(condition="[empty(parameters('word'))]"))
    template["parameters"]["word"] = {"type": "secureString", "defaultValue": ""}
    assert _unresolved(template) == {}


def test_without_a_place_names_stand_for_ids() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["imageRegistryCredentials"][0]["identity"] = (
            "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-pull')]"
        )

    report = examined(changed(change), scope=Scope())
    assert report.incident.container_group == "web"
    assert report.fails == ()
    assert any("--subscription" in note for note in report.notes)
    assert examined(changed(change)).incident.container_group == (
        IDENTITY.partition("/providers/")[0] + "/providers/Microsoft.ContainerInstance/containerGroups/web"
    )


def test_the_same_template_is_the_same_incident_and_another_one_is_not() -> None:
    assert examined(healthy()).incident.id == examined(healthy()).incident.id
    other = examined(changed(lambda group: group.update(tags={"a": "b"})))
    assert other.incident.id != examined(healthy()).incident.id


def test_no_more_groups_are_looked_at_than_a_deployment_can_have() -> None:
    report = examined(changed(lambda group: group.update(copy={"name": "c", "count": 801})))
    assert len(report.definitions or ()) == 800
    assert "Only the first 800 container groups were looked at; no deployment can have more." in report.notes


def test_a_name_without_end_is_cut_wherever_it_is_told() -> None:
    def change(group: dict[str, Any]) -> None:
        group["name"] = "n" * 100_000
        container = group["properties"]["containers"][0]
        container["name"] = "c" * 100_000
        container["properties"]["image"] = "i" * 100_000

    assert len(str(examined(changed(change)))) < 400_000
    assert len(str(examined(changed(change)).incident)) < 5_000


def test_a_name_that_is_still_to_be_filled_in_is_likely_a_fault() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["containers"][0]["properties"]["image"] = "<registry>.azurecr.io/a:1"

    fails = [(each.check, each.confidence) for each in examined(changed(change)).fails]
    assert fails == [("image-reference-malformed", "likely")]


def test_a_server_with_a_scheme_and_no_slashes_is_the_only_fault() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["imageRegistryCredentials"][0]["server"] = "https:contoso.azurecr.io"

    assert [each.check for each in examined(changed(change)).fails] == ["credential-server-malformed"]


def test_what_is_proven_comes_before_what_is_likely() -> None:
    def change(group: dict[str, Any]) -> None:
        group["properties"]["containers"].append({"name": "b", "properties": {"image": "fabrikam.azurecr.io/app:1"}})
        group["identity"] = {"type": "None"}

    report = examined(changed(change))
    assert [each.confidence for each in report.fails] == ["confirmed", "likely"]
    assert report.root_cause == "credential-identity-not-on-group"
    assert "fabrikam" not in report.headline


def test_a_server_that_no_image_uses_is_no_proof_while_nobody_read_the_registry() -> None:
    """It may be open to all, and the credential left over."""

    def change(group: dict[str, Any]) -> None:
        group["properties"]["imageRegistryCredentials"][0]["server"] = "fabrikam.azurecr.io"

    found = {(each.check, each.confidence) for each in examined(changed(change)).fails}
    assert found == {("credential-server-mismatch", "likely")}
