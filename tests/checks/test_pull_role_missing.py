"""The check `pull-role-missing`."""

from dataclasses import replace

import pytest

from acimedic.model.access import ACR_PULL, REPOSITORY_READER, Permission
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.access import pull_role_missing as check
from tests import build

PULL = "Microsoft.ContainerRegistry/registries/pull/read"
LOG_READER = "73c42c96-874c-492b-b04d-ab87d138a893"
DELETE = "c2f4ef07-c644-48eb-af81-4b1b4947fb11"


def test_no_role_is_a_fault() -> None:
    """The listing was read, and nothing in it grants the pull: the fix has identity, role and scope."""
    found = build.fault(check, build.without_role())
    assert found.confidence == "confirmed"
    assert "'id-pull'" in found.summary
    assert "'contoso'" in found.summary
    (command,) = found.fix.az
    assert build.PRINCIPAL in command
    assert ACR_PULL in command
    assert build.REGISTRY_ID in command
    assert build.PRINCIPAL in (found.fix.bicep or "")


def test_on_an_abac_registry_repository_reader_is_missing() -> None:
    """The fix has the role that counts there, conditioned to the repository."""
    found = build.fault(check, build.abac_registry(on=build.without_role()))
    assert "Container Registry Repository Reader is missing" in found.summary
    assert REPOSITORY_READER in found.fix.az[0]
    assert "app/web" in found.fix.az[0]


@pytest.mark.parametrize("role", [build.READER, build.CONTRIBUTOR, LOG_READER])
def test_another_role_that_lets_pull_is_enough(role: str) -> None:
    """Reader, Contributor and roles with `*/read` pull from a legacy registry: AcrPull is not missing."""
    assert isinstance(build.verdict(check, build.with_roles(build.assignment(role))), Pass)


@pytest.mark.parametrize(
    "actions", [(PULL,), (PULL.lower(),), ("Microsoft.ContainerRegistry/*",), ("*/read",), ("*",), (PULL[:-4] + "*",)]
)
def test_a_custom_role_is_taken_at_its_word(actions: tuple[str, ...]) -> None:
    """Wildcards count, in any case."""
    assert isinstance(build.verdict(check, build.with_custom_role(Permission(actions=actions))), Pass)


@pytest.mark.parametrize(
    "block",
    [
        Permission(actions=("Microsoft.ContainerRegistry/*",), not_actions=(PULL,)),
        Permission(actions=("*",), not_actions=("Microsoft.ContainerRegistry/registries/pull/*",)),
        Permission(actions=("Microsoft.ContainerRegistry/registries/read",)),
        Permission(data_actions=("Microsoft.ContainerRegistry/registries/repositories/content/read",)),
    ],
)
def test_what_a_custom_role_leaves_out_is_missing(block: Permission) -> None:
    """notActions take away; reading the registry is not pulling; data actions count in ABAC mode alone."""
    found = build.faults(build.with_custom_role(block))
    assert len(found) == 1
    assert found[0] in {"pull-role-missing", "pull-role-wrong-for-registry-mode"}


def test_not_actions_of_one_block_do_not_reach_another() -> None:
    """What one block leaves out another may grant."""
    blocks = (Permission(actions=("*",), not_actions=(PULL,)), Permission(actions=(PULL,)))
    assert isinstance(build.verdict(check, build.with_custom_role(*blocks)), Pass)


@pytest.mark.parametrize(
    "scope",
    [
        build.REGISTRY_ID.upper().replace("/SUBSCRIPTIONS", "/subscriptions"),
        build.REGISTRY_ID.split("/providers/")[0],
        f"/subscriptions/{build.PLATFORM}",
        "/providers/Microsoft.Management/managementGroups/mg-contoso",
        "/",
    ],
)
def test_a_role_from_above_counts(scope: str) -> None:
    """At the registry in any case, its resource group, subscription, management group, or the root."""
    assert isinstance(build.verdict(check, build.with_roles(build.assignment(scope=scope))), Pass)


def test_a_role_at_a_neighbour_does_not_count() -> None:
    """`contosodev` is not beneath `contoso`, though its id begins with the same text."""
    assert isinstance(build.verdict(check, build.with_roles(build.assignment(scope=build.REGISTRY_ID + "dev"))), Fail)


def test_a_role_of_a_group_counts_as_azure_lists_it() -> None:
    """`assignedTo` lists what counts through groups."""
    through = build.assignment(principal=build.ROLE_GROUP, kind="Group")
    assert isinstance(build.verdict(check, build.with_roles(through)), Pass)


def test_a_role_without_pull_is_not_enough() -> None:
    """AcrDelete lets delete and nothing else."""
    assert isinstance(build.verdict(check, build.with_roles(build.assignment(DELETE))), Fail)


def test_a_listing_that_may_not_be_read_is_unknown() -> None:
    """Never `missing` from a 403; the permission that would tell is named."""
    found = build.verdict(check, build.unread_roles())
    assert found == Unknown("role assignments: 403 AuthorizationFailed", build.ROLES_GAP)


def test_a_role_definition_that_may_not_be_read_is_unknown() -> None:
    """A custom role that nobody could look into may grant the pull."""
    gap = Gap(reading=f"role definition {build.CUSTOM_ROLE}", reason="403 AuthorizationFailed")
    evidence = build.with_access(
        roles=((build.CUSTOM_ROLE, gap),), on=build.with_roles(build.assignment(build.CUSTOM_ROLE))
    )
    assert build.verdict(check, evidence) == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_a_mode_that_is_not_shown_does_not_matter_where_no_role_is_given() -> None:
    """Without any role nothing is granted in either mode."""
    gap = Gap(reading="roleAssignmentMode of the registry", reason="the answer does not show it")
    assert isinstance(build.verdict(check, build.with_registry(mode=gap, on=build.without_role())), Fail)


def test_an_identity_that_is_gone_is_another_fault() -> None:
    """Nobody knows the roles of an identity that does not exist."""
    assert isinstance(build.verdict(check, build.without_identity()), Unknown)


@pytest.mark.parametrize("image", ["ghcr.io/contoso/web:1", "nginx", "https://contoso.azurecr.io/app/web:1"])
def test_another_registry_has_no_roles_of_azures(image: str) -> None:
    """Roles are given at registries of Azure."""
    assert isinstance(build.verdict(check, build.with_image(image)), Skip)


def test_a_password_needs_no_role_of_the_identity() -> None:
    """A service principal's roles are another matter."""
    assert isinstance(build.verdict(check, build.with_password(on=build.without_role())), Skip)


def test_every_container_of_the_registry_is_blamed() -> None:
    """Two containers and an init container pull from the registry: none of them may."""
    evidence = build.with_containers(
        build.WEB,
        replace(build.WEB, name="worker", image=f"{build.HOST}/app/worker:2.0.0"),
        build.container("migrate", f"{build.HOST}/app/migrate:1", init=True),
        on=build.without_role(),
    )
    found = build.verdicts(check, evidence)
    assert {name: type(item) for name, item in found.items()} == dict.fromkeys(("web", "worker", "migrate"), Fail)


def test_where_it_may_be_another_tenants_registry_it_is_unknown() -> None:
    """An identity can have no role there, so that giving one is no fix."""
    gap = Gap(reading="tenant of the subscription", reason="503", permission="Microsoft.Resources/subscriptions/read")
    evidence = replace(build.without_role(), tenants=((build.PLATFORM, gap),))
    assert isinstance(build.verdict(check, evidence), Unknown)


def test_what_is_not_told_to_whoever_asks_leaves_the_fact_standing() -> None:
    """The identity has no role that lets it pull, whoever else may have one."""
    hidden = Gap(reading="role assignments of others", reason="not told")
    evidence = build.with_access(assigned=(), everyone=hidden)
    assert isinstance(build.verdict(check, evidence), Fail)


def test_where_the_role_may_have_gone_to_a_wrong_principal_it_is_unknown() -> None:
    """Only the listing of all assignments shows that."""
    evidence = build.with_access(assigned=(), everyone=build.ROLES_GAP)
    assert isinstance(build.verdict(check, evidence), Unknown)
