"""The confusion matrix: every scenario through every check."""

import pytest

import checks
from acimedic.diagnosis import check_id
from tests.scenarios.running import NAMES, run

IDS = [check_id(check) for check in checks.ALL]
NOT_SHOWN: dict[str, str] = {}
"""Checks that no scenario can show, each with the reason."""


@pytest.mark.parametrize("check", IDS)
def test_a_check_blames_only_where_it_is_expected(check: str) -> None:
    """The scenarios in which a check fails are exactly those that expect it."""
    blamed = {name for name in NAMES if check in run(name).checks("fail")}
    expected = {name for name in NAMES if check in (*run(name).expected["confirmed"], *run(name).expected["likely"])}
    assert blamed == expected


@pytest.mark.parametrize("check", IDS)
def test_every_check_fails_in_a_scenario(check: str) -> None:
    """A check that never blames anything proves nothing by its silence."""
    if check in NOT_SHOWN:
        pytest.skip(NOT_SHOWN[check])
    assert any(check in run(name).checks("fail") for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_check_has_a_verdict_in_every_scenario(name: str) -> None:
    """All checks always run, in catalogue order; none is left out, none crashes."""
    findings = run(name).report["findings"]
    assert list(dict.fromkeys(finding["check"] for finding in findings)) == IDS
    assert [finding for finding in findings if "crashed" in finding["summary"]] == []


def test_the_exceptions_are_checks() -> None:
    """An exception for a check that no longer exists is removed."""
    assert set(NOT_SHOWN) <= set(IDS)
