"""The check `pull-role-propagating`."""

from datetime import timedelta

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import pull_role_propagating as check
from tests import build


@pytest.mark.parametrize("minutes", [-9, -3, 0, 4])
def test_a_role_given_minutes_before_or_after_is_likely_the_cause(minutes: int) -> None:
    """The fix is to wait; nothing is to be changed."""
    new = build.assignment(changed=build.FAILED_AT + timedelta(minutes=minutes))
    found = build.fault(check, build.with_roles(new))
    assert found.confidence == "likely"
    assert "change nothing" in found.fix.text
    assert found.fix.az == ()


@pytest.mark.parametrize("minutes", [-11, -60, -100_000])
def test_an_older_role_had_been_in_effect(minutes: int) -> None:
    """Ten minutes is what Azure documents."""
    old = build.assignment(changed=build.FAILED_AT + timedelta(minutes=minutes))
    assert isinstance(build.verdict(check, build.with_roles(old)), Pass)


def test_through_a_group_it_takes_longer() -> None:
    """For a managed identity a group's role may take a day."""
    through = build.assignment(principal=build.ROLE_GROUP, kind="Group", changed=build.FAILED_AT - timedelta(hours=3))
    assert build.fault(check, build.with_roles(through)).confidence == "likely"


def test_an_old_role_beside_a_new_one_is_enough() -> None:
    """What the old one grants needs no waiting."""
    new = build.assignment(changed=build.FAILED_AT, name="2")
    assert isinstance(build.verdict(check, build.with_roles(build.assignment(), new)), Pass)


def test_without_a_role_none_is_on_its_way() -> None:
    """The missing role is another fault."""
    assert isinstance(build.verdict(check, build.without_role()), Skip)


def test_without_a_time_it_is_unknown() -> None:
    """Nobody knows how old the role is."""
    assert isinstance(build.verdict(check, build.with_roles(build.assignment(changed=None))), Unknown)
