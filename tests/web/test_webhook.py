"""The webhook: both handshakes, one event or many, and what makes an event come again."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from acimedic.connection import NoAzureError
from acimedic.store.trouble import StoreUnavailableError
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.webhook import MOST_BYTES, on_events

EVENT = {"id": "1", "eventType": "Microsoft.Resources.ResourceWriteFailure", "data": {"a": 1}}
VALIDATION = {
    "id": "2",
    "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
    "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "validationUrl": "https://rp.example.test/v"},
}


class Door:
    """Takes events in, or has trouble."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.taken: list[Mapping[str, object]] = []
        self.trouble = trouble

    async def take_in(self, event: Mapping[str, object]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.taken.append(event)


def post(body: object, door: Door | None = None, *, kind: str = "application/json") -> Answer:
    told = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask("POST", door, body=told, headers={"Content-Type": kind})


def ask(method: str, door: Door | None = None, **more: Any) -> Answer:
    asked = Asked(method=method, origin="http://127.0.0.1:7071", **more)
    return asyncio.run(on_events(asked, (door or Door()).take_in))


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/cloudevents+json"])
def test_an_event_is_taken_in(kind: str) -> None:
    door = Door()
    assert post(EVENT, door, kind=kind).status == 200
    assert door.taken == [EVENT]


def test_each_event_of_an_array_is_taken_in() -> None:
    door = Door()
    assert post([EVENT, EVENT | {"id": "3"}], door).status == 200
    assert [event["id"] for event in door.taken] == ["1", "3"]


def test_what_is_no_event_does_not_keep_the_others_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic.web")
    door = Door()
    assert post([7, EVENT, None], door).status == 200
    assert door.taken == [EVENT]
    assert [json.loads(record.getMessage())["line"] for record in caplog.records] == ["bad-event", "bad-event"]


@pytest.mark.parametrize("trouble", [NoAzureError("nothing answered"), StoreUnavailableError("locked")])
def test_where_azure_or_the_store_is_away_the_event_comes_again(trouble: Exception) -> None:
    assert post(EVENT, Door(trouble)).status == 503


def test_the_handshake_of_event_grid_sends_the_code_back() -> None:
    door = Door()
    answer = post([VALIDATION], door)
    assert json.loads(answer.body) == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}
    assert (answer.status, door.taken) == (200, [])


@pytest.mark.parametrize("code", [None, "", 5, "x" * 600])
def test_without_a_code_there_is_no_handshake(code: object) -> None:
    answer = post([VALIDATION | {"data": {"validationCode": code}}])
    assert b"validationResponse" not in answer.body


def test_the_handshake_of_cloudevents_names_who_may_deliver() -> None:
    answer = ask("OPTIONS", headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
    assert answer.status == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"
    assert answer.headers["WebHook-Allowed-Rate"] == "120"


@pytest.mark.parametrize("origin", ["a\r\nSet-Cookie: b", "*", "https://eventgrid.azure.net", "x" * 400])
def test_who_has_no_name_may_not_deliver(origin: str) -> None:
    answer = ask("OPTIONS", headers={"WebHook-Request-Origin": origin})
    assert answer.status == 400
    assert "WebHook-Allowed-Origin" not in answer.headers


def test_a_question_for_the_methods_is_answered_without_a_handshake() -> None:
    answer = ask("OPTIONS")
    assert (answer.status, answer.headers["Allow"]) == (200, "POST, OPTIONS")
    assert "WebHook-Allowed-Origin" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_events_come_with_post_alone(method: str) -> None:
    assert ask(method).status == 405


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_could_send_is_no_event(kind: str) -> None:
    door = Door()
    assert post(EVENT, door, kind=kind).status == 415
    assert door.taken == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    assert post(body).status == 400


def test_too_much_at_once_is_refused() -> None:
    assert post(b" " * (MOST_BYTES + 1)).status == 413
