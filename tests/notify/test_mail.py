"""Mail: what it says, that nothing in it can deceive its reader, and how it is sent."""

import asyncio
import logging
import re
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from acimedic.model.news import Message, News
from acimedic.model.reading import Gap
from acimedic.model.report import ToldGap
from acimedic.notify.mail import Counted, MailSink, operation_id
from acimedic.notify.port import NotToldError, PutOffError
from acimedic.report.mail import LONGEST_SUBJECT, Mail, to_mail
from acimedic.report.states import STATES, in_words
from acimedic.settings import read_settings
from acimedic.store.chain import AuditKeys
from acimedic.store.opening import open_store
from tests import build
from tests.adapters.asking import Waits
from tests.adapters.replay import Answer, Replay, Route, route

from .told import (
    DECIDE,
    HOSTILE,
    PAGES,
    PORTAL,
    crowd_of,
    digest_of,
    group_named,
    hostile_messages,
    news_of,
    record_of,
    report_of,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENDPOINT = "https://contoso.westus.communication.azure.com"
SENDER = "DoNotReply@mail.contoso.com"
PEOPLE = ("on-call@contoso.com", "jane.doe@contoso.com")


# --- what it says ---


def test_the_subject_names_state_cause_and_group() -> None:
    """In that order, after our name."""
    assert to_mail(news_of()).subject == "[ACI Medic] A decision is awaited: pull-role-missing in cg-web-01"


def test_cause_and_fix_stand_first() -> None:
    """The two first paragraphs, before everything else."""
    finding = report_of().fails[0]
    assert finding.fix is not None
    text = " ".join(to_mail(news_of()).text.split())
    fix = " ".join(finding.fix.text.split())
    assert text.startswith(f"{finding.summary} {fix}")


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told_in_words(state: str) -> None:
    """Its title and the sentence that the incident has."""
    news = news_of(state)
    text = " ".join(to_mail(news).text.split())
    assert in_words(state) in text
    assert news.said in text


def test_what_is_said_already_is_not_said_twice() -> None:
    """A sentence that begins with the state, or is the headline."""
    news = news_of("in-effect")
    assert news.said.startswith(in_words(news.state))
    assert " ".join(to_mail(news).text.split()).count(in_words(news.state)) == 1
    report = report_of()
    assert "\nDiagnosed.\n" in to_mail(news_of("diagnosed", said=report.headline, report=report)).text


def test_a_state_of_a_newer_version_is_told_as_it_is_written() -> None:
    """The store knows no states, and neither does a mail."""
    assert to_mail(news_of("half-done")).subject.startswith("[ACI Medic] half-done: ")


def test_where_a_decision_is_awaited_the_plan_is_there_with_risk_and_undo() -> None:
    """All that whoever decides has to know."""
    news = news_of()
    assert news.plan is not None
    text = " ".join(to_mail(news).text.split())
    step = news.plan.steps[0]
    assert [part for part in (step.summary, step.risk, step.undo, step.after, news.plan.hash) if part not in text] == []


def test_where_no_decision_is_awaited_there_is_no_plan_and_no_address_to_decide() -> None:
    """A link that decides nothing misleads."""
    mail = to_mail(news_of("proved", decide=DECIDE))
    assert "What would be changed" not in mail.text
    assert DECIDE not in mail.text + mail.html


def test_the_links_are_those_of_the_news_and_the_documentation() -> None:
    """The page, the decision, the portal, and Microsoft's page on the fault; in both forms."""
    mail = to_mail(news_of())
    found = {address for name, address in attributes(mail.html) if name == "href"}
    assert {f"{PAGES}/{build.INCIDENT.id}", DECIDE, PORTAL} <= found
    assert all(address.startswith((PAGES, PORTAL, "https://learn.microsoft.com/")) for address in found)
    assert [address for address in found if f"  {address}" not in mail.text.splitlines()] == []


def test_the_address_to_decide_stands_before_what_failed() -> None:
    """It is what the mail was sent for."""
    text = to_mail(news_of()).text
    assert text.index(DECIDE) < text.index("== What failed ==")


def test_until_when_one_may_decide_is_told() -> None:
    """And that nothing happens without."""
    news = news_of(record=record_of("awaiting-decision", due_at=NOON))
    text = " ".join(to_mail(news).text.split())
    assert "Nothing is changed unless somebody approves it by 2026-11-20 12:00 UTC." in text


def test_a_repetition_says_that_it_may_be_one() -> None:
    """And what is told for the first time does not."""
    assert "may be a repetition" in to_mail(news_of(again=True)).text
    assert "may be a repetition" not in to_mail(news_of()).text


def test_a_cause_that_comes_back_is_counted() -> None:
    """How often, and since when."""
    text = " ".join(to_mail(news_of(times=3, since=NOON)).text.split())
    assert "on this group before, first on 2026-11-20 12:00 UTC: this is number 3." in text


def test_the_step_that_failed_is_named() -> None:
    """In the state `failed`."""
    assert "It stopped at the step apply." in to_mail(news_of("failed")).text


@pytest.mark.parametrize("message", [news_of(gateway=True), crowd_of(gateway=True), digest_of(gateway=True)])
def test_a_make_believe_azure_is_called_so(message: Message) -> None:
    """In the subject and in the mail."""
    mail = to_mail(message)
    assert mail.subject.startswith("[ACI Medic] (make-believe) ")
    assert "make-believe Azure" in mail.text


def test_what_could_not_be_read_is_listed() -> None:
    """With the reason."""
    gap = ToldGap(Gap(reading="role assignments", reason="403 AuthorizationFailed"), None)
    mail = to_mail(news_of(report=replace(report_of(), gaps=(gap,))))
    assert "- role assignments: 403 AuthorizationFailed" in mail.text


def test_a_failure_that_is_no_pull_failure_says_so() -> None:
    """With the kind, and that nothing is proposed."""
    other = build.with_error("ContainerGroupQuotaReached", "Resource type quota exceeded.")
    mail = to_mail(news_of("diagnosed", report=report_of(other)))
    assert "not an image-pull failure" in mail.subject
    assert "No change is proposed." in mail.text


def test_news_without_a_report_are_told_by_their_sentence() -> None:
    """Before the first diagnosis there is nothing else."""
    mail = to_mail(news_of("failed", report=None, plan=None, record=record_of(cause=None)))
    assert mail.text.startswith("It could not be brought to an end: Azure answered nothing.\n")
    assert "cause not found yet" in mail.subject


def test_personal_data_in_a_sentence_is_removed() -> None:
    """Azure's words name the caller."""
    said = "403: The client 'jane@contoso.com' with object id '1234' does not have authorization"
    mail = to_mail(news_of("refused", said=said))
    assert "jane" not in mail.text + mail.html


def test_a_crowd_is_told_as_one() -> None:
    """How many, what they have in common, and which."""
    mail = to_mail(crowd_of())
    assert mail.subject == "[ACI Medic] 14 failures at once: pull-role-missing, registry contoso"
    assert "In common: registry contoso." in " ".join(mail.text.split())
    assert build.GROUP_ID in mail.text


def test_a_baffling_crowd_points_at_the_platform() -> None:
    """And another does not."""
    assert "Azure Service Health" in " ".join(to_mail(crowd_of(baffling=True, culprit=None)).text.split())
    assert "Azure Service Health" not in " ".join(to_mail(crowd_of()).text.split())


def test_a_digest_tells_each_of_its_news_and_where_to_decide() -> None:
    """An offer that was put off is still open."""
    other = replace(build.INCIDENT, id="another")
    mail = to_mail(digest_of(news_of(), news_of("proved", record=record_of(incident=other))))
    text = " ".join(mail.text.split())
    assert mail.subject == "[ACI Medic] 2 reports together: cg-web-01"
    assert "A decision is awaited: " in text
    assert "It helped: " in text
    assert DECIDE in text


def test_a_digest_offers_nothing_that_was_decided_since() -> None:
    """Later news of the same incident are in it."""
    assert DECIDE not in to_mail(digest_of(news_of(), news_of("rejected"))).text


def test_a_digest_of_very_many_is_bounded_and_says_how_many_are_left_out() -> None:
    """No mail grows without end."""
    text = to_mail(digest_of(*[news_of("proved")] * 300)).text
    assert "And 260 more." in text
    assert len(text) < 100_000


@pytest.mark.parametrize("message", [*map(news_of, STATES), crowd_of(baffling=True), digest_of()])
def test_the_text_fits_72_columns(message: Message) -> None:
    """But for commands, ids and addresses, which stay whole."""
    lines = to_mail(message).text.splitlines()
    prose = [line for line in lines if not line.startswith("  ") and all(len(word) < 40 for word in line.split())]
    assert [line for line in prose if len(line) > 72] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_both_forms_say_the_same() -> None:
    """Every word of the text is in the HTML, and the other way round, but for addresses and marks of the text."""
    mail = to_mail(news_of())
    marks = {"==", "-"}
    told = [word for word in mail.text.split() if word not in marks and not word.startswith("https://")]
    shown = [word for word in words(mail.html) if not word.startswith("https://")]
    assert {word.rstrip(":") for word in told} == {word.rstrip(":") for word in shown} - marks


def test_the_address_that_decides_is_in_no_repr() -> None:
    """A mail may be printed by accident."""
    assert "token" not in repr(to_mail(news_of()))


# --- that nothing in it deceives ---


def places(mail: Mail) -> str:
    return mail.subject + mail.text + mail.html


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_bring_no_markup(name: str) -> None:
    """Tags and attributes are those that the HTML has for harmless words."""
    for spoilt, harmless in zip(hostile_messages(HOSTILE[name]), hostile_messages("harmless"), strict=True):
        assert tags(to_mail(spoilt).html) == tags(to_mail(harmless).html)
        assert {key for key, _ in attributes(to_mail(spoilt).html)} <= {"lang", "charset", "name", "content", "scope"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_bring_no_hidden_character(name: str) -> None:
    """Control and bidirectional characters are shown as escapes, in every part."""
    for message in hostile_messages(HOSTILE[name]):
        hidden = set("\r\x00\x1b\x9b\u202e\u2066\u200b\ufeff\u2028\ud800")
        assert hidden & set(places(to_mail(message))) == set()


@pytest.mark.parametrize("name", HOSTILE)
def test_the_subject_is_one_bounded_line_that_no_client_decodes(name: str) -> None:
    """Neither a second header nor an encoded word (RFC 2047) can be brought in."""
    for message in hostile_messages(HOSTILE[name]):
        subject = to_mail(message).subject
        assert subject.startswith("[ACI Medic] ")
        assert len(subject) <= LONGEST_SUBJECT
        assert subject.isprintable()
        assert "=?" not in subject


def test_hostile_lines_make_no_paragraph_of_their_own() -> None:
    """A name cannot say something in our name."""
    for broken, whole in zip(hostile_messages("cg\n\nApproved."), hostile_messages("cg  Approved."), strict=True):
        assert to_mail(broken).text == to_mail(whole).text


def test_an_address_that_is_none_is_left_out() -> None:
    """Whatever may end a link, or is no page."""
    for name in ("script-link", "attribute", "header", "bidi"):
        mail = to_mail(news_of(page=HOSTILE[name], decide=HOSTILE[name], portal=HOSTILE[name]))
        links = [address for key, address in attributes(mail.html) if key == "href"]
        assert [address for address in links if not address.startswith("https://learn.microsoft.com/")] == []


def test_the_html_loads_and_runs_nothing() -> None:
    """No picture, script, form, style attribute, or resource from elsewhere."""
    for message in (news_of(), crowd_of(), digest_of()):
        html = to_mail(message).html
        assert set(tags(html)) & {"img", "script", "link", "iframe", "form", "object", "svg", "base"} == set()
        assert {key for key, _ in attributes(html)} & {"style", "src", "background", "onclick"} == set()
        assert "url(" not in html
        assert "color:" not in html


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["title"], ["style"]):
            self.words += data.split()


def parsed(html: str) -> _Elements:
    found = _Elements()
    found.feed(html)
    found.close()
    return found


def tags(html: str) -> list[str]:
    return parsed(html).tags


def attributes(html: str) -> list[tuple[str, str]]:
    return parsed(html).attributes


def words(html: str) -> list[str]:
    body = html.partition("<body>")[2]
    return parsed(body).words


# --- how it is sent ---
#
# The shapes are those of the REST API, version 2025-09-01, and its examples:
# https://github.com/Azure/azure-rest-api-specs/tree/main/specification/communication/data-plane/Email/stable/2025-09-01

NEWS = news_of()
ID = operation_id(NEWS.operation)
SEND = "/emails:send\\?api-version=2025-09-01$"
LOOK = f"/emails/operations/{ID}\\?api-version=2025-09-01$"
PAGE = {"Content-Type": "text/html; charset=utf-8"}


class Counts:
    """Counts requests as the store does."""

    def __init__(self, *at: datetime) -> None:
        self.known = {str(when): when for when in at}
        self.ledgers: set[str] = set()

    async def count_change(self, registry_id: str, key: str, at: datetime) -> None:
        self.ledgers.add(registry_id)
        self.known.setdefault(key, at)

    async def changes(self, registry_id: str, *, since: datetime) -> tuple[datetime, ...]:
        return tuple(sorted(at for at in self.known.values() if at >= since))


def accepted(wait: str = "20") -> Answer:
    headers = {"Operation-Location": f"{ENDPOINT}/emails/operations/{ID}?api-version=2025-09-01", "retry-after": wait}
    return Answer(status=202, body={"id": ID, "status": "Running"}, headers=headers)


def standing(status: str, code: str | None = None) -> Answer:
    error = {} if code is None else {"error": {"code": code, "message": "no mail for jane.doe@contoso.com"}}
    return Answer(body={"id": ID, "status": status} | error)


def refused(status: int, code: str = "Denied", **headers: str) -> Answer:
    body = {"error": {"code": code, "message": "not to on-call@contoso.com with Bearer stand-in"}}
    return Answer(status=status, body=body, headers={name.replace("_", "-"): told for name, told in headers.items()})


NOT_KNOWN = refused(404, "OperationNotFound")
SENT = standing("Succeeded")


def sink_at(
    replay: Replay,
    counts: Counted,
    *,
    seconds: float = 10,
    hourly: int = 10,
    pause: Waits | None = None,
    endpoint: str = ENDPOINT,
    follow: float = 10,
) -> MailSink:
    return MailSink(
        read_settings({"ACIMEDIC_GATEWAY": replay.url}),
        write=to_mail,
        endpoint=endpoint,
        sender=SENDER,
        recipients=PEOPLE,
        counted=counts,
        now=lambda: NOON,
        hourly=hourly,
        pause=Waits() if pause is None else pause,
        seconds=seconds,
        follow=follow,
    )


def routes(post: tuple[Answer, ...], look: tuple[Answer, ...]) -> tuple[Route, ...]:
    return route("POST", SEND, *post), route("GET", LOOK, *look)


def send(
    replay: Replay, message: Message = NEWS, counts: Counts | None = None, *, hourly: int = 10, seconds: float = 10
) -> None:
    asyncio.run(sink_at(replay, counts or Counts(), hourly=hourly, seconds=seconds).send(message))


def failing(*answers: Answer, look: Answer = NOT_KNOWN, message: Message = NEWS, seconds: float = 10) -> NotToldError:
    with Replay(*routes(answers, (look,))) as replay, pytest.raises(NotToldError) as raised:
        send(replay, message, seconds=seconds)
    return raised.value


def test_the_mail_goes_out_as_the_api_has_it() -> None:
    """One POST with sender, recipients and both forms, and the id of the operation."""
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        send(replay)
        (asked,) = replay.sent("POST")
        mail = to_mail(NEWS)
        assert asked.json == {
            "senderAddress": SENDER,
            "recipients": {"to": [{"address": address} for address in PEOPLE]},
            "content": {"subject": mail.subject, "plainText": mail.text, "html": mail.html},
            "userEngagementTrackingDisabled": True,
        }
        assert asked.headers["operation-id"] == ID


def test_every_request_goes_through_the_gateway_with_nobodys_token() -> None:
    """The host that is meant stands in the `Host` header."""
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        send(replay)
        assert replay.hosts == {"contoso.westus.communication.azure.com"}
        assert {asked.headers["authorization"] for asked in replay.asked} == {"Bearer stand-in"}
        assert replay.unanswered == []


def test_a_repetition_has_the_same_id_and_another_message_another() -> None:
    """So that the service can tell them apart."""
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        send(replay)
        send(replay)
        first, second = (asked.headers["operation-id"] for asked in replay.sent("POST"))
    assert first == second
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)
    assert operation_id("another") != first


def test_what_nobody_knows_to_have_arrived_is_asked_for_before_it_is_repeated() -> None:
    """The service knows it: no second mail."""
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        send(replay, replace(NEWS, again=True))
        assert replay.sent("POST") == []


def test_what_the_service_does_not_know_is_sent_again() -> None:
    """The first attempt never came there."""
    with Replay(*routes((accepted(),), (NOT_KNOWN, SENT))) as replay:
        send(replay, replace(NEWS, again=True))
        assert len(replay.sent("POST")) == 1


@pytest.mark.parametrize("status", [400, 409])
def test_a_refusal_of_what_the_service_has_already_is_no_refusal(status: int) -> None:
    """A second request under one id is refused, though the first was carried out."""
    with Replay(*routes((refused(status),), (standing("Running"), SENT))) as replay:
        send(replay)
        assert len(replay.sent("POST")) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 302])
def test_what_would_be_refused_again_is_final(status: int) -> None:
    """With status and code, and no more."""
    error = failing(refused(status, "NotThisTime"))
    assert (error.final, error.unclear) == (True, False)
    assert str(error) == f"the mail service answered {status} NotThisTime"


@pytest.mark.parametrize("status", [408, 409, 429, 503])
def test_what_may_pass_is_worth_another_attempt(status: int) -> None:
    """Nothing was taken."""
    error = failing(refused(status))
    assert (error.final, error.unclear) == (False, False)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_after_a_server_error_nobody_knows(status: int) -> None:
    """It may have been taken all the same."""
    error = failing(refused(status))
    assert (error.final, error.unclear) == (False, True)


def test_a_host_that_does_not_exist_took_nothing() -> None:
    """A gateway says so with 502."""
    error = failing(Answer(status=502, headers={"x-ms-error-code": "NameNotResolved"}))
    assert (error.final, error.unclear) == (False, False)


def test_nothing_is_repeated_by_itself() -> None:
    """Requests that are refused count, too: whoever delivers repeats it later."""
    with Replay(*routes((refused(503),), (SENT,))) as replay, pytest.raises(NotToldError):
        send(replay)
    assert len(replay.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [Answer(fault="reset"), Answer(fault="silence"), replace(accepted(), fault="cut")],
    ids=["reset", "silence", "cut"],
)
def test_without_a_whole_answer_nobody_knows(answer: Answer) -> None:
    """The connection ended, or the service was silent for too long."""
    error = failing(answer, seconds=0.2 if answer.fault == "silence" else 10)
    assert (error.final, error.unclear) == (False, True)


def test_where_the_service_does_not_say_whether_it_knows_it_nothing_is_repeated() -> None:
    """Better late than twice."""
    with Replay(*routes((accepted(),), (refused(503),))) as replay:
        with pytest.raises(NotToldError) as raised:
            send(replay, replace(NEWS, again=True))
        assert replay.sent("POST") == []
    assert not raised.value.final


def test_where_nobody_listens_nothing_was_sent() -> None:
    """No connection, no mail."""
    with Replay() as replay:
        sink = sink_at(replay, Counts())
    with pytest.raises(NotToldError) as raised:
        asyncio.run(sink.send(NEWS))
    assert (raised.value.final, raised.value.unclear) == (False, False)


@pytest.mark.parametrize("status", [200, 202])
def test_a_web_page_is_no_answer(status: int) -> None:
    """A proxy that wants one to sign in answers 200, or anything."""
    error = failing(Answer(status=status, body=b"<html>Sign in</html>", headers=PAGE))
    assert (error.final, error.unclear) == (False, True)


def test_a_refusal_as_a_web_page_is_told_by_its_status() -> None:
    """Nothing of the page is quoted."""
    error = failing(Answer(status=403, body=b"<html>Blocked for on-call@contoso.com</html>", headers=PAGE))
    assert str(error) == "the mail service answered 403"
    assert error.final


def test_an_accepted_mail_that_was_not_sent_after_all_is_refused_for_good() -> None:
    """With the service's code."""
    error = failing(accepted(), look=standing("Failed", "EmailDropped"))
    assert error.final
    assert str(error) == "the mail service took the mail and did not send it: EmailDropped"


def test_a_mail_that_is_still_under_way_is_left_to_the_service() -> None:
    """After two looks, each after the time that the service asked for, within bounds."""
    waits = Waits()
    with Replay(*routes((accepted("7"),), (standing("Running"),))) as replay:
        asyncio.run(sink_at(replay, Counts(), pause=waits).send(NEWS))
        assert len(replay.sent("GET")) == 2
    assert waits == [7, 1]


@pytest.mark.parametrize("told", ["86400", "soon", "-5", ""])
def test_a_look_is_never_far_off(told: str) -> None:
    """Whatever the service says."""
    waits = Waits()
    with Replay(*routes((accepted(told),), (SENT,))) as replay:
        asyncio.run(sink_at(replay, Counts(), pause=waits).send(NEWS))
    assert len(waits) == 1
    assert 1 <= waits[0] <= 8


@pytest.mark.parametrize(
    "look",
    [
        refused(429),
        refused(500),
        NOT_KNOWN,
        Answer(body=b"no JSON"),
        Answer(body=[]),
        Answer(body=b"<html></html>", headers=PAGE),
        Answer(fault="reset"),
    ],
)
def test_a_look_that_fails_changes_nothing(look: Answer) -> None:
    """The mail was accepted: people are told."""
    with Replay(*routes((accepted(),), (look,))) as replay:
        send(replay)
        assert len(replay.sent("POST")) == 1


def test_a_look_that_nobody_answers_ends() -> None:
    """It was accepted, and is left at that."""
    with Replay(*routes((accepted(),), (Answer(fault="silence"),))) as replay:
        asyncio.run(sink_at(replay, Counts(), follow=0.2).send(NEWS))
        assert len(replay.sent("GET")) == 1


def test_an_answer_that_leads_elsewhere_is_not_followed() -> None:
    """The token goes to the resource alone, whatever `Operation-Location` says."""
    elsewhere = replace(accepted(), headers={"Operation-Location": "https://evil.example/emails", "retry-after": "1"})
    with Replay(*routes((elsewhere,), (SENT,))) as replay:
        send(replay)
        assert replay.hosts == {"contoso.westus.communication.azure.com"}


def test_an_endpoint_without_https_is_refused_before_anything_is_sent() -> None:
    """A token never goes out in the clear."""
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        sink = sink_at(replay, Counts(), endpoint="http://contoso.communication.azure.com")
        with pytest.raises(NotToldError) as raised:
            asyncio.run(sink.send(NEWS))
        assert raised.value.final
        assert replay.asked == []


# --- the hourly limit ---


def test_over_the_hourly_limit_it_is_put_off_until_there_is_room() -> None:
    """And nothing is asked of the service."""
    counts = Counts(*(NOON - timedelta(minutes=minutes) for minutes in (50, 40, 30)))
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        with pytest.raises(PutOffError) as raised:
            send(replay, counts=counts, hourly=3)
        assert replay.asked == []
    assert raised.value.until == NOON + timedelta(minutes=10)
    assert not raised.value.final


def test_what_was_sent_an_hour_ago_does_not_count() -> None:
    """At the very moment that was named there is room."""
    counts = Counts(*(NOON - timedelta(minutes=minutes) for minutes in (60, 40, 30)))
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        send(replay, counts=counts, hourly=3)
        assert len(replay.sent("POST")) == 1


def test_each_request_is_counted_before_it_is_made() -> None:
    """Azure counts those that it refuses, too."""
    counts = Counts()
    with Replay(*routes((refused(503),), (SENT,))) as replay, pytest.raises(NotToldError):
        send(replay, counts=counts)
    assert list(counts.known.values()) == [NOON]
    assert counts.ledgers == {f"mail:{SENDER}"}


def test_a_store_counts_for_all_that_send_from_one_address(tmp_path: Path) -> None:
    """Two processes share the limit of their subscription."""
    keys = AuditKeys(b"a key that only tests have")
    with Replay(*routes((accepted(),), (SENT,))) as replay:

        async def act() -> None:
            for number in range(3):
                store = open_store(str(tmp_path / "acimedic.db"), None, keys)
                try:
                    await sink_at(replay, store, hourly=2).send(news_of(operation=f"mail-{number}"))
                finally:
                    await store.close()

        with pytest.raises(PutOffError):
            asyncio.run(act())
        assert len(replay.sent("POST")) == 2


def test_asking_for_a_mail_that_is_known_counts_nothing() -> None:
    """Only what is sent counts against the limit."""
    counts = Counts()
    with Replay(*routes((accepted(),), (SENT,))) as replay:
        send(replay, replace(NEWS, again=True), counts)
    assert counts.known == {}


def test_a_service_that_takes_nothing_for_long_puts_it_off() -> None:
    """Somebody else may have used up the subscription's quota."""
    error = failing(refused(429, "TooManyRequests", retry_after="1800"))
    assert isinstance(error, PutOffError)
    assert error.until == NOON + timedelta(minutes=30)


def test_a_service_that_takes_nothing_for_a_moment_does_not() -> None:
    """The limit of a minute passes by itself."""
    assert not isinstance(failing(refused(429, "TooManyRequests", retry_after="30")), PutOffError)


# --- nothing of a person, no token ---


@pytest.mark.parametrize(
    "answer",
    [*(refused(status) for status in (400, 401, 403, 404, 429, 500, 503)), Answer(fault="reset"), accepted()],
)
def test_recipients_and_tokens_are_in_no_log_and_no_exception(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    """Not even where the service quotes them."""
    caplog.set_level(logging.DEBUG)
    error = failing(answer, look=standing("Failed", "jane.doe@contoso.com"))
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    assert [word for word in (*PEOPLE, "jane.doe", "stand-in", "signed-for-one-person") if word in told] == []


def test_a_sink_shows_no_recipient() -> None:
    """It may be printed by accident."""
    with Replay() as replay:
        sink = sink_at(replay, Counts())
    assert "@" not in repr(sink) + str(sink)


@pytest.mark.parametrize("number", [0, 51])
def test_a_mail_has_recipients_and_not_too_many(number: int) -> None:
    """Azure takes 50; the message names none of them."""
    with pytest.raises(ValueError, match="between 1 and 50") as raised:
        MailSink(
            read_settings({}),
            write=to_mail,
            endpoint=ENDPOINT,
            sender=SENDER,
            recipients=["jane.doe@contoso.com"] * number,
            counted=Counts(),
            now=lambda: NOON,
        )
    assert "jane" not in str(raised.value)


def test_a_hostile_message_can_be_sent() -> None:
    """Half a character has no UTF-8, and is sent as an escape."""
    hostile = [message for word in HOSTILE.values() for message in hostile_messages(word) if isinstance(message, News)]
    with Replay(route("POST", SEND, accepted()), route("GET", "/emails/operations/", SENT)) as replay:
        for message in hostile:
            send(replay, message)
        subjects = [asked.json["content"]["subject"] for asked in replay.sent("POST")]
    assert subjects == [to_mail(message).subject for message in hostile]


def test_a_group_with_a_long_name_leaves_room_for_the_cause() -> None:
    """A subject is cut in its names, not at its end."""
    news = news_of(record=record_of(incident=group_named("g" * 260)))
    assert "pull-role-missing in ggg" in to_mail(news).subject
