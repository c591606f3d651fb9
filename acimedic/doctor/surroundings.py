"""Judgement of what surrounds the bot: events, dead letters, grants that are overdue, its pages, its clock (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from acimedic.doctor.finding import Finding, ok, unknown, wrong
from acimedic.model.reading import Gap, Reading

FUNCTION = "on_failure"
NEEDED = ("Microsoft.Resources.ResourceWriteFailure", "Microsoft.Resources.ResourceActionFailure")
LATE = timedelta(minutes=30)
"""How long after its time something may be done: stories are tried again after trouble."""
_SKEW = timedelta(minutes=2)  # a token may be refused from five minutes on
_MOST = 5
_EVENTS = "run 'azd hooks run postdeploy', which makes the event subscription; see docs/deploy.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """An event subscription of a subscription's system topic.

    destination: the resource id of whom it delivers to, blank where that is no Azure function. state: the service's
    word for how it was made. kinds: the types of events that it delivers. lettered: whether what could not be delivered
    is kept.
    """

    name: str
    destination: str
    state: str
    kinds: tuple[str, ...]
    lettered: bool


def judge_events(subscription: str, found: Reading[tuple[Subscribed, ...]]) -> tuple[Finding, ...]:
    """Whether failures of a subscription are delivered to the function, and what is not delivered is kept."""
    if isinstance(found, Gap):
        said = f"who delivers the failures of subscription {subscription} is not known: {found.reason}"
        refused = found.reason.startswith("403")
        return (unknown("events", said, f"give the identity {found.permission} there" if refused else None),)
    ours = [each for each in found if each.destination.lower().endswith(f"/functions/{FUNCTION}")]
    if not ours:
        said = f"no event subscription delivers the failures of subscription {subscription} to {FUNCTION}"
        return (wrong("events", said, _EVENTS),)
    faults = [fault for each in ours for fault in _faults(each)]
    return tuple(faults) or (
        ok("events", f"{ours[0].name} delivers the failures of subscription {subscription} to {FUNCTION}"),
    )


def _faults(subscribed: Subscribed) -> list[Finding]:
    faults = []
    if subscribed.state.lower() not in {"succeeded", ""}:
        faults.append(wrong("events", f"event subscription {subscribed.name} is in state {subscribed.state}", _EVENTS))
    kinds = {kind.lower() for kind in subscribed.kinds}
    missing = [kind for kind in NEEDED if kinds and kind.lower() not in kinds]
    if missing:
        said = f"event subscription {subscribed.name} leaves out {', '.join(missing)}"
        faults.append(wrong("events", said, _EVENTS))
    if not subscribed.lettered:
        said = f"event subscription {subscribed.name} keeps no dead letters: what cannot be delivered is lost"
        faults.append(wrong("events", said, _EVENTS))
    return faults


def judge_letters(container: str | None, count: Reading[int]) -> tuple[Finding, ...]:
    """How many events could not be delivered. container: where they are kept; None where no setting says."""
    if container is None:
        said = "ACIMEDIC_DEADLETTERS does not say where events lie that could not be delivered"
        return (unknown("dead letters", said, "set ACIMEDIC_DEADLETTERS to the address of the container"),)
    if isinstance(count, Gap):
        return (unknown("dead letters", f"whether any events could not be delivered is not known: {count.reason}"),)
    if count:
        said = f"{count} events, or batches of events, could not be delivered and lie in {container}"
        return (wrong("dead letters", said, "see the runbook 'Replay of dead letters' in docs/operations.md"),)
    return (ok("dead letters", "none"),)


def judge_overdue(overdue: Sequence[str], *, more: bool) -> tuple[Finding, ...]:
    """Incidents for which something should have happened by itself: a decision or a grant has expired, and stands."""
    if not overdue:
        return (ok("overdue", "nothing is overdue: no decision and no grant has outlived its time"),)
    count = f"at least {len(overdue)}" if more else f"{len(overdue)}"
    named = ", ".join(overdue[:_MOST])
    said = f"{count} incidents should have gone on by themselves and have not, such as {named}"
    return (
        wrong(
            "overdue", said, f"acimedic incidents show {overdue[0]}; what it was granted: acimedic undo {overdue[0]}"
        ),
    )


def judge_pages(url: str | None, status: Reading[int]) -> tuple[Finding, ...]:
    """Whether pages are closed to whoever has not signed in. status: what a page answered without a sign-in."""
    if url is None:
        return (ok("pages", "ACIMEDIC_URL is not set, so no message leads to a page"),)
    if isinstance(status, Gap):
        return (unknown("pages", f"whether the pages at {url} are closed is not known: {status.reason}"),)
    repair = "turn App Service authentication on: see docs/deploy.md"
    if 200 <= status < 300:
        return (wrong("pages", f"{url} shows incidents to whoever asks, without a sign-in", repair),)
    if status == 503:
        said = f"the pages at {url} are closed to everybody: authentication is not on, or the store is away"
        return (wrong("pages", said, repair),)
    if status in {301, 302, 303, 307, 308, 401, 403}:
        return (ok("pages", f"{url} asks for a sign-in"),)
    return (unknown("pages", f"{url} answered {status}, which tells neither way"),)


def judge_clock(azure: datetime | None, here: datetime) -> tuple[Finding, ...]:
    """Whether this machine's clock goes with Azure's."""
    if azure is None:
        return (unknown("clock", "Azure did not say what time it is"),)
    off = here - azure
    if abs(off) > _SKEW:
        ahead = "ahead of" if off > timedelta() else "behind"
        said = f"this machine's clock is {abs(off).total_seconds():.0f} seconds {ahead} Azure's"
        return (wrong("clock", said, "set the clock by a time server: sudo timedatectl set-ntp true"),)
    return (ok("clock", "it goes with Azure's"),)
