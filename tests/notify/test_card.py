"""The card for Teams: what it says of each state, that nothing in it is active, and that Teams takes it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acimedic.model.news import Message, News
from acimedic.report.card import to_card
from acimedic.report.card_parts import LARGEST
from acimedic.report.card_words import escaped, may_open
from acimedic.report.plain import plain
from tests import build
from tests.notify.messages import (
    DECIDE,
    HOSTILE,
    NOW,
    PAGE,
    PLAN,
    PORTAL,
    REPORT,
    STATES,
    crowd,
    digest,
    news,
    poisoned,
    record,
    reported,
)
from tests.notify.renderer import Rendered, render

OURS = {"a", "button", "div", "p", "table", "td", "tr"}


def content(message: Message) -> dict[str, Any]:
    """The card itself, out of its envelope, after a journey as JSON."""
    envelope = json.loads(json.dumps(to_card(message)))
    assert envelope["type"] == "message"
    (attachment,) = envelope["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    return dict(attachment["content"])


def items(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a card, those that are folded included."""
    for item in card["body"]:
        yield item
        yield from item.get("items", ())


def texts(message: Message) -> list[str]:
    """What its text blocks say, in order."""
    return [item["text"] for item in items(content(message)) if item["type"] == "TextBlock"]


def facts(message: Message) -> dict[str, str]:
    """Its facts."""
    sets = (item["facts"] for item in items(content(message)) if item["type"] == "FactSet")
    return {fact["title"]: fact["value"] for each in sets for fact in each}


def opened(message: Message) -> dict[str, str]:
    """What its buttons open."""
    return {each["title"]: each["url"] for each in content(message)["actions"] if each["type"] == "Action.OpenUrl"}


def strays(rendered: Rendered) -> set[str]:
    """Links that are not ours: but for hosts of Azure registries, which serve no page, nothing may become one."""
    hosts = ((link, urlsplit(link).hostname or "") for link in rendered.links)
    return {link for link, host in hosts if link != PAGE and not host.endswith(".azurecr.io")}


def sizes(message: Message) -> tuple[int, int]:
    """The bytes of the body, compact, in UTF-8 and in ASCII."""
    compact = {"separators": (",", ":")}
    body = to_card(message)
    return (
        len(json.dumps(body, ensure_ascii=False, **compact).encode()),  # type: ignore[arg-type]
        len(json.dumps(body, **compact)),  # type: ignore[arg-type]
    )


def test_every_state_has_a_title_of_its_own() -> None:
    assert len({texts(news(state))[0] for state in STATES}) == len(STATES)


def test_a_state_of_a_newer_version_has_a_card() -> None:
    assert texts(news("sleeping"))[0] == "State sleeping: cg-web-01"


def test_cause_and_fix_come_first() -> None:
    blamed = REPORT.fails[0]
    assert blamed.fix is not None
    said = texts(news("awaiting-decision"))
    assert said[1:3] == [escaped(blamed.summary), escaped(f"Fix: {blamed.fix.text}")]


def test_a_cause_that_is_only_likely_is_said_to_be() -> None:
    findings = tuple(replace(each, confidence="likely") if each.verdict == "fail" else each for each in REPORT.findings)
    assert texts(news(report=replace(REPORT, findings=findings)))[1].endswith("(likely)")


def test_without_a_cause_it_says_what_to_try() -> None:
    report, _ = reported(build.HEALTHY)
    assert "Deploy once more" in texts(news("diagnosed", report=report, plan=None))[2]


def test_no_pull_failure_is_said_to_be_none() -> None:
    report = replace(REPORT, outcome="not-a-pull-failure", kind="quota", findings=(), headline="No quota is left.")
    assert texts(news("diagnosed", report=report, plan=None))[1:3] == ["No quota is left.", "No change is proposed."]


def test_the_facts_name_what_failed() -> None:
    assert facts(news()) | {
        "Container group": "cg-web-01, resource group rg-orders-prod",
        "Container": "web",
        "Image": "contoso.azurecr.io/app/web:1.4.2",
        "Registry": "contoso.azurecr.io",
        "Identity": "id-pull, resource group rg-orders-prod",
        "Failed": "2026-11-20 08:12 UTC",
        "State": "awaiting-decision, since 2026-11-20 08:30 UTC",
    } == facts(news())


def test_the_identity_is_known_without_a_plan_too() -> None:
    assert facts(news("diagnosed", plan=None))["Identity"].startswith("id-pull")


def test_before_the_first_diagnosis_there_is_a_card() -> None:
    message = news("received", report=None, plan=None, record=record(cause=None))
    assert texts(message)[0] == "Failure received: cg-web-01"


def test_a_decision_is_asked_for_with_the_risk() -> None:
    assert PLAN is not None
    assert facts(news("awaiting-decision"))["Risk"] == escaped(PLAN.steps[0].risk)


def test_the_plan_of_the_report_will_do() -> None:
    assert "Risk" in facts(news("awaiting-decision", plan=None))


def test_a_decision_is_asked_for_until_it_expires() -> None:
    assert facts(news("awaiting-decision"))["Decide by"] == "2026-11-21 08:30 UTC"


@pytest.mark.parametrize("state", [state for state in STATES if state != "awaiting-decision"])
def test_no_other_state_asks_for_a_decision(state: str) -> None:
    assert "Decide" not in opened(news(state, decide=DECIDE))


def test_the_buttons_open_what_they_say() -> None:
    assert opened(news()) == {"Decide": DECIDE, "Open the report": PAGE, "Open in the portal": PORTAL}


def test_without_an_address_there_is_no_button() -> None:
    assert opened(news(decide=None, page=None, portal=None)) == {}


def test_what_was_ruled_out_is_folded() -> None:
    card = content(news())
    (held,) = [item for item in card["body"] if item.get("id") == "ruled-out"]
    (row,) = [item["actions"] for item in card["body"] if item["type"] == "ActionSet"]
    toggles = [each["targetElements"] for each in row if each["type"] == "Action.ToggleVisibility"]
    assert held["isVisible"] is False
    assert ["ruled-out"] in toggles


def test_a_failed_step_is_named_and_a_person_called() -> None:
    said = texts(news("failed", step="apply", said="403 AuthorizationFailed"))
    assert said[1:4] == ["Step 'apply' failed for good.", "403 AuthorizationFailed", "A person has to look."]


def test_a_possible_repetition_is_said_first() -> None:
    assert [texts(each)[0] for each in (news(again=True), crowd(again=True), digest(again=True))] == [
        "This may be a repetition: nobody knows whether it was delivered before."
    ] * 3


def test_the_third_time_is_told_in_short() -> None:
    message = news("diagnosed", times=3, since=NOW - timedelta(hours=2))
    assert "Again, 3rd time since 06:30 UTC." in texts(message)
    assert [each["type"] for each in content(message)["actions"]] == ["Action.OpenUrl"] * 2


def test_a_repetition_since_another_day_names_the_day() -> None:
    message = news("diagnosed", times=12, since=NOW - timedelta(days=1))
    assert "Again, 12th time since 2026-11-19 08:30 UTC." in texts(message)


def test_a_repeated_failure_can_still_be_decided() -> None:
    message = news("awaiting-decision", times=2, since=NOW)
    assert "Risk" in facts(message)
    assert "Decide" in opened(message)


def test_a_make_believe_azure_is_called_one() -> None:
    for message in (news(gateway=True), crowd(gateway=True), digest(gateway=True)):
        assert "make-believe Azure" in texts(message)[0]


def test_what_was_said_holds_no_personal_data() -> None:
    assert "jane@example.com" not in json.dumps(to_card(news("failed", said="refused to jane@example.com")))


def test_a_crowd_is_told_by_count_cause_and_culprit() -> None:
    told = facts(crowd())
    assert (told["Failures"], told["Cause"], told["In common"]) == (
        "60",
        "registry-throttled",
        "registry contoso.azurecr.io",
    )


def test_a_crowd_names_twenty_and_counts_the_rest() -> None:
    said = texts(crowd())
    assert sum("cg-web-01" in line for line in said) == 20
    assert said[-1] == "and 40 more"


def test_a_baffling_crowd_recommends_to_wait() -> None:
    said = " ".join(texts(crowd(baffling=True, cause=None, culprit=None)))
    assert "span identities and registries, and nothing is known to have changed" in said
    assert "platform" in said
    assert "Wait" in said


def test_a_crowd_with_a_culprit_does_not_blame_the_platform() -> None:
    assert "platform" not in " ".join(texts(crowd()))


def test_a_digest_tells_each_message_in_a_line() -> None:
    assert "2026-11-20 08:30 UTC: cg-web-01: Diagnosed, pull-role-missing" in texts(digest())


def test_a_long_digest_counts_the_rest() -> None:
    assert texts(digest(33))[-1] == "and 13 more"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_is_an_address_or_a_mention(text: str) -> None:
    for message in poisoned(text):
        urls = set(opened(message).values())
        assert urls <= {PAGE, DECIDE, PORTAL}
        written = json.dumps(to_card(message))
        assert "<at>" not in written
        assert "msteams" not in written


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_hostile_text_makes_a_link_where_escapes_are_not_known(text: str) -> None:
    """Teams' mobile clients take `](` for a link whatever stands before it."""
    assert "](" not in escaped(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_character_is_hidden(text: str) -> None:
    shown = escaped(text)
    assert shown == plain(shown)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://medic.example.test/x",
        "https://user:secret@medic.example.test/x",
        "https://medic.example.test/x)[y](https://evil.example.com",
        "https://medic.example.test/\u202ex",
        "https://medic.example.test/a b",
        "https://medic.example.test:port/",
        "https:///x",
        "//medic.example.test/x",
        "https://127.0.0.1@evil.example.com/",
        "http://127.0.0.1.evil.example.com/",
        "https://medic.example.test/" + "x" * 3000,
    ],
)
def test_no_button_opens_such_an_address(url: str) -> None:
    assert opened(news(page=url, decide=url, portal=url)) == {}
    assert url not in json.dumps(to_card(replace(news("failed", page=url, said="x" * 5000))), ensure_ascii=False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:7071/x", DECIDE, PORTAL]
)
def test_such_an_address_may_be_opened(url: str) -> None:
    assert may_open(url)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_hostile_text_makes_it_too_large(text: str) -> None:
    assert max(size for message in poisoned(text) for size in sizes(message)) <= LARGEST


@given(text=st.text(max_size=300), times=st.integers(1, 60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_makes_it_too_large(text: str, times: int) -> None:
    assert max(size for message in poisoned(text * times) for size in sizes(message)) <= LARGEST


@pytest.mark.parametrize("text", ["x" * 10_000, "\U0001f600" * 10_000, "<&'" * 4_000, "](" * 5_000])
def test_no_long_address_makes_it_too_large(text: str) -> None:
    page, decide, portal = (f"https://medic.example.test/{letter * 1150}" for letter in "abc")
    told = poisoned(text)[0]
    assert isinstance(told, News)
    message = replace(told, page=page, decide=decide, portal=portal)
    assert len(opened(message)) == 3
    assert max(sizes(message)) <= LARGEST


def test_what_is_cut_is_said_with_the_way_to_the_whole() -> None:
    message = poisoned("x" * 10_000)[0]
    assert texts(message)[-1] == f"Shortened to fit. [The whole report]({PAGE})"


def test_what_is_whole_is_not_called_shortened() -> None:
    assert not any("Shortened" in text for state in STATES for text in texts(news(state)))


def test_no_letter_has_a_colour_that_cannot_be_read_on_white() -> None:
    """Teams' yellow and green cannot."""
    assert [item for state in STATES for item in items(content(news(state))) if "color" in item] == []


def test_the_title_stands_on_a_band_of_the_colour_of_its_state() -> None:
    first = [content(news(state))["body"][0].get("style") for state in ("awaiting-decision", "proved", "failed")]
    assert first == ["warning", "good", "attention"]


def test_a_word_that_a_fact_would_cut_stands_in_a_text_block() -> None:
    """The renderer's table of facts grows with its longest word."""
    image = f"contoso.azurecr.io/app/web@sha256:{'0123456789abcdef' * 4}"
    blamed = replace(REPORT.fails[0], image=image)
    findings = tuple(blamed if each.verdict == "fail" else each for each in REPORT.findings)
    message = news(report=replace(REPORT, findings=findings))
    assert escaped(f"Image: {image}, contoso.azurecr.io/app/web:1.4.2") in texts(message)
    assert "Image" not in facts(message)


def test_where_it_is_changed_is_told_by_name() -> None:
    assert facts(news())["At"] == "contoso, resource group rg-platform-registry"


def test_a_place_of_change_that_is_no_resource_is_told_as_it_is_written() -> None:
    assert PLAN is not None
    step = replace(PLAN.steps[0], target="somewhere")
    assert facts(news(plan=replace(PLAN, steps=(step,))))["At"] == "somewhere"


def test_what_is_asked_to_be_pressed_stands_out() -> None:
    styled = [each["title"] for each in content(news())["actions"] if each.get("style") == "positive"]
    assert styled == ["Decide"]


def test_what_was_ruled_out_goes_before_the_evidence() -> None:
    fact = REPORT.fails[0].evidence[0]
    findings = tuple(
        replace(each, evidence=(replace(fact, value="e" * 1000),) * 8)
        if each.verdict == "fail"
        else replace(each, summary="r" * 500)
        for each in REPORT.findings
    )
    ids = [item.get("id") for item in content(news(report=replace(REPORT, findings=findings)))["body"]]
    assert "evidence" in ids
    assert "ruled-out" not in ids


def test_the_decision_survives_every_cut() -> None:
    message = poisoned("\U0001f600" * 10_000)[0]
    assert opened(message)["Decide"] == DECIDE


def test_microsofts_renderer_finds_nothing_wrong_and_no_stray_link() -> None:
    messages: list[Message] = [
        *(news(state) for state in STATES),
        crowd(),
        crowd(baffling=True),
        digest(),
        news(times=2),
    ]
    for rendered in render([content(message) for message in messages]):
        assert rendered.events == []
        assert strays(rendered) == set()
        assert set(rendered.tags) <= OURS


def test_microsofts_renderer_shows_the_buttons() -> None:
    (rendered,) = render([content(news())])
    assert rendered.buttons == [
        "Evidence",
        "What was ruled out",
        "Decide",
        "Open the report",
        "Open in the portal",
    ]


def test_microsofts_renderer_finds_nothing_active_in_hostile_text() -> None:
    """Links, emphasis, lists, code, images and HTML would show as elements that are not ours."""
    for rendered in render([content(message) for text in HOSTILE.values() for message in poisoned(text)]):
        assert rendered.events == []
        assert strays(rendered) == set()
        assert set(rendered.tags) <= OURS


def test_microsofts_renderer_shows_hostile_text_as_it_was() -> None:
    """But for what is not seen, and for the schemes of addresses."""
    chosen = {name: text for name, text in HOSTILE.items() if "http" not in text.lower() and len(text) < 200}
    cards = [content(poisoned(text)[3]) for text in chosen.values()]
    for text, rendered in zip(chosen.values(), render(cards), strict=True):
        assert " ".join(plain(text).split()) in [" ".join(shown.split()) for shown in rendered.texts]
