"""The check `vnet-injected-group`."""

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.limits import vnet_injected_group as check
from tests import build


def in_network(cloud: str, on: Evidence = build.HEALTHY) -> Evidence:
    """The group is in a virtual network of this cloud."""
    return build.in_cloud(cloud, on=build.with_definition(subnets=(build.SUBNET_ID,), on=on))


def test_in_government_an_identity_cannot_pull_in_a_network() -> None:
    """Azure Government does not support it; the subnet is shown."""
    found = build.fault(check, in_network("AzureUSGovernment"))
    assert found.confidence == "confirmed"
    assert build.SUBNET_ID in build.said(found)


@pytest.mark.parametrize("cloud", ["AzureCloud", "AzureChinaCloud"])
def test_elsewhere_the_limit_has_been_lifted(cloud: str) -> None:
    """The limit of 2023 is no cause today, and the report says so."""
    found = build.verdict(check, in_network(cloud))
    assert isinstance(found, Pass)
    assert "lifted" in found.reason


def test_without_a_network_government_is_like_any_cloud() -> None:
    """A group in no virtual network has no such limit."""
    assert isinstance(build.verdict(check, build.in_cloud("AzureUSGovernment")), Skip)


def test_a_password_has_no_such_limit() -> None:
    """It is the identity's pull that is not supported."""
    assert isinstance(build.verdict(check, in_network("AzureUSGovernment", build.with_password())), Skip)


def test_a_network_that_was_not_evaluated_is_unknown() -> None:
    """A template value that Azure does not tell may be a subnet."""
    evidence = build.with_definition(subnets=build.unreadable("subnetIds"))
    assert isinstance(build.verdict(check, build.in_cloud("AzureUSGovernment", on=evidence)), Unknown)
