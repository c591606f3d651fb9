"""A pair is two resources, compared part by part: nothing that only looks like one of them is meant."""

import json

import pytest

from acimedic.model.resource_id import ResourceId
from acimedic.policy import parse_policy
from tests import build
from tests.policy.written import GROUP, document, faults, pair, policy

REGISTRY = ResourceId.parse(build.REGISTRY_ID)
ID = build.IDENTITY_ID
LOOKALIKES = {
    "a longer name": f"{ID}-evil",
    "a shorter name": ID[:-1],
    "a longer group": ID.replace("rg-orders-prod", "rg-orders-prod-evil"),
    "another subscription": ID.replace(build.APP, build.PLATFORM),
    "another provider": ID.replace("Microsoft.ManagedIdentity", "Microsoft.ManagedIdentityX"),
    "the Kelvin sign": ID.replace("id-pull", "id-k").replace("-k", "-\u212a"),
    "a letter of another script": ID.replace("rg-orders", "rg-\u043erders"),
    "a child of it": f"{ID}/federatedIdentityCredentials/x",
}
SAME = {
    "itself": ID,
    "in capitals": ID.upper(),
    "resourcegroups": ID.replace("resourceGroups", "resourcegroups"),
    "with a slash behind": f"{ID}/",
    "encoded by whoever sent it": ID.replace("id-pull", "id%2Dpull"),
}


@pytest.mark.parametrize("other", LOOKALIKES.values(), ids=LOOKALIKES)
def test_what_only_looks_like_the_identity_is_not_meant(other: str) -> None:
    """Each part has to be the same, by ASCII letters without their case."""
    found = ResourceId.parse(other)
    assert not policy(pairs=[pair(identity=ID.replace("id-pull", "id-k"))]).pairs[0].names(REGISTRY, found)
    assert not policy().pairs[0].names(REGISTRY, found)


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_what_azure_takes_for_the_identity_is_meant(other: str) -> None:
    """However it is written."""
    assert policy().pairs[0].names(REGISTRY, ResourceId.parse(other))


@pytest.mark.parametrize(
    ("other", "held"),
    [
        (ID, True),
        (ID.upper(), True),
        (ID.replace("id-pull", "id-of-anybody"), True),
        (ID.replace("rg-orders-prod", "rg-orders-prod-evil"), False),
        (ID.replace("rg-orders-prod", "rg-orders"), False),
        (ID.replace("rg-orders-prod", "rg-orders-pro\u0501"), False),
        (ID.replace(build.APP, build.PLATFORM), False),
    ],
)
def test_a_resource_group_is_all_that_is_in_it(other: str, held: bool) -> None:
    """And nothing that is in a group whose name begins like its own."""
    named = policy(pairs=[pair("identity", resource_group=GROUP + "/")]).pairs[0]
    assert not named.exact
    assert named.names(REGISTRY, ResourceId.parse(other)) is held


def test_the_kelvin_sign_is_no_k() -> None:
    """Python's lower() says that it is, and a group's name may have letters of any script."""
    assert "\u212a".lower() == "k"
    named = policy(pairs=[pair("identity", resource_group=GROUP.replace("rg-orders-prod", "rg-kiosk"))]).pairs[0]
    forged = ID.replace("rg-orders-prod", "rg-\u212aiosk")
    assert not named.names(REGISTRY, ResourceId.parse(forged))
    assert named.names(REGISTRY, ResourceId.parse(ID.replace("rg-orders-prod", "RG-KIOSK")))


@pytest.mark.parametrize(
    "other",
    [
        build.REGISTRY_ID.replace("registries/contoso", "registries/contoso2"),
        build.REGISTRY_ID.replace("rg-platform-registry", "rg-platform"),
        build.REGISTRY_ID.replace(build.PLATFORM, build.APP),
    ],
)
def test_another_registry_is_not_meant(other: str) -> None:
    """The same identity, another registry."""
    assert not policy().pairs[0].names(ResourceId.parse(other), ResourceId.parse(ID))


@pytest.mark.parametrize(
    ("pattern", "repository", "listed"),
    [
        ("app/web", "app/web", True),
        ("app/web", "app/web2", False),
        ("app/web", "app/web/x", False),
        ("app/web", "app", False),
        ("app/*", "app/web", True),
        ("app/*", "app/web/deep", True),
        ("app/*", "app", False),
        ("app/*", "app-evil/web", False),
        ("app/*", "evil/app/web", False),
        ("app/web/*", "app/web", False),
        ("app/web/*", "app/web/x", True),
    ],
)
def test_repositories_are_names_or_what_is_below_one(pattern: str, repository: str, listed: bool) -> None:
    """Compared part by part too."""
    assert policy(pairs=[pair(repositories=[pattern])]).pairs[0].lists(repository) is listed


@pytest.mark.parametrize(
    "identity",
    [
        "",
        "id-pull",
        ID[1:],
        f"/{ID}",
        f"{ID}//",
        f" {ID}",
        f"{ID}\n",
        ID.replace("id-pull", "*"),
        ID.replace("id-pull", "id-*"),
        ID.replace("rg-orders-prod", "*"),
        ID.replace(build.APP, "*"),
        ID.replace(build.APP, "prod"),
        ID.replace("id-pull", "id%2Dpull"),
        ID.replace("rg-orders-prod", "rg%2f..%2frg-evil"),
        ID.replace("/resourceGroups/rg-orders-prod", ""),
        f"{ID}/federatedIdentityCredentials/x",
        f"{ID}/providers/Microsoft.Authorization/roleAssignments/x",
        f"{build.REGISTRY_ID}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-pull",
        ID.replace("id-pull", "id'pull"),
        ID.replace("id-pull", "id\u202epull"),
        ID.replace("rg-orders-prod", ".."),
        GROUP,
        "/" * 300,
        ID * 20,
    ],
)
def test_an_identity_is_written_out_whole(identity: str) -> None:
    """As Azure prints it: no wildcard, nothing encoded, nothing nested, nothing left out."""
    (found,) = faults(json.dumps(document(pairs=[pair(identity=identity)])))
    assert found.startswith("pairs[0].identity ")


@pytest.mark.parametrize(
    "group",
    [
        "rg-orders-prod",
        f"/subscriptions/{build.APP}",
        f"/subscriptions/{build.APP}/resourceGroups/*",
        f"/subscriptions/{build.APP}/resourceGroups/rg.",
        f"/subscriptions/{build.APP}/resourceGroups/",
        f"/subscriptions/*/resourceGroups/{GROUP}",
        f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-pull",
        f"/{GROUP}",
        f"{GROUP}//",
        GROUP.replace("rg-orders", "rg%2Dorders"),
        "/providers/Microsoft.Management/managementGroups/all",
        "/",
    ],
)
def test_a_resource_group_is_written_out_whole(group: str) -> None:
    """Nothing wider than a group, and no pattern of groups."""
    (found,) = faults(json.dumps(document(pairs=[pair("identity", resource_group=group)])))
    assert found.startswith("pairs[0].resource_group ")


def test_a_group_may_have_letters_of_any_script() -> None:
    """Azure allows them; they are compared as they are."""
    named = pair("identity", resource_group=GROUP.replace("rg-orders", "rg-\u00fcbung"))
    found = parse_policy(json.dumps(document(pairs=[named])))
    assert found == policy(pairs=[named])
