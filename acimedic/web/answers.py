"""What a handler answers: plain values, which every kind of server can send (pure)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # a link that decides stands in the address
}
# Nothing is loaded, framed or sent elsewhere, whatever a name from Azure may look like.
# Source: https://www.w3.org/TR/CSP3/
_PAGE = "default-src 'none'; style-src {style}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_DATA = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class RefusedError(Exception):
    """A request that cannot be answered as asked; the message says what is wrong and what to do."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def report(text: str) -> Answer:
    """The JSON report of a diagnosis."""
    return _answer(HTTPStatus.OK, "application/json", text)


def said(value: Mapping[str, object]) -> Answer:
    """A JSON object."""
    return _answer(HTTPStatus.OK, "application/json", json.dumps(value, indent=2) + "\n")


def accepted(value: Mapping[str, object], *, location: str) -> Answer:
    """A JSON object that says what goes on now. location: where to look for what comes of it."""
    headers = {"Location": location, "Retry-After": "5"}
    return _answer(HTTPStatus.ACCEPTED, "application/json", json.dumps(value, indent=2) + "\n", headers=headers)


def problem(status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Why there is no report, as a problem of RFC 9457.

    The type is `about:blank`: then the status says what kind of problem it is, and the title is the status's phrase.
    """
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return _answer(status, "application/problem+json", json.dumps(told) + "\n", headers=headers)


def page(
    html: str, *, style: str, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    """A page. style: from where styles may come, as a Content-Security-Policy words it."""
    return _answer(status, "text/html; charset=utf-8", html, policy=_PAGE.format(style=style), headers=headers)


def nothing(status: HTTPStatus, headers: Mapping[str, str]) -> Answer:
    """An answer whose headers say all."""
    return Answer(status=status.value, headers=MappingProxyType(_HEADERS | dict(headers)), body=b"")


def _answer(
    status: HTTPStatus,
    media_type: str,
    text: str,
    *,
    policy: str = _DATA,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    # Half of a surrogate pair, which JSON allows in a name, has no UTF-8; its escape means the same in JSON.
    body = text.encode("utf-8", "backslashreplace")
    told = {"Content-Type": media_type, "Content-Security-Policy": policy} | _HEADERS | dict(headers or {})
    return Answer(status=status.value, headers=MappingProxyType(told), body=body)
