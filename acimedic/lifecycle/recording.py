"""The activities `record` and `notify`: where the incident stands, made visible, and told to people."""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from acimedic.lifecycle import lines
from acimedic.lifecycle.deciding import AWAITING
from acimedic.lifecycle.keeping import change, found, kept_plan, kept_report, note
from acimedic.lifecycle.messages import Mark, Tell
from acimedic.lifecycle.offers import link, marked_at, offered, with_mark
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import News
from acimedic.model.record import IncidentRecord

_LOG = logging.getLogger("acimedic.lifecycle")


async def record(tools: Tools, mark: Mark) -> None:
    """Write where the incident stands. One that comes late never takes the place of a later one."""
    at = datetime.fromisoformat(mark.at)

    def marked(record: IncidentRecord) -> IncidentRecord:
        latest = marked_at(record)
        if latest is not None and latest > at:
            return record
        due = None if mark.due is None else datetime.fromisoformat(mark.due)
        changed = replace(
            record,
            state=mark.state,
            said=mark.said,
            changed_at=at,
            due_at=due,
            closed=mark.closed,
            plan_hash=mark.plan or record.plan_hash,
        )
        return with_mark(changed, at)

    await change(tools, mark.incident, marked)
    told = hashlib.sha256(mark.said.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    body = {"state": mark.state, "said": mark.said, "step": mark.step, "closed": mark.closed}
    await note(tools, mark.incident, key=f"state:{mark.at}:{mark.state}:{told}", kind="state", body=body)
    lines.standing(_LOG, mark)


async def notify(tools: Tools, tell: Tell) -> None:
    """Tell people, as far as they can be reached: what did not arrive shows on the incident."""
    refused = await tools.notifier.tell(await news_of(tools, tell))
    if not refused:
        return
    said = f"(not told: {'; '.join(refused)})"
    await note(tools, tell.incident, key=f"untold:{tell.operation}", kind="not-told", body={"refused": [*refused]})
    await change(
        tools,
        tell.incident,
        lambda record: record if said in record.said else replace(record, said=f"{record.said} {said}"),
    )


async def news_of(tools: Tools, tell: Tell) -> News:
    """What is told, as it stands now. Raises NoIncidentError."""
    record = await found(tools, tell.incident)
    page = None if tools.settings.url is None else f"{tools.settings.url}/api/incidents/{record.id}"
    offer = offered(record)
    decide = None
    if page is not None and offer is not None and offer.plan == tell.plan and tell.state == AWAITING:
        token = link(offer, "approve", tools.approval_keys, gateway=tools.gateway) if tools.approval_keys else None
        decide = None if token is None else f"{page}/decision?token={token}"
    return News(
        record=record,
        state=tell.state,
        said=tell.said,
        operation=tell.operation,
        step=tell.step,
        report=await kept_report(tools, record.id),
        plan=None if tell.plan is None else await kept_plan(tools, record.id, tell.plan),
        page=page,
        decide=decide,
        portal=f"{tools.settings.portal}/#resource{quote(str(record.incident.group))}",
        gateway=tools.gateway,
    )
