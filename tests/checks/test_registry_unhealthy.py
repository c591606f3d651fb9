"""The check `registry-unhealthy`."""

import pytest

from acimedic.model.verdict import Pass
from checks.registry import registry_unhealthy as check
from tests import build


@pytest.mark.parametrize("state", ["Failed", "Updating", "Deleting"])
def test_a_state_that_is_not_succeeded_is_likely_the_cause(state: str) -> None:
    """The state is shown."""
    found = build.fault(check, build.with_registry(provisioning_state=state))
    assert found.confidence == "likely"
    assert state in found.summary


def test_a_lost_key_is_told_as_such() -> None:
    """The encryption is the customer's, and Azure says that the key cannot be had."""
    evidence = build.with_registry(encryption="enabled", status="Failed: the Key Vault key was revoked")
    assert "lost the key" in build.fault(check, evidence).summary


@pytest.mark.parametrize(
    ("state", "status", "encryption"),
    [("Succeeded", None, "disabled"), ("succeeded", "Ready", "enabled"), (None, None, None), ("Succeeded", "OK", None)],
)
def test_a_registry_in_order_is_none(state: str | None, status: str | None, encryption: str | None) -> None:
    """What is not shown is not out of order, and encryption alone is no fault."""
    evidence = build.with_registry(provisioning_state=state, status=status, encryption=encryption)
    assert isinstance(build.verdict(check, evidence), Pass)


@pytest.mark.parametrize("status", ["Not ready", "Unhealthy", "Broken", "Offline", "KeyRevoked"])
def test_a_state_is_not_good_because_a_good_word_is_part_of_it(status: str) -> None:
    """`ok` stands in `revoked`, `healthy` in `unhealthy`."""
    assert status in build.fault(check, build.with_registry(status=status)).summary
