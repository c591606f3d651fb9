"""The check `platform-transient`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.history import Change
from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.service import platform_transient as check
from tests import build

CHANGE = Change(
    about=build.REGISTRY_ID,
    what="registry settings were written",
    operation="microsoft.containerregistry/registries/write",
    when=build.FAILED_AT - timedelta(hours=2),
    source="activity-log",
)


def test_it_worked_before_and_nothing_has_changed() -> None:
    """Likely at most; the fix is to wait."""
    found = build.fault(check, build.worked_before())
    assert found.confidence == "likely"
    assert found.fix.az == ()


def test_something_has_changed_since() -> None:
    """Then it is no mere moment; what was changed is told."""
    found = build.verdict(check, build.worked_before(CHANGE))
    assert isinstance(found, Pass)
    assert CHANGE.what in found.reason


def test_another_definition_is_no_precedent() -> None:
    """What worked was not what was asked for now."""
    assert isinstance(build.verdict(check, build.worked_before(same=False)), Skip)


def test_without_an_earlier_success_it_does_not_apply() -> None:
    """Nobody knows that it ever worked."""
    assert isinstance(build.verdict(check, build.HEALTHY), Skip)


def test_where_something_is_confirmed_it_is_silent() -> None:
    """A missing role is no mere moment."""
    assert build.faults(build.worked_before(on=build.without_role())) == ["pull-role-missing"]


def test_a_log_that_may_not_be_read_is_unknown() -> None:
    """Whether something has changed nobody can tell."""
    gap = Gap(reading="activity log", reason="403 AuthorizationFailed")
    assert isinstance(build.verdict(check, replace(build.worked_before(), history=gap)), Unknown)


UNREAD = Gap(reading="role assignments", reason="429 TooManyRequests", permission="roleAssignments/read", scope="/")


@pytest.mark.parametrize("evidence", [build.worked_before(), replace(build.HEALTHY, others=("a", "b", "c"))])
def test_while_azure_has_not_told_something_the_platform_is_not_blamed(evidence: Evidence) -> None:
    """What could not be read may hold the cause."""
    said = build.verdict(check, replace(evidence, gaps=(UNREAD,)))
    assert isinstance(said, Unknown)
    assert said.gap == UNREAD
