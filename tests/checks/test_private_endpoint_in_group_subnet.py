"""The check `private-endpoint-in-group-subnet`."""

from dataclasses import replace

from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.limits import private_endpoint_in_group_subnet as check
from tests import build
from tests.checks.faults import ENDPOINT_ID


def endpoint_in(subnet: str | Gap) -> Evidence:
    """The group is in a subnet, and the registry's endpoint in this one."""
    evidence = build.with_definition(
        subnets=(build.SUBNET_ID,), on=build.with_registry(private_endpoints=(build.endpoint(),))
    )
    return replace(evidence, endpoint_subnets=((ENDPOINT_ID.lower(), subnet),))


def test_the_same_subnet_is_a_fault_in_any_case() -> None:
    """Azure compares ids without regard to case."""
    assert build.fault(check, endpoint_in(build.SUBNET_ID.upper())).confidence == "confirmed"


def test_a_neighbouring_subnet_is_in_order() -> None:
    """Its id begins with the same text."""
    assert isinstance(build.verdict(check, endpoint_in(build.SUBNET_ID + "-2")), Pass)


def test_without_a_network_an_endpoint_does_not_matter() -> None:
    """The group is in no subnet."""
    assert isinstance(build.verdict(check, build.with_registry(private_endpoints=(build.endpoint(),))), Skip)


def test_without_an_endpoint_a_network_does_not_matter() -> None:
    """The registry has none."""
    assert isinstance(build.verdict(check, build.with_definition(subnets=(build.SUBNET_ID,))), Pass)


def test_an_endpoint_that_may_not_be_read_is_unknown() -> None:
    """Where it is nobody can say."""
    gap = Gap(reading="subnet of the private endpoint", reason="403 AuthorizationFailed")
    assert build.verdict(check, endpoint_in(gap)) == Unknown(f"{gap.reading}: {gap.reason}", gap)
