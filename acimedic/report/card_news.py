"""The card of one state of one incident: cause and fix, what is known, what may be decided."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from acimedic.image import parse_image
from acimedic.model.image import ImageReference
from acimedic.model.news import News
from acimedic.model.plan import RoleGrant, Step
from acimedic.model.report import Report, ToldStep
from acimedic.model.resource_id import IDENTITIES, ResourceId
from acimedic.redact import redact
from acimedic.report import sections
from acimedic.report.card_parts import Draft
from acimedic.report.card_states import AWAITING, Words, title, words

AGAIN = "This may be a repetition: nobody knows whether it was delivered before."
_MOST = 3  # images and registries that are named
_STEPS = 5
_NOT_KNOWN = "not known"


def draw_news(draft: Draft, news: News) -> None:
    """Draw the state, the cause and what follows; a card that was sent before is told in short."""
    told = words(news.state)
    if news.again:
        draft.say(AGAIN, subtle=True)
    if news.gateway:
        draft.say(sections.MAKE_BELIEVE, colour="Accent")
    draft.say(f"{title(news.state)}: {group(news)}", title=True, colour=told.colour)
    if news.times > 1:
        draft.say(_repeated(news))
    for sentence in _sentences(news, told):
        draft.say(sentence)
    if news.state == AWAITING:
        _plan(draft, news)
    draft.facts([*_facts(news)])
    if news.state == AWAITING and not draft.button("Decide", news.decide, first=True):
        draft.say("It is decided on the incident's page.")
    draft.button("Open the report", news.page)
    draft.button("Open in the portal", news.portal)
    if news.report is not None and news.times == 1:
        draft.fold("evidence", "Evidence", [*_evidence(news.report)], draft.room.evidence)
        draft.fold("ruled-out", "What was ruled out", [*_ruled_out(news.report)], draft.room.ruled_out)


def group(news: News) -> str:
    """The container group, or the deployment where nobody knows which group it was."""
    return news.record.incident.group.name


def moment(at: datetime, *, beside: datetime | None = None) -> str:
    """A moment in UTC, to the minute; of the same day as another one without the date."""
    told = at.astimezone(UTC)
    day = "" if beside is not None and told.date() == beside.astimezone(UTC).date() else f"{told:%Y-%m-%d} "
    return f"{day}{told:%H:%M} UTC"


def _repeated(news: News) -> str:
    last = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if news.times % 100 in {11, 12, 13} else last.get(news.times % 10, "th")
    since = "" if news.since is None else f" since {moment(news.since, beside=news.record.changed_at)}"
    return f"Again, {news.times}{ending} time{since}."


def _sentences(news: News, told: Words) -> Iterator[str]:
    """Each once: before a decision the cause and its fix first, afterwards what happened."""
    lead = [*_lead(news, told)]
    happened = [*_happened(news, told)]
    yield from dict.fromkeys([*lead, *happened] if told.early else [*happened, *lead])


def _lead(news: News, told: Words) -> Iterator[str]:
    report = news.report
    if report is None:
        if news.record.cause is not None:
            yield f"Cause: {news.record.cause}."
        return
    if not report.fails:
        yield report.headline
        yield "No change is proposed." if report.outcome == "not-a-pull-failure" else sections.advice(report)
        return
    blamed = report.fails[0]
    yield sections.summary(blamed)
    if told.fix and blamed.fix is not None:
        yield f"Fix: {blamed.fix.text}"
    if len(report.fails) > 1:
        more = len(report.fails) - 1
        yield f"{more} more {'fault was' if more == 1 else 'faults were'} found, see the report."


def _happened(news: News, told: Words) -> Iterator[str]:
    if news.step is not None:
        yield f"Step '{news.step}' failed for good."
    said = redact(news.said)
    if said and not (news.report is not None and said == news.report.headline and news.report.fails):
        yield said
    if told.meaning:
        yield told.meaning


def _facts(news: News) -> Iterator[tuple[str, str]]:
    incident, report = news.record.incident, news.report
    if news.record.due_at is not None and news.state == AWAITING:
        yield "Decide by", moment(news.record.due_at)
    yield "Container group", _placed(incident.group)
    blamed = report.fails[0] if report is not None and report.fails else None
    if blamed is not None and blamed.container:
        yield "Container", blamed.container
    images = report.incident.images if report is not None else ()
    if blamed is not None and blamed.image:
        images = (blamed.image, *(image for image in images if image != blamed.image))
    if images:
        yield "Image", _some(images)
    if news.times == 1:
        if hosts := tuple(dict.fromkeys(_hosts(images))):
            yield "Registry", _some(hosts)
        if (identity := _identity(news)) is not None:
            yield "Identity", _placed(identity)
    yield "Failed", _NOT_KNOWN if incident.occurred_at is None else moment(incident.occurred_at)
    yield "State", f"{news.state}, since {moment(news.record.changed_at)}"


def _placed(resource: ResourceId) -> str:
    return f"{resource.name}, resource group {resource.resource_group or _NOT_KNOWN}"


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _hosts(images: tuple[str, ...]) -> Iterator[str]:
    for image in images:
        named = parse_image(image)
        if isinstance(named, ImageReference):
            yield str(named.host)


def _identity(news: News) -> ResourceId | None:
    """The pull identity: of the plan, else of what the finding rests on."""
    texts = [
        step.change.identity_id
        for step in (news.plan.steps if news.plan is not None else ())
        if isinstance(step.change, RoleGrant)
    ]
    if news.report is not None and news.report.fails:
        texts += [text for fact in news.report.fails[0].evidence for text in (fact.value, *fact.source.split())]
    for text in texts:
        try:
            found = ResourceId.parse(text.partition("?")[0])
        except ValueError:
            continue
        if found.is_a(IDENTITIES):
            return found
    return None


def _plan(draft: Draft, news: News) -> None:
    steps = _steps(news)
    for number, step in enumerate(steps[:_STEPS], 1):
        draft.say(f"Change {number}: {step.summary}" if len(steps) > 1 else f"The change: {step.summary}")
        told = [("At", _target(step)), ("Risk", step.risk), ("Undo", sections.short(step.undo))]
        draft.facts([*told, *([] if step.expiry is None else [("Ends", step.expiry)])])
    if len(steps) > _STEPS:
        draft.cut = True
        draft.say(f"and {len(steps) - _STEPS} more changes", subtle=True)


def _target(step: Step | ToldStep) -> str:
    """What is changed: its name and resource group; the page has the whole id."""
    try:
        return _placed(ResourceId.parse(step.target))
    except ValueError:
        return step.target


def _steps(news: News) -> Sequence[Step | ToldStep]:
    if news.plan is not None:
        return news.plan.steps
    return () if news.report is None or news.report.plan is None else news.report.plan.steps


def _evidence(report: Report) -> Iterator[tuple[str, str]]:
    if (said := sections.said_by_azure(report)) is not None:
        yield "Azure said", said
    for finding in report.fails:
        yield from ((fact.fact, fact.value) for fact in finding.evidence)


def _ruled_out(report: Report) -> Iterator[tuple[str, str]]:
    yield from ((finding.label, finding.summary) for finding in sections.ruled_out(report))
