"""What is told by mail and by event: a missing pull role in each state, many at once, and hostile words everywhere."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.incident import Incident
from acimedic.model.news import Crowd, Digest, News
from acimedic.model.plan import Plan
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord
from acimedic.model.report import Report, ToldGap
from acimedic.model.resource_id import ResourceId
from acimedic.planning import draw_plan
from acimedic.report.build import build_report
from tests import build

PAGES = "https://medic.example.com/api/incidents"
PORTAL = f"https://portal.azure.com/#@/resource{build.GROUP_ID}"
DECIDE = f"{PAGES}/{build.INCIDENT.id}/decision?token=signed-for-one-person"

SAID = {
    "diagnosed": "The identity has no role that lets it pull.",
    "awaiting-decision": "A person has to decide within 24 hours.",
    "rejected": "A person has rejected the plan.",
    "expired": "Nobody decided within 24 hours.",
    "refused": "Nothing was changed: the role is there by now.",
    "incomplete": "One of two steps was carried out.",
    "applied": "Carried out: AcrPull for id-pull at contoso.",
    "in-effect": "The change is in effect; no pull has proved it yet.",
    "proved": "It helped: the image was pulled, after the change.",
    "not-yet": "It is not in effect: the role is not there.",
    "did-not-help": "It did not help: the pull failed again, after the change.",
    "undone": "Taken back: AcrPull for id-pull at contoso.",
    "kept": "It is no longer as we left it.",
    "failed": "Azure answered nothing.",
}

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\"><a href='https://evil.example'>",
    "header": "cg\r\nBcc: victim@example.com",
    "feed": "cg\n\nApproved.",
    "bidi": "cg\u202egnp.exe\u2066",
    "zero-width": "cg\u200b\ufeff\u2028web",
    "null": "cg\x00\x1b[31m\x9b",
    "surrogate": "cg\ud800web",
    "encoded-word": "=?utf-8?B?4oCuZ25w?=",
    "script-link": "javascript:alert(1)",
    "entity": "&lt;b&gt;&#x202e;",
    "long": "x" * 5000,
}


def report_of(evidence: Evidence | None = None) -> Report:
    """What all checks say, with the plan."""
    diagnosis = diagnose(evidence or build.without_role(), checks.ALL)
    return build_report(replace(diagnosis, plan=draw_plan(diagnosis, remediation.ALL)), gateway=False)


def plan() -> Plan:
    """What would give the identity its role."""
    drawn = draw_plan(diagnose(build.without_role(), checks.ALL), remediation.ALL, "review")
    assert drawn is not None
    return drawn


def record_of(state: str = "diagnosed", incident: Incident = build.INCIDENT, **changes: Any) -> IncidentRecord:
    """An incident a minute after it failed."""
    fields: dict[str, Any] = {
        "incident": incident,
        "state": state,
        "received_at": build.FAILED_AT,
        "changed_at": build.FAILED_AT + timedelta(minutes=1),
        "outcome": "cause-found",
        "cause": "pull-role-missing",
        "plan_hash": plan().hash,
        "said": SAID.get(state, ""),
    }
    return IncidentRecord(**(fields | changes))


def news_of(state: str = "awaiting-decision", **changes: Any) -> News:
    """The news that the incident has come into this state."""
    fields: dict[str, Any] = {
        "record": record_of(state),
        "state": state,
        "said": SAID.get(state, "something new"),
        "operation": f"{build.INCIDENT.id}:2:{state}",
        "step": "apply" if state == "failed" else None,
        "report": report_of(),
        "plan": plan(),
        "page": f"{PAGES}/{build.INCIDENT.id}",
        "decide": DECIDE if state == "awaiting-decision" else None,
        "portal": PORTAL,
    }
    return News(**(fields | changes))


def crowd_of(**changes: Any) -> Crowd:
    """Fourteen failures with one registry in common."""
    fields: dict[str, Any] = {
        "operation": "crowd:pull-role-missing:14",
        "cause": "pull-role-missing",
        "culprit": "registry contoso",
        "count": 14,
        "since": build.FAILED_AT,
        "until": build.FAILED_AT + timedelta(minutes=20),
        "told": (record_of(),),
        "headline": "14 container groups cannot pull from contoso.",
        "page": PAGES,
    }
    return Crowd(**(fields | changes))


def digest_of(*news: News, **changes: Any) -> Digest:
    """What was put off within an hour."""
    fields: dict[str, Any] = {
        "operation": "digest:2026-11-20T08",
        "since": build.FAILED_AT,
        "until": build.FAILED_AT + timedelta(hours=1),
        "news": news or (news_of(), news_of("proved")),
        "page": PAGES,
    }
    return Digest(**(fields | changes))


def group_named(name: str) -> Incident:
    """An incident of a group of any name, such as no parser would let through."""
    group = build.INCIDENT.group
    hostile = ResourceId(
        subscription=group.subscription, resource_group=group.resource_group, type=group.type, names=(name,)
    )
    return replace(build.INCIDENT, group=hostile)


def hostile_report(word: str) -> Report:
    """A report with this word in every text."""
    report = report_of()
    finding = report.fails[0]
    assert finding.fix is not None
    spoilt = replace(
        finding,
        check=word,
        summary=word,
        docs=word,
        fix=replace(finding.fix, text=word, az=(word,)),
        evidence=tuple(replace(fact, fact=word, value=word, source=word) for fact in finding.evidence),
    )
    return replace(
        report,
        headline=word,
        root_cause=word,
        kind=word,
        findings=(spoilt, spoilt),
        gaps=(ToldGap(Gap(reading=word, reason=word, permission=word, scope=word), word),),
        incident=replace(report.incident, images=(word,), name=word),
    )


def hostile_messages(word: str) -> tuple[News | Crowd | Digest, ...]:
    """Messages with this word in every place to which Azure, or whoever writes there, may bring it."""
    incident = replace(group_named(word), correlation_id=word)
    record = record_of(incident=incident, cause=word, said=word)
    made = plan()
    step = replace(made.steps[0], summary=word, before=word, after=word, risk=word, undo=word, expiry=word)
    news = news_of(
        record=record,
        said=word,
        step=word,
        state=word,
        report=hostile_report(word),
        plan=replace(made, hash=word, steps=(step,)),
        page=word,
        decide=word,
        portal=word,
        operation=f"hostile:{word}",
    )
    awaiting = replace(news, state="awaiting-decision")
    crowd = crowd_of(cause=word, culprit=word, headline=word, told=(record,), page=word)
    return news, awaiting, crowd, digest_of(news, awaiting, page=word)
