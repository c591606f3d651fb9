"""Judgement of what surrounds the bot: dead letters, incidents that are overdue, its pages, its clock (pure)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from acimedic.doctor.finding import Finding, command, ok, provision, unknown, whom, wrong
from acimedic.model.reading import Gap, Reading

LATE = timedelta(minutes=30)
"""How long after its time something may be done: stories are tried again after trouble."""
_SKEW = timedelta(minutes=2)  # a token may be refused from five minutes on
_MOST = 5
_ACCOUNT = re.compile(r"https://([a-z0-9]+)\.blob\.[^/]+/([a-z0-9-]+)")


def judge_letters(container: str | None, count: Reading[int], who: str | None = None) -> tuple[Finding, ...]:
    """How many events could not be delivered.

    container: where they are kept; None where no setting says. who: the identity that looks, for the command that lets
    it; None for whoever has run `az login`.
    """
    if container is None:
        said = "ACIMEDIC_DEADLETTERS does not say where events lie that could not be delivered"
        return (unknown("dead letters", said, provision()),)
    place = _ACCOUNT.fullmatch(container)
    account, name = (place[1], place[2]) if place is not None else ("ACCOUNT", "CONTAINER")
    look = command(
        *("az", "storage", "blob", "list", "--account-name", account, "--container-name", name),
        *("--auth-mode", "login", "--output", "table"),
    )
    if isinstance(count, Gap):
        said = f"whether any events could not be delivered is not known: {count.reason}"
        return (unknown("dead letters", said, _let_in(account, name, who) if count.reason.startswith("403") else look),)
    if count:
        said = f"{count} events, or batches of events, could not be delivered and lie in {container}"
        return (
            wrong("dead letters", said, f"{look}; then the runbook 'Replay of dead letters' in docs/operations.md"),
        )
    return (ok("dead letters", "none"),)


def _let_in(account: str, container: str, who: str | None) -> str:
    """Both names are of the form that Azure gives them, so that no quoting is left to do."""
    scope = f"$(az storage account show --name {account} --query id --output tsv)"
    scope += f"/blobServices/default/containers/{container}"
    give = command("az", "role", "assignment", "create", "--role", "Storage Blob Data Reader")
    return f'{give} --assignee {whom(who)} --scope "{scope}"'


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
    look = command("curl", "--head", f"{url}/api/incidents")
    if isinstance(status, Gap):
        return (unknown("pages", f"whether the pages at {url} are closed is not known: {status.reason}", look),)
    repair = provision("ACIMEDIC_AUTHENTICATION", "true")
    if 200 <= status < 300:
        return (wrong("pages", f"{url} shows incidents to whoever asks, without a sign-in", repair),)
    if status == 503:
        said = f"the pages at {url} are closed to everybody: authentication is not on, or the store is away"
        return (wrong("pages", said, repair),)
    if status in {301, 302, 303, 307, 308, 401, 403}:
        return (ok("pages", f"{url} asks for a sign-in"),)
    return (unknown("pages", f"{url} answered {status}, which tells neither way", look),)


def judge_clock(azure: datetime | None, here: datetime) -> tuple[Finding, ...]:
    """Whether this machine's clock goes with Azure's."""
    if azure is None:
        return (unknown("clock", "Azure did not say what time it is", "timedatectl status"),)
    off = here - azure
    if abs(off) > _SKEW:
        ahead = "ahead of" if off > timedelta() else "behind"
        said = f"this machine's clock is {abs(off).total_seconds():.0f} seconds {ahead} Azure's"
        return (wrong("clock", said, "sudo timedatectl set-ntp true"),)
    return (ok("clock", "it goes with Azure's"),)
