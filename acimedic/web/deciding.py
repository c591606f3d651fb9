"""`/api/incidents/{id}/decision`: a person looks at a plan, and decides on it.

A GET shows and changes nothing, since mail scanners open every link. A POST decides, with the signed text in its body;
an address would stay in histories and logs. Who may decide is asked before anything is looked up.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Protocol, TypeAlias

from acimedic.approval import Approval, ApprovalError, ForgedError, read
from acimedic.approval import Decision as Word
from acimedic.approver import Approver, NotAuthorisedError
from acimedic.lifecycle import deciding
from acimedic.lifecycle.deciding import CannotDecideError, Pending, Why
from acimedic.lifecycle.offers import link
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import Decision
from acimedic.store.trouble import StoreError
from acimedic.web import lines, pages
from acimedic.web.answers import Answer, RefusedError, page, problem, said
from acimedic.web.asked import Asked, ensure_not_foreign, fields

Who: TypeAlias = Callable[[], Approver | None]

MOST_BYTES = 16 * 1024
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,1024}")


class Waker(Protocol):
    """Wakes stories."""

    async def wake(self, incident: str, nonce: str) -> None:
        """Tell the story of an incident that somebody has decided."""
        ...


async def on_decision(asked: Asked, tools: Tools, who: Who, waker: Waker) -> Answer:
    """Show what would be decided (GET, HEAD), or decide it (POST).

    who: who is signed in, None for whoever sits at this machine; raises NotAuthorisedError.
    """
    incident = asked.parameters.get("id", "")
    try:
        return await _answered(asked, tools, incident, who, waker)
    except CannotDecideError as error:
        lines.not_decided(incident, error.why)
        return _refused(asked, _status(error.why), str(error))
    except NotAuthorisedError as error:
        lines.not_decided(incident, "closed" if error.closed else "not-authorised")
        return _refused(asked, _status_of_sign_in(error), str(error))
    except RefusedError as error:
        return _refused(asked, error.status, str(error))
    except StoreError as error:
        lines.not_decided(incident, type(error).__name__)
        reason = "what is kept of the incident cannot be read or written now; open the link again later"
        return _refused(asked, HTTPStatus.SERVICE_UNAVAILABLE, reason)


async def _answered(asked: Asked, tools: Tools, incident: str, who: Who, waker: Waker) -> Answer:
    if asked.method not in {"GET", "HEAD", "POST"}:
        raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "open the link, and decide on its page")
    if not _ID.fullmatch(incident):
        raise CannotDecideError("unknown", "there is no incident of this id (any more)")
    if not tools.approval_keys:
        raise CannotDecideError("no-keys", "decisions are closed: ACIMEDIC_APPROVAL_KEY is not set")
    approver = who()
    if asked.method == "POST":
        return await _decide(asked, tools, incident, approver, waker)
    return await _show(asked, tools, incident)


async def _show(asked: Asked, tools: Tools, incident: str) -> Answer:
    wanted = await _pending(tools, incident, asked.query.get("token", ""))
    # A link to approve is also good to reject; never the other way round.
    words: tuple[Word, ...] = ("approve", "reject") if wanted.approval.decision == "approve" else ("reject",)
    tokens = {word: link(wanted.approval, word, tools.approval_keys, gateway=tools.gateway) for word in words}
    if asked.wants_json:
        return said(_told(wanted, tokens, gateway=tools.gateway))
    html = pages.to_decide(wanted.record, wanted.plan, wanted.approval, tokens, gateway=tools.gateway)
    return page(html, style=pages.STYLE)


async def _decide(asked: Asked, tools: Tools, incident: str, approver: Approver | None, waker: Waker) -> Answer:
    ensure_not_foreign(asked, own=tools.settings.url)
    given = fields(asked, most=MOST_BYTES)
    word, token = given.get("decision", ""), given.get("token", "")
    if word not in {"approve", "reject"}:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "'decision' is approve or reject")
    if _read(tools, incident, token).decision != word:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"the link was not made to {word}")
    taken = await deciding.decide(tools, await _pending(tools, incident, token), approver=approver)
    await _wake(waker, taken)
    if asked.wants_json:
        at = taken.decided_at.isoformat(timespec="seconds")
        return said({"incident": incident, "plan": taken.plan_hash, "decision": taken.decided, "decided_at": at})
    by = "by you" if approver else "on this machine"
    html = pages.decided(taken.decided, incident, taken.decided_at, by=by, gateway=tools.gateway)
    return page(html, style=pages.STYLE)


async def _pending(tools: Tools, incident: str, token: str) -> Pending:
    _read(tools, incident, token)
    return await deciding.pending(tools, incident, token)


def _read(tools: Tools, incident: str, token: str) -> Approval:
    """The decision that the link holds, judged by itself: a link that is not ours tells nothing of what is kept."""
    whole = token if _TOKEN.fullmatch(token) else ""  # half a character could not even be compared
    try:
        approval = read(whole, tools.approval_keys, now=tools.now(), gateway=tools.gateway)
    except ForgedError as error:
        raise CannotDecideError("forged", f"{error}; open it whole, as it was sent") from error
    except ApprovalError as error:
        raise CannotDecideError("expired", str(error)) from error
    if approval.incident != incident:
        raise CannotDecideError("other-plan", "the link belongs to another incident")
    return approval


async def _wake(waker: Waker, taken: Decision) -> None:
    try:
        await waker.wake(taken.incident_id, taken.nonce)
    except Exception as error:  # noqa: BLE001  (however waking fails, the decision is kept, and the story asks for it)
        lines.not_woken(taken.incident_id, type(error).__name__)


def _told(wanted: Pending, tokens: Mapping[Word, str], *, gateway: bool) -> Mapping[str, object]:
    """The page as JSON values."""
    record, plan = wanted.record, wanted.plan
    return {
        "gateway": gateway,
        "incident": record.id,
        "container_group": str(record.incident.group),
        "root_cause": record.cause,
        "said": record.said,
        "expires": wanted.approval.expires.isoformat(timespec="seconds"),
        "plan": {
            "hash": plan.hash,
            "steps": [asdict(step) for step in plan.steps],
            "facts": [asdict(fact) for fact in plan.facts],
        },
        "tokens": dict(tokens),
    }


def _refused(asked: Asked, status: HTTPStatus, detail: str) -> Answer:
    headers: dict[str, str] = {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": "GET, HEAD, POST"}
    elif status == HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": "Bearer"}  # which RFC 9110 asks for; App Service authentication takes one
    if asked.wants_json:
        return problem(status, detail, headers=headers)
    return page(pages.refused(status, detail), style=pages.STYLE, status=status, headers=headers)


def _status(why: Why) -> HTTPStatus:
    match why:
        case "no-keys":
            return HTTPStatus.SERVICE_UNAVAILABLE
        case "unknown":
            return HTTPStatus.NOT_FOUND
        case "forged" | "own-deployment":
            return HTTPStatus.FORBIDDEN
        case "expired":
            return HTTPStatus.GONE
        case "other-plan" | "closed" | "decided":
            return HTTPStatus.CONFLICT


def _status_of_sign_in(error: NotAuthorisedError) -> HTTPStatus:
    if error.closed:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNAUTHORIZED if error.nobody else HTTPStatus.FORBIDDEN
