"""The remedy `enable-trusted-services`."""

import pytest

from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, Step
from acimedic.model.reading import Gap
from checks.network import trusted_services_disabled
from remediation import enable_trusted_services as remedy
from tests import build


def steps(evidence: Evidence) -> tuple[Step, ...]:
    """The steps for the check's finding."""
    (finding,) = diagnose(evidence, [trusted_services_disabled]).findings
    return remedy.steps((finding,))


@pytest.mark.parametrize("before", ["None", "none"])
def test_one_property_is_switched_and_can_be_switched_back(before: str) -> None:
    """The value that it has now is kept as it was written."""
    (step,) = steps(build.with_registry(bypass=before))
    assert step.change == BypassSwitch(registry_id=build.REGISTRY_ID, before=before, after="AzureServices")
    assert step.undo == f"PATCH {build.REGISTRY_ID} networkRuleBypassOptions={before}"
    assert step.target == build.REGISTRY_ID


def test_the_risk_is_told() -> None:
    """The bypass opens to every trusted service, and each still needs a role."""
    (step,) = steps(build.with_registry(bypass="None"))
    assert "every trusted Azure service" in step.risk
    assert "role" in step.risk


def test_nothing_else_of_the_firewall_is_touched() -> None:
    """Public access, rules and addresses stay as they are."""
    (step,) = steps(build.with_registry(bypass="None", ip_rules=("203.0.113.0/24",)))
    text = f"{step.after} {step.undo} {step.summary}"
    assert "publicNetworkAccess" not in text
    assert "203.0.113" not in text


def test_where_its_value_is_not_known_nothing_is_proposed() -> None:
    """Without the value before there is no way back."""
    gap = Gap(reading="networkRuleBypassOptions of the registry", reason="the answer does not show it")
    assert steps(build.with_registry(bypass=gap)) == ()


def test_it_answers_this_check_alone() -> None:
    """A password behind the firewall is not helped by the bypass."""
    assert remedy.ANSWERS == ("trusted-services-disabled",)
