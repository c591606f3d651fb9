"""A message as a CloudEvent 1.0: a state of an incident, or a crowd of them (pure). A digest is none.

Receivers drop what comes twice by its id. The address where one decides is left out: whoever may listen to a topic is
not whoever may decide. Texts are made plain and bounded, so that the event stays below 64 KB, beyond which Event Grid
charges twice.
Sources: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
https://learn.microsoft.com/azure/event-grid/quotas-limits
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from acimedic.model.news import Crowd, Digest, Message, News
from acimedic.model.record import IncidentRecord
from acimedic.model.report import ToldFinding
from acimedic.redact import redact
from acimedic.report.plain import plain

LARGEST = 64 * 1024  # bytes of one event as JSON
_LONGEST = 3000  # bytes of one text as JSON
_MOST = 20  # images, or incidents of a crowd
_LONGEST_IMAGE = 500  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A CloudEvent: its attributes, and `data` as JSON values. time: of the state, in UTC."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: Mapping[str, object]


def to_event(message: Message, *, source: str | None = None) -> Event | None:
    """The event that tells this message; None for a digest, whose news were told one by one.

    source: the resource id of who tells it; without one it is `/acimedic/<subscription>`.
    """
    match message:
        case News():
            return _news(message, source)
        case Crowd():
            return _crowd(message, source)
        case Digest():
            return None


def as_json(event: Event) -> dict[str, object]:
    """The event in the JSON format of CloudEvents, as a topic takes and delivers it."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": _when(event.time),
        "data": event.data,
    }


def _news(news: News, source: str | None) -> Event:
    record, report = news.record, news.report
    cause = report.fails[0] if report is not None and report.fails else None
    root = report.root_cause if report is not None else record.cause
    plan = news.plan.hash if news.plan is not None else record.plan_hash
    return Event(
        id=_text(news.operation),
        source=source or _source(record),
        type=f"Acimedic.Incident.{_camel(news.state)}",
        subject=_text(str(record.incident.group)),
        time=record.changed_at.astimezone(UTC),
        data={
            "incident": _text(record.id),
            "container_group": _text(str(record.incident.group)),
            "state": _text(news.state),
            "said": _text(redact(news.said)),
            "step": _text_or_none(news.step),
            "outcome": _text_or_none(report.outcome if report is not None else record.outcome),
            "root_cause": _text_or_none(root),
            **_blamed(cause),
            "images": []
            if report is None
            else [_text(each, _LONGEST_IMAGE) for each in report.incident.images[:_MOST]],
            "plan": _text_or_none(plan),
            "page": _address(news.page),
            "since": None if news.since is None else _when(news.since),
            "times": news.times,
            "gateway": news.gateway,
        },
    )


def _blamed(finding: ToldFinding | None) -> dict[str, object]:
    fix = finding.fix if finding is not None else None
    return {
        "confidence": finding.confidence if finding is not None else None,
        "summary": _text(redact(finding.summary)) if finding is not None else None,
        "fix": _text(redact(fix.text)) if fix is not None else None,
    }


def _crowd(crowd: Crowd, source: str | None) -> Event:
    return Event(
        id=_text(crowd.operation),
        source=source or (_source(crowd.told[0]) if crowd.told else "/acimedic"),
        type="Acimedic.Crowd",
        subject=_text(crowd.cause or "undetermined"),
        time=crowd.until.astimezone(UTC),
        data={
            "cause": _text_or_none(crowd.cause),
            "culprit": _text_or_none(crowd.culprit),
            "summary": _text(redact(crowd.headline)),
            "count": crowd.count,
            "since": _when(crowd.since),
            "until": _when(crowd.until),
            "baffling": crowd.baffling,
            "incidents": [_text(record.id, _LONGEST_IMAGE) for record in crowd.told[:_MOST]],
            "page": _address(crowd.page),
            "gateway": crowd.gateway,
        },
    )


def _source(record: IncidentRecord) -> str:
    """A URI reference, as CloudEvents wants it."""
    return f"/acimedic/{quote(plain(record.incident.group.subscription)[:100], safe='')}"


def _camel(state: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", state[:100])) or "Unknown"


def _when(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _text(text: str, most: int = _LONGEST) -> str:
    """The text made plain, at most so many bytes as JSON in ASCII, in which a character may take twelve."""
    shown = plain(text[:most])
    if len(json.dumps(shown)) <= most:
        return shown
    kept, size = 0, 0
    for char in shown:
        size += len(json.dumps(char)) - 2
        if size > most - 8:
            break
        kept += 1
    return f"{shown[:kept]}…"


def _text_or_none(text: str | None) -> str | None:
    return None if text is None else _text(text)


def _address(address: str | None) -> str | None:
    """The address whole, or not at all: a shortened one leads nowhere."""
    return address if address is not None and _text(address) == address else None
