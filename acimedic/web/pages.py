"""The pages: plain HTML without a script, which loads nothing and needs nothing from elsewhere (pure).

Names and texts come from Azure and are hostile: `acimedic.report.html` makes each printable and escapes it, whatever a
template says.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from acimedic.approval import Approval
from acimedic.approval import Decision as Word
from acimedic.lifecycle import telling
from acimedic.lifecycle.telling import Dossier
from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord
from acimedic.report.html import environment, fragment
from acimedic.store.chain import Verified
from acimedic.store.port import IncidentPage
from acimedic.web.catalogue import Entry
from acimedic.web.catalogue import catalogue as every_check
from acimedic.web.standing import KNOWN, in_words, tone
from acimedic.web.style import SOURCE
from acimedic.web.style import STYLE as TEXT

STYLE = SOURCE
"""From where styles may come, as a Content-Security-Policy words it."""

LIST, CHECKS = "/api/incidents", "/api/checks"
MAKE_BELIEVE = "A make-believe Azure: nothing here counts elsewhere"
_ASKED: Mapping[Word, str] = {"approve": "Approve this plan", "reject": "Reject it"}
_DONE: Mapping[str, str] = {"approve": "Approved", "reject": "Rejected"}
_THEN = {
    "approve": "The change is made next, unless what it rests on has changed or the policy forbids it by now.",
    "reject": "Nothing is changed.",
}


def listing(found: IncidentPage, given: Mapping[str, str], *, gateway: bool) -> str:
    """The list of incidents. given: what the form holds, by the names of its fields; empty where nothing is asked."""
    asked = {name: value for name, value in given.items() if value}
    older = None if found.after is None else f"{LIST}?{urlencode(asked | {'after': found.after}, errors='replace')}"
    return _page(
        "incidents",
        "Incidents",
        place=LIST,
        gateway=gateway,
        found=found,
        given=given,
        narrowed=bool(asked),
        older=older,
        states=dict.fromkeys((*KNOWN, *([given["state"]] if given["state"] else []))),
        causes=dict.fromkeys((*(each.id for each in every_check()), *([given["cause"]] if given["cause"] else []))),
    )


def incident(whole: Dossier, *, decide: str | None, gateway: bool) -> str:
    """One incident whole. decide: address of the page on which whoever looks may decide, while that is awaited."""
    return _page(
        "incident",
        f"Container group {whole.record.incident.group.name}",
        place=None,
        gateway=gateway,
        whole=whole,
        record=whole.record,
        report=None if whole.report is None else fragment(whole.report),
        headline="" if whole.report is None else whole.report.headline,  # which the report says itself
        known=frozenset(each.id for each in every_check()),
        decide=decide,
        sound=isinstance(whole.verification, Verified),
        verdict=telling.verdict(whole.trail, whole.verification),
    )


def catalogue(stages: Mapping[str, Sequence[Entry]], *, gateway: bool) -> str:
    """Every check, by the stage of a pull."""
    return _page("checks", "What can go wrong", place=CHECKS, gateway=gateway, stages=stages)


def check(entry: Entry, *, gateway: bool) -> str:
    """The page of one check."""
    return _page("check", entry.id, place=CHECKS, gateway=gateway, entry=entry)


def trouble(status: HTTPStatus, detail: str) -> str:
    """The page that says why there is no other."""
    return _page("refused", status.phrase, place=None, gateway=False, detail=_sentence(detail))


def to_decide(
    record: IncidentRecord, plan: Plan, approval: Approval, tokens: Mapping[Word, str], *, gateway: bool
) -> str:
    """The page that shows what would be changed, with a form for each decision that may be taken.

    tokens: the signed text of each decision.
    """
    return _page(
        "to_decide",
        f"Change Azure for container group {record.incident.group.name}?",
        place=None,
        gateway=gateway,
        record=record,
        plan=plan,
        expires=approval.expires,
        tokens=tokens,
        asked=_ASKED,
    )


def decided(word: str, incident_id: str, at: datetime, *, by: str, gateway: bool) -> str:
    """The page that says what was decided. by: by whom, in words."""
    said = f"{_DONE[word]} {by}, {moment(at)}"
    return _page(
        "decided", _DONE[word], place=None, gateway=gateway, said=said, then=_THEN[word], incident_id=incident_id
    )


def refused(status: HTTPStatus, detail: str) -> str:
    """The page that says why there is nothing to decide here, or why a decision does not count."""
    title = "Not decided" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Not possible now"
    return _page("refused", title, place=None, gateway=False, detail=_sentence(detail))


def moment(at: datetime) -> str:
    """A moment as people read it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _sentence(detail: str) -> str:
    return f"{detail[:1].upper()}{detail[1:]}."


def _page(name: str, title: str, *, place: str | None, gateway: bool, **given: object) -> str:
    """A page from the template of this name. place: of the navigation, at which this page is."""
    template = _environment().get_template(f"{name}.html.jinja")
    return template.render(title=title, place=place, gateway=gateway, **given)


@cache
def _environment() -> Environment:
    made = environment(PackageLoader("acimedic.web"))
    made.globals |= {
        "style": Markup(TEXT),  # noqa: S704  # nosec B704  # ours
        "make_believe": MAKE_BELIEVE,
        "list_address": LIST,
        "checks_address": CHECKS,
        "moment": moment,
        "in_words": in_words,
        "tone": tone,
        "telling": telling,
    }
    return made
