"""What `preflight --live` says of a template that makes the identity, the role or the registry itself."""

from dataclasses import replace
from typing import Any

import pytest

from acimedic.model.access import REPOSITORY_READER, Permission, Role
from acimedic.model.reading import Absent
from acimedic.model.testimony import NotThere
from acimedic.simulator import load_world
from acimedic.template import Scope
from tests.build import (
    APP,
    CLIENT,
    FAILED_AT,
    HOST,
    IDENTITY,
    IDENTITY_ID,
    IMAGE,
    OTHER_PRINCIPAL,
    PRINCIPAL,
    REGISTRY,
    REGISTRY_ID,
    assignment,
)
from tests.preflight.worlds import (
    EVERYTHING,
    HERE,
    HOME,
    NEW_IDENTITY,
    NEW_IMAGE,
    NEW_REGISTRY,
    OF_NEW_IDENTITY,
    REFUSED,
    Azure,
    group,
    identity,
    look,
    look_in,
    module,
    registry,
    role,
    template,
    with_password,
)

OTHER_REGISTRY = REGISTRY_ID.replace("contoso", "fabrikam")
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CUSTOM = "99999999-aaaa-4bbb-8ccc-dddddddddddd"
ABAC = replace(REGISTRY, mode="abac")
CONDITION = "[equals(parameters('later'), 'yes')]"
_PLATFORM = {"subscriptionId": REGISTRY_ID.split("/")[2], "resourceGroup": "rg-platform-registry"}
LATER = {"later": {"type": "string"}}
FRESH = "fresh.azurecr.io"


def at_home(inner: dict[str, Any]) -> dict[str, Any]:
    """A module where the registry that is there already is."""
    return module("registry", inner) | _PLATFORM


# --- what there is already ---


def test_a_group_whose_identity_may_pull_already_has_no_fault() -> None:
    azure = Azure(identities_there=(IDENTITY,), assigned=(assignment(),))
    assert look(template(group(identity=IDENTITY_ID)), azure).faults == {}


def test_an_identity_without_a_role_is_a_confirmed_fault_before_deploying() -> None:
    assert look(template(group(identity=IDENTITY_ID)), EVERYTHING).faults == {"pull-role-missing": "confirmed"}


def test_an_identity_that_nobody_makes_is_not_found() -> None:
    assert look(template(group()), Azure()).faults == {"identity-not-found": "confirmed"}


def test_the_login_server_of_a_registry_that_the_template_refers_to_is_read() -> None:
    server = f"[reference('{REGISTRY_ID}', '2023-07-01').loginServer]"
    image = f"[concat(reference('{REGISTRY_ID}', '2023-07-01').loginServer, '/app/web:1.4.2')]"
    seen = look(template(group(image=image, identity=IDENTITY_ID, server=server)), EVERYTHING)
    assert seen.faults == {"pull-role-missing": "confirmed"}


# --- an identity and its role ---


def test_a_role_that_the_template_gives_to_its_own_identity_counts() -> None:
    assert look(template(identity(), role(), group()), Azure()).verdict("pull-role-missing") == "pass"


def test_a_planned_role_leaves_no_fault_at_all() -> None:
    assert look(template(identity(), role(), group()), Azure()).faults == {}


def test_a_planned_role_is_noted_with_the_time_that_it_takes() -> None:
    notes = look(template(identity(), role(), group()), Azure()).notes
    assert "A new role assignment takes up to 10 minutes to be in effect" in notes


def test_a_planned_role_is_not_said_to_have_come_late() -> None:
    assert look(template(identity(), role(), group()), Azure()).verdict("pull-role-propagating") == "skip"


def test_a_new_identity_without_a_role_is_likely_to_be_refused() -> None:
    assert look(template(identity(), group()), Azure()).faults == {"pull-role-missing": "likely"}


def test_the_command_for_a_new_identity_holds_words_in_place_of_its_principal_id() -> None:
    fix = look(template(identity(), group()), Azure()).fail("pull-role-missing").fix
    assert "--assignee-object-id '<principal id of id-new>'" in fix.az[0]


def test_azure_is_not_asked_about_a_principal_that_is_not_there_yet() -> None:
    azure = Azure()
    look(template(identity(), role(), group()), azure)
    assert [what for kind, what in azure.asked if kind == "assignments"] == [(REGISTRY_ID, None)]


def test_a_role_on_another_registry_does_not_count() -> None:
    seen = look(template(identity(), role(scope=OTHER_REGISTRY), group()), Azure())
    assert seen.faults == {"pull-role-missing": "likely"}


def test_a_role_for_the_client_id_of_a_new_identity_is_on_the_wrong_principal() -> None:
    client = OF_NEW_IDENTITY.replace("principalId", "clientId")
    seen = look(template(identity(), role(client), group()), Azure())
    assert seen.faults == {"pull-role-on-wrong-principal": "likely"}


def test_a_role_for_the_client_id_of_an_identity_that_is_there_is_on_the_wrong_principal() -> None:
    given = role(CLIENT, kind=None)
    assert "pull-role-on-wrong-principal" in look(template(given, group(identity=IDENTITY_ID)), EVERYTHING).faults


def test_a_role_for_an_identity_that_is_there_counts() -> None:
    given = role(f"[reference('{IDENTITY_ID}', '2023-01-31').principalId]")
    assert look(template(given, group(identity=IDENTITY_ID)), EVERYTHING).faults == {}


def test_a_role_for_another_identity_does_not_count() -> None:
    other = replace(IDENTITY, id=IDENTITY.id.replace("id-pull", "id-other"), principal_id=OTHER_PRINCIPAL)
    azure = Azure(identities_there=(IDENTITY, other))
    given = role(f"[reference('{other.id}', '2023-01-31').principalId]", kind=None)
    assert look(template(given, group(identity=IDENTITY_ID)), azure).faults == {"pull-role-missing": "confirmed"}


def test_a_role_for_what_may_be_a_group_blames_nobody() -> None:
    given = role(OTHER_PRINCIPAL, kind="Group")
    assert look(template(given, group(identity=IDENTITY_ID)), EVERYTHING).verdict("pull-role-missing") == "unknown"


def test_an_identity_that_there_is_already_is_the_one_that_counts() -> None:
    there = replace(IDENTITY, id=f"{HOME}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-new")
    azure = Azure(identities_there=(there,), assigned=(assignment(),))
    assert look(template(identity(), group()), azure).faults == {}


def test_an_identity_of_another_resource_group_that_the_template_makes_is_planned() -> None:
    far = "[resourceId('rg-shared', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'id-new')]"
    made = module("ids", template(identity()), resourceGroup="rg-shared")
    given = role(f"[reference({far[1:-1]}, '2023-01-31').principalId]")
    assert look(template(made, given, group(identity=far)), Azure()).faults == {}


def test_a_role_that_is_there_already_and_stated_again_needs_no_time() -> None:
    there = assignment(name="11111111-aaaa-4bbb-8ccc-222222222222")
    azure = Azure(identities_there=(IDENTITY,), assigned=(there,))
    assert look(template(role(PRINCIPAL), group(identity=IDENTITY_ID)), azure).notes == ""


# --- scopes ---


def test_a_role_at_the_resource_group_of_the_registry_counts() -> None:
    above = REGISTRY_ID.split("/providers/")[0]
    assert look(template(identity(), role(scope=above), group()), Azure()).faults == {}


def test_a_role_at_a_resource_group_whose_name_only_begins_alike_does_not_count() -> None:
    above = REGISTRY_ID.split("/providers/")[0] + "-evil"
    seen = look(template(identity(), role(scope=above), group()), Azure())
    assert seen.faults == {"pull-role-missing": "likely"}


def test_a_role_in_a_module_of_another_subscription_and_group_counts() -> None:
    scope = "[resourceId('Microsoft.ContainerRegistry/registries', 'contoso')]"
    inner = template(role("[parameters('who')]", scope=scope), parameters={"who": {"type": "string"}})
    access = module("access", inner, {"who": OF_NEW_IDENTITY}) | _PLATFORM
    asked = template(identity(), access, group())
    assert look(asked, Azure()).faults == {}


def test_the_output_of_a_module_names_the_principal() -> None:
    made = template(identity(), outputs={"principal": {"type": "string", "value": OF_NEW_IDENTITY}})
    principal = (
        "[reference(resourceId('Microsoft.Resources/deployments', 'ids'), '2022-09-01').outputs.principal.value]"
    )
    assert look(template(module("ids", made), role(principal), group()), Azure()).faults == {}


def test_a_role_of_the_older_type_counts() -> None:
    given = role(scope=None) | {
        "type": "Microsoft.ContainerRegistry/registries/providers/roleAssignments",
        "name": "fresh/Microsoft.Authorization/11111111-aaaa-4bbb-8ccc-222222222222",
    }
    asked = template(identity(), registry(), given, group(image=NEW_IMAGE, server=FRESH))
    assert look(asked, Azure()).faults == {}


def test_a_role_at_a_management_group_blames_nobody() -> None:
    given = role(scope="/providers/Microsoft.Management/managementGroups/mg-all")
    assert look(template(identity(), given, group()), Azure()).verdict("pull-role-missing") == "unknown"


# --- which role ---


def test_acr_pull_alone_is_the_wrong_role_for_a_registry_in_abac_mode() -> None:
    seen = look(template(identity(), role(), group()), Azure(registries_there=(ABAC,)))
    assert seen.faults == {"pull-role-wrong-for-registry-mode": "likely"}


def test_repository_reader_counts_for_a_registry_in_abac_mode() -> None:
    asked = template(identity(), role(guid=REPOSITORY_READER), group())
    assert look(asked, Azure(registries_there=(ABAC,))).faults == {}


def test_a_condition_that_leaves_the_repository_out_is_seen() -> None:
    text = (
        "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}))"
        " OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'other'))"
    )
    given = role(guid=REPOSITORY_READER, properties={"condition": text, "conditionVersion": "2.0"})
    seen = look(template(identity(), given, group()), Azure(registries_there=(ABAC,)))
    assert seen.faults == {"pull-role-condition-excludes-repository": "likely"}


def test_a_custom_role_that_the_template_defines_counts() -> None:
    defined = {
        "type": "Microsoft.Authorization/roleDefinitions",
        "apiVersion": "2022-04-01",
        "name": CUSTOM,
        "properties": {
            "roleName": "Our puller",
            "permissions": [{"actions": ["Microsoft.ContainerRegistry/registries/pull/read"]}],
        },
    }
    assert look(template(identity(), defined, role(guid=CUSTOM), group()), Azure()).faults == {}


def test_a_custom_role_of_azure_is_read() -> None:
    pull = Permission(actions=("Microsoft.ContainerRegistry/registries/pull/read",))
    ours = Role(guid=CUSTOM, name="Our puller", permissions=(pull,), custom=True, source="GET")
    assert look(template(identity(), role(guid=CUSTOM), group()), Azure(roles_there=(ours,))).faults == {}


def test_a_custom_role_that_cannot_be_read_blames_nobody() -> None:
    seen = look(template(identity(), role(guid=CUSTOM), group()), Azure())
    assert seen.verdict("pull-role-missing") == "unknown"


def test_of_the_role_nothing_but_its_guid_is_asked_about() -> None:
    azure = Azure()
    hostile = f"/subscriptions/x/providers/Microsoft.Web/sites/y/../{CUSTOM}"
    look(template(identity(), role(properties={"roleDefinitionId": hostile}), group()), azure)
    assert [what for kind, what in azure.asked if kind == "role"] == []


# --- what cannot be evaluated ---


def test_a_role_for_an_unknown_principal_blames_nobody() -> None:
    given = role("[parameters('who')]")
    seen = look(template(identity(), given, group(), parameters={"who": {"type": "string"}}), Azure())
    assert seen.verdict("pull-role-missing") == "unknown"


def test_why_nobody_is_blamed_is_said() -> None:
    given = role("[parameters('who')]")
    seen = look(template(identity(), given, group(), parameters={"who": {"type": "string"}}), Azure())
    assert "its principal is not known: parameter 'who' has no value" in seen.reason("pull-role-missing")


def test_a_role_of_another_kind_for_an_unknown_principal_is_of_no_matter() -> None:
    reader = Role(
        guid=BLOB_READER, name="Storage Blob Data Reader", permissions=(Permission(),), custom=False, source="GET"
    )
    given = role("[parameters('who')]", guid=BLOB_READER)
    asked = template(identity(), given, group(), parameters={"who": {"type": "string"}})
    assert look(asked, Azure(roles_there=(reader,))).faults == {"pull-role-missing": "likely"}


def test_a_role_that_is_there_counts_beside_one_that_cannot_be_evaluated() -> None:
    azure = Azure(identities_there=(IDENTITY,), assigned=(assignment(),))
    asked = template(role("[parameters('who')]"), group(identity=IDENTITY_ID), parameters={"who": {"type": "string"}})
    assert look(asked, azure).verdict("pull-role-missing") == "pass"


def test_a_role_under_an_unknown_condition_blames_nobody() -> None:
    asked = template(identity(), role(condition=CONDITION), group(), parameters=LATER)
    assert look(asked, Azure()).verdict("pull-role-missing") == "unknown"


def test_a_role_under_a_condition_that_is_false_does_not_count() -> None:
    seen = look(template(identity(), role(condition=False), group()), Azure())
    assert seen.faults == {"pull-role-missing": "likely"}


def test_an_identity_under_an_unknown_condition_is_not_said_to_be_missing() -> None:
    asked = template(identity(condition=CONDITION), role(), group(), parameters=LATER)
    assert look(asked, Azure()).verdict("identity-not-found") == "unknown"


def test_a_linked_template_may_hold_the_role() -> None:
    linked = module("more", {}) | {"properties": {"mode": "Incremental", "templateLink": {"uri": "https://x/y.json"}}}
    assert look(template(identity(), linked, group()), Azure()).verdict("pull-role-missing") == "unknown"


def test_a_linked_template_may_hold_the_identity() -> None:
    linked = module("more", {}) | {"properties": {"mode": "Incremental", "templateLink": {"uri": "https://x/y.json"}}}
    assert look(template(linked, group()), Azure()).verdict("identity-not-found") == "unknown"


def test_an_unknown_resource_group_blames_nobody() -> None:
    scope = Scope(subscription_id=APP, now=FAILED_AT)
    assert look(template(identity(), role(), group()), Azure(), scope=scope).faults == {}


# --- what cannot be read ---


def test_azure_that_refuses_everything_blames_nobody() -> None:
    assert look(template(identity(), role(), group()), Azure(refused=REFUSED)).faults == {}


def test_azure_that_refuses_everything_is_told_as_gaps() -> None:
    assert "403 AuthorizationFailed" in {gap.reason for gap in look(template(group()), Azure(refused=REFUSED)).gaps}


def test_a_planned_role_counts_though_those_of_azure_cannot_be_read() -> None:
    azure = Azure(identities_there=(IDENTITY,), refused_assignments=REFUSED)
    assert look(template(role(PRINCIPAL), group(identity=IDENTITY_ID)), azure).verdict("pull-role-missing") == "pass"


def test_a_planned_role_of_the_wrong_kind_proves_nothing_where_those_of_azure_cannot_be_read() -> None:
    azure = Azure(identities_there=(IDENTITY,), registries_there=(ABAC,), refused_assignments=REFUSED)
    asked = template(role(PRINCIPAL), group(identity=IDENTITY_ID))
    assert look(asked, azure).verdict("pull-role-missing") == "unknown"


def test_the_tenant_of_a_new_identity_that_cannot_be_read_is_not_taken_for_another() -> None:
    azure = Azure(tenant_there=replace(REFUSED, reading="tenant of the subscription"))
    assert look(template(identity(), role(), group()), azure).verdict("registry-in-other-tenant") == "unknown"


# --- where it will be deployed ---


def test_the_only_subscription_that_can_be_seen_is_taken_where_nobody_said_one() -> None:
    azure = Azure(identities_there=(IDENTITY,), subscriptions_there=(APP,))
    seen = look(template(group(identity=IDENTITY_ID)), azure, scope=Scope(now=FAILED_AT))
    assert f"Nobody said where it is to be deployed; subscription {APP}" in seen.notes


def test_of_several_subscriptions_none_is_taken() -> None:
    seen = look(template(group(identity=IDENTITY_ID)), EVERYTHING, scope=Scope(now=FAILED_AT))
    assert "Nobody said where" not in seen.notes


def test_a_registry_is_found_though_nobody_said_where_the_group_is_to_be() -> None:
    seen = look(template(group(identity=IDENTITY_ID)), EVERYTHING, scope=Scope(now=FAILED_AT))
    assert seen.faults == {"pull-role-missing": "confirmed"}


def test_more_groups_than_azure_is_asked_about_are_still_examined() -> None:
    many = group(identity=IDENTITY_ID, copy={"name": "many", "count": 60}) | {"name": "[format('cg-{0}', copyIndex())]"}
    assert len(look(template(many), EVERYTHING).examination.groups) == 60


# --- the registry ---


def test_trusted_services_that_the_template_switches_off_are_a_likely_fault() -> None:
    again = at_home(template(registry("contoso", networkRuleBypassOptions="None")))
    azure = Azure(identities_there=(IDENTITY,), assigned=(assignment(),))
    seen = look(template(again, group(identity=IDENTITY_ID)), azure)
    assert seen.faults == {"trusted-services-disabled": "likely"}


def test_trusted_services_that_the_template_switches_on_are_no_fault() -> None:
    again = at_home(template(registry("contoso", networkRuleBypassOptions="AzureServices")))
    shut = replace(REGISTRY, bypass="None")
    azure = Azure(registries_there=(shut,), identities_there=(IDENTITY,), assigned=(assignment(),))
    assert look(template(again, group(identity=IDENTITY_ID)), azure).faults == {}


def test_a_registry_that_is_there_is_asked_for_the_image_as_it_is_now() -> None:
    again = at_home(template(registry("contoso", anonymousPullEnabled=True)))
    azure = Azure(identities_there=(IDENTITY,), assigned=(assignment(),))
    look(template(again, group(identity=IDENTITY_ID)), azure)
    assert ("image", (IMAGE, REGISTRY)) in azure.asked


@pytest.mark.parametrize(("pushed", "confidence"), [(False, "confirmed"), (True, "likely")])
def test_an_image_that_a_script_may_push_is_not_surely_missing(pushed: bool, confidence: str) -> None:
    script = {"type": "Microsoft.Resources/deploymentScripts", "apiVersion": "2023-08-01", "name": "push"}
    asked = template(*([script] if pushed else []), group(identity=IDENTITY_ID))
    missing = NotThere(what="tag", nearest=(), source="GET")
    azure = Azure(identities_there=(IDENTITY,), assigned=(assignment(),), said=missing)
    assert look(asked, azure).faults == {"image-not-found": confidence}


def test_what_a_linked_template_may_change_is_not_proven() -> None:
    linked = module("more", {}) | {"properties": {"mode": "Incremental", "templateLink": {"uri": "https://x/y.json"}}}
    shut = replace(REGISTRY, public_access="Disabled", default_action="Deny", bypass="None")
    azure = Azure(registries_there=(shut,), identities_there=(IDENTITY,), assigned=(assignment(),))
    assert look(template(group(identity=IDENTITY_ID)), azure).faults == {"trusted-services-disabled": "confirmed"}
    assert look(template(linked, group(identity=IDENTITY_ID)), azure).faults == {"trusted-services-disabled": "likely"}


def test_a_role_for_somebody_else_is_none_of_a_new_identitys() -> None:
    """Who does not exist yet is in no group, whatever kind of principal the role is for."""
    asked = template(identity(), role(OTHER_PRINCIPAL, kind=None), group())
    assert look(asked, Azure()).faults == {"pull-role-missing": "likely"}
    asked = template(role(OTHER_PRINCIPAL, kind=None), group(identity=IDENTITY_ID))
    assert look(asked, EVERYTHING).verdict("pull-role-missing") == "unknown"


def test_a_new_registry_is_not_said_to_be_missing() -> None:
    asked = template(identity(), registry(), role(scope=NEW_REGISTRY), group(image=NEW_IMAGE, server=FRESH))
    assert look(asked, Azure(said=Absent(what=FRESH, source="dns"))).verdict("registry-not-found") == "pass"


def test_a_new_registry_is_noted_to_be_empty() -> None:
    asked = template(identity(), registry(), role(scope=NEW_REGISTRY), group(image=NEW_IMAGE, server=FRESH))
    assert "registry 'fresh', which is empty until an image is pushed" in look(asked, Azure()).notes


def test_a_script_of_the_template_may_fill_a_new_registry() -> None:
    script = {"type": "Microsoft.Resources/deploymentScripts", "apiVersion": "2023-08-01", "name": "push"}
    asked = template(identity(), registry(), script, role(scope=NEW_REGISTRY), group(image=NEW_IMAGE, server=FRESH))
    assert "unless 'push' of the template puts it there first" in look(asked, Azure()).notes


def test_a_new_registry_is_never_asked_for_an_image() -> None:
    azure = Azure()
    look(template(identity(), registry(), group(image=NEW_IMAGE, server=FRESH)), azure)
    assert [what for kind, what in azure.asked if kind == "image"] == []


def test_a_new_registry_is_never_asked_for_a_token() -> None:
    azure = Azure()
    look(template(registry(), with_password(NEW_IMAGE, "our-token", server=FRESH)), azure)
    assert [what for kind, what in azure.asked if kind == "token"] == []


def test_a_registry_that_is_there_is_asked_for_a_token() -> None:
    azure = Azure()
    look(template(with_password(IMAGE, "our-token")), azure)
    assert ("token", "our-token") in azure.asked


def test_a_new_registry_with_virtual_network_rules_lets_only_their_subnets_in() -> None:
    rules = {"defaultAction": "Deny", "virtualNetworkRules": [{"action": "Allow", "id": "/subnet"}]}
    asked = template(
        identity(),
        registry(networkRuleSet=rules),
        role(scope=NEW_REGISTRY),
        group(image=NEW_IMAGE, server=FRESH),
    )
    assert look(asked, Azure()).faults == {"service-endpoint-restricted-registry": "likely"}


def test_roles_above_a_new_resource_group_are_asked_for_at_the_subscription() -> None:
    rg = {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2024-03-01", "name": "rg-new", "location": "x"}
    inner = template(identity(), registry(), role(scope=NEW_REGISTRY), group(image=NEW_IMAGE, server=FRESH))
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    azure = Azure()
    look(template(rg, module("all", inner) | {"resourceGroup": "rg-new"}) | {"$schema": schema}, azure)
    assert ("denials", f"/subscriptions/{APP}") in azure.asked


def test_a_role_above_a_new_registry_is_asked_for_at_its_resource_group() -> None:
    azure = Azure(identities_there=(IDENTITY,), assigned=(assignment(scope=HOME),))
    asked = template(registry(), group(image=NEW_IMAGE, server=FRESH, identity=IDENTITY_ID))
    assert look(asked, azure).verdict("pull-role-missing") == "pass"


def test_a_new_registry_closed_to_the_public_network_lets_no_user_name_in() -> None:
    shut = registry(publicNetworkAccess="Disabled")
    seen = look(template(shut, with_password(NEW_IMAGE, "someone", server=FRESH)), Azure())
    assert seen.faults["username-credential-behind-firewall"] == "likely"


def test_a_new_registry_closed_to_the_public_network_lets_identities_in_by_default() -> None:
    shut = registry(publicNetworkAccess="Disabled")
    asked = template(identity(), shut, role(scope=NEW_REGISTRY), group(image=NEW_IMAGE, server=FRESH))
    assert look(asked, Azure()).faults == {}


def test_the_admin_account_of_a_new_registry_is_off_unless_the_template_says_so() -> None:
    seen = look(template(registry(), with_password(NEW_IMAGE, "fresh", server=FRESH)), Azure())
    assert seen.faults["admin-user-disabled"] == "likely"


def test_the_admin_account_that_a_template_switches_on_is_no_fault() -> None:
    asked = template(registry(adminUserEnabled=True), with_password(NEW_IMAGE, "fresh", server=FRESH))
    assert "admin-user-disabled" not in look(asked, Azure()).faults


def test_a_registry_whose_login_server_is_known_only_later_is_not_said_to_be_missing() -> None:
    hashed = registry(autoGeneratedDomainNameLabelScope="TenantReuse")
    host = "fresh-a1b2c3d4.azurecr.io"
    azure = Azure(said=Absent(what=host, source="dns"))
    asked = template(hashed, group(image=f"{host}/app/web:1.0", server=host))
    assert look(asked, azure).verdict("registry-not-found") == "unknown"


def test_a_registry_under_an_unknown_condition_is_not_said_to_be_missing() -> None:
    perhaps = registry(more={"condition": CONDITION})
    azure = Azure(said=Absent(what=FRESH, source="dns"))
    asked = template(perhaps, group(image=NEW_IMAGE, server=FRESH), parameters=LATER)
    assert look(asked, azure).verdict("registry-not-found") == "unknown"


def test_what_the_definition_proves_by_itself_stays_confirmed_beside_a_new_registry() -> None:
    both = with_password(NEW_IMAGE, "fresh", server=FRESH)
    both["properties"]["imageRegistryCredentials"][0]["identity"] = IDENTITY_ID
    seen = look(template(registry(adminUserEnabled=True), both), EVERYTHING)
    assert seen.faults["credential-type-ambiguous"] == "confirmed"


# --- through the real reader ---


def test_the_simulator_shows_no_fault_where_everything_is_in_order() -> None:
    seen, _ = look_in(load_world("healthy"), template(group(identity=IDENTITY_ID)))
    assert seen.faults == {}


def test_the_simulator_shows_a_missing_role() -> None:
    world = load_world("healthy")
    del world["roleAssignments"]["pull"]
    seen, _ = look_in(world, template(group(identity=IDENTITY_ID)))
    assert seen.faults == {"pull-role-missing": "confirmed"}


def test_the_simulator_shows_no_fault_where_the_template_gives_the_role() -> None:
    world = load_world("healthy")
    del world["roleAssignments"]["pull"]
    given = role(f"[reference('{IDENTITY_ID}', '2023-01-31').principalId]")
    seen, _ = look_in(world, template(given, group(identity=IDENTITY_ID)))
    assert seen.faults == {}


def test_a_new_identity_and_its_role_are_planned_in_front_of_the_real_reader() -> None:
    seen, _ = look_in(load_world("healthy"), template(identity(), role(), group()))
    assert seen.faults == {}


def test_a_new_registry_in_a_resource_group_that_is_there_is_planned_in_front_of_the_real_reader() -> None:
    asked = template(identity(), registry(), role(scope=NEW_REGISTRY), group(image=NEW_IMAGE, server=FRESH))
    seen, _ = look_in(load_world("healthy"), asked)
    assert seen.faults == {}


def test_nothing_is_read_twice() -> None:
    image = f"[concat(reference('{REGISTRY_ID}', '2023-07-01').loginServer, '/app/web:1.4.2')]"
    _, requests = look_in(load_world("healthy"), template(identity(), role(), group(image=image)))
    gets = [path for method, path in requests if method == "GET"]
    assert len(gets) == len(set(gets))


def test_nothing_is_written() -> None:
    _, requests = look_in(load_world("healthy"), template(identity(), registry(), role(), group()))
    assert {method for method, path in requests if "oauth2" not in path and "resourcegraph" not in path.lower()} == {
        "GET"
    }


def test_a_reader_that_may_see_nothing_leaves_only_gaps() -> None:
    world = load_world("healthy") | {"permissions": []}
    seen, _ = look_in(world, template(identity(), role(), group()))
    assert (seen.faults, bool(seen.gaps)) == ({}, True)


def test_every_gap_says_why() -> None:
    world = load_world("healthy") | {"permissions": []}
    seen, _ = look_in(world, template(group(identity=IDENTITY_ID)))
    assert [gap.reason for gap in seen.gaps if not gap.reason] == []


def test_the_scope_of_the_request_is_shown_as_it_was_given() -> None:
    assert look(template(group(identity=NEW_IDENTITY)), Azure()).examination.request.scope == HERE


def test_the_credential_server_in_another_case_finds_the_registry() -> None:
    asked = template(identity(), role(), group(server=HOST.upper()))
    assert look(asked, Azure()).verdict("pull-role-missing") == "pass"


# --- without a place, or with half of one ---

_NAMED = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-other')]"
_SCOPES = [Scope(), Scope(subscription_id=APP), Scope(resource_group="rg-orders-prod")]


def _of_another_identity() -> dict[str, Any]:
    asked = group(identity=NEW_IDENTITY)
    asked["properties"]["imageRegistryCredentials"][0]["identity"] = _NAMED
    return asked


def _of_both_kinds() -> dict[str, Any]:
    asked = group(identity=NEW_IDENTITY)
    asked["properties"]["imageRegistryCredentials"][0] |= {"username": "u", "password": "p"}
    return asked


@pytest.mark.parametrize("scope", _SCOPES)
def test_what_the_definition_proves_without_a_place_stays_confirmed(scope: Scope) -> None:
    seen = look(template(_of_another_identity()), EVERYTHING, scope=scope)
    assert seen.faults == {"credential-identity-not-on-group": "confirmed"}


@pytest.mark.parametrize("scope", _SCOPES)
def test_a_credential_of_both_kinds_is_found_without_a_place(scope: Scope) -> None:
    assert look(template(_of_both_kinds()), EVERYTHING, scope=scope).faults == {
        "credential-type-ambiguous": "confirmed"
    }


def test_azure_is_asked_about_no_id_of_a_made_up_place() -> None:
    seen, requests = look_in(load_world("healthy"), template(_of_another_identity()), scope=Scope())
    assert "credential-identity-not-on-group" in seen.faults
    assert not [path for _, path in requests if "resource-group" in path or "<" in path or "%3C" in path.upper()]
