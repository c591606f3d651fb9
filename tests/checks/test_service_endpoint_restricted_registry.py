"""The check `service-endpoint-restricted-registry`."""

from dataclasses import replace
from typing import Any

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Unknown
from checks.network import service_endpoint_restricted_registry as check
from tests import build


def ruled(rules: tuple[str, ...] | Gap = (build.SUBNET_ID,), **changes: Any) -> Evidence:
    """A registry that lets in selected networks, by these rules."""
    evidence = build.with_registry(**({"public_access": "Enabled"} | changes))
    return replace(evidence, service_endpoints=((build.REGISTRY_ID.lower(), rules),))


def test_virtual_network_rules_keep_azure_out() -> None:
    """Trusted services do not apply there; the subnet is shown."""
    found = build.fault(check, ruled())
    assert found.confidence == "likely"
    assert build.SUBNET_ID in build.said(found)


@pytest.mark.parametrize(
    "evidence",
    [
        ruled(()),
        ruled(public_access="Disabled"),
        ruled(default_action="Allow"),
        ruled(private_endpoints=(build.endpoint(),)),
        ruled(ip_rules=("203.0.113.0/24",)),
    ],
    ids=["no rules", "no public access", "open", "private endpoint", "addresses"],
)
def test_elsewhere_such_rules_are_no_cause(evidence: Evidence) -> None:
    """No rules, or something else that restricts the registry."""
    assert isinstance(build.verdict(check, evidence), Pass)


def test_rules_that_the_api_does_not_show_are_unknown() -> None:
    """Only a preview of the api shows them."""
    gap = Gap(reading="virtual network rules of the registry", reason="400 InvalidApiVersion")
    assert isinstance(build.verdict(check, ruled(gap)), Unknown)
