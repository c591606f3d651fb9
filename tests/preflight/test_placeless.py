"""Identities are told from each other although nobody said where the template is deployed."""

from typing import Any

import pytest

from acimedic.template import Scope
from tests.preflight.templates import IDENTITY, changed, examined

_NOWHERE = Scope()


def _of(name: str, group: str = "") -> str:
    return f"[resourceId({group}'Microsoft.ManagedIdentity/userAssignedIdentities', '{name}')]"


def _group(attached: str, used: str) -> dict[str, Any]:
    def change(group: dict[str, Any]) -> None:
        group["identity"]["userAssignedIdentities"] = {attached: {}}
        group["properties"]["imageRegistryCredentials"][0]["identity"] = used

    return changed(change)


def _blamed(template: dict[str, Any], scope: Scope = _NOWHERE) -> list[str]:
    return [each.check for each in examined(template, scope=scope).fails]


def test_another_identity_than_the_attached_one_is_found() -> None:
    assert _blamed(_group(_of("id-a"), _of("id-b"))) == ["credential-identity-not-on-group"]


def test_the_same_identity_is_in_order() -> None:
    assert _blamed(_group(_of("id-a"), _of("ID-A"))) == []


def test_an_identity_of_another_resource_group_is_another() -> None:
    assert _blamed(_group(_of("id-a"), _of("id-a", "'rg-other', "))) == ["credential-identity-not-on-group"]


_SUBSCRIPTION = Scope(subscription_id="00000000-0000-0000-0000-000000000001")


def test_the_subscription_alone_is_enough_to_be_told() -> None:
    assert _blamed(_group(_of("id-a"), _of("id-a")), _SUBSCRIPTION) == []
    assert _blamed(_group(_of("id-a"), _of("id-b")), _SUBSCRIPTION) == ["credential-identity-not-on-group"]


def test_where_the_subscription_is_known_a_named_resource_group_may_be_the_one_deployed_to() -> None:
    assert _blamed(_group(_of("id-a"), _of("id-a", "'rg-other', ")), _SUBSCRIPTION) == []


@pytest.mark.parametrize("scope", [_NOWHERE, _SUBSCRIPTION, Scope(resource_group="rg-app")])
def test_a_user_name_beside_such_an_identity_is_of_both_kinds(scope: Scope) -> None:
    template = _group(_of("id-a"), _of("id-a"))
    template["resources"][0]["properties"]["imageRegistryCredentials"][0] |= {"username": "u", "password": "p"}
    assert _blamed(template, scope) == ["credential-type-ambiguous"]


def test_an_identity_that_only_some_places_have_is_not_of_both_kinds() -> None:
    used = "[if(equals(resourceGroup().name, '<resource-group>'), '', resourceId('a/b', 'c'))]"
    template = _group(_of("id-a"), used)
    template["resources"][0]["properties"]["imageRegistryCredentials"][0] |= {"username": "u", "password": "p"}
    assert _blamed(template) == []


@pytest.mark.parametrize(
    "used",
    [
        IDENTITY,
        "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', uniqueString(resourceGroup().id))]",
        "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', take(subscription().subscriptionId, 8))]",
        "[parameters('identity')]",
    ],
)
def test_what_cannot_be_compared_is_not_blamed(used: str) -> None:
    assert _blamed(_group(_of("id-a"), used)) == []


def test_a_made_up_place_is_shown_nowhere_among_the_definitions() -> None:
    (definition,) = examined(_group(_of("id-a"), _of("id-b")), scope=_NOWHERE).definitions or ()
    assert "<subscription>" not in str(definition.resource)
    assert "identity.userAssignedIdentities" in dict(definition.unresolved)
