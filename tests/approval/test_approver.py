"""Who may decide, by what the platform says of the sign-in."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.approver import ROLE, Approver, NotAuthorisedError, Reader, approver, deployed_it, reader

OID = "0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b"
ON = {"WEBSITE_AUTH_ENABLED": "True"}
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def header(*claims: tuple[str, str]) -> dict[str, str]:
    principal = {"auth_typ": "aad", "claims": [{"typ": kind, "val": value} for kind, value in claims]}
    return {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(principal).encode()).decode()}


GOOD = header((OBJECT_ID, OID), ("roles", ROLE))


def test_a_signed_in_approver_may_decide() -> None:
    """The object id is all that is kept of a person."""
    assert approver(GOOD, ON, excluded=False) == Approver(OID)


@pytest.mark.parametrize("environment", [{}, {"WEBSITE_AUTH_ENABLED": "False"}, {"WEBSITE_AUTH_ENABLED": ""}])
def test_without_authentication_nobody_is_believed(environment: dict[str, str]) -> None:
    """Anybody can send the header where the platform does not strip it."""
    with pytest.raises(NotAuthorisedError) as refused:
        approver(GOOD, environment, excluded=False)
    assert refused.value.closed


def test_on_an_excluded_path_nobody_is_believed() -> None:
    """The platform lets everything through there, headers too."""
    with pytest.raises(NotAuthorisedError) as refused:
        approver(GOOD, ON, excluded=True)
    assert refused.value.closed


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-MS-CLIENT-PRINCIPAL": ""},
        {"X-MS-CLIENT-PRINCIPAL": "no base64 !"},
        {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(b"no json").decode()},
        {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(b"[]").decode()},
        {"X-MS-CLIENT-PRINCIPAL-ID": OID},
        header((OBJECT_ID, OID)),
        header((OBJECT_ID, OID), ("roles", "Acimedic.Reader")),
        header((OBJECT_ID, OID), ("groups", ROLE)),
        header((OBJECT_ID, OID), ("roles", f"{ROLE}s")),
        header(("roles", ROLE)),
        header((OBJECT_ID, "me"), ("roles", ROLE)),
    ],
)
def test_without_role_and_object_id_nobody_decides(headers: dict[str, str]) -> None:
    """A sign-in alone is not enough, nor is a role without a person."""
    with pytest.raises(NotAuthorisedError) as refused:
        approver(headers, ON, excluded=False)
    assert not refused.value.closed


def test_who_deployed_is_known_again() -> None:
    """By the keyed hash that was kept at the door."""
    kept = hmac.new(b"key", OID.encode(), hashlib.sha256).hexdigest()
    assert deployed_it(Approver(OID), kept, "key")
    assert not deployed_it(Approver(OID.replace("0b", "1c")), kept, "key")


@pytest.mark.parametrize(("deployer", "key"), [(None, "key"), ("abc", ""), (None, "")])
def test_where_it_cannot_be_known_nobody_is_accused(deployer: str | None, key: str) -> None:
    """Without a hash, or without its key."""
    assert not deployed_it(Approver(OID), deployer, key)


@settings(derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from(["X-MS-CLIENT-PRINCIPAL", "x-ms-client-principal", "Other"]), st.text()))
def test_any_header_is_answered(headers: dict[str, str]) -> None:
    """Nothing but a refusal comes of nonsense."""
    with pytest.raises(NotAuthorisedError):
        approver(headers, ON, excluded=False)


@pytest.mark.parametrize(("claims", "may"), [((("roles", ROLE),), True), ((("roles", "Other"),), False), ((), False)])
def test_whoever_is_signed_in_may_look_and_with_the_role_decide(claims: tuple[tuple[str, str], ...], may: bool) -> None:
    assert reader(header(*claims), ON, excluded=False) == Reader(may_decide=may)


@pytest.mark.parametrize(("environment", "excluded"), [({}, False), (ON, True)])
def test_nobody_may_look_where_the_platform_does_not_guard(environment: dict[str, str], excluded: bool) -> None:
    with pytest.raises(NotAuthorisedError) as refused:
        reader(GOOD, environment, excluded=excluded)
    assert refused.value.closed


@pytest.mark.parametrize("headers", [{}, {"X-MS-CLIENT-PRINCIPAL": "no base64 !"}])
def test_nobody_may_look_unseen(headers: dict[str, str]) -> None:
    with pytest.raises(NotAuthorisedError) as refused:
        reader(headers, ON, excluded=False)
    assert refused.value.nobody
