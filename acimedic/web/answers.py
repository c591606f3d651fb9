"""What a handler answers: plain values, which every kind of server can send (pure)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


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


def problem(status: HTTPStatus, detail: str) -> Answer:
    """Why there is no report, as a problem of RFC 9457.

    The type is `about:blank`: then the status says what kind of problem it is, and the title is the status's phrase.
    """
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return _answer(status, "application/problem+json", json.dumps(told) + "\n")


def _answer(status: HTTPStatus, media_type: str, text: str) -> Answer:
    # Half of a surrogate pair, which JSON allows in a name, has no UTF-8; its escape means the same in JSON.
    body = text.encode("utf-8", "backslashreplace")
    return Answer(status=status.value, headers=MappingProxyType({"Content-Type": media_type} | _HEADERS), body=body)
