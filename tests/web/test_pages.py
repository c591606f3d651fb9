"""The pages taken apart again: only what was written by us is a tag, whatever the texts say."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

import pytest

import acimedic.web
from acimedic.approval import offer
from acimedic.lifecycle.telling import Dossier, Told
from acimedic.model.plan import BypassSwitch, Plan, PlanFact, Step
from acimedic.model.record import (
    AuditEntry,
    AuditHead,
    AuditNote,
    AuditTrail,
    Decision,
    IncidentRecord,
    Intent,
    RecordedStep,
    StepReceipt,
)
from acimedic.model.resource_id import ResourceId
from acimedic.report.plain import plain
from acimedic.store.chain import Broken, Verified
from acimedic.store.port import IncidentPage
from acimedic.web import pages, standing
from acimedic.web.catalogue import Entry
from tests import build
from tests.report.hostile import HOSTILE, everywhere

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ID = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
EVERY_TEXT = pytest.mark.parametrize("name", HOSTILE)
VOID = {"meta", "input"}
TEMPLATES = sorted((Path(acimedic.web.__file__).parent / "templates").glob("*.jinja"))
ADDRESSES = re.compile(
    r"#content|/api/(incidents|checks)(/[A-Za-z0-9-]+)?(/bundle|/decision)?(\?[A-Za-z0-9%._=&+~-]+)?"
    r"|https://learn\.microsoft\.com/[^\s]*|https://portal\.azure\.com/[^\s]*"
)


class Taken(HTMLParser):
    """The tags with their attributes, and the texts that stand outside the stylesheet."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tags and the names of their attributes, in order."""
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]

    @property
    def text(self) -> str:
        return "".join(self.texts)


def record(text: str) -> IncidentRecord:
    group = ResourceId(subscription=text, resource_group=text, type="T/t", names=(text,))
    return IncidentRecord(
        incident=replace(build.INCIDENT, id=ID, group=group, correlation_id=text),
        state=text,
        received_at=NOW,
        changed_at=NOW,
        due_at=NOW,
        outcome=text,
        cause=text,
        plan_hash=text,
        said=text,
    )


def step(text: str) -> Step:
    return Step(
        remedy=text,
        target=text,
        change=BypassSwitch(registry_id=text, before=text, after=text),
        before=text,
        after=text,
        undo=text,
        risk=text,
        summary=text,
        expiry=text,
    )


def plan(text: str) -> Plan:
    return Plan(hash=text, mode="review", allowed=True, reason=text, steps=(step(text),), facts=(PlanFact(text, text),))


def dossier(text: str, *, report: bool = True) -> Dossier:
    """An incident in which every text is this one."""
    body = json.dumps({"summary": text, "said": text, text: [text, {"fact": text, "value": text, "source": text}]})
    note = AuditNote(incident_id=ID, key="k", at=NOW, kind=text, body=body, approver=text, gateway=True)
    decision = Decision(
        incident_id=ID,
        nonce="n",
        claim="c",
        plan_hash=text,
        decided=text,
        decided_at=NOW,
        approver=text,
    )
    receipt = StepReceipt(incident_id=ID, key="change:x:1", at=NOW, state=text, body=body)
    return Dossier(
        record=record(text),
        report=everywhere(text) if report else None,
        decisions=(Told(decision=decision, counts=False),),
        steps=(RecordedStep(Intent(incident_id=ID, key="change:x:1", at=NOW, body=body), receipt),),
        trail=AuditTrail(
            entries=(AuditEntry(note=note, number=1, previous="", key_id=text, seal=text),),
            head=AuditHead(number=1, seal=text),
        ),
        verification=Broken(1, text),
        again=text,
        bundle=True,
    )


@cache
def every_page(text: str) -> dict[str, str]:
    """Each page with this text wherever there can be one."""
    entry = Entry(id="some-check", stage=text, finds=text, parts=((text, text),), errors=(text,), docs=text)
    given = {"state": text, "cause": text, "subscription": text, "since": text}
    made = offer(ID, "sha256:plan", "approve", expires=NOW)
    found = IncidentPage((record(text),), text, (text,))
    return {
        "list": pages.listing(found, given, gateway=True),
        "empty list": pages.listing(IncidentPage((), None), given, gateway=False),
        "incident": pages.incident(dossier(text), decide="/api/incidents/x/decision?token=abc", gateway=True),
        "incident without a report": pages.incident(dossier(text, report=False), decide=None, gateway=False),
        "catalogue": pages.catalogue({text: [entry]}, gateway=False),
        "check": pages.check(entry, gateway=False),
        "trouble": pages.trouble(HTTPStatus.NOT_FOUND, text),
        "to decide": pages.to_decide(record(text), plan(text), made, {"approve": "abc"}, gateway=True),
        "decided": pages.decided("approve", ID, NOW, by=text, gateway=False),
        "refused": pages.refused(HTTPStatus.CONFLICT, text),
    }


@cache
def taken(text: str, page: str) -> Taken:
    """The page, taken apart."""
    return Taken(every_page(text)[page])


PAGES = tuple(every_page("usual"))
EVERY_PAGE = pytest.mark.parametrize("page", PAGES)


@EVERY_TEXT
@EVERY_PAGE
def test_no_text_adds_a_tag_or_an_attribute(page: str, name: str) -> None:
    """A backtick makes code in the catalogue, whose texts are our own; an address may be a link where it may be."""
    usual, hostile = taken("usual", page), taken(HOSTILE[name], page)
    added = {tag for tag in hostile.shape if tag not in usual.shape}
    assert added <= {("code", ()), ("a", ("href", "rel"))}


@EVERY_TEXT
@EVERY_PAGE
def test_no_text_leads_anywhere_else(page: str, name: str) -> None:
    tags = taken(HOSTILE[name], page).tags
    addresses = [value for _, given in tags for key, value in given.items() if key in {"href", "action", "src"}]
    assert addresses
    assert [each for each in addresses if each is None or not ADDRESSES.fullmatch(each)] == []


@EVERY_TEXT
@EVERY_PAGE
def test_nothing_that_is_not_seen_is_on_a_page(page: str, name: str) -> None:
    seen = set(every_page(HOSTILE[name])[page])
    assert [char for char in seen if char != "\n" and plain(char) != char] == []


@EVERY_TEXT
@pytest.mark.parametrize("page", ["list", "incident", "incident without a report", "to decide"])
def test_a_name_is_read_as_it_is_written(page: str, name: str) -> None:
    assert plain(HOSTILE[name]) in taken(HOSTILE[name], page).text


@EVERY_PAGE
def test_a_page_brings_everything_along_and_runs_nothing(page: str) -> None:
    tags = taken("usual", page).tags
    names = {tag for tag, _ in tags}
    assert {"script", "link", "img", "iframe", "object", "base", "svg"}.isdisjoint(names)
    assert [key for _, given in tags for key in given if key.startswith("on") or key == "style"] == []


@EVERY_PAGE
def test_a_page_says_its_language_its_title_and_one_heading(page: str) -> None:
    shown = taken("usual", page)
    tags = [tag for tag, _ in shown.tags]
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert ("html", {"lang": "en"}) in shown.tags


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_turns_the_escaping_off(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"\|\s*safe|autoescape|Markup|\{%-?\s*raw", text) == []


@pytest.mark.parametrize("state", standing.KNOWN)
def test_every_state_has_its_words(state: str) -> None:
    assert standing.in_words(state) not in {state, f"State {state}"}


def test_a_sound_trail_is_said_to_be_verified() -> None:
    whole = dossier("usual")
    sound = replace(whole, verification=Verified(whole.trail.head))
    assert "each verified" in pages.incident(sound, decide=None, gateway=False)
    assert "each verified" not in pages.incident(whole, decide=None, gateway=False)


@pytest.mark.parametrize(("word", "shown"), [("approve", "The change is made next"), ("reject", "Nothing is changed")])
def test_what_follows_a_decision_is_said(word: str, shown: str) -> None:
    assert shown in pages.decided(word, ID, NOW, by="by you", gateway=False)
