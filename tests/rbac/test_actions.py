import pytest

from acimedic.model.access import Permission
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL, giving, matches


@pytest.mark.parametrize(
    "pattern",
    [
        PULL,
        PULL.upper(),
        "*",
        "**",
        "*/read",
        "*/Read",
        "Microsoft.ContainerRegistry/*",
        "microsoft.containerregistry/REGISTRIES/*/read",
        "Microsoft.ContainerRegistry/registries/pull/*",
        "Microsoft.ContainerRegistry/*/pull/read",
        "Microsoft.*/registries/*/read",
        "*pull*",
        f" {PULL} ",
    ],
)
def test_a_pattern_that_covers_pull(pattern: str) -> None:
    assert matches(pattern, PULL)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "Microsoft.ContainerRegistry/registries/read",
        "Microsoft.ContainerRegistry/registries/pull",
        "Microsoft.ContainerRegistry/registries/pull/read/x",
        "Microsoft.ContainerRegistry/registries/pull/readx*",
        "*/write",
        "Microsoft.ContainerInstance/*",
        "Microsoft.ContainerRegistry/registries/*/*/read",
        "Microsoft.ContainerRegistry/registries/pull/read*pull/read",
        "*read*read",
        "Microsoft.ContainerRegistry?registries/pull/read",
    ],
)
def test_a_pattern_that_does_not_cover_pull(pattern: str) -> None:
    assert not matches(pattern, PULL)


def test_a_wildcard_may_stand_for_nothing() -> None:
    assert matches(f"*{PULL}*", PULL)


def test_many_wildcards_take_no_longer_than_a_walk() -> None:
    assert not matches("*a" * 5000, "a" * 4000)


def test_not_actions_leave_out_of_their_own_block() -> None:
    assert giving(Permission(actions=("*",), not_actions=("Microsoft.ContainerRegistry/*",)), PULL) == ()


def test_an_action_is_no_data_action() -> None:
    assert giving(Permission(actions=("*",)), CONTENT_READ) == ()


def test_a_data_action_is_no_action() -> None:
    assert giving(Permission(data_actions=("*",)), PULL) == ()


def test_not_actions_do_not_touch_data_actions() -> None:
    assert giving(Permission(data_actions=("*",), not_actions=("*",)), METADATA_READ) == ("*",)


def test_not_data_actions_leave_out() -> None:
    assert giving(Permission(data_actions=("*",), not_data_actions=("*/metadata/read",)), METADATA_READ) == ()
