"""Writing things down about an incident: its record, its trail, its reports."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from acimedic.bundle import Bundle, BundleError, read_bundle
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan
from acimedic.model.record import AuditNote, IncidentRecord, ReportFile
from acimedic.model.report import Report
from acimedic.planning import fingerprint
from acimedic.policy.matching import rightly_drawn
from acimedic.report.from_json import read_report
from acimedic.store.trouble import LostRaceError
from acimedic.value_codec import as_values, from_values

REPORT = "report.json"
EVIDENCE = "evidence.json"
_RACES = 8
_LOG = logging.getLogger("acimedic.audit")


class NoIncidentError(Exception):
    """There is no incident of this id (any more)."""


async def found(tools: Tools, incident: str) -> IncidentRecord:
    """The incident's record. Raises NoIncidentError."""
    record = await tools.store.incident(incident)
    if record is None:
        raise NoIncidentError("there is no incident of this id (any more)")
    return record


async def change(tools: Tools, incident: str, changed: Callable[[IncidentRecord], IncidentRecord]) -> IncidentRecord:
    """Read the record, change it, write it; again where somebody was faster. Raises NoIncidentError, LostRaceError."""
    for race in range(_RACES):
        record = await found(tools, incident)
        wanted = changed(record)
        if wanted == record:
            return record
        try:
            return await tools.store.advance(wanted)
        except LostRaceError:
            if race == _RACES - 1:
                raise
    raise AssertionError("unreachable: the last race returns or raises")


async def note(
    tools: Tools, incident: str, *, key: str, kind: str, body: Mapping[str, object], approver: str | None = None
) -> None:
    """Put something at the end of the incident's trail, once for its key; the new head also goes to the log."""
    said = AuditNote(
        incident_id=incident,
        key=key,
        at=tools.now(),
        kind=kind,
        body=json.dumps(body, sort_keys=True),
        approver=approver,
        gateway=tools.gateway,
    )
    entry = await tools.store.append_audit(said)
    head = {"line": "audit-head", "id": incident, "number": entry.number, "seal": entry.seal, "kind": kind}
    _LOG.info(json.dumps(head))


async def keep_plan(tools: Tools, incident: str, plan: Plan, at: datetime) -> None:
    """Keep a plan under its hash, so that it can be shown, compared, and read back by whoever carries it out."""
    content = json.dumps(as_values(plan), sort_keys=True).encode()
    file = ReportFile(
        incident_id=incident, name=_plan_name(plan.hash), media_type="application/json", made_at=at, content=content
    )
    await tools.store.put_report(file)


async def kept_plan(tools: Tools, incident: str, plan_hash: str) -> Plan | None:
    """The plan of this hash; None where there is none, or where what is kept is not what the hash says.

    The hash needs no key: who can write the store can write a plan of their own. So it is none either where a step is
    not one that a remedy draws.
    """
    file = await tools.store.report(incident, _plan_name(plan_hash))
    if file is None:
        return None
    try:
        plan = from_values(Plan, json.loads(file.content))
    except (ValueError, RecursionError):
        return None
    if any(rightly_drawn(step) is not None for step in plan.steps):
        return None
    return plan if fingerprint(incident, plan.steps, plan.facts, plan.policy) == plan.hash == plan_hash else None


async def kept_report(tools: Tools, incident: str) -> Report | None:
    """The report of the latest diagnosis; None before the first, and where what is kept is none."""
    file = await tools.store.report(incident, REPORT)
    try:
        return None if file is None else read_report(json.loads(file.content))
    except (ValueError, RecursionError):
        return None


async def kept_bundle(tools: Tools, incident: str) -> Bundle | None:
    """All that the latest diagnosis read; None before the first, and where what is kept is none."""
    file = await tools.store.report(incident, EVIDENCE)
    try:
        return None if file is None else read_bundle(file.content)
    except BundleError:
        return None


def _plan_name(plan_hash: str) -> str:
    return f"plan-{plan_hash}.json"
