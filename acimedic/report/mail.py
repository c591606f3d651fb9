"""A message as a mail: subject, plain text and HTML (pure).

Cause and fix stand first. Where a person is to decide, the plan follows with its risks, and the address of the page on
which one decides: opening it changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from acimedic.model.news import Crowd, Digest, Message, News
from acimedic.model.plan import Plan
from acimedic.model.report import Report, ToldFinding
from acimedic.redact import redact
from acimedic.report import sections
from acimedic.report.links import may_link
from acimedic.report.mail_parts import Commands, Facts, Heading, Items, Part, Sentence, as_html, as_text, link
from acimedic.report.plain import plain
from acimedic.report.states import AWAITING, in_words

LONGEST_SUBJECT = 150
_MOST = 40  # groups or messages of which one mail tells
_MOST_FACTS = 12
_LONGEST_NAME = 64  # characters of a name in a subject
_MAKE_BELIEVE = "This speaks of a make-believe Azure: it was made through a gateway."
_AGAIN = "This may be a repetition: nobody knows whether it arrived before."
_BAFFLING = (
    "They have neither registry nor identity in common, and nothing is known to have changed: the platform is likelier "
    "to be at fault than any of them. Look at Azure Service Health before changing anything."
)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail without sender and recipients. text and html say the same, and may hold the address where one decides."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


def to_mail(message: Message) -> Mail:
    """The mail that tells this message."""
    match message:
        case News():
            title, parts = _news_title(message), list(_news(message))
        case Crowd():
            title, parts = _crowd_title(message), list(_crowd(message))
        case Digest():
            title, parts = _digest_title(message), list(_digest(message))
    subject = _subject(f"(make-believe) {title}" if message.gateway else title)
    return Mail(subject, as_text(parts), as_html(subject, parts))


def _subject(title: str) -> str:
    """One line of a header, bounded. Text that a client would decode as an encoded word (RFC 2047) stays text."""
    line = f"[ACI Medic] {plain(title)}".replace("=?", "=\\x3f")
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _name(text: str) -> str:
    line = plain(text)
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


# --- one state of one incident ---


def _news_title(news: News) -> str:
    return f"{_name(in_words(news.state))}: {_cause(news)} in {_name(news.record.incident.group.name)}"


def _cause(news: News) -> str:
    cause = news.report.root_cause if news.report is not None else news.record.cause
    if cause is not None:
        return _name(cause)
    return "cause not found yet" if news.report is None else _name(sections.outcome(news.report).lower())


def _news(news: News) -> Iterator[Part]:
    report = news.report
    if report is not None:
        yield from _lead(report)
    yield from _state(news)
    if news.state == AWAITING:
        yield from _offer(news)
    yield Heading("What failed")
    yield Facts(tuple(_facts(news)))
    yield from link("The report", news.page)
    yield from link("The container group in Azure's portal", news.portal)
    if report is not None:
        yield from _details(report)


def _lead(report: Report) -> Iterator[Part]:
    """Cause and fix in two sentences, then the commands of the fix."""
    for finding in report.fails[:1]:
        yield Sentence(sections.summary(finding), strong=True)
        yield from _fix(finding)
    if not report.fails:
        yield Sentence(report.headline, strong=True)
        none = report.outcome == "not-a-pull-failure"
        yield Sentence("No change is proposed." if none else sections.advice(report))


def _fix(finding: ToldFinding) -> Iterator[Part]:
    if finding.fix is not None:
        yield Sentence(finding.fix.text)
        if finding.fix.az:
            yield Commands(finding.fix.az)


def _state(news: News) -> Iterator[Part]:
    yield Sentence(_standing(news))
    if news.step is not None:
        yield Sentence(f"It stopped at the step {news.step}.")
    if news.times > 1:
        first = "" if news.since is None else f", first on {_moment(news.since)}"
        yield Sentence(f"This cause was met on this group before{first}: this is number {news.times}.")
    yield from _caveats(again=news.again, gateway=news.gateway)


def _standing(news: News) -> str:
    """The state, and why it is so, where that is not said already."""
    title, said = in_words(news.state), redact(news.said)
    if not said or (news.report is not None and said.rstrip(".") in news.report.headline):
        return f"{title}."
    return said if said.lower().startswith(title.lower()) else f"{title}: {said}"


def _caveats(*, again: bool, gateway: bool) -> Iterator[Part]:
    if again:
        yield Sentence(_AGAIN)
    if gateway:
        yield Sentence(_MAKE_BELIEVE)


def _offer(news: News) -> Iterator[Part]:
    if news.plan is not None:
        yield Heading("What would be changed")
        yield from _plan(news.plan)
    if news.record.due_at is not None:
        yield Sentence(f"Nothing is changed unless somebody approves it by {_moment(news.record.due_at)}.")
    if news.decide is not None:
        yield from link("Look at the plan and decide", news.decide, strong=True)
        yield Sentence("Opening that page changes nothing.")


def _plan(plan: Plan) -> Iterator[Part]:
    for number, step in enumerate(plan.steps, 1):
        yield Sentence(f"Change {number}: {step.summary}" if len(plan.steps) > 1 else f"The change: {step.summary}")
        expiry = (("expires", step.expiry),) if step.expiry is not None else ()
        told = (("before", step.before or "nothing"), ("after", step.after), ("risk", step.risk), ("undo", step.undo))
        yield Facts((*told, *expiry))
    yield Facts((("plan", plan.hash),))


def _facts(news: News) -> Iterator[tuple[str, str]]:
    incident = news.record.incident
    yield "group", str(incident.group)
    if news.report is not None:
        yield from (("image", image) for image in news.report.incident.images[:_MOST_FACTS])
    if incident.occurred_at is not None:
        yield "failed", _moment(incident.occurred_at)
    if incident.correlation_id is not None:
        yield "correlation", incident.correlation_id
    yield "incident", incident.id


def _details(report: Report) -> Iterator[Part]:
    for finding in report.fails[:1]:
        if finding.evidence:
            yield Heading("Evidence")
            yield Items(tuple(f"{fact.fact}: {fact.value}" for fact in finding.evidence[:_MOST_FACTS]))
        if may_link(finding.docs):
            yield from link("About this fault", finding.docs)
    for finding in report.fails[1:]:
        yield Heading("Also")
        yield Sentence(sections.summary(finding))
        yield from _fix(finding)
    if report.gaps:
        yield Heading("What could not be read")
        yield Items(tuple(f"{told.gap.reading}: {told.gap.reason}" for told in report.gaps[:_MOST_FACTS]))
        if len(report.gaps) > _MOST_FACTS:
            yield Sentence(f"And {len(report.gaps) - _MOST_FACTS} more.")


# --- many at once ---


def _crowd_title(crowd: Crowd) -> str:
    whose = "" if crowd.culprit is None else f", {_name(crowd.culprit)}"
    return f"{crowd.count} failures at once: {_name(crowd.cause or 'cause not found')}{whose}"


def _crowd(crowd: Crowd) -> Iterator[Part]:
    if crowd.headline:
        yield Sentence(crowd.headline, strong=True)
    common = "" if crowd.culprit is None else f" In common: {crowd.culprit}."
    span = f"{crowd.count} failures between {_moment(crowd.since)} and {_moment(crowd.until)}."
    yield Sentence(f"{span} Cause: {crowd.cause or 'not found'}.{common}")
    if crowd.baffling:
        yield Sentence(_BAFFLING)
    yield from _caveats(again=crowd.again, gateway=crowd.gateway)
    shown = crowd.told[:_MOST]
    if shown:
        yield Heading("Some of them" if crowd.count > len(shown) else "Which")
        yield Items(tuple(f"{record.incident.group} ({in_words(record.state)})" for record in shown))
    yield from link("All of them", crowd.page)


def _digest_title(digest: Digest) -> str:
    groups = tuple(dict.fromkeys(_name(news.record.incident.group.name) for news in digest.news))
    more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
    return f"{len(digest.news)} reports together: {', '.join(groups[:3])}{more}"


def _digest(digest: Digest) -> Iterator[Part]:
    span = f"between {_moment(digest.since)} and {_moment(digest.until)}"
    yield Sentence(f"{len(digest.news)} reports were put off {span}. They are told here together.")
    yield from _caveats(again=digest.again, gateway=digest.gateway)
    latest = {news.record.id: news for news in digest.news}
    for news in digest.news[:_MOST]:
        yield from _entry(news, latest=latest[news.record.id] is news)
    if len(digest.news) > _MOST:
        yield Sentence(f"And {len(digest.news) - _MOST} more.")
    yield from link("All of them", digest.page)


def _entry(news: News, *, latest: bool) -> Iterator[Part]:
    """latest: nothing later is told of this incident, so that it may still be undecided."""
    yield Heading(f"{_cause(news)} in {_name(news.record.incident.group.name)}")
    if news.report is not None:
        yield from (part for part in _lead(news.report) if not isinstance(part, Commands))
    yield Sentence(_standing(news))
    if news.state == AWAITING and latest:
        yield from _offer(news)
    yield from link("The report", news.page)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
