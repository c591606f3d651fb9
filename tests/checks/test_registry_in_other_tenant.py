"""The check `registry-in-other-tenant`."""

from dataclasses import replace

from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import registry_in_other_tenant as check
from tests import build


def test_two_tenants_are_a_fault() -> None:
    """Both are named."""
    found = build.fault(check, replace(build.HEALTHY, tenants=((build.PLATFORM, build.OTHER_TENANT),)))
    assert found.confidence == "confirmed"
    assert build.OTHER_TENANT in found.summary
    assert build.TENANT in found.summary


def test_a_tenant_is_the_same_in_any_case() -> None:
    """A GUID has no case."""
    evidence = replace(build.HEALTHY, tenants=((build.PLATFORM, build.TENANT.upper()),))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_one_subscription_has_one_tenant() -> None:
    """Nothing has to be read."""
    moved = build.with_registry(id=build.REGISTRY_ID.replace(build.PLATFORM, build.APP))
    assert isinstance(build.verdict(check, replace(moved, tenants=())), Pass)


def test_a_tenant_that_may_not_be_read_is_unknown() -> None:
    """Another subscription is not another tenant."""
    gap = Gap(reading="tenant of the subscription", reason="403 AuthorizationFailed")
    assert isinstance(build.verdict(check, replace(build.HEALTHY, tenants=((build.PLATFORM, gap),))), Unknown)


def test_a_missing_role_is_explained_by_it() -> None:
    """An identity can have no role in another tenant, so none is missing."""
    evidence = replace(build.without_role(), tenants=((build.PLATFORM, build.OTHER_TENANT),))
    assert build.faults(evidence) == ["registry-in-other-tenant"]


def test_a_password_works_across_tenants() -> None:
    """The check is about identities."""
    assert isinstance(build.verdict(check, build.with_password()), Skip)
