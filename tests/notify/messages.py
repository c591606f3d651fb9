"""News, crowds and digests to tell, and the words that an attacker would put into them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.news import Crowd, Digest, News
from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord
from acimedic.model.report import Report
from acimedic.model.resource_id import ResourceId
from acimedic.planning import draw_plan
from acimedic.report.build import build_report
from tests import build
from tests.report.hostile import HOSTILE as SHARED

STATES = (
    "received",
    "waiting-for-error",
    "diagnosed",
    "awaiting-decision",
    "rejected",
    "expired",
    "waiting-for-turn",
    "applying",
    "applied",
    "refused",
    "incomplete",
    "in-effect",
    "proved",
    "not-yet",
    "did-not-help",
    "undone",
    "kept",
    "failed",
)
PAGE = "https://medic.example.test/incidents/46193ca8-1449-5e3c-ba4e-da87f7702a24"
DECIDE = "https://medic.example.test/incidents/46193ca8-1449-5e3c-ba4e-da87f7702a24/decide?token=eyJhIjoxfQ.aBc_-9"
PORTAL = "https://portal.azure.com/#@/resource/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-app"
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)

HOSTILE = SHARED | {
    "link": "[sign in](https://evil.example.com/a)",
    "image": "![x](https://evil.example.com/a.png)",
    "reference": "[x][y] [y]: https://evil.example.com",
    "autolink": "<https://evil.example.com> <a@evil.example.com>",
    "bare": "HTTPS://evil.example.com/a http://evil.example.com www.evil.com evil.com/x //evil.com //localhost/x",
    "mail": "a@evil.com mailto:a@evil.com mailto:a@localhost ftp://evil.com",
    "mention": "<at>Everyone</at> &lt;at&gt;Everyone&lt;/at&gt; @channel",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><a href='https://evil.com'>x</a>",
    "entities": "&#60;b&#62;x&#60;/b&#62; &amp; &copy; &#x5b;x&#x5d;(https://evil.com)",
    "emphasis": "**bold** *em* __bold__ _em_ ~~gone~~ `code` ***x*** a**b**c x*y*z",
    "escapes": r"\[x](https://evil.com) \\[x](https://evil.com) \\*x* \&lt;",
    "heading": "# heading",
    "bullet": "- one",
    "plus": "+ one",
    "number": "1. one",
    "quote": "> quoted",
    "rule": "***",
    "fence": "```\ncode\n```",
    "lines": "one\n\n# two\r\n- three\n\n    four",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "functions": "{{DATE(2026-01-01T00:00:00Z, SHORT)}} {{TIME(2026-01-01T00:00:00Z)}} ${x} {{{x}}}",
    "emoji": "\U0001f600\U0001f469\u200d\U0001f4bb",
    "long": "x" * 10_000,
    "long-markdown": "[x](" * 2_500,
    "long-wide": "\U0001f600" * 10_000,
}
"""What no card may obey."""


def reported(evidence: Evidence, *, gateway: bool = False) -> tuple[Report, Plan | None]:
    """The report of what all checks say, and the plan."""
    diagnosis = diagnose(evidence, checks.ALL)
    plan = draw_plan(diagnosis, remediation.ALL)
    return build_report(replace(diagnosis, plan=plan), gateway=gateway), plan


REPORT, PLAN = reported(build.without_role())


def record(**changes: Any) -> IncidentRecord:
    """An incident whose cause is known."""
    base = IncidentRecord(
        incident=build.INCIDENT,
        state="diagnosed",
        received_at=NOW - timedelta(minutes=5),
        changed_at=NOW,
        due_at=NOW + timedelta(hours=24),
        outcome="cause-found",
        cause="pull-role-missing",
    )
    return replace(base, **changes)


def news(state: str = "awaiting-decision", **changes: Any) -> News:
    """One state of that incident, with all that can be told of it."""
    base = News(
        record=record(state=state),
        state=state,
        said="Azure took its time",
        operation=f"46193ca8:1:{state}",
        report=REPORT,
        plan=PLAN,
        page=PAGE,
        decide=DECIDE if state == "awaiting-decision" else None,
        portal=PORTAL,
    )
    return replace(base, **changes)


def crowd(**changes: Any) -> Crowd:
    """Sixty groups that cannot pull from one registry."""
    base = Crowd(
        operation="crowd:contoso:50",
        cause="registry-throttled",
        culprit="registry contoso.azurecr.io",
        count=60,
        since=NOW - timedelta(hours=1),
        until=NOW,
        told=tuple(record() for _ in range(30)),
        headline="60 container groups could not pull from registry 'contoso'.",
        page=PAGE,
    )
    return replace(base, **changes)


def digest(count: int = 3, **changes: Any) -> Digest:
    """What the night has put off."""
    base = Digest(
        operation="digest:1",
        since=NOW - timedelta(hours=8),
        until=NOW,
        news=tuple(news("diagnosed") for _ in range(count)),
        page=PAGE,
    )
    return replace(base, **changes)


def poisoned(text: str) -> tuple[News | Crowd | Digest, ...]:
    """Messages in which everything that comes from Azure says this."""
    group = ResourceId(
        subscription="00000000-0000-0000-0000-000000000001",
        resource_group=text,
        type="Microsoft.ContainerInstance/containerGroups",
        names=(text,),
    )
    kept = record(incident=replace(build.INCIDENT, group=group), cause=text)
    fix = replace(REPORT.fails[0].fix, text=text) if REPORT.fails[0].fix is not None else None
    findings = tuple(
        replace(
            finding,
            summary=text,
            fix=fix if finding.verdict == "fail" else None,
            container=text,
            image=text,
            evidence=tuple(replace(fact, fact=text, value=text) for fact in finding.evidence),
        )
        for finding in REPORT.findings
    )
    error = replace(REPORT.incident.error, code=text, message=text)
    incident = replace(REPORT.incident, name=text, images=(text,) * 5, error=error)
    report = replace(REPORT, headline=text, findings=findings, incident=incident)
    assert PLAN is not None
    steps = tuple(replace(step, summary=text, risk=text, undo=text, target=text, expiry=text) for step in PLAN.steps)
    told = news(report=report, record=kept, said=text, step=text, plan=replace(PLAN, steps=steps * 8))
    return (
        told,
        replace(told, report=None),
        replace(told, report=replace(report, findings=(), root_cause=None), state=text),
        crowd(cause=text, culprit=text, headline=text, told=(kept,) * 30),
        replace(digest(), news=(told,) * 30),
    )
