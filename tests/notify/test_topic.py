"""Events: their form, what stays out of them, their documentation, and how they are published."""

import asyncio
import json
import logging
import re
import traceback
from dataclasses import replace
from functools import partial

import pytest
from azure.core.messaging import CloudEvent

from acimedic.model.news import Message
from acimedic.notify.port import NotToldError
from acimedic.notify.topic import TopicSink
from acimedic.report.event import LARGEST, as_json, to_event
from acimedic.report.states import STATES
from acimedic.settings import read_settings
from tests import build
from tests.adapters.replay import Answer, Replay, route

from .examples import PAGE, event_of, examples, with_examples
from .told import HOSTILE, PAGES, crowd_of, digest_of, hostile_messages, news_of, record_of, report_of

SOURCE = "/subscriptions/s/resourceGroups/rg-medic/providers/Microsoft.Web/sites/func-medic"


# --- its form ---


@pytest.mark.parametrize("state", STATES)
def test_the_type_names_the_state(state: str) -> None:
    """In the way that Azure's own event types are written."""
    assert event_of(news_of(state))["type"] == "Acimedic.Incident." + state.title().replace("-", "")


def test_it_is_a_cloud_event_that_the_sdk_understands() -> None:
    """Read by Azure's own class, which refuses what lacks an attribute."""
    event: CloudEvent[object] = CloudEvent.from_dict(event_of(news_of()))
    assert (event.specversion, event.subject) == ("1.0", build.GROUP_ID)
    assert event.time == record_of().changed_at


def test_a_repetition_has_the_same_id_and_the_same_content() -> None:
    """Receivers drop it by its id, and lose nothing."""
    assert event_of(news_of(again=True)) == event_of(news_of())


def test_the_source_is_who_tells_it_or_else_the_subscription() -> None:
    """Id and source together are unique."""
    assert event_of(news_of())["source"] == f"/acimedic/{build.APP}"
    named = to_event(news_of(), source=SOURCE)
    assert named is not None
    assert named.source == SOURCE


def test_the_data_say_what_was_found_and_what_would_help() -> None:
    """Cause, summary and fix of the finding that is blamed first."""
    finding = report_of().fails[0]
    assert finding.fix is not None
    data = event_of(news_of())["data"]
    assert (data["root_cause"], data["summary"], data["fix"]) == (finding.check, finding.summary, finding.fix.text)


def test_before_a_diagnosis_the_data_are_those_of_the_record() -> None:
    """Nothing is made up."""
    data = event_of(news_of("failed", report=None, plan=None, record=record_of(cause=None, outcome=None)))["data"]
    assert (data["root_cause"], data["summary"], data["outcome"], data["images"]) == (None, None, None, [])


def test_a_crowd_is_one_event() -> None:
    """With the ids of some of its incidents."""
    event = event_of(crowd_of())
    assert event["type"] == "Acimedic.Crowd"
    assert event["data"]["incidents"] == [build.INCIDENT.id]
    assert event["data"]["count"] == 14


def test_a_crowd_of_nobody_is_still_an_event() -> None:
    """There is no incident to take a subscription from."""
    assert event_of(crowd_of(told=(), cause=None, culprit=None))["source"] == "/acimedic"


def test_a_digest_is_no_event() -> None:
    """Its news were events, one by one."""
    assert to_event(digest_of()) is None


# --- what stays out of it ---


def test_the_address_that_decides_is_not_in_it() -> None:
    """Whoever listens to a topic is not whoever may decide."""
    assert "token" not in json.dumps(event_of(news_of()))


def test_personal_data_and_secrets_are_not_in_it() -> None:
    """Azure's words name the caller; a pasted one may hold a key."""
    said = "The client 'jane@contoso.com' with object id '12-34' may not; password=hunter2"
    told = json.dumps(event_of(news_of(said=said)))
    assert [word for word in ("jane", "12-34", "hunter2") if word in told] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_made_plain(name: str) -> None:
    """No control or bidirectional character reaches who reads it, and the types stay words."""
    for message in hostile_messages(HOSTILE[name]):
        if to_event(message) is None:
            continue
        event = event_of(message)
        hidden = set("\r\n\x00\x1b\x9b\u202e\u2066\u200b\ufeff\u2028\ud800")
        assert hidden & set("".join(strings(event))) == set()
        assert re.fullmatch(r"Acimedic\.(Incident\.[A-Za-z0-9]+|Crowd)", event["type"])


@pytest.mark.parametrize("char", ["x", "é", "\U0001f980", "\\", '"', "\u202e", "\ud800"])
def test_it_stays_below_64_kb(char: str) -> None:
    """However long the words are, and however many bytes they take."""
    for message in hostile_messages(char * 100_000):
        event = to_event(message)
        if event is not None:
            assert len(json.dumps(as_json(event))) < LARGEST


def test_a_crowd_of_very_many_stays_below_64_kb() -> None:
    """The page has all of them."""
    event = event_of(crowd_of(told=(record_of(),) * 5000))
    assert len(event["data"]["incidents"]) == 20


def test_a_page_is_whole_or_left_out() -> None:
    """A shortened address leads nowhere."""
    assert event_of(news_of(page=f"{PAGES}/{'x' * 5000}"))["data"]["page"] is None


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in parts for text in strings(each)]


# --- its documentation ---


def test_the_documentation_shows_each_event_as_it_is() -> None:
    """`python -m tests.notify.examples` has been run since the last change."""
    text = PAGE.read_text()
    assert with_examples(text) == text


def test_the_documentation_has_an_example_of_every_type() -> None:
    """Each under its own heading."""
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    assert {block["type"]: block for block in blocks} == examples()


def test_the_documentation_names_every_field() -> None:
    """In the tables of the data."""
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE))
    sent = {field for event in examples().values() for field in event["data"]}
    assert named == sent


# --- how it is published ---
#
# The shapes are those of https://learn.microsoft.com/azure/event-grid/post-to-custom-topic: 200 for success, and an
# `error` with the status as its code otherwise.

ENDPOINT = "https://topic-medic.westeurope-1.eventgrid.azure.net/api/events"
TARGET = "/api/events\\?api-version=2018-01-01$"
TAKEN = Answer()


def refused(status: int) -> Answer:
    details = [{"code": str(status), "message": "Bearer stand-in"}]
    return Answer(
        status=status, body={"error": {"code": str(status), "message": "Bearer stand-in", "details": details}}
    )


def sink_at(replay: Replay, seconds: float = 10) -> TopicSink:
    settings = read_settings({"ACIMEDIC_GATEWAY": replay.url})
    return TopicSink(settings, write=partial(to_event, source=SOURCE), endpoint=ENDPOINT, seconds=seconds)


def failing(answer: Answer, seconds: float = 10) -> NotToldError:
    with Replay(route("POST", TARGET, answer)) as replay, pytest.raises(NotToldError) as raised:
        asyncio.run(sink_at(replay, seconds).send(news_of()))
    return raised.value


@pytest.mark.parametrize("message", [*map(news_of, STATES), crowd_of()], ids=[*STATES, "crowd"])
def test_an_event_arrives_as_it_was_written(message: Message) -> None:
    """One POST of a batch of one, in the JSON format of CloudEvents."""
    event = to_event(message, source=SOURCE)
    assert event is not None
    with Replay(route("POST", TARGET, TAKEN)) as replay:
        asyncio.run(sink_at(replay).send(message))
        (asked,) = replay.asked
    (sent,) = asked.json
    assert asked.headers["content-type"].startswith("application/cloudevents-batch+json")
    kept = {name: value for name, value in as_json(event).items() if name != "time"}
    assert {name: value for name, value in sent.items() if name != "time"} == kept
    assert CloudEvent.from_dict(sent).time == event.time


def test_it_goes_through_the_gateway_with_nobodys_token() -> None:
    """The host that is meant stands in the `Host` header."""
    with Replay(route("POST", TARGET, TAKEN)) as replay:
        asyncio.run(sink_at(replay).send(news_of()))
        assert replay.hosts == {"topic-medic.westeurope-1.eventgrid.azure.net"}
        assert replay.asked[0].headers["authorization"] == "Bearer stand-in"


def test_a_digest_is_not_published() -> None:
    """Nothing is asked of the topic."""
    with Replay(route("POST", TARGET, TAKEN)) as replay:
        asyncio.run(sink_at(replay).send(digest_of()))
        assert replay.asked == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_can_be_published(name: str) -> None:
    """Whatever it holds, it is JSON."""
    with Replay(route("POST", TARGET, TAKEN)) as replay:
        for message in hostile_messages(HOSTILE[name]):
            asyncio.run(sink_at(replay).send(message))
        assert len([asked.json for asked in replay.asked]) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 302])
def test_what_would_be_refused_again_is_final(status: int) -> None:
    """With the status, and nothing of the answer's words."""
    error = failing(refused(status))
    assert (error.final, error.unclear) == (True, False)
    assert str(error) == f"the Event Grid topic answered {status}"


@pytest.mark.parametrize(("status", "unclear"), [(408, False), (429, False), (500, True), (503, False), (504, True)])
def test_what_may_pass_is_worth_another_attempt(status: int, unclear: bool) -> None:
    """And after a server error nobody knows whether it was taken."""
    error = failing(refused(status))
    assert (error.final, error.unclear) == (False, unclear)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(fault="reset"),
        Answer(fault="silence"),
        Answer(body=b"<html>Sign in</html>", headers={"Content-Type": "text/html"}),
    ],
    ids=["reset", "silence", "page"],
)
def test_without_an_answer_of_its_own_nobody_knows(answer: Answer) -> None:
    """The connection ended, nothing came in time, or a web page came."""
    error = failing(answer, seconds=0.2 if answer.fault == "silence" else 10)
    assert (error.final, error.unclear) == (False, True)


def test_where_nobody_listens_nothing_was_published() -> None:
    """No connection, no event."""
    with Replay() as replay:
        sink = sink_at(replay)
    with pytest.raises(NotToldError) as raised:
        asyncio.run(sink.send(news_of()))
    assert (raised.value.final, raised.value.unclear) == (False, False)


def test_nothing_is_repeated_by_itself() -> None:
    """Whoever delivers repeats it, later, under the same id."""
    with Replay(route("POST", TARGET, refused(503))) as replay, pytest.raises(NotToldError):
        asyncio.run(sink_at(replay).send(news_of()))
    assert len(replay.asked) == 1


def test_a_redirect_is_not_followed() -> None:
    """The token goes to the topic alone."""
    away = Answer(status=307, headers={"Location": "https://evil.example/api/events"})
    with Replay(route("POST", TARGET, away)) as replay, pytest.raises(NotToldError):
        asyncio.run(sink_at(replay).send(news_of()))
    assert replay.hosts == {"topic-medic.westeurope-1.eventgrid.azure.net"}


@pytest.mark.parametrize("answer", [refused(401), refused(404), refused(500), Answer(fault="reset"), TAKEN])
def test_tokens_are_in_no_log_and_no_exception(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    """Not even where the topic quotes them."""
    caplog.set_level(logging.DEBUG)
    told = caplog.text
    if answer is TAKEN:
        with Replay(route("POST", TARGET, answer)) as replay:
            asyncio.run(sink_at(replay).send(news_of()))
    else:
        error = failing(answer)
        told = "".join(traceback.format_exception(error)) + repr(error)
    assert "stand-in" not in told + caplog.text


def test_the_same_message_is_published_under_the_same_id() -> None:
    """Where it is repeated."""
    with Replay(route("POST", TARGET, TAKEN)) as replay:
        asyncio.run(sink_at(replay).send(news_of()))
        asyncio.run(sink_at(replay).send(replace(news_of(), again=True)))
        first, second = (asked.json[0]["id"] for asked in replay.asked)
    assert first == second == news_of().operation
