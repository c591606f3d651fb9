"""What people are told, as a message with an Adaptive Card for Teams.

Version 1.4, without what Teams does not show in a card from a webhook: no inputs, no `Action.Submit`. Buttons open
addresses or unfold what is there already; nothing is decided by pressing one.
Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
"""

from collections.abc import Iterator

from acimedic.model.news import Crowd, Digest, Message, News
from acimedic.model.record import IncidentRecord
from acimedic.report import sections
from acimedic.report.card_news import AGAIN, draw_news, group, moment
from acimedic.report.card_parts import Draft, Json, fitted
from acimedic.report.card_states import title

_BAFFLING = (
    "The failures span identities and registries, and nothing is known to have changed. "
    "That the platform fails is likelier than that each of them is wrong."
)
_WAIT = "Wait before you change anything, and look at Azure's own status page."


def to_card(message: Message) -> Json:
    """The body that a Teams workflow takes: one card of at most 20,000 bytes, however the JSON is written."""
    match message:
        case News() as news:
            return fitted(lambda draft: draw_news(draft, news), news.page)
        case Crowd() as crowd:
            return fitted(lambda draft: _crowd(draft, crowd), crowd.page)
        case Digest() as digest:
            return fitted(lambda draft: _digest(draft, digest), digest.page)


def _head(draft: Draft, message: Crowd | Digest, headline: str) -> None:
    if message.again:
        draft.say(AGAIN, subtle=True)
    if message.gateway:
        draft.say(sections.MAKE_BELIEVE, colour="Accent")
    draft.say(headline, title=True, colour="Warning")


def _crowd(draft: Draft, crowd: Crowd) -> None:
    _head(draft, crowd, f"{crowd.count} image pulls failed")
    if crowd.headline:
        draft.say(crowd.headline)
    if crowd.baffling:
        draft.say(_BAFFLING)
        draft.say(_WAIT)
    draft.facts([*_crowd_facts(crowd)])
    shown = crowd.told[: draft.room.listed]
    for record in shown:
        draft.say(_line(record), near=True)
    draft.say_more(crowd.count - len(shown))
    draft.button("Open the list", crowd.page)


def _crowd_facts(crowd: Crowd) -> Iterator[tuple[str, str]]:
    yield "Cause", crowd.cause or "not known"
    if crowd.culprit:
        yield "In common", crowd.culprit
    yield "Failures", str(crowd.count)
    yield "Since", moment(crowd.since)
    yield "Until", moment(crowd.until)


def _line(record: IncidentRecord) -> str:
    incident = record.incident
    at = incident.occurred_at or record.received_at
    return f"{moment(at)}: {incident.group.name}, resource group {incident.group.resource_group or 'not known'}"


def _digest(draft: Draft, digest: Digest) -> None:
    count = len(digest.news)
    _head(draft, digest, f"{count} {'message' if count == 1 else 'messages'} put off")
    draft.facts([("Since", moment(digest.since)), ("Until", moment(digest.until))])
    draft.some([_put_off(news) for news in digest.news])
    draft.button("Open the list", digest.page)


def _put_off(news: News) -> str:
    cause = "" if news.record.cause is None else f", {news.record.cause}"
    return f"{moment(news.record.changed_at)}: {group(news)}: {title(news.state)}{cause}"
