from uuid import UUID

import pytest

from acimedic.rbac import assignment_name

from .worlds import ACR_PULL, ME, OTHER, REGISTRY, REPOSITORY_READER


def test_the_name_is_a_guid_that_stays_the_same() -> None:
    name = assignment_name(REGISTRY, ME, ACR_PULL)

    assert name == "6bcb208d-c618-5e9b-bd3f-e6d6b939b43c"
    assert UUID(name).version == 5


@pytest.mark.parametrize(
    ("registry", "principal", "role"),
    [(REGISTRY.upper(), ME, ACR_PULL), (f"{REGISTRY}/", ME.upper(), ACR_PULL.upper()), (REGISTRY, f" {ME} ", ACR_PULL)],
)
def test_spelling_does_not_change_the_name(registry: str, principal: str, role: str) -> None:
    assert assignment_name(registry, principal, role) == assignment_name(REGISTRY, ME, ACR_PULL)


@pytest.mark.parametrize(
    ("registry", "principal", "role"),
    [(f"{REGISTRY}2", ME, ACR_PULL), (REGISTRY, OTHER, ACR_PULL), (REGISTRY, ME, REPOSITORY_READER)],
)
def test_each_part_changes_the_name(registry: str, principal: str, role: str) -> None:
    assert assignment_name(registry, principal, role) != assignment_name(REGISTRY, ME, ACR_PULL)
