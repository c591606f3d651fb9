"""`/api/incidents`, `/api/incidents/{id}` and its trail: pages for a browser, JSON for a program. Only read."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from acimedic.approver import Reader
from acimedic.lifecycle.deciding import AWAITING
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.offers import link, offered
from acimedic.lifecycle.telling import dossier, dossier_values, record_values, trail_of, trail_values
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import IncidentRecord
from acimedic.store.port import IncidentFilter, IncidentPage
from acimedic.web import pages
from acimedic.web.answers import Answer, RefusedError, page, said
from acimedic.web.asked import Asked
from acimedic.web.reading import Looks, read, wants_page

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,63}")
_AFTER = re.compile(r"[\x21-\x7e]{1,512}")
_NARROWING = ("state", "cause", "subscription", "since", "after", "limit")
_MOST = 100
_USUAL = 25
_ROUNDS = 20
"""Pages of the store that are looked through for one of ours: it may give back empty ones with more to come."""


async def on_list(asked: Asked, tools: Tools, looks: Looks) -> Answer:
    """The incidents, the latest first; `state`, `cause`, `subscription` and `since` narrow, `after` goes on."""

    async def listed(_reader: Reader) -> Answer:
        wanted = _filter(asked)
        found = await _found(tools, wanted, asked.query.get("after") or None, _limit(asked))
        if not wants_page(asked):
            return said(
                {
                    "incidents": [record_values(record) for record in found.records],
                    "unreadable": list(found.unreadable),
                    "after": found.after,
                }
            )
        given = {name: asked.query.get(name, "") for name in ("state", "cause", "subscription", "since")}
        return page(pages.listing(found, given, gateway=tools.gateway), style=pages.STYLE)

    return await read(asked, looks, listed)


async def on_incident(asked: Asked, tools: Tools, looks: Looks) -> Answer:
    """One incident whole, without its trail as JSON."""

    async def shown(reader: Reader) -> Answer:
        whole = await dossier(tools, incident_of(asked))
        if not wants_page(asked):
            return said({"gateway": tools.gateway} | dossier_values(whole))
        decide = _decide(tools, whole.record) if reader.may_decide else None
        return page(pages.incident(whole, decide=decide, gateway=tools.gateway), style=pages.STYLE)

    return await read(asked, looks, shown)


async def on_audit(asked: Asked, tools: Tools, looks: Looks) -> Answer:
    """The trail of one incident, and whether it is as it was written; JSON for everybody."""

    async def told(_reader: Reader) -> Answer:
        incident = incident_of(asked)
        return said({"incident": incident} | trail_values(*await trail_of(tools, incident)))

    return await read(asked, looks, told)


def incident_of(asked: Asked) -> str:
    """The id in the address. Raises NoIncidentError for whatever cannot be one, before anything is looked up."""
    incident = asked.parameters.get("id", "")
    if not _ID.fullmatch(incident):
        raise NoIncidentError("there is no incident of this id (any more)")
    return incident


def _decide(tools: Tools, record: IncidentRecord) -> str | None:
    """The address at which this person may decide, while a decision is awaited."""
    offer = offered(record)
    if offer is None or record.closed or record.state != AWAITING or not tools.approval_keys:
        return None
    if offer.expires <= tools.now() or offer.plan != record.plan_hash:
        return None
    token = link(replace(offer, decision="approve"), "approve", tools.approval_keys, gateway=tools.gateway)
    return f"/api/incidents/{record.id}/decision?token={token}"


def _filter(asked: Asked) -> IncidentFilter:
    """What the address asks for; what is empty, as in a form that was not filled in, asks for nothing."""
    for name in asked.query:
        if name not in _NARROWING:
            reason = f"there is no filter of this name; there are {', '.join(_NARROWING)}"
            raise RefusedError(HTTPStatus.BAD_REQUEST, reason)
    state, cause, subscription = (asked.query.get(name, "").strip() for name in ("state", "cause", "subscription"))
    for name, word in (("state", state), ("cause", cause)):
        if word and not _WORD.fullmatch(word):
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"'{name}' is no word that we know")
    if subscription and not _ID.fullmatch(subscription.lower()):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "'subscription' is not the id of a subscription")
    return IncidentFilter(
        states=frozenset({state} if state else ()),
        cause=cause or None,
        subscription=subscription.lower() or None,
        since=_since(asked.query.get("since", "").strip()),
    )


def _since(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "'since' is no date, such as 2026-03-14") from error
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)


def _limit(asked: Asked) -> int:
    text = asked.query.get("limit", "") or str(_USUAL)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= _MOST):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"'limit' is a number from 1 to {_MOST}")
    return int(text)


async def _found(tools: Tools, wanted: IncidentFilter, after: str | None, limit: int) -> IncidentPage:
    if after is not None and not _AFTER.fullmatch(after):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "'after' is not where a page has ended")
    found = IncidentPage((), after)
    for _ in range(_ROUNDS):
        some = await tools.store.incidents(wanted, after=found.after, limit=limit - len(found.records))
        unreadable = (*found.unreadable, *some.unreadable)
        found = IncidentPage((*found.records, *some.records), some.after, unreadable)
        if found.after is None or len(found.records) >= limit:
            break
    return found
