"""What travels as JSON, and the one line that is told of a failure."""

import json

import pytest

from acimedic.lifecycle.messages import Begin, Found, MessageError, Taken, from_json, to_json
from acimedic.lifecycle.steps import event_nonce, reason
from tests.lifecycle.lab import FOUND


def test_a_message_comes_back_as_it_went() -> None:
    begin = Begin(incident="i", mode="review")
    assert from_json(Begin, json.loads(json.dumps(to_json(begin)))) == begin


def test_what_a_newer_activity_adds_is_passed_over() -> None:
    assert from_json(Found, FOUND | {"news": 1}).plan == FOUND["plan"]


@pytest.mark.parametrize(
    "said", [None, [], {}, {"granted": "yes"}, {"granted": 1}, {"granted": True, "wait": True}], ids=str
)
def test_what_is_no_message_is_refused(said: object) -> None:
    with pytest.raises(MessageError):
        from_json(Taken, said)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("Activity function 'apply' failed: OSError: away \n ", "OSError: away"),
        ("Activity function 'apply' failed: Result: Failure\nException: OSError: away\nStack: x", "OSError: away"),
        ("", "no reason given"),
        ("Activity function 'apply' failed: " + "x" * 900, "x" * 300),
    ],
)
def test_a_failure_is_told_in_one_line(told: str, line: str) -> None:
    assert reason(told) == line


@pytest.mark.parametrize(
    ("said", "nonce"), [("n", "n"), ({"nonce": "n"}, "n"), ("", None), ("x" * 129, None), (7, None), ({}, None)]
)
def test_a_nonce_is_a_short_text(said: object, nonce: str | None) -> None:
    assert event_nonce(said) == nonce
