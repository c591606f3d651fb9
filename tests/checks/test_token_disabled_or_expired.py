"""The check `token-disabled-or-expired`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from acimedic.model.reading import Absent, Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import token_disabled_or_expired as check
from tests import build

PAST, FUTURE = build.FAILED_AT - timedelta(hours=1), build.FAILED_AT + timedelta(hours=1)
KEY = (build.REGISTRY_ID.lower(), "orders-token")


def test_a_disabled_token_is_a_fault() -> None:
    """Its name is told, and the command that enables it."""
    found = build.fault(check, build.with_token(enabled=False))
    assert found.confidence == "confirmed"
    assert "'orders-token'" in found.summary


def test_a_token_whose_every_password_has_expired_is_a_fault() -> None:
    """Both had run out when the pull failed."""
    found = build.fault(check, build.with_token(expiries=(PAST, PAST - timedelta(days=1))))
    assert found.confidence == "confirmed"
    assert PAST.strftime("%Y-%m-%d %H:%M") in build.said(found)


@pytest.mark.parametrize("expiries", [(PAST, FUTURE), (PAST, None), (None,), (FUTURE,)])
def test_one_good_password_is_enough(expiries: tuple[None, ...]) -> None:
    """Which of both is used nobody can tell; one that expires later, or never, is good."""
    assert isinstance(build.verdict(check, build.with_token(expiries=expiries)), Pass)


def test_without_the_time_of_the_failure_it_is_unknown() -> None:
    """Whether it had expired then nobody can tell."""
    assert isinstance(build.verdict(check, replace(build.with_token(), failed_at=None)), Unknown)


@pytest.mark.parametrize("username", ["contoso", "CONTOSO"])
def test_the_admin_account_is_no_token(username: str) -> None:
    """It has its own check."""
    assert isinstance(build.verdict(check, build.with_password(username)), Skip)


def test_a_user_name_that_no_token_has_is_somebody_elses() -> None:
    """The registry has no token of that name: a service principal, perhaps."""
    evidence = replace(build.with_token(), tokens=((KEY, Absent(what="token", source="GET")),))
    assert isinstance(build.verdict(check, evidence), Skip)


def test_tokens_that_may_not_be_read_are_unknown() -> None:
    """The permission that would show them is named."""
    gap = Gap(reading="token", reason="403", permission="Microsoft.ContainerRegistry/registries/tokens/read")
    found = build.verdict(check, replace(build.with_token(), tokens=((KEY, gap),)))
    assert found == Unknown("token: 403", gap)


def test_an_identity_is_no_token() -> None:
    """The check is about user names."""
    assert isinstance(build.verdict(check, build.HEALTHY), Skip)


def test_a_token_of_which_no_password_is_shown_is_unknown() -> None:
    """With none, nobody signs in; whether it has one was not read."""
    found = build.verdict(check, build.with_token(expiries=()))
    assert isinstance(found, Unknown)
    assert "no password" in found.reason
