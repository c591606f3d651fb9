from datetime import UTC, datetime, timedelta, timezone

import pytest

from acimedic.model.access import Permission
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac import Propagation, propagation
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ

from .worlds import ACR_PULL, CUSTOM, GROUP, OTHER, REGISTRY, REPOSITORY_READER, access, assignment, pulling, role

FAILED = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/root"


def seen(
    before: timedelta | None,
    *,
    guid: str = ACR_PULL,
    mode: Mode = "legacy",
    scope: str = REGISTRY,
    group: bool = False,
    failed_at: datetime | None = FAILED,
) -> Propagation | Gap | None:
    item = assignment(
        guid,
        scope=scope,
        principal=GROUP if group else access().principal_id,
        kind="Group" if group else "ServicePrincipal",
        changed=None if before is None else FAILED - before,
    )
    return propagation(pulling(access(item), mode).grants, failed_at=failed_at)


@pytest.mark.parametrize(
    ("minutes", "late"), [(0, True), (3, True), (9.99, True), (10, False), (11, False), (60 * 24, False)]
)
def test_a_direct_assignment_takes_up_to_ten_minutes(minutes: float, late: bool) -> None:
    assert isinstance(seen(timedelta(minutes=minutes)), Propagation) is late


@pytest.mark.parametrize(("hours", "late"), [(1, True), (23, True), (24, False)])
def test_an_assignment_to_a_group_takes_up_to_a_day(hours: int, late: bool) -> None:
    assert isinstance(seen(timedelta(hours=hours), group=True), Propagation) is late


@pytest.mark.parametrize(("hours", "late"), [(1, True), (5, True), (6, False)])
def test_data_actions_at_a_management_group_take_hours(hours: int, late: bool) -> None:
    found = seen(timedelta(hours=hours), guid=REPOSITORY_READER, mode="abac", scope=MANAGEMENT_GROUP)

    assert isinstance(found, Propagation) is late


def test_actions_at_a_management_group_take_ten_minutes() -> None:
    assert seen(timedelta(hours=1), scope=MANAGEMENT_GROUP) is None


def test_what_is_said_of_a_late_grant() -> None:
    found = seen(timedelta(seconds=90))

    assert isinstance(found, Propagation)
    assert (found.seconds, found.wait, found.after_failure) == (90, timedelta(minutes=10), False)
    assert found.over_at == FAILED + timedelta(seconds=510)
    assert found.changed == found.grant.assignment.changed


def test_a_grant_after_the_failure_is_told_apart() -> None:
    found = seen(timedelta(days=-2))

    assert isinstance(found, Propagation)
    assert found.after_failure
    assert found.seconds == -2 * 24 * 3600


def test_a_grant_half_a_second_after_the_failure_is_after_it() -> None:
    found = seen(timedelta(milliseconds=-500))

    assert isinstance(found, Propagation)
    assert found.after_failure


def test_one_old_grant_rules_it_out() -> None:
    old = assignment(changed=FAILED - timedelta(days=9))
    new = assignment(changed=FAILED, name="a2")

    assert propagation(pulling(access(new, old)).grants, failed_at=FAILED) is None


def test_of_two_late_grants_the_one_in_effect_first_is_named() -> None:
    one = assignment(changed=FAILED - timedelta(minutes=1))
    two = assignment(changed=FAILED - timedelta(minutes=5), name="a2")
    found = propagation(pulling(access(one, two)).grants, failed_at=FAILED)

    assert isinstance(found, Propagation)
    assert found.grant.assignment == two


def test_where_two_roles_pull_together_the_later_one_counts() -> None:
    old, late = role(Permission(data_actions=(CONTENT_READ,))), role(Permission(data_actions=(METADATA_READ,)))
    known = access(
        assignment(CUSTOM, changed=FAILED - timedelta(days=9)),
        assignment(OTHER, changed=FAILED - timedelta(minutes=1), name="a2"),
        roles=(old, type(late)(guid=OTHER, name="b", permissions=late.permissions, custom=True, source="test")),
    )
    found = propagation(pulling(known, "abac").grants, failed_at=FAILED)

    assert isinstance(found, Propagation)
    assert found.grant.actions == (METADATA_READ,)


def test_without_grants_nothing_is_late() -> None:
    assert propagation((), failed_at=None) is None


def test_an_unknown_time_of_failure_is_a_gap() -> None:
    assert isinstance(seen(timedelta(0), failed_at=None), Gap)


def test_an_unknown_time_of_assignment_is_a_gap() -> None:
    assert isinstance(seen(None), Gap)


def test_an_unknown_time_beside_an_old_grant_does_not_matter() -> None:
    known = access(assignment(), assignment(name="a2", changed=FAILED - timedelta(days=1)))

    assert propagation(pulling(known).grants, failed_at=FAILED) is None


def test_an_unknown_time_beside_a_late_grant_is_a_gap() -> None:
    known = access(assignment(), assignment(name="a2", changed=FAILED))

    assert isinstance(propagation(pulling(known).grants, failed_at=FAILED), Gap)


def test_times_of_different_zones_compare() -> None:
    local = FAILED.astimezone(timezone(timedelta(hours=9)))

    assert seen(timedelta(minutes=11), failed_at=local) is None


def test_a_time_without_zone_is_utc() -> None:
    assert seen(timedelta(minutes=11), failed_at=FAILED.replace(tzinfo=None)) is None


def test_the_end_of_time_is_no_error() -> None:
    known = access(assignment(changed=datetime.max.replace(tzinfo=UTC)))

    assert isinstance(propagation(pulling(known).grants, failed_at=FAILED), Propagation)
