"""The remedy `assign-pull-role`."""

from dataclasses import replace
from uuid import UUID

import pytest

import checks
from acimedic.diagnosis import diagnose
from acimedic.model.access import ACR_PULL, REPOSITORY_READER, Assignment
from acimedic.model.diagnosis import Finding
from acimedic.model.evidence import Evidence
from acimedic.model.plan import RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fix
from acimedic.pulls import pulls
from acimedic.rbac import conditions
from checks.access import pull_role_missing
from remediation import assign_pull_role as remedy
from tests import build

IN_GROUP_SUBSCRIPTION = build.REGISTRY_ID.replace(build.PLATFORM, build.APP)


def steps(evidence: Evidence) -> tuple[Step, ...]:
    """The steps for the findings that the remedy answers."""
    fails = diagnose(evidence, checks.ALL).fails
    return remedy.steps(tuple(finding for finding in fails if finding.check in remedy.ANSWERS))


def grant(evidence: Evidence) -> RoleGrant:
    """The one role that is to be given."""
    (step,) = steps(evidence)
    assert isinstance(step.change, RoleGrant)
    return step.change


def forced(evidence: Evidence) -> tuple[Step, ...]:
    """What the remedy itself would do, whatever the checks say."""
    (pull,) = pulls(evidence)
    verdict = build.fault(pull_role_missing, build.without_role())
    assert isinstance(verdict.fix, Fix)
    return remedy.steps((Finding(check="pull-role-missing", verdict=verdict, docs="", pull=pull),))


def test_on_a_legacy_registry_it_is_acrpull() -> None:
    """For the identity's principal id, at the registry, without a condition."""
    given = grant(build.without_role())
    assert given.role_definition_id.endswith(f"/roleDefinitions/{ACR_PULL}")
    assert given.principal_id == build.PRINCIPAL
    assert given.registry_id == build.REGISTRY_ID
    assert given.condition is None
    UUID(given.assignment_id.rsplit("/", 1)[-1])


def test_on_an_abac_registry_it_is_repository_reader_for_the_repository() -> None:
    """The condition allows this repository alone."""
    given = grant(build.abac_registry(on=build.without_role()))
    assert given.role_definition_id.endswith(f"/roleDefinitions/{REPOSITORY_READER}")
    assert given.condition == conditions.for_repository("app/web")


@pytest.mark.parametrize(
    "evidence",
    [
        build.without_role(),
        build.abac_registry(),
        build.with_access(assigned=(), everyone=(build.assignment(principal=build.CLIENT),)),
    ],
    ids=["missing", "wrong for the mode", "on the client id"],
)
def test_it_answers_three_findings(evidence: Evidence) -> None:
    """Each of them is answered by one role for the principal id."""
    assert grant(evidence).principal_id == build.PRINCIPAL


def test_a_condition_that_leaves_the_repository_out_is_somebodys_decision() -> None:
    """The fix is printed for a person; nothing is proposed."""
    role = build.assignment(REPOSITORY_READER, condition=conditions.for_repository("app/worker"))
    evidence = build.abac_registry(on=build.with_roles(role))
    assert build.faults(evidence) == ["pull-role-condition-excludes-repository"]
    assert steps(evidence) == ()


@pytest.mark.parametrize("attached", [(), (build.IDENTITY_ID.replace("id-pull", "id-other"),)])
def test_an_identity_that_is_not_the_groups_own_gets_nothing(attached: tuple[str, ...]) -> None:
    """Else whoever names somebody's registry in a template would be given it."""
    assert steps(build.with_definition(user_identities=attached, on=build.without_role())) == ()


@pytest.mark.parametrize("attached", [build.IDENTITY_ID.upper(), build.IDENTITY_ID + "/"])
def test_the_groups_own_identity_is_known_in_any_case(attached: str) -> None:
    """Azure compares ids without regard to case."""
    assert len(steps(build.with_definition(user_identities=(attached,), on=build.without_role()))) == 1


@pytest.mark.parametrize(
    "tenants",
    [
        (),
        ((build.PLATFORM, build.OTHER_TENANT),),
        ((build.PLATFORM, Gap(reading="tenant of the subscription", reason="403")),),
    ],
    ids=["not read", "another", "not readable"],
)
def test_another_tenant_or_an_unknown_one_gets_nothing(tenants: tuple[tuple[str, str | Gap], ...]) -> None:
    """The registry is in another subscription: only the same tenant, surely, will do."""
    assert forced(build.without_role())
    assert forced(replace(build.without_role(), tenants=tenants)) == ()


def test_within_one_subscription_the_tenant_is_the_same() -> None:
    """Identity and registry lie in one subscription, whose tenant need not be read."""
    moved = build.with_registry(id=IN_GROUP_SUBSCRIPTION, on=build.without_role())
    access = replace(moved.access[0][1], source="GET")
    evidence = replace(moved, tenants=(), access=(((IN_GROUP_SUBSCRIPTION.lower(), build.PRINCIPAL), access),))
    assert grant(evidence).registry_id == IN_GROUP_SUBSCRIPTION


@pytest.mark.parametrize(
    "held",
    [
        build.assignment(REPOSITORY_READER, condition="@Resource[Microsoft.Example/things:colour] StringEquals 'red'"),
        build.assignment(
            REPOSITORY_READER,
            scope=build.REGISTRY_ID.lower(),
            condition=conditions.for_repository("app/worker"),
        ),
    ],
)
def test_a_role_that_is_held_with_another_condition_stays_as_it_is(held: Assignment) -> None:
    """Azure allows one assignment of a role to a principal at a scope; its condition is somebody's decision."""
    assert forced(build.abac_registry(on=build.with_roles(held))) == ()


def test_the_role_of_another_principal_is_no_hindrance() -> None:
    """That somebody else holds it with a condition does not matter."""
    other = build.assignment(REPOSITORY_READER, principal=build.ROLE_GROUP, kind="Group", condition="x")
    unheld = build.abac_registry(on=build.with_access(assigned=(), everyone=(other,)))
    assert len(forced(unheld)) == 1


def test_roles_that_may_not_be_read_leave_nothing_to_propose() -> None:
    """Whether the role is held already is not known."""
    assert steps(build.unread_roles()) == ()


def test_a_mode_that_is_not_shown_leaves_nothing_to_propose() -> None:
    """A role is missing in either mode, but which one is to be given nobody knows."""
    gap = Gap(reading="roleAssignmentMode of the registry", reason="the answer does not show it")
    evidence = build.with_registry(mode=gap, on=build.without_role())
    assert build.faults(evidence) == ["pull-role-missing"]
    assert steps(evidence) == ()


def test_the_name_follows_from_scope_principal_and_role() -> None:
    """The same grant has the same name; a recreated identity, another role or registry has another."""
    first = grant(build.without_role())
    again = grant(build.with_registry(bypass="None", on=build.without_role()))
    abac = grant(build.abac_registry(on=build.without_role()))
    assert first.assignment_id == again.assignment_id
    assert first.assignment_id != abac.assignment_id
    assert first.assignment_id.startswith(build.REGISTRY_ID + "/providers/Microsoft.Authorization/roleAssignments/")


def test_it_says_who_gains_what_and_how_it_is_undone() -> None:
    """The identity, every workload that it is attached to, and the assignment to delete."""
    (step,) = steps(build.without_role())
    assert "id-pull" in step.risk
    assert "every repository" in step.risk
    assert isinstance(step.change, RoleGrant)
    assert step.undo == f"DELETE {step.change.assignment_id}"
    (narrow,) = steps(build.abac_registry(on=build.without_role()))
    assert "repository 'app/web'" in narrow.risk


def test_a_finding_about_no_pull_is_answered_by_nothing() -> None:
    """Without a pull there is no identity to give anything to."""
    (finding, *_) = diagnose(build.without_role(), [pull_role_missing]).findings
    assert remedy.steps((replace(finding, pull=None),)) == ()


def test_two_repositories_of_an_abac_registry_are_two_grants_or_one_for_both() -> None:
    """No step may undo another: no assignment is made twice with two conditions."""
    evidence = build.with_containers(
        build.WEB,
        build.container("worker", f"{build.HOST}/app/worker:2.0.0"),
        on=build.abac_registry(on=build.without_role()),
    )
    changes = [step.change for step in steps(evidence)]
    ids = [change.assignment_id for change in changes if isinstance(change, RoleGrant)]
    wanted = {change.condition for change in changes if isinstance(change, RoleGrant)}
    assert len(set(ids)) == len(wanted)
