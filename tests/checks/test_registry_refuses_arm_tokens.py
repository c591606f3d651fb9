"""The check `registry-refuses-arm-tokens`."""

import pytest

from acimedic.model.verdict import Pass, Skip
from checks.access import registry_refuses_arm_tokens as check
from tests import build


@pytest.mark.parametrize("status", ["disabled", "Disabled"])
def test_the_policy_is_likely_at_most(status: str) -> None:
    """No source says which tokens Container Instances uses."""
    assert build.fault(check, build.with_registry(arm_tokens=status)).confidence == "likely"


@pytest.mark.parametrize("status", ["enabled", "Enabled", None])
def test_a_policy_that_is_on_or_not_shown_is_none(status: str | None) -> None:
    """Absent means enabled."""
    assert isinstance(build.verdict(check, build.with_registry(arm_tokens=status)), Pass)


def test_a_password_is_no_token_of_azures() -> None:
    """The policy does not concern it."""
    assert isinstance(build.verdict(check, build.with_password(on=build.with_registry(arm_tokens="disabled"))), Skip)
