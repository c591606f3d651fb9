import dataclasses

import pytest

from acimedic.model.access import Access, Permission
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac import Allowed, Refused, Undecided, conditions
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL

from .worlds import (
    ABAC_BLOCK,
    ACR_PULL,
    CUSTOM,
    GROUP,
    IMPORTER,
    LEGACY_BLOCK,
    OTHER,
    REGISTRY,
    REPOSITORY_READER,
    SUBSCRIPTION,
    UNREAD,
    access,
    assignment,
    pulling,
    role,
)

SCOPED = conditions.for_repository("shop/api")
ELSEWHERE = conditions.for_repository("web")
ODD = "@Environment[isPrivateLink] BoolEquals true"


def custom(*blocks: Permission, condition: str | None = None) -> Access:
    return access(assignment(CUSTOM, condition=condition), roles=(role(*blocks),))


def test_no_assignment_is_refused() -> None:
    assert isinstance(pulling(access()).decision, Refused)


def test_acr_pull_at_the_registry_is_allowed() -> None:
    pull = pulling(access(assignment()))

    assert pull.decision == Allowed((f"AcrPull at {REGISTRY}",), certain=True)
    assert pull.grants[0].actions == (PULL,)
    assert not pull.grants[0].via_group


@pytest.mark.parametrize(
    "scope",
    [
        REGISTRY,
        REGISTRY.upper(),
        f"{REGISTRY}/",
        f"{SUBSCRIPTION}/resourcegroups/RG-APP",
        SUBSCRIPTION,
        "/",
        "/providers/Microsoft.Management/managementGroups/root",
        "/PROVIDERS/microsoft.management/managementgroups/root",
    ],
)
def test_a_scope_at_or_above_the_registry_counts(scope: str) -> None:
    assert isinstance(pulling(access(assignment(scope=scope))).decision, Allowed)


@pytest.mark.parametrize(
    "scope",
    [
        f"{SUBSCRIPTION}/resourceGroups/rg-app-evil",
        f"{SUBSCRIPTION}/resourceGroups/rg",
        f"{SUBSCRIPTION}9",
        f"{REGISTRY}2",
        f"{REGISTRY}/repositories/api",
        "/providers/Microsoft.Management",
        "/providers/Microsoft.Management/managementGroups",
        "/providers/Microsoft.Capacity/x/y",
        "/subscriptions/22222222-2222-2222-2222-222222222222",
    ],
)
def test_any_other_scope_does_not_count(scope: str) -> None:
    assert isinstance(pulling(access(assignment(scope=scope))).decision, Refused)


def test_a_blank_scope_is_not_decided() -> None:
    assert isinstance(pulling(access(assignment(scope=" "))).decision, Undecided)


def test_casing_of_role_and_principal_does_not_count() -> None:
    known = access(assignment(ACR_PULL.upper(), principal="AAAAAAAA-0000-0000-0000-000000000001"))

    assert isinstance(pulling(known).decision, Allowed)
    assert not pulling(known).grants[0].via_group


def test_a_role_given_to_a_group_counts_as_via_group() -> None:
    pull = pulling(access(assignment(principal=GROUP, kind="Group")))

    assert isinstance(pull.decision, Allowed)
    assert pull.grants[0].via_group


def test_a_role_of_another_identity_does_not_count() -> None:
    assert isinstance(pulling(access(assignment(principal=OTHER))).decision, Refused)


def test_a_principal_of_no_known_type_in_the_identitys_own_listing_is_a_group() -> None:
    assert pulling(access(assignment(principal=GROUP, kind=None))).grants[0].via_group


def test_an_assignment_listed_twice_counts_once() -> None:
    assert len(pulling(access(assignment(), assignment())).grants) == 1


@pytest.mark.parametrize(
    ("guid", "mode"),
    [(ACR_PULL, "abac"), (REPOSITORY_READER, "legacy"), ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "abac")],
)
def test_a_role_for_the_other_mode_is_named_as_such(guid: str, mode: Mode) -> None:
    pull = pulling(access(assignment(guid)), mode)

    assert isinstance(pull.decision, Refused)
    assert [item.guid for _, item in pull.wrong_mode] == [guid]


def test_a_repository_role_with_a_condition_is_for_the_wrong_mode_in_legacy() -> None:
    pull = pulling(access(assignment(REPOSITORY_READER, condition=SCOPED)))

    assert isinstance(pull.decision, Refused)
    assert pull.wrong_mode
    assert not pull.excluded


def test_a_role_that_serves_both_modes_is_in_the_wrong_mode_in_neither() -> None:
    known = access(assignment(IMPORTER))

    assert [pulling(known, mode).wrong_mode for mode in ("legacy", "abac")] == [(), ()]


def test_a_condition_that_names_the_repository_lets_it_be_pulled() -> None:
    pull = pulling(access(assignment(REPOSITORY_READER, condition=SCOPED)), "abac")

    assert pull.decision == Allowed((f"Container Registry Repository Reader at {REGISTRY}",), certain=True)


def test_a_condition_that_names_another_repository_excludes() -> None:
    pull = pulling(access(assignment(REPOSITORY_READER, condition=ELSEWHERE)), "abac")

    assert isinstance(pull.decision, Refused)
    assert pull.excluded[0].role.guid == REPOSITORY_READER
    assert "leaves this repository out" in pull.decision.reasons[0]


def test_another_assignment_may_let_in_what_a_condition_leaves_out() -> None:
    one = assignment(REPOSITORY_READER, condition=ELSEWHERE)
    two = assignment(REPOSITORY_READER, condition=SCOPED, name="a2")
    pull = pulling(access(one, two), "abac")

    assert isinstance(pull.decision, Allowed)
    assert [grant.assignment for grant in pull.grants] == [two]
    assert [grant.assignment for grant in pull.excluded] == [one]


def test_a_condition_that_cannot_be_evaluated_is_not_decided() -> None:
    pull = pulling(access(assignment(REPOSITORY_READER, condition=ODD)), "abac")

    assert isinstance(pull.decision, Undecided)
    assert "isPrivateLink" in pull.decision.reasons[0]
    assert len(pull.undecided) == 1


def test_a_blank_condition_is_none() -> None:
    assert isinstance(pulling(access(assignment(REPOSITORY_READER, condition=" ")), "abac").decision, Allowed)


def test_a_condition_on_a_legacy_registry_makes_the_grant_uncertain() -> None:
    decision = pulling(access(assignment(IMPORTER, condition=SCOPED))).decision

    assert isinstance(decision, Allowed)
    assert not decision.certain


def test_the_repositorys_name_is_not_compared_on_a_legacy_registry() -> None:
    bare = "@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEquals 'web'"

    assert isinstance(pulling(access(assignment(condition=bare))).decision, Undecided)


def test_a_custom_role_that_lists_the_action_is_certain() -> None:
    assert pulling(custom(LEGACY_BLOCK)).grants[0].certain


@pytest.mark.parametrize(
    "pattern", ["*", "*/read", "Microsoft.ContainerRegistry/*", "Microsoft.ContainerRegistry/registries/*/read"]
)
def test_a_custom_role_that_gives_it_by_wildcard_alone_is_not_certain(pattern: str) -> None:
    decision = pulling(custom(Permission(actions=(pattern,)))).decision

    assert isinstance(decision, Allowed)
    assert not decision.certain


def test_a_built_in_role_may_use_wildcards_with_certainty() -> None:
    reader = access(assignment("acdd72a7-3385-48ef-bd42-f606fba81ae7"))

    assert pulling(reader).grants[0].certain


def test_a_wildcard_beside_the_action_itself_is_certain() -> None:
    assert pulling(custom(Permission(actions=("*/read",)), LEGACY_BLOCK)).grants[0].certain


def test_one_certain_grant_makes_the_answer_certain() -> None:
    wild = role(Permission(actions=("*",)))
    decision = pulling(access(assignment(CUSTOM), assignment(name="a2"), roles=(wild,))).decision

    assert isinstance(decision, Allowed)
    assert decision.certain


def test_not_actions_of_a_role_refuse_by_that_role() -> None:
    block = Permission(actions=("*",), not_actions=("Microsoft.ContainerRegistry/registries/pull/*",))

    assert isinstance(pulling(custom(block)).decision, Refused)


def test_another_block_of_the_role_still_grants() -> None:
    block = Permission(actions=("*",), not_actions=("*/read",))

    assert isinstance(pulling(custom(block, LEGACY_BLOCK)).decision, Allowed)


def test_another_role_still_grants() -> None:
    none = role(Permission(actions=("*",), not_actions=(PULL,)))

    assert isinstance(pulling(access(assignment(CUSTOM), assignment(name="a2"), roles=(none,))).decision, Allowed)


def test_not_data_actions_count_in_abac_mode() -> None:
    block = Permission(data_actions=("*",), not_data_actions=(CONTENT_READ,))

    assert isinstance(pulling(custom(block), "abac").decision, Refused)


def test_a_custom_role_with_both_data_actions_pulls_in_abac_mode() -> None:
    assert isinstance(pulling(custom(ABAC_BLOCK), "abac").decision, Allowed)


def test_the_metadata_alone_does_not_pull() -> None:
    assert isinstance(pulling(custom(Permission(data_actions=(METADATA_READ,))), "abac").decision, Refused)


def test_the_content_without_the_metadata_is_not_decided() -> None:
    assert isinstance(pulling(custom(Permission(data_actions=(CONTENT_READ,))), "abac").decision, Undecided)


def test_two_roles_may_pull_together() -> None:
    halves = (
        role(Permission(data_actions=(CONTENT_READ,))),
        dataclasses.replace(role(Permission(data_actions=(METADATA_READ,))), guid=OTHER),
    )
    pull = pulling(access(assignment(CUSTOM), assignment(OTHER, name="a2"), roles=halves), "abac")

    assert isinstance(pull.decision, Allowed)
    assert [grant.actions for grant in pull.grants] == [(CONTENT_READ,), (METADATA_READ,)]


def test_a_doubt_about_the_metadata_alone_does_not_hide_a_refusal() -> None:
    pull = pulling(custom(Permission(data_actions=(METADATA_READ,)), condition=ODD), "abac")

    assert isinstance(pull.decision, Refused)


def test_a_role_that_could_not_be_read_is_not_decided() -> None:
    assert isinstance(pulling(access(assignment(CUSTOM))).decision, Undecided)


def test_a_role_that_could_not_be_read_does_not_matter_beside_a_grant() -> None:
    pull = pulling(access(assignment(CUSTOM), assignment(name="a2")))

    assert isinstance(pull.decision, Allowed)
    assert len(pull.undecided) == 1


def test_a_role_that_could_not_be_read_does_not_matter_at_another_scope() -> None:
    assert isinstance(pulling(access(assignment(CUSTOM, scope=f"{REGISTRY}2"))).decision, Refused)


def test_a_definition_read_from_azure_counts_before_the_table() -> None:
    changed = dataclasses.replace(role(Permission(actions=("*/write",)), custom=False), guid=ACR_PULL)

    assert isinstance(pulling(access(assignment(), roles=(changed,))).decision, Refused)


def test_a_built_in_role_whose_reading_failed_is_taken_from_the_table() -> None:
    known = dataclasses.replace(access(assignment()), roles=((ACR_PULL, UNREAD),))

    assert isinstance(pulling(known).decision, Allowed)


def test_a_listing_that_could_not_be_read_is_never_a_refusal() -> None:
    pull = pulling(access(unread=True))

    assert pull.decision == Undecided((UNREAD,))
    assert pull.undecided[0].about is None


def test_a_blocks_own_condition_counts() -> None:
    block = dataclasses.replace(ABAC_BLOCK, condition=ELSEWHERE)

    assert isinstance(pulling(custom(block), "abac").decision, Refused)


def test_a_block_without_condition_grants_beside_one_that_has_it() -> None:
    block = dataclasses.replace(ABAC_BLOCK, condition=ELSEWHERE)

    assert isinstance(pulling(custom(block, ABAC_BLOCK), "abac").decision, Allowed)
    assert isinstance(pulling(custom(ABAC_BLOCK, block), "abac").decision, Allowed)


def test_a_block_left_out_by_its_condition_is_refused_whatever_the_assignments_says() -> None:
    block = dataclasses.replace(ABAC_BLOCK, condition=ELSEWHERE)

    assert isinstance(pulling(custom(block, condition=ODD), "abac").decision, Refused)


def test_both_conditions_must_hold() -> None:
    block = dataclasses.replace(ABAC_BLOCK, condition=SCOPED)

    assert isinstance(pulling(custom(block, condition=SCOPED), "abac").decision, Allowed)
    assert isinstance(pulling(custom(block, condition=ELSEWHERE), "abac").decision, Refused)
    assert isinstance(pulling(custom(block, condition=ODD), "abac").decision, Undecided)


def test_a_gap_keeps_the_permission_that_would_close_it() -> None:
    gap = Gap(reading="role definition", reason="403", permission="Microsoft.Authorization/roleDefinitions/read")
    known = dataclasses.replace(access(assignment(CUSTOM)), roles=((CUSTOM, gap),))

    assert pulling(known).decision == Undecided((gap,))
