"""A registry as it will be once the template has been deployed."""

from dataclasses import replace
from typing import Any

import pytest

from acimedic.model.reading import Absent, Gap
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId
from acimedic.preflight.planned.made import Made
from acimedic.preflight.planned.registry import login_server, network_rules_after, registry_after
from acimedic.template import Json, Unresolved
from tests.build import REGISTRY, REGISTRY_ID

NOT_THERE = Absent(what="registry contoso", source="GET")
UNKNOWN = Unresolved("parameter 'x' has no value")


def _made(properties: Json = None, doubt: str | None = None, **body: Json) -> Made:
    stated: Json = {"properties": properties, **body}
    return Made(id=ResourceId.parse(REGISTRY_ID), body=stated, doubt=doubt, path="resources[0]", at=0)


def _after(real: Registry | Absent | Gap, made: Made) -> Registry:
    after = registry_after(real, made, "AzureCloud")
    assert isinstance(after, Registry), after
    return after


def _gap(real: Registry | Absent | Gap, made: Made) -> Gap:
    after = registry_after(real, made, "AzureCloud")
    assert isinstance(after, Gap), after
    return after


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "legacy"),
        ("public_access", "Enabled"),
        ("default_action", "Allow"),
        ("bypass", "AzureServices"),
        ("admin_enabled", False),
        ("anonymous_pull", False),
        ("login_server", "contoso.azurecr.io"),
        ("sku", None),
        ("provisioning_state", None),
    ],
)
def test_of_a_new_registry_what_is_not_stated_is_the_default(field: str, value: Any) -> None:
    assert getattr(_after(NOT_THERE, _made()), field) == value


@pytest.mark.parametrize(
    ("properties", "field", "value"),
    [
        ({"roleAssignmentMode": "AbacRepositoryPermissions"}, "mode", "abac"),
        ({"publicNetworkAccess": "Disabled"}, "public_access", "Disabled"),
        ({"PUBLICnetworkACCESS": "Disabled"}, "public_access", "Disabled"),
        ({"networkRuleSet": {"defaultAction": "Deny"}}, "default_action", "Deny"),
        ({"networkRuleSet": {"ipRules": [{"value": "192.0.2.0/24"}]}}, "ip_rules", ("192.0.2.0/24",)),
        ({"networkRuleBypassOptions": "None"}, "bypass", "None"),
        ({"adminUserEnabled": True}, "admin_enabled", True),
        ({"anonymousPullEnabled": True}, "anonymous_pull", True),
        ({"policies": {"quarantinePolicy": {"status": "enabled"}}}, "quarantine", "enabled"),
        ({"policies": {"azureADAuthenticationAsArmPolicy": {"status": "disabled"}}}, "arm_tokens", "disabled"),
    ],
)
@pytest.mark.parametrize("real", [NOT_THERE, REGISTRY], ids=["new", "there"])
def test_what_the_template_states_wins(real: Registry | Absent, properties: Json, field: str, value: Any) -> None:
    assert getattr(_after(real, _made(properties)), field) == value


def test_what_the_template_does_not_state_stays() -> None:
    assert _after(REGISTRY, _made({"adminUserEnabled": True})) == replace(
        REGISTRY, admin_enabled=True, source=f"{REGISTRY.source}, changed by the template (resources[0])"
    )


def test_a_registry_that_the_template_states_as_it_is_keeps_its_source() -> None:
    assert _after(REGISTRY, _made({"adminUserEnabled": False})) == REGISTRY


@pytest.mark.parametrize("name", ["publicNetworkAccess", "anonymousPullEnabled", "networkRuleSet"])
def test_a_property_that_decides_and_is_not_known_leaves_the_registry_open(name: str) -> None:
    assert UNKNOWN.reason in _gap(REGISTRY, _made({name: UNKNOWN})).reason


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("roleAssignmentMode", "mode"),
        ("networkRuleBypassOptions", "bypass"),
        ("adminUserEnabled", "admin_enabled"),
    ],
)
def test_a_property_that_may_stay_unknown_is_a_gap_of_its_own(name: str, field: str) -> None:
    assert isinstance(getattr(_after(REGISTRY, _made({name: UNKNOWN})), field), Gap)


def test_properties_that_are_wholly_unknown_leave_the_registry_open() -> None:
    assert UNKNOWN.reason in _gap(REGISTRY, _made(UNKNOWN)).reason


def test_a_registry_that_may_not_be_made_is_a_gap() -> None:
    assert "whether the template makes it is not known: why" in _gap(NOT_THERE, _made(doubt="why")).reason


def test_a_registry_that_may_be_changed_is_a_gap() -> None:
    assert "whether the template changes it" in _gap(REGISTRY, _made({"adminUserEnabled": True}, doubt="why")).reason


def test_a_change_that_may_not_be_made_and_changes_nothing_is_no_matter() -> None:
    assert _after(REGISTRY, _made({"adminUserEnabled": False}, doubt="why")) == REGISTRY


def test_a_registry_that_cannot_be_read_stays_unknown() -> None:
    gap = Gap(reading="registry", reason="403", permission="Microsoft.ContainerRegistry/registries/read", scope="/")
    assert _gap(gap, _made()).permission == gap.permission


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        ("AzureCloud", "contoso.azurecr.io"),
        ("AzureUSGovernment", "contoso.azurecr.us"),
        ("AzureChinaCloud", "contoso.azurecr.cn"),
        ("Elsewhere", None),
    ],
)
def test_the_login_server_is_the_name_in_its_cloud(cloud: str, host: str | None) -> None:
    assert login_server(_made(), cloud) == host


def test_a_login_server_with_a_hash_is_not_guessed() -> None:
    assert login_server(_made({"autoGeneratedDomainNameLabelScope": "TenantReuse"}), "AzureCloud") is None


def test_the_subnets_of_virtual_network_rules_are_those_of_the_template() -> None:
    rules: Json = {"networkRuleSet": {"virtualNetworkRules": [{"action": "Allow", "id": "/subnet"}]}}
    assert network_rules_after(_made(rules)) == ("/subnet",)


def test_subnets_that_are_not_known_are_a_gap() -> None:
    assert isinstance(network_rules_after(_made({"networkRuleSet": {"virtualNetworkRules": [UNKNOWN]}})), Gap)


@pytest.mark.parametrize("hostile", [[], "text", 1, {"defaultAction": 7}, {"ipRules": "x"}, [[]]])
def test_a_value_of_another_kind_changes_nothing_and_does_no_harm(hostile: Json) -> None:
    assert _after(REGISTRY, _made({"networkRuleSet": hostile})).default_action == REGISTRY.default_action
