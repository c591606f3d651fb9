"""The check `credential-identity-not-on-group`."""

import pytest

from acimedic.model.verdict import Pass, Skip, Unknown
from checks.definition import credential_identity_not_on_group as check
from tests import build
from tests.checks.faults import NOT_FOUND_IN_GROUP, OTHER_IDENTITY


@pytest.mark.parametrize("attached", [(), (OTHER_IDENTITY,)])
def test_an_identity_that_is_not_attached_is_a_fault(attached: tuple[str, ...]) -> None:
    """The credential names an identity, and the group has none or another one."""
    found = build.fault(check, build.with_definition(user_identities=attached))
    assert found.confidence == "confirmed"
    assert "id-pull" in found.summary
    assert build.IDENTITY_ID in (found.fix.bicep or "")


@pytest.mark.parametrize(
    "attached",
    [
        build.IDENTITY_ID.replace("resourceGroups", "resourcegroups"),
        build.IDENTITY_ID.upper(),
        build.IDENTITY_ID + "/",
    ],
)
def test_ids_are_compared_as_azure_compares_them(attached: str) -> None:
    """Case and a trailing slash do not make another identity."""
    assert isinstance(build.verdict(check, build.with_definition(user_identities=(attached,))), Pass)


def test_where_azure_says_so_though_only_the_case_differs_that_is_said() -> None:
    """The error stands, and the difference in case is shown."""
    evidence = build.with_error(
        "InvalidImageRegistryIdentity",
        NOT_FOUND_IN_GROUP,
        on=build.with_definition(user_identities=(build.IDENTITY_ID.lower(),)),
    )
    assert "differ in case alone" in build.said(build.fault(check, evidence))


def test_the_error_alone_proves_it() -> None:
    """Azure says it where the definition is not known."""
    evidence = build.without_definition(on=build.with_error("InvalidImageRegistryIdentity", NOT_FOUND_IN_GROUP))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_the_system_assigned_identity_is_another_fault() -> None:
    """The same error comes where the credential counts on the system-assigned identity."""
    evidence = build.with_error(
        "InvalidImageRegistryIdentity", NOT_FOUND_IN_GROUP, on=build.with_credential_identity("[system]")
    )
    assert isinstance(build.verdict(check, evidence), Skip)
    assert build.faults(evidence) == ["credential-identity-is-system-assigned"]


def test_a_password_names_no_identity() -> None:
    """A user name and password needs nothing attached."""
    assert isinstance(build.verdict(check, build.with_password()), Skip)


@pytest.mark.parametrize("where", ["credential", "group"])
def test_ids_that_were_not_evaluated_are_unknown(where: str) -> None:
    """What the template does not tell may well be attached."""
    gap = build.unreadable("identity")
    unread = (
        build.with_credential_identity(gap) if where == "credential" else build.with_definition(user_identities=gap)
    )
    assert isinstance(build.verdict(check, unread), Unknown)
