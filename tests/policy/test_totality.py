"""Whatever stands in the file: it is a policy, or it is refused with reasons. It never raises."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.policy import InvalidPolicy, Policy, parse_policy, quiet_until
from acimedic.policy.quiet import QuietHours, Window
from tests import build
from tests.policy.written import DOCUMENT, GROUP, PAIR

CALCULATED = settings(derandomize=True, deadline=None, max_examples=300)
WORDS = st.sampled_from(
    [*DOCUMENT, *PAIR, "repositories", "quiet_hours", "time_zone", "windows", "days", "from", "to", "note", "x", ""]
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            build.REGISTRY_ID,
            build.IDENTITY_ID,
            GROUP,
            build.APP,
            "assign-pull-role",
            "UTC",
            "monday",
            "22:00",
            "P1D",
            "*",
        ]
    ),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
TREES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=6)),
    max_leaves=25,
)


def answered(text: str | bytes) -> None:
    found = parse_policy(text)
    match found:
        case Policy():
            assert len(found.hash) == 64
        case InvalidPolicy(faults=faults):
            assert faults
            assert all(fault and fault.isprintable() for fault in faults)


@CALCULATED
@given(TREES)
def test_any_json_is_a_policy_or_is_refused(value: Any) -> None:
    answered(json.dumps(value))


@CALCULATED
@given(st.dictionaries(st.sampled_from([*DOCUMENT, "quiet_hours", "expires_after", "approval_route"]), TREES))
def test_any_change_of_a_policy_is_one_or_is_refused(changes: dict[str, Any]) -> None:
    answered(json.dumps(DOCUMENT | changes))


@CALCULATED
@given(st.dictionaries(st.sampled_from([*PAIR, "resource_group", "repositories", "note"]), TREES))
def test_any_change_of_a_pair_is_one_or_is_refused(changes: dict[str, Any]) -> None:
    answered(json.dumps(DOCUMENT | {"pairs": [PAIR | changes]}))


@CALCULATED
@given(st.one_of(st.text(), st.binary()))
def test_any_text_is_refused(text: str | bytes) -> None:
    answered(text)


@CALCULATED
@given(st.integers(0, len(json.dumps(DOCUMENT))), st.text(max_size=3))
def test_any_slip_of_the_pen_is_survived(at: int, put: str) -> None:
    text = json.dumps(DOCUMENT)
    answered(text[:at] + put + text[at + 1 :])


WINDOWS = st.builds(
    Window,
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    start=st.integers(0, 1439),
    to=st.integers(1, 1440),
)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@CALCULATED
@given(st.lists(WINDOWS, min_size=1, max_size=4), ZONES, MOMENTS)
def test_quiet_hours_end_in_the_future_and_at_a_moment_that_is_not_quiet(
    windows: list[Window], zone: str, now: datetime
) -> None:
    hours = QuietHours(time_zone=zone, windows=tuple(windows))
    found = quiet_until(hours, now)
    if found is not None and found.until is not None:
        assert now < found.until < now + timedelta(days=12)
        assert quiet_until(hours, found.until) is None
        assert quiet_until(hours, now + (found.until - now) / 2) is not None
