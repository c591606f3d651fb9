"""From confirmed findings to a plan: what is proposed, and above all what is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.planning import draw_plan, fingerprint
from tests import build

CLOSED = build.with_registry(bypass="None", on=build.without_role())


def planned(evidence: Evidence) -> Plan | None:
    """The plan for what all checks say."""
    return draw_plan(diagnose(evidence, checks.ALL), remediation.ALL)


def remedies(evidence: Evidence) -> list[str]:
    """The remedies of the plan, in its order; none where there is none."""
    plan = planned(evidence)
    return [] if plan is None else [step.remedy for step in plan.steps]


def test_nothing_is_proposed_where_nothing_is_wrong() -> None:
    """No fault, no plan."""
    assert planned(build.HEALTHY) is None


def test_a_missing_role_is_answered_by_one_step() -> None:
    """The step is a value; without a policy it may not be carried out."""
    plan = planned(build.without_role())
    assert plan is not None
    assert [step.remedy for step in plan.steps] == ["assign-pull-role"]
    assert (plan.mode, plan.allowed, plan.reason) == ("observe", False, "no policy")
    assert len(plan.hash) == 64


def test_two_blockers_are_answered_by_two_steps() -> None:
    """In the order in which a pull goes wrong."""
    assert remedies(CLOSED) == ["enable-trusted-services", "assign-pull-role"]


def test_two_containers_of_one_registry_need_one_step() -> None:
    """The same change is proposed once."""
    evidence = build.with_containers(build.WEB, replace(build.WEB, name="worker"), on=CLOSED)
    assert remedies(evidence) == ["enable-trusted-services", "assign-pull-role"]


@pytest.mark.parametrize(
    "evidence",
    [
        build.supplied("error", on=CLOSED),
        build.supplied("template", on=CLOSED),
        build.with_definition(origin="supplied", on=CLOSED),
        build.with_definition(origin="previous", on=CLOSED),
        build.without_definition(CLOSED),
        build.without_error(CLOSED),
        build.with_error("InternalServerError", "Encountered an internal server error.", on=CLOSED),
        build.with_error("ContainerGroupQuotaReached", "container group quota exceeded", on=CLOSED),
    ],
    ids=[
        "error supplied",
        "template supplied",
        "definition supplied",
        "previous definition",
        "no definition",
        "no error",
        "an error that proves nothing",
        "another failure",
    ],
)
def test_nothing_is_proposed_from_what_azure_did_not_say(evidence: Evidence) -> None:
    """Every fact, the definition and the error included, must have been read from Azure in this run."""
    assert planned(CLOSED) is not None
    assert planned(evidence) is None


def test_nothing_is_proposed_for_a_likely_fault() -> None:
    """A role that may not be in effect yet is waited for."""
    recent = build.with_roles(build.assignment(changed=build.FAILED_AT - timedelta(minutes=3)))
    assert build.faults(recent) == ["pull-role-propagating"]
    assert planned(recent) is None


def test_nothing_is_proposed_where_what_signs_in_is_not_known() -> None:
    """Trusted services are opened for an identity that is known, never on a guess."""
    unread = build.with_definition(
        credentials=build.unreadable("imageRegistryCredentials"), on=build.with_registry(bypass="None")
    )
    assert build.faults(unread) == ["trusted-services-disabled"]
    assert planned(unread) is None


@pytest.mark.parametrize(
    "evidence",
    [
        build.with_credentials(),
        build.with_server("contosodev.azurecr.io"),
        build.without_identity(),
        build.with_password(),
        build.with_access(denied=(build.denial(),)),
    ],
    ids=["no credential", "another server", "no identity", "a password", "denied"],
)
def test_nothing_else_is_ever_changed(evidence: Evidence) -> None:
    """These faults are confirmed, and their fix is for a person."""
    diagnosis = diagnose(evidence, checks.ALL)
    assert all(finding.confirmed for finding in diagnosis.fails)
    assert diagnosis.fails
    assert planned(evidence) is None


def test_nothing_is_proposed_for_an_identity_that_is_not_the_groups() -> None:
    """It gets no role, and no firewall is opened for it."""
    assert planned(build.with_definition(user_identities=(), on=CLOSED)) is None


def test_the_same_evidence_gives_the_same_plan() -> None:
    """Names and hash follow from what is to be done, so asking twice is asking once."""
    assert planned(CLOSED) == planned(CLOSED)


@pytest.mark.parametrize(
    "evidence",
    [
        build.with_incident(id="another", on=CLOSED),
        build.with_registry(bypass="None"),
        build.with_identity(principal_id=build.OTHER_PRINCIPAL, on=build.with_registry(bypass="None")),
        build.with_registry(bypass="none", on=CLOSED),
    ],
    ids=["another incident", "one step fewer", "another principal", "another value before"],
)
def test_another_plan_has_another_hash(evidence: Evidence) -> None:
    """An approval is for one plan of one incident."""
    first, second = planned(CLOSED), planned(evidence)
    assert first is not None
    assert second is not None
    assert first.hash != second.hash


def test_the_hash_covers_everything_that_a_step_says() -> None:
    """Whatever is changed in a step after it was approved, the hash shows it."""
    plan = planned(build.without_role())
    assert plan is not None
    (step,) = plan.steps
    assert isinstance(step.change, RoleGrant)
    worse = replace(step, change=replace(step.change, principal_id=build.OTHER_PRINCIPAL))
    wider = replace(step, change=replace(step.change, condition="x"))
    hashes = {fingerprint("i", (item,)) for item in (step, worse, wider, replace(step, risk="none"))}
    assert len(hashes) == 4


def test_the_mode_is_what_was_asked_for() -> None:
    """The mode is the policy's word; allowed it is not without one."""
    plan = draw_plan(diagnose(CLOSED, checks.ALL), remediation.ALL, mode="auto")
    assert plan is not None
    assert (plan.mode, plan.allowed) == ("auto", False)


def test_the_plan_says_what_it_rests_on() -> None:
    """The facts, the policy's hash and the expiry; each is part of the hash."""
    diagnosis = diagnose(CLOSED, checks.ALL)
    plain = draw_plan(diagnosis, remediation.ALL)
    bound = draw_plan(diagnosis, remediation.ALL, policy="f" * 64, expires_after=timedelta(days=30))
    assert plain is not None
    assert bound is not None
    assert (plain.policy, plain.expires_after) == (None, None)
    assert (bound.policy, bound.expires_after) == ("f" * 64, "P30D")
    assert plain.facts == bound.facts
    facts = [fact.about for fact in plain.facts]
    assert len(facts) == len(set(facts))
    assert plain.hash != bound.hash
    assert plain.hash == fingerprint(CLOSED.incident.id, plain.steps, plain.facts)
    assert plain.hash != fingerprint(CLOSED.incident.id, plain.steps, plain.facts[1:])


def test_what_expires_says_what_happens_then() -> None:
    """The next pull fails; others may have come to rely on an open firewall."""
    plan = draw_plan(diagnose(CLOSED, checks.ALL), remediation.ALL, expires_after=timedelta(hours=36))
    assert plan is not None
    switch, grant = (step.expiry or "" for step in plan.steps)
    for note in (switch, grant):
        assert note.startswith("1 day and 12 hours after the change ")
        assert "the next pull after that fails" in note
    assert "others may have come to rely on them" in switch
    assert "rely" not in grant
    assert planned(CLOSED) is not None
    assert all(step.expiry is None for step in (planned(CLOSED) or plan).steps)


def test_a_fact_that_is_missing_leaves_the_step_out() -> None:
    """A remedy that needs what could not be read proposes nothing."""
    gap = Gap(reading="identity.userAssignedIdentities", reason="not evaluated")
    assert planned(build.with_definition(user_identities=gap, on=CLOSED)) is None


def test_every_step_says_what_it_would_do() -> None:
    """Who gains what, what was before, and how it is taken back, in words; its target is a resource."""
    plan = planned(CLOSED)
    assert plan is not None
    for step in plan.steps:
        assert ResourceId.parse(step.target).name == "contoso"
        assert all((step.after, step.undo, step.risk, step.summary))
        assert isinstance(step.change, RoleGrant | BypassSwitch)
