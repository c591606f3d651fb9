"""The condition on the right to assign roles, held against a table of attempts."""

from itertools import product

import pytest

from acimedic.fixes import ROLE_NAMES
from acimedic.permissions import ASSIGN, UNASSIGN
from acimedic.rbac import BUILT_IN
from acimedic.rbac.grammar import LONGEST
from tests.rights.bicep import INFRA, Module
from tests.rights.conditions import Attempt, lets

PULL_ROLES = ("7f951dda-4ed3-4680-a7ca-43fe172d538d", "b93aa761-3e63-49ed-ac28-beffa264f7ac")
ROLES = (*BUILT_IN, "99999999-0000-4000-8000-000000000009", "")
KINDS = ("ServicePrincipal", "User", "Group", "ForeignGroup", "Device", "")
LISTED = ("11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002")
STRANGER = "33333333-0000-4000-8000-000000000003"
ATTEMPTS = tuple(
    Attempt(action=action, role=role, kind=kind, principal=principal)
    for action, role, kind, principal in product((ASSIGN, UNASSIGN), ROLES, KINDS, (*LISTED, STRANGER))
)


def condition(*principals: str, text: str | None = None) -> str:
    """The condition as it is deployed, for any principal or for these."""
    (assigned,) = Module("access-write", text, allowedPrincipals=list(principals)).assigned
    assert assigned.condition is not None
    return assigned.condition


def let_through(written: str) -> set[Attempt]:
    return {attempt for attempt in ATTEMPTS if lets(written, attempt)}


def due(*principals: str) -> set[Attempt]:
    """What has to be let through: a pull role, a service principal, and one of the list where there is one."""
    return {
        attempt
        for attempt in ATTEMPTS
        if attempt.role in PULL_ROLES
        and attempt.kind == "ServicePrincipal"
        and (not principals or attempt.principal in principals)
    }


def test_of_all_attempts_exactly_pull_roles_for_service_principals_are_let_through() -> None:
    assert let_through(condition()) == due()


def test_with_a_list_of_principals_only_these_are_let_through() -> None:
    assert let_through(condition(*LISTED)) == due(*LISTED)


def test_with_one_principal_only_this_one_is_let_through() -> None:
    assert let_through(condition(LISTED[0])) == due(LISTED[0])


@pytest.mark.parametrize("action", [ASSIGN, UNASSIGN])
def test_the_table_holds_attempts_of_both_kinds_that_pass_and_that_do_not(action: str) -> None:
    decided = {attempt in due(*LISTED) for attempt in ATTEMPTS if attempt.action == action}
    assert decided == {True, False}


def test_writing_and_case_of_ids_and_types_make_no_difference() -> None:
    role, principal = PULL_ROLES[0].replace("-", "").upper(), LISTED[0].upper()
    attempt = Attempt(action=ASSIGN, role=role, kind="serviceprincipal", principal=principal)
    assert lets(condition(LISTED[0]), attempt)


def test_the_roles_are_those_that_the_remedy_gives() -> None:
    assert set(PULL_ROLES) == set(ROLE_NAMES)


def test_as_many_principals_as_the_module_takes_fit_into_what_azure_takes() -> None:
    limits = Module("access-write").parsed["parameters"]["allowedPrincipals"]["decorators"]
    (most,) = [each["argument"] for each in limits if each["type"] == "max_length"]
    assert len(condition(*[STRANGER] * most)) <= LONGEST


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("${mayGive} AND ${mayTakeBack}", "${mayGive}"),
        ("${mayGive} AND ${mayTakeBack}", "${mayTakeBack}"),
        ("${mayGive} AND ${mayTakeBack}", "${mayGive} OR ${mayTakeBack}"),
        ("roleAssignments/delete\\'})) OR (@Resource", "roleAssignments/delete\\'})) OR (@Request"),
        (
            "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]",
            "@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId]",
        ),
        (", b93aa761-3e63-49ed-ac28-beffa264f7ac'", ", 8e3af657-a8ff-443c-a75c-2fe8c4bcb635'"),
        ("'7f951dda", "'8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 7f951dda"),
        ("{\\'ServicePrincipal\\'}${requestedPrincipal}", "{\\'ServicePrincipal\\', \\'User\\'}${requestedPrincipal}"),
        ("{\\'ServicePrincipal\\'}${heldPrincipal}", "{\\'ServicePrincipal\\', \\'Group\\'}${heldPrincipal}"),
        ("${requestedPrincipal}", ""),
        ("${heldPrincipal}", ""),
    ],
)
def test_a_condition_that_is_spoilt_is_seen(was: str, becomes: str) -> None:
    text = (INFRA / "access-write.bicep").read_text(encoding="utf-8")
    assert was in text
    assert let_through(condition(*LISTED, text=text.replace(was, becomes))) != due(*LISTED)


def test_what_the_condition_is_not_about_is_let_through() -> None:
    """A condition narrows its two actions; which others there are is up to the role."""
    attempt = Attempt(action="Microsoft.Authorization/roleAssignments/read", role="", kind="", principal="")
    assert lets(condition(), attempt)


def test_what_the_evaluator_does_not_know_it_does_not_guess() -> None:
    attempt = Attempt(action=ASSIGN, role="", kind="", principal="")
    with pytest.raises(ValueError, match="not evaluated"):
        lets("@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEquals 'User'", attempt)
