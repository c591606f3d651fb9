"""The witness: which roles let an identity pull."""

from collections.abc import Callable
from typing import Any

import pytest

Code = Callable[..., str]
READER = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
CONDITION = (
    "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND "
    "!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR "
    "(@Request[Microsoft.ContainerRegistry/registries/repositories:name] %s '%s'))"
)


def grant(world: Any, role: str, **more: Any) -> None:
    properties = world["roleAssignments"]["pull"]["properties"]
    properties["roleDefinitionId"] = properties["roleDefinitionId"].rpartition("/")[0] + "/" + role
    properties.update(more)


@pytest.mark.parametrize(
    ("mode", "role", "more", "expected"),
    [
        ("LegacyRegistryPermissions", READER, {}, "InaccessibleImage"),
        ("LegacyRegistryPermissions", "acdd72a7-3385-48ef-bd42-f606fba81ae7", {}, "pulled"),
        ("LegacyRegistryPermissions", "73c42c96-874c-492b-b04d-ab87d138a893", {}, "pulled"),
        ("LegacyRegistryPermissions", "c2f4ef07-c644-48eb-af81-4b1b4947fb11", {}, "InaccessibleImage"),
        ("AbacRepositoryPermissions", "7f951dda-4ed3-4680-a7ca-43fe172d538d", {}, "InaccessibleImage"),
        ("AbacRepositoryPermissions", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", {}, "InaccessibleImage"),
        ("AbacRepositoryPermissions", "577a9874-89fd-4f24-9dbd-b5034d0ad23a", {}, "pulled"),
        ("AbacRepositoryPermissions", READER, {}, "pulled"),
        (
            "AbacRepositoryPermissions",
            READER,
            {"condition": CONDITION % ("StringEqualsIgnoreCase", "App/Web")},
            "pulled",
        ),
        (
            "AbacRepositoryPermissions",
            READER,
            {"condition": CONDITION % ("StringEqualsIgnoreCase", "app")},
            "InaccessibleImage",
        ),
        (
            "AbacRepositoryPermissions",
            READER,
            {"condition": CONDITION % ("StringStartsWithIgnoreCase", "app/")},
            "pulled",
        ),
        (
            "AbacRepositoryPermissions",
            READER,
            {"condition": CONDITION % ("StringStartsWithIgnoreCase", "api/")},
            "InaccessibleImage",
        ),
        ("AbacRepositoryPermissions", READER, {"condition": "@Request[x] StringLike 'app/web'"}, "InaccessibleImage"),
    ],
)
def test_the_role_must_fit_the_mode_of_the_registry(
    mode: str, role: str, more: Any, expected: str, healthy: Any, group: Any, code: Code
) -> None:
    healthy["registries"]["contoso"]["properties"]["roleAssignmentMode"] = mode
    grant(healthy, role, **more)
    assert code(healthy, group) == expected


def test_a_role_may_come_from_a_group_and_from_above(healthy: Any, group: Any, code: Code) -> None:
    principal = healthy["identities"]["pull"]["properties"]["principalId"]
    properties = healthy["roleAssignments"]["pull"]["properties"]
    properties.update(principalId="outer", scope="/subscriptions/B8C1A7E4-2f60-4d9b-a135-6e0d94c7f218")
    assert code(healthy, group) == "InaccessibleImage"
    healthy["memberships"] |= {"outer": ["inner"], "inner": [principal.upper()]}
    assert code(healthy, group) == "pulled"
    properties["scope"] += "/resourceGroups/rg-platform"
    assert code(healthy, group) == "InaccessibleImage"


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        ({"actions": ["Microsoft.ContainerRegistry/*/read"], "notActions": []}, "pulled"),
        ({"actions": ["*"], "notActions": ["Microsoft.ContainerRegistry/registries/pull/*"]}, "InaccessibleImage"),
        ({"actions": ["Microsoft.ContainerRegistry/registries/read"]}, "InaccessibleImage"),
        ({"dataActions": ["*"]}, "InaccessibleImage"),
    ],
)
def test_custom_roles_count_with_their_wildcards(
    permission: Any, expected: str, healthy: Any, group: Any, code: Code
) -> None:
    own = {"id": "/providers/Microsoft.Authorization/roleDefinitions/own", "properties": {"permissions": [permission]}}
    healthy["roleDefinitions"]["own"] = own
    grant(healthy, "own")
    assert code(healthy, group) == expected


def test_a_deny_assignment_takes_the_pull_away(healthy: Any, group: Any, code: Code) -> None:
    principal = healthy["identities"]["pull"]["properties"]["principalId"]
    properties = {
        "scope": healthy["registries"]["contoso"]["id"].partition("/providers/")[0],
        "principals": [{"id": "00000000-0000-0000-0000-000000000000"}],
        "permissions": [{"actions": ["*/read"], "notActions": []}],
    }
    healthy["denyAssignments"]["d"] = {"id": "x", "properties": properties}
    assert code(healthy, group) == "InaccessibleImage"
    properties["doNotApplyToChildScopes"] = True
    assert code(healthy, group) == "pulled"
    properties["doNotApplyToChildScopes"] = False
    properties["excludePrincipals"] = [{"id": principal}]
    assert code(healthy, group) == "pulled"


def test_a_role_counts_once_it_has_spread(healthy: Any, group: Any, code: Code) -> None:
    healthy["propagationSeconds"] = 600
    grant(healthy, "7f951dda-4ed3-4680-a7ca-43fe172d538d", createdOn="2026-11-20T08:11:00.0000000Z")
    assert code(healthy, group) == "InaccessibleImage"
    healthy["now"] = "2026-11-20T08:21:00Z"
    assert code(healthy, group) == "pulled"
