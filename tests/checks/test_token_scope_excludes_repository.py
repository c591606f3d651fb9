"""The check `token-scope-excludes-repository`."""

import pytest

from acimedic.model.reading import Gap
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.access import token_scope_excludes_repository as check
from tests import build


@pytest.mark.parametrize(
    "action",
    [
        "repositories/app/worker/content/read",
        "repositories/app/web/metadata/read",
        "repositories/app/web/content/write",
        "repositories/app/web2/content/read",
        "repositories/web/content/read",
        "repositories/apps/*/content/read",
    ],
)
def test_a_scope_map_without_the_repository_is_a_fault(action: str) -> None:
    """Another repository, its metadata, or writing is not reading it."""
    found = build.fault(check, build.with_token(actions=(action,)))
    assert found.confidence == "confirmed"
    assert action in build.said(found)


@pytest.mark.parametrize(
    "action",
    [
        "repositories/app/web/content/read",
        "repositories/App/Web/content/read",
        "repositories/app/*/content/read",
        "repositories/*/content/read",
    ],
)
def test_wildcards_and_any_case_count(action: str) -> None:
    """The repository, a prefix of it, or all."""
    assert isinstance(build.verdict(check, build.with_token(actions=(action,))), Pass)


def test_an_empty_scope_map_lets_nothing_be_read() -> None:
    """No action at all."""
    assert build.fault(check, build.with_token(actions=())).confidence == "confirmed"


def test_a_scope_map_that_may_not_be_read_is_unknown() -> None:
    """403 is not an empty list."""
    gap = Gap(reading="scope map", reason="403 AuthorizationFailed")
    assert isinstance(build.verdict(check, build.with_token(actions=gap)), Unknown)


def test_an_identity_has_no_scope_map() -> None:
    """The check is about tokens."""
    assert isinstance(build.verdict(check, build.HEALTHY), Skip)
