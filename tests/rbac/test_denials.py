import dataclasses

import pytest

from acimedic.model.access import DenyAssignment, Permission
from acimedic.model.registry import Mode
from acimedic.rbac import Allowed, PullAccess, Refused, Undecided
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL

from .worlds import (
    ACR_PULL,
    GROUP,
    ME,
    OTHER,
    REGISTRY,
    REPOSITORY_READER,
    SUBSCRIPTION,
    UNREAD,
    ZERO,
    access,
    assignment,
    deny,
    pulling,
)


def with_deny(item: DenyAssignment, mode: Mode = "legacy", *, group: bool = False) -> PullAccess:
    given = assignment(ACR_PULL if mode == "legacy" else REPOSITORY_READER)
    via = assignment(principal=GROUP, kind="Group", name="a2")
    return pulling(access(given, *((via,) if group else ()), denied=(item,)), mode)


def test_a_deny_assignment_that_names_the_identity_refuses() -> None:
    pull = with_deny(deny(principals=(ME.upper(),)))

    assert isinstance(pull.decision, Refused)
    assert isinstance(pull.granted, Allowed)
    assert pull.denied


@pytest.mark.parametrize(
    "item", [deny(everyone=True), deny(everyone=True, principals=(ZERO,)), deny(principals=(ZERO,))]
)
def test_a_deny_assignment_for_everyone_refuses(item: DenyAssignment) -> None:
    assert isinstance(with_deny(item).decision, Refused)


def test_an_excluded_identity_is_not_refused() -> None:
    assert isinstance(with_deny(deny(everyone=True, excluded=(ME,))).decision, Allowed)


def test_an_identity_in_an_excluded_group_is_not_refused() -> None:
    assert isinstance(with_deny(deny(everyone=True, excluded=(GROUP,)), group=True).decision, Allowed)


def test_an_identity_in_a_named_group_is_refused() -> None:
    assert isinstance(with_deny(deny(principals=(GROUP,)), group=True).decision, Refused)


def test_a_named_group_of_unknown_members_is_not_decided() -> None:
    pull = with_deny(deny(principals=(GROUP,), types=((GROUP, "Group"),)))

    assert isinstance(pull.decision, Undecided)
    assert isinstance(pull.granted, Allowed)
    assert pull.undecided_denials


def test_an_excluded_group_of_unknown_members_is_not_decided() -> None:
    item = deny(everyone=True, excluded=(GROUP,), types=((GROUP, "Group"),))

    assert isinstance(with_deny(item).decision, Undecided)


def test_a_principal_of_unknown_type_may_be_a_group() -> None:
    assert isinstance(with_deny(deny(principals=(OTHER,))).decision, Undecided)


@pytest.mark.parametrize("kind", ["ServicePrincipal", "User"])
def test_a_deny_assignment_for_somebody_else_does_not_matter(kind: str) -> None:
    assert isinstance(with_deny(deny(principals=(OTHER,), types=((OTHER.upper(), kind),))).decision, Allowed)


def test_somebody_else_excluded_does_not_help() -> None:
    item = deny(everyone=True, excluded=(OTHER,), types=((OTHER, "User"),))

    assert isinstance(with_deny(item).decision, Refused)


@pytest.mark.parametrize(
    "permission",
    [
        Permission(actions=("*/write", "*/delete")),
        Permission(actions=("*",), not_actions=("*/read",)),
        Permission(data_actions=("*",)),
        Permission(),
    ],
)
def test_a_deny_assignment_of_other_actions_does_not_matter(permission: Permission) -> None:
    assert isinstance(with_deny(deny(everyone=True, permission=permission)).decision, Allowed)


@pytest.mark.parametrize("action", [CONTENT_READ, METADATA_READ, "*"])
def test_a_denied_data_action_refuses_in_abac_mode(action: str) -> None:
    item = deny(everyone=True, permission=Permission(data_actions=(action,)))

    assert isinstance(with_deny(item, "abac").decision, Refused)


def test_a_denied_action_does_not_matter_in_abac_mode() -> None:
    item = deny(everyone=True, permission=Permission(actions=(PULL,)))

    assert isinstance(with_deny(item, "abac").decision, Allowed)


@pytest.mark.parametrize("scope", [f"{SUBSCRIPTION}/resourceGroups/rg-app-evil", f"{REGISTRY}/webhooks/w"])
def test_a_deny_assignment_elsewhere_does_not_matter(scope: str) -> None:
    assert isinstance(with_deny(deny(everyone=True, scope=scope)).decision, Allowed)


def test_a_deny_assignment_for_its_own_scope_only_does_not_reach_down() -> None:
    assert isinstance(with_deny(deny(everyone=True, exact=True)).decision, Allowed)


def test_a_deny_assignment_for_exactly_the_registry_refuses() -> None:
    assert isinstance(with_deny(deny(everyone=True, exact=True, scope=REGISTRY.lower())).decision, Refused)


def test_a_deny_assignment_with_a_condition_is_not_decided() -> None:
    assert isinstance(with_deny(deny(everyone=True, condition="x")).decision, Undecided)


@pytest.mark.parametrize("exact", [True, False])
def test_a_deny_assignment_without_scope_is_not_decided(exact: bool) -> None:
    assert isinstance(with_deny(deny(everyone=True, scope="", exact=exact)).decision, Undecided)


def test_a_listing_of_denials_that_could_not_be_read_is_not_decided() -> None:
    pull = pulling(access(assignment(), denied=UNREAD))

    assert pull.decision == Undecided((UNREAD,))
    assert isinstance(pull.granted, Allowed)


def test_without_any_role_an_unread_denial_changes_nothing() -> None:
    assert isinstance(pulling(access(denied=UNREAD)).decision, Refused)


def test_a_certain_denial_refuses_whatever_the_roles_would_say() -> None:
    assert isinstance(pulling(access(unread=True, denied=(deny(everyone=True),))).decision, Refused)


def test_a_denial_without_a_name_is_told_by_its_id() -> None:
    pull = with_deny(dataclasses.replace(deny(everyone=True), name=""))

    assert pull.decision == Refused(("deny assignment 'deny-1' refuses it",))
