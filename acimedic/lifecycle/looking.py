"""Looking at an incident afresh: what Azure shows now, and whether what would be changed may be, at this hour."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.connection import ensure_answered
from acimedic.discretion import discreet
from acimedic.lifecycle.tools import Tools
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.plan import Plan
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord
from acimedic.pipeline import investigate
from acimedic.policy import decided

HOUR = timedelta(hours=1)
_PASSES = re.compile(r"(429|5\d\d)\b|no answer within|Azure could not be reached")


class BusyError(Exception):
    """Azure had nothing but trouble of its own: the same question may be answered later."""


async def look(
    tools: Tools,
    record: IncidentRecord,
    session: Session,
    *,
    changes: bool = True,
    own: Iterable[tuple[str, datetime]] = (),
) -> Diagnosis:
    """A fresh diagnosis with its plan, judged by the policy and by what was changed within the last hour.

    It is told to people, and kept for them: what the group has no claim to see is no part of it.

    changes: False leaves the hourly limit aside. own: at which registries changes of the plan's own were counted, and
    when; they are not held against it. Raises NoAzureError, NoSignInError, BusyError and whatever the store raises.
    """
    diagnosis = await investigate(
        record.incident,
        AzureReader(session),
        cloud=tools.settings.cloud,
        now=tools.now(),
        consent=tools.consent,
        shown=partial(discreet, consent=tools.consent),
    )
    ensure_answered(session, diagnosis.gaps)
    if all(status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 for status in session.tally.statuses):
        raise BusyError(f"Azure answered nothing but {', '.join(map(str, sorted(session.tally.statuses)))}")
    plan = diagnosis.plan
    if plan is None or not changes:
        return diagnosis
    made = await _made(tools, plan, own)
    judged = decided(plan, tools.consent, evidence=diagnosis.evidence, now=tools.now(), changes_last_hour=made)
    return replace(diagnosis, plan=judged)


def passing(gaps: Iterable[Gap]) -> Gap | None:
    """The first reading that only Azure's own trouble kept from us, so that another look may have it."""
    return next((gap for gap in gaps if _PASSES.match(gap.reason)), None)


async def _made(tools: Tools, plan: Plan, own: Iterable[tuple[str, datetime]]) -> dict[str, int]:
    """How many changes were made within the last hour at the registries of a plan, by id."""
    since = tools.now() - HOUR
    ours = Counter(own)
    made: dict[str, int] = {}
    for registry in sorted({step.change.registry_id.lower() for step in plan.steps}):
        counted = Counter((registry, at) for at in await tools.store.changes(registry, since=since))
        made[registry] = (counted - ours).total()
    return made
