import pytest

from acimedic.model.access import Access, Assignment
from acimedic.model.reading import NotKnownError
from acimedic.model.registry import Mode
from acimedic.rbac import Misdirected, conditions, misdirected

from .worlds import (
    CLIENT,
    CUSTOM,
    GROUP,
    OTHER,
    REGISTRY,
    REPOSITORY_READER,
    UNREAD,
    access,
    assignment,
)

LISTER = "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7"


def found(
    *everyone: Assignment, mode: Mode = "legacy", known: tuple[str, ...] = (), within: Access | None = None
) -> tuple[Misdirected, ...]:
    return misdirected(
        within or access(everyone=everyone),
        client_id=CLIENT,
        mode=mode,
        repository="shop/api",
        registry_id=REGISTRY,
        known_principals=known,
    )


def test_a_role_on_the_client_id_is_found() -> None:
    (item,) = found(assignment(principal=CLIENT.upper()))

    assert item.kind == "client-id"
    assert item.would_pull


def test_a_role_on_the_principal_id_is_where_it_belongs() -> None:
    assert found(assignment()) == ()


def test_a_role_on_an_unknown_service_principal_is_a_hint() -> None:
    assert [item.kind for item in found(assignment(principal=OTHER))] == ["other-principal"]


def test_a_role_on_a_known_principal_is_no_hint() -> None:
    assert found(assignment(principal=OTHER), known=(OTHER.upper(),)) == ()


@pytest.mark.parametrize("kind", ["User", "Group", "ForeignGroup"])
def test_a_role_on_a_person_or_group_is_no_hint(kind: str) -> None:
    assert found(assignment(principal=GROUP, kind=kind)) == ()


def test_a_principal_of_no_known_type_is_a_hint() -> None:
    assert len(found(assignment(principal=OTHER, kind=None))) == 1


def test_what_is_certain_comes_first() -> None:
    kinds = [item.kind for item in found(assignment(principal=OTHER), assignment(principal=CLIENT))]

    assert kinds == ["client-id", "other-principal"]


def test_a_role_at_another_registry_is_no_hint() -> None:
    assert found(assignment(principal=CLIENT, scope=f"{REGISTRY}2")) == ()


@pytest.mark.parametrize("role", [LISTER, CUSTOM])
def test_a_role_that_does_not_pull_is_no_hint(role: str) -> None:
    assert found(assignment(role, principal=CLIENT), assignment(role, principal=OTHER)) == ()


def test_a_role_for_the_other_mode_on_the_client_id_would_not_pull() -> None:
    (item,) = found(assignment(principal=CLIENT), assignment(principal=OTHER), mode="abac")

    assert item.kind == "client-id"
    assert not item.would_pull


def test_a_condition_that_leaves_the_repository_out_would_not_pull() -> None:
    condition = conditions.for_repository("web")
    (item,) = found(assignment(REPOSITORY_READER, principal=CLIENT, condition=condition), mode="abac")

    assert not item.would_pull


def test_an_assignment_listed_twice_is_found_once() -> None:
    assert len(found(assignment(principal=CLIENT), assignment(principal=CLIENT))) == 1


def test_a_listing_that_could_not_be_read_ends_the_check() -> None:
    with pytest.raises(NotKnownError):
        found(within=access(everyone=UNREAD))


def test_a_principal_without_id_is_nobody() -> None:
    blank = access(everyone=(assignment(principal=""),))

    assert misdirected(blank, client_id="", mode="legacy", repository="shop/api", registry_id=REGISTRY) == ()
