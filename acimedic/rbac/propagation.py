"""Whether a role was given so late that it may not have been in effect when the pull failed.

Azure documents up to 10 minutes; around 24 hours for managed identities whose role comes through a
group; several hours, without a figure, for data actions given at a management group.
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from acimedic.model.reading import Gap
from acimedic.rbac.actions import PULL
from acimedic.rbac.grants import Grant
from acimedic.rbac.scopes import is_management_group

DIRECT = timedelta(minutes=10)
VIA_GROUP = timedelta(hours=24)
MANAGEMENT_GROUP_DATA = timedelta(hours=6)  # "several hours" is all that is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """The grant that came too late, or may have.

    changed: when it was made or last changed.
    seconds: from the change to the failure; negative where it was made after the failure.
    wait: how long it may take to be in effect, by Azure's documentation.
    over_at: when it should be in effect.
    """

    grant: Grant
    changed: datetime
    seconds: int
    wait: timedelta
    over_at: datetime

    @property
    def after_failure(self) -> bool:
        """Whether it was made only after the failure: deploying again will do, once it is in effect."""
        return self.seconds < 0


def documented_wait(grant: Grant) -> timedelta:
    """How long a new assignment may take to be in effect."""
    if grant.via_group:
        return VIA_GROUP
    if is_management_group(grant.assignment.scope) and grant.actions != (PULL,):
        return MANAGEMENT_GROUP_DATA
    return DIRECT


def propagation(grants: Iterable[Grant], *, failed_at: datetime | None) -> Propagation | Gap | None:
    """The grant whose newness may explain the failure; None where the grants were old enough (or there are none).

    A Gap where a time is not known. An old assignment to a group proves nothing about when the
    identity joined it; that is not looked at here.
    """
    grants = tuple(grants)
    if not grants:
        return None
    if failed_at is None:
        return Gap(reading="whether a role had come into effect", reason="the time of the failure is not known")
    timed = [(grant, _timed(grant, failed_at)) for grant in grants]
    # Every action must have been in effect, by any one of the grants that give it.
    actions = dict.fromkeys(action for grant in grants for action in grant.actions)
    firsts = [_first([found for grant, found in timed if action in grant.actions]) for action in actions]
    late = [found for found in firsts if isinstance(found, Propagation)]
    if late:
        return max(late, key=lambda found: found.over_at)
    return next((found for found in firsts if isinstance(found, Gap)), None)


def _first(found: list[Propagation | Gap | None]) -> Propagation | Gap | None:
    """The grant that is in effect first; None where one was already, a Gap where one may have been."""
    if None in found:
        return None
    gap = next((item for item in found if isinstance(item, Gap)), None)
    late = [item for item in found if isinstance(item, Propagation)]
    return gap or min(late, key=lambda item: item.over_at)


def _timed(grant: Grant, failed_at: datetime) -> Propagation | Gap | None:
    """What one grant's time means; None where it was in effect."""
    if grant.assignment.changed is None:
        return Gap(reading="whether a role had come into effect", reason="Azure did not say when it was assigned")
    changed, wait = _aware(grant.assignment.changed), documented_wait(grant)
    passed = _aware(failed_at) - changed
    if passed >= wait:
        return None
    try:
        over_at = changed + wait
    except OverflowError:
        over_at = changed
    seconds = int(passed.total_seconds() // 1)
    return Propagation(grant=grant, changed=changed, seconds=seconds, wait=wait, over_at=over_at)


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
