"""Deciding over HTTP: what is shown, what decides, and every reason for which a decision does not count."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

from acimedic.approval import Decision as Word
from acimedic.lifecycle.offers import link
from acimedic.settings import Settings
from acimedic.web.answers import Answer
from tests.web.desk import (
    FOREIGN,
    FORM,
    INCIDENT,
    JANE,
    JOHN,
    JSON,
    KEY,
    ORIGIN,
    OTHER,
    Desk,
    desk,
    plan,
    signed_in,
    who,
)

Result = TypeVar("Result")
CROSS = [
    {"Origin": "https://evil.example.test"},
    {"Origin": "null"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": ORIGIN.replace("https", "http")},
    {"Origin": f"{ORIGIN}:8443"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
]


def at_desk(folder: Path, work: Callable[[Desk], Awaitable[Result]], **changes: Any) -> Result:
    async def whole() -> Result:
        async with desk(folder, **changes) as sitting:
            return await work(sitting)

    return asyncio.run(whole())


def text(answer: Answer) -> str:
    return answer.body.decode()


def detail(answer: Answer) -> str:
    return str(json.loads(answer.body)["detail"])


class Page(HTMLParser):
    """The tags of a page, with their attributes, and the fields of its forms."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self.fields: list[dict[str, str]] = []
        self.feed(text(answer))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "form":
            self.forms.append(given)
            self.fields.append({})
        if tag == "input":
            self.fields[-1][str(given["name"])] = str(given["value"])


# --- looking


def test_the_page_shows_all_that_would_be_changed(tmp_path: Path) -> None:
    answer = at_desk(tmp_path, lambda sitting: sitting.get())
    shown = unescape(text(answer))
    (step,) = plan().steps
    wanted = [step.summary, step.target, str(step.before), step.after, step.risk, step.undo, str(step.expiry)]
    wanted += [INCIDENT, plan().hash, "containerGroups/shop", "trusted-services-disabled", "2026-03-14 16:00 UTC"]
    assert answer.status == 200
    assert [each for each in wanted if each not in shown] == []


def test_each_form_posts_its_own_word_and_never_to_an_address_with_the_token(tmp_path: Path) -> None:
    page = Page(at_desk(tmp_path, lambda sitting: sitting.get()))
    assert [(form["method"], form["action"]) for form in page.forms] == 2 * [
        ("post", f"/api/incidents/{INCIDENT}/decision")
    ]
    assert [form["decision"] for form in page.fields] == ["approve", "reject"]


@pytest.mark.parametrize(("place", "word"), [(0, "approve"), (1, "reject")])
def test_what_a_form_holds_decides(tmp_path: Path, place: int, word: str) -> None:
    async def press(sitting: Desk) -> list[str]:
        fields = Page(await sitting.get()).fields[place]
        await sitting.post(fields["decision"], fields["token"])
        return await sitting.decided()

    assert at_desk(tmp_path, press) == [word]


def test_a_link_to_reject_gives_no_form_to_approve(tmp_path: Path) -> None:
    page = Page(at_desk(tmp_path, lambda sitting: sitting.get(sitting.token("reject"))))
    assert [form["decision"] for form in page.fields] == ["reject"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_any_number_of_times_changes_nothing(tmp_path: Path, method: str) -> None:
    async def look(sitting: Desk) -> tuple[list[Any], list[Any], set[int], list[tuple[str, str]]]:
        before = sitting.rows()
        statuses = {(await sitting.get(method=method)).status for _ in range(20)}
        return before, sitting.rows(), statuses, sitting.woken.said

    before, after, statuses, woken = at_desk(tmp_path, look)
    assert before
    assert (after, statuses, woken) == (before, {200}, [])


def test_looking_with_a_decision_in_the_address_decides_nothing(tmp_path: Path) -> None:
    async def look(sitting: Desk) -> list[str]:
        await sitting.ask("GET", query={"token": sitting.token(), "decision": "approve"})
        return await sitting.decided()

    assert at_desk(tmp_path, look) == []


def test_what_is_hostile_is_shown_as_text(tmp_path: Path) -> None:
    hostile = "</dd><script>alert(1)</script>\u202e<img src=x onerror=alert(2)>"
    answer = at_desk(tmp_path, lambda sitting: sitting.get(), drawn=plan(risk=hostile), group='"><svg&onload=x>')
    assert {"script", "img", "svg"}.isdisjoint(Page(answer).tags)
    assert "\u202e" not in text(answer)
    assert "<script>alert(1)</script>" in unescape(text(answer))


def test_a_page_may_do_nothing_but_send_its_forms_home(tmp_path: Path) -> None:
    headers = at_desk(tmp_path, lambda sitting: sitting.get()).headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    style = policy.pop("style-src")
    assert policy == {
        "default-src": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert style.startswith("'sha256-")


def test_the_style_is_the_one_that_the_policy_names(tmp_path: Path) -> None:
    answer = at_desk(tmp_path, lambda sitting: sitting.get())
    (style,) = re.findall(r"<style>(.*?)</style>", text(answer), re.DOTALL)
    named = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{named}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("token", [None, "forged"])
def test_no_answer_is_stored_framed_guessed_at_or_told_to_others(
    tmp_path: Path, accept: str, token: str | None
) -> None:
    headers = at_desk(tmp_path, lambda sitting: sitting.get(token, headers={"Accept": accept})).headers
    names = ("Referrer-Policy", "Cache-Control", "X-Content-Type-Options", "X-Frame-Options")
    assert [headers[name] for name in names] == ["no-referrer", "no-store", "nosniff", "DENY"]


def test_whoever_wants_json_gets_the_same_as_json(tmp_path: Path) -> None:
    answer = at_desk(tmp_path, lambda sitting: sitting.get(headers=JSON))
    told = json.loads(answer.body)
    assert answer.headers["Content-Type"] == "application/json"
    assert (told["incident"], told["plan"]["hash"], told["plan"]["steps"][0]["risk"]) == (
        INCIDENT,
        plan().hash,
        plan().steps[0].risk,
    )
    assert list(told["tokens"]) == ["approve", "reject"]


def test_a_browser_that_takes_anything_gets_a_page(tmp_path: Path) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"}
    answer = at_desk(tmp_path, lambda sitting: sitting.get(headers=accept))
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_make_believe_azure_is_named(tmp_path: Path) -> None:
    settings = Settings(gateway="http://127.0.0.1:9")
    answer = at_desk(tmp_path, lambda sitting: sitting.get(), settings=settings)
    assert "make-believe Azure" in text(answer)


# --- deciding


@pytest.mark.parametrize(("word", "shown"), [("approve", "Approved by you"), ("reject", "Rejected by you")])
def test_who_decides_is_told_what_was_decided(tmp_path: Path, word: str, shown: str) -> None:
    answer = at_desk(tmp_path, lambda sitting: sitting.post(word, who=signed_in()))
    assert answer.status == 200
    assert f"{shown}, 2026-03-14 12:00 UTC" in text(answer)


def test_the_one_thing_that_is_kept_of_who_decides_is_an_object_id(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> list[str | None]:
        await sitting.post(who=signed_in())
        return [kept.approver for kept in await sitting.tools.store.decisions(INCIDENT)]

    assert at_desk(tmp_path, work) == [JANE]


def test_the_story_is_woken_with_the_nonce(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[list[tuple[str, str]], str]:
        await sitting.post()
        return sitting.woken.said, sitting.offer.nonce

    said, nonce = at_desk(tmp_path, work)
    assert said == [(INCIDENT, nonce)]


def test_a_story_that_cannot_be_woken_does_not_undo_the_decision(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(sitting: Desk) -> tuple[int, list[str]]:
        sitting.woken.trouble = OSError("the host is away")
        answer = await sitting.post()
        return answer.status, await sitting.decided()

    assert at_desk(tmp_path, work) == (200, ["approve"])
    assert [json.loads(record.getMessage())["line"] for record in caplog.records if record.name == "acimedic.web"] == [
        "not-woken"
    ]


def test_json_decides_as_a_form_does(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Answer:
        body = json.dumps({"token": sitting.token("reject"), "decision": "reject"}).encode()
        return await sitting.ask("POST", body=body, headers=JSON | {"Content-Type": "application/json; charset=utf-8"})

    answer = at_desk(tmp_path, work)
    assert json.loads(answer.body) == {
        "incident": INCIDENT,
        "plan": plan().hash,
        "decision": "reject",
        "decided_at": "2026-03-14T12:00:00+00:00",
    }


def test_of_two_approvals_at_once_one_counts(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[list[int], list[str]]:
        both = await asyncio.gather(sitting.post(who=signed_in(JANE)), sitting.post(who=signed_in(JOHN)))
        return sorted(answer.status for answer in both), await sitting.decided()

    assert at_desk(tmp_path, work) == ([200, 409], ["approve"])


def test_of_yes_and_no_at_once_one_counts(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[list[int], int]:
        both = await asyncio.gather(sitting.post("approve"), sitting.post("reject"))
        return sorted(answer.status for answer in both), len(await sitting.decided())

    assert at_desk(tmp_path, work) == ([200, 409], 1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # what browsers send under Referrer-Policy: no-referrer
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_form_is_taken(tmp_path: Path, headers: dict[str, str]) -> None:
    assert at_desk(tmp_path, lambda sitting: sitting.post(headers=headers)).status == 200


def test_a_form_at_the_address_of_the_settings_is_our_own(tmp_path: Path) -> None:
    settings = Settings(url="https://repairs.example.test/medic")
    headers = {"Origin": "https://repairs.example.test"}
    assert at_desk(tmp_path, lambda sitting: sitting.post(headers=headers), settings=settings).status == 200


# --- refusals


def refused(folder: Path, work: Callable[[Desk], Awaitable[Answer]], **changes: Any) -> int:
    """The status of a request after which nothing is decided and nobody is woken."""

    async def whole(sitting: Desk) -> tuple[int, list[str], list[tuple[str, str]]]:
        answer = await work(sitting)
        return answer.status, await sitting.decided(), sitting.woken.said

    status, decided, woken = at_desk(folder, whole, **changes)
    assert (decided, woken) == ([], [])
    return status


BOTH = pytest.mark.parametrize("method", ["GET", "POST"])


def ask(sitting: Desk, method: str, **more: Any) -> Awaitable[Answer]:
    return sitting.get(**more) if method == "GET" else sitting.post(**more)


@BOTH
def test_without_keys_decisions_are_closed(tmp_path: Path, method: str) -> None:
    async def work(sitting: Desk) -> Answer:
        token = link(sitting.offer, "approve", (KEY,), gateway=False)
        return await ask(sitting, method, token=token, headers=JSON)

    assert refused(tmp_path, work, approval_keys=()) == 503
    assert "ACIMEDIC_APPROVAL_KEY" in detail(at_desk(tmp_path, work, approval_keys=()))


@BOTH
def test_without_authentication_decisions_are_closed(tmp_path: Path, method: str) -> None:
    assert refused(tmp_path, lambda sitting: ask(sitting, method, who=signed_in(on=False))) == 503


@BOTH
@pytest.mark.parametrize("headers", [{}, {"X-MS-CLIENT-PRINCIPAL": "no base64 !"}])
def test_whoever_is_not_signed_in_sees_and_decides_nothing(
    tmp_path: Path, method: str, headers: dict[str, str]
) -> None:
    assert refused(tmp_path, lambda sitting: ask(sitting, method, who=who(headers))) == 401


@BOTH
def test_a_sign_in_without_the_role_sees_and_decides_nothing(tmp_path: Path, method: str) -> None:
    assert refused(tmp_path, lambda sitting: ask(sitting, method, who=signed_in(role="Reader"))) == 403


def test_who_is_asked_for_a_sign_in_is_told_how(tmp_path: Path) -> None:
    assert at_desk(tmp_path, lambda sitting: sitting.get(who=who({}))).headers["WWW-Authenticate"] == "Bearer"


def test_whoever_deployed_does_not_approve_the_own_plan(tmp_path: Path) -> None:
    deployer = hmac.new(b"hash key", JANE.encode(), hashlib.sha256).hexdigest()
    own = {"deployer": deployer, "settings": Settings(hash_key="hash key")}
    assert refused(tmp_path, lambda sitting: sitting.post(who=signed_in(JANE)), **own) == 403
    assert at_desk(tmp_path, lambda sitting: sitting.post(who=signed_in(JOHN)), **own).status == 200


@BOTH
def test_an_incident_that_is_not_there_is_not_found(tmp_path: Path, method: str) -> None:
    async def work(sitting: Desk) -> Answer:
        return await ask(sitting, method, token=sitting.token(incident=OTHER), incident=OTHER)

    assert refused(tmp_path, work) == 404


@BOTH
@pytest.mark.parametrize("incident", [INCIDENT, OTHER])
def test_a_forged_link_tells_nothing_of_what_is_there(tmp_path: Path, method: str, incident: str) -> None:
    async def work(sitting: Desk) -> Answer:
        token = sitting.token(keys=(FOREIGN,), incident=incident)
        return await ask(sitting, method, token=token, incident=incident, headers=JSON)

    assert refused(tmp_path, work) == 403
    assert detail(at_desk(tmp_path, work)) == "this is no link of ours; open it whole, as it was sent"


@BOTH
@pytest.mark.parametrize("incident", [INCIDENT, OTHER])
def test_the_link_of_another_incident_tells_nothing_of_what_is_there(
    tmp_path: Path, method: str, incident: str
) -> None:
    async def work(sitting: Desk) -> Answer:
        token = sitting.token(incident="00000000-1449-5e3c-ba4e-da87f7702a24")
        return await ask(sitting, method, token=token, incident=incident, headers=JSON)

    assert refused(tmp_path, work) == 409
    assert detail(at_desk(tmp_path, work)) == "the link belongs to another incident"


@BOTH
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\ud800", "é" * 20, "a" * 5000, "../..", "\x00"])
def test_any_other_text_is_a_forged_link(tmp_path: Path, method: str, token: str) -> None:
    async def work(sitting: Desk) -> Answer:
        if method == "GET":
            return await sitting.get(token)
        body = json.dumps({"token": token, "decision": "approve"}).encode()
        return await sitting.ask("POST", body=body, headers={"Content-Type": "application/json"})

    assert refused(tmp_path, work) == 403


def test_a_link_made_through_a_gateway_counts_there_alone(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Answer:
        return await sitting.post(token=link(sitting.offer, "approve", (KEY,), gateway=True))

    assert refused(tmp_path, work) == 403


@BOTH
def test_a_link_whose_time_has_passed_is_gone(tmp_path: Path, method: str) -> None:
    async def work(sitting: Desk) -> Answer:
        sitting.now = sitting.offer.expires + timedelta(seconds=1)
        return await ask(sitting, method)

    assert refused(tmp_path, work) == 410


@BOTH
def test_a_link_for_an_earlier_plan_conflicts(tmp_path: Path, method: str) -> None:
    assert refused(tmp_path, lambda sitting: ask(sitting, method, token=sitting.token(plan="sha256:old"))) == 409


@BOTH
def test_a_link_from_before_the_plan_was_offered_anew_conflicts(tmp_path: Path, method: str) -> None:
    assert refused(tmp_path, lambda sitting: ask(sitting, method, token=sitting.token(nonce="earlier"))) == 409


@BOTH
def test_a_plan_that_was_decided_on_conflicts(tmp_path: Path, method: str) -> None:
    async def work(sitting: Desk) -> tuple[int, list[str]]:
        await sitting.post("reject")
        sitting.now += timedelta(minutes=1)
        answer = await ask(sitting, method)
        return answer.status, await sitting.decided()

    assert at_desk(tmp_path, work) == (409, ["reject"])


@BOTH
@pytest.mark.parametrize("changes", [{"closed": True}, {"state": "refused"}])
def test_an_incident_that_waits_for_nobody_conflicts(tmp_path: Path, method: str, changes: dict[str, Any]) -> None:
    async def work(sitting: Desk) -> Answer:
        record = await sitting.tools.store.incident(INCIDENT)
        assert record is not None
        await sitting.tools.store.advance(replace(record, **changes))
        return await ask(sitting, method)

    assert refused(tmp_path, work) == 409


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/xml"])
def test_what_is_no_form_and_no_json_is_not_understood(tmp_path: Path, kind: str) -> None:
    assert refused(tmp_path, lambda sitting: sitting.post(headers={"Content-Type": kind})) == 415


def test_a_body_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Answer:
        body = urlencode({"token": sitting.token(), "decision": "approve", "more": "x" * 16 * 1024}).encode()
        return await sitting.post(body=body)

    assert refused(tmp_path, work) == 413


@pytest.mark.parametrize(("word", "signed"), [("approve", "reject"), ("reject", "approve")])
def test_a_word_that_was_not_signed_decides_nothing(tmp_path: Path, word: str, signed: Word) -> None:
    assert refused(tmp_path, lambda sitting: sitting.post(word, sitting.token(signed))) == 400


@pytest.mark.parametrize("word", ["", "Approve", "expire", "approve,reject"])
def test_any_other_word_decides_nothing(tmp_path: Path, word: str) -> None:
    assert refused(tmp_path, lambda sitting: sitting.post(word)) == 400


def test_what_is_said_twice_decides_nothing(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Answer:
        pairs = [("token", sitting.token()), ("decision", "approve"), ("decision", "approve")]
        return await sitting.post(body=urlencode(pairs).encode())

    assert refused(tmp_path, work) == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"token": 1}', b'{"a": "1", "a": "2"}', b"[" * 9000, b"\xff"])
def test_json_that_is_no_object_of_texts_is_not_understood(tmp_path: Path, body: bytes) -> None:
    async def work(sitting: Desk) -> Answer:
        return await sitting.ask("POST", body=body, headers={"Content-Type": "application/json"})

    assert refused(tmp_path, work) == 400


@pytest.mark.parametrize("body", [b"", b"token", b"a=%ff", b"\xff=1", b"&".join([b"a=1"] * 20)])
def test_a_form_that_is_none_is_not_understood(tmp_path: Path, body: bytes) -> None:
    assert refused(tmp_path, lambda sitting: sitting.ask("POST", body=body, headers=FORM)) == 400


def test_a_token_in_the_address_does_not_decide(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Answer:
        query = {"token": sitting.token(), "decision": "approve"}
        return await sitting.ask("POST", query=query, body=b"decision=approve", headers=FORM)

    assert refused(tmp_path, work) == 403


@pytest.mark.parametrize("headers", CROSS)
def test_a_form_on_another_site_decides_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    assert refused(tmp_path, lambda sitting: sitting.post(headers=headers)) == 403


@pytest.mark.parametrize("incident", ["", "..", "x", INCIDENT.upper(), f"{{{INCIDENT}}}", f"{INCIDENT}\n", "../" * 9])
def test_what_is_no_id_of_an_incident_is_not_found(tmp_path: Path, incident: str) -> None:
    assert refused(tmp_path, lambda sitting: sitting.post(incident=incident)) == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_is_understood(tmp_path: Path, method: str) -> None:
    answer = at_desk(tmp_path, lambda sitting: sitting.get(method=method))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_a_store_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> int:
        await sitting.tools.store.close()
        return (await sitting.get()).status

    assert at_desk(tmp_path, work) == 503


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_refusal_is_a_page_or_a_problem(tmp_path: Path, accept: str) -> None:
    answer = at_desk(tmp_path, lambda sitting: sitting.get("forged", headers={"Accept": accept}))
    wanted = {"application/json": "application/problem+json", "text/html": "text/html; charset=utf-8"}
    assert (answer.status, answer.headers["Content-Type"]) == (403, wanted[accept])


def test_no_token_is_ever_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def work(sitting: Desk) -> list[str]:
        given = [sitting.token("approve"), sitting.token("reject"), sitting.token(keys=(FOREIGN,))]
        for token in given:
            await sitting.get(token)
        await sitting.post()
        await sitting.post("reject")
        return given

    given = at_desk(tmp_path, work)
    assert caplog.records
    assert [token for token in given if token.rpartition(".")[2] in caplog.text] == []
