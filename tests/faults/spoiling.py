"""What can be wrong with an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from acimedic.simulator.exchange import Request

from .ailing import Reply

_HTML = b"<html><head><title>Sign in</title></head><body>Sign in</body></html>"


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What the spoiling of one run knows. stranger: host and port of the server at another host."""

    stranger: str
    told: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. spoil: makes of a true answer what is said instead of it."""

    name: str
    spoil: Callable[[Spoiling, Request, Reply], Reply]


def _status(status: int, code: str, **headers: str) -> Callable[[Spoiling, Request, Reply], Reply]:
    """A refusal, worded as whoever is asked words it."""

    def spoil(_: Spoiling, request: Request, __: Reply) -> Reply:
        said = {"code": code, "message": "Something is wrong."}
        body: dict[str, Any] = {"error": said} if request.host.startswith("management.") else {"errors": [said]}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Reply(status=status, payload=json.dumps(body).encode(), headers=named)

    return spoil


def _page(status: int) -> Callable[[Spoiling, Request, Reply], Reply]:
    """A page for people, by something that stands before Azure."""
    return lambda *_: Reply(status=status, payload=_HTML, headers={"Content-Type": "text/html"})


def _how(how: Any) -> Callable[[Spoiling, Request, Reply], Reply]:
    return lambda _, __, true: replace(true, how=how)


def _said(body: object) -> Callable[[Spoiling, Request, Reply], Reply]:
    return lambda _, __, true: replace(true, status=200, payload=json.dumps(body).encode())


def _retyped(value: Any, depth: int = 2) -> Any:
    """The same names, all with values of another kind below a depth: texts for objects, numbers for texts."""
    if isinstance(value, dict):
        return {key: _retyped(each, depth - 1) for key, each in value.items()} if depth else "text"
    if isinstance(value, list):
        return [_retyped(each, depth) for each in value] if depth else {"0": "text"}
    return [] if isinstance(value, bool) or value is None else 7 if isinstance(value, str) else "text"


def _nulled(value: Any, depth: int = 2) -> Any:
    """The same with null for each object below a depth, and in each list."""
    if isinstance(value, dict):
        return {key: _nulled(each, depth - 1) for key, each in value.items()} if depth else None
    return [_nulled(each, depth - 1) if depth else None for each in value] if isinstance(value, list) else value


def _reshaped(how: Callable[[Any], Any]) -> Callable[[Spoiling, Request, Reply], Reply]:
    return lambda _, __, true: replace(true, payload=json.dumps(how(true.json)).encode())


def _linked(true: Reply, link: str) -> Reply:
    """The same answer with a link to more, as Azure puts it in a list and a registry beside one."""
    body = true.json
    if isinstance(body, dict):
        body = body | {"nextLink": link}
    headers = dict(true.headers) | {"Link": f'<{link}>; rel="next"'}
    return replace(true, payload=json.dumps(body).encode(), headers=headers)


def _own(request: Request) -> str:
    return f"https://{request.host}{request.path}?{request.query}&page=more"


def _empty_first(spoiling: Spoiling, request: Request, true: Reply) -> Reply:
    """An empty page with a link to the true one."""
    link = _own(request)
    if "page=more" in request.query:
        return true
    empty: dict[str, Any] = {"value": []} | {key: [] for key in ("tags", "repositories") if key in (true.json or {})}
    return _linked(replace(true, status=200, payload=json.dumps(empty).encode()), link)


def _in_a_circle(_: Spoiling, request: Request, true: Reply) -> Reply:
    first = "page=more" not in request.query
    return _linked(true, _own(request) if first else f"https://{request.host}{request.path}?{request.query}")


def _elsewhere(spoiling: Spoiling, request: Request, true: Reply) -> Reply:
    return _linked(true, f"https://{spoiling.stranger}{request.path}?{request.query}")


def _moved(spoiling: Spoiling, request: Request, _: Reply) -> Reply:
    return Reply(status=307, headers={"Location": f"https://{spoiling.stranger}{request.path}?{request.query}"})


FAULTS = (
    Fault(name="401", spoil=_status(401, "InvalidAuthenticationToken")),
    Fault(name="403", spoil=_status(403, "AuthorizationFailed")),
    Fault(name="404", spoil=_page(404)),
    Fault(name="409", spoil=_status(409, "Conflict")),
    Fault(name="429", spoil=_status(429, "TooManyRequests")),
    Fault(name="429, Retry-After", spoil=_status(429, "TooManyRequests", Retry_After="5")),
    Fault(name="500", spoil=_status(500, "InternalServerError")),
    Fault(name="502", spoil=_page(502)),
    Fault(name="503", spoil=_status(503, "ServiceUnavailable")),
    Fault(name="slow", spoil=_how("late")),
    Fault(name="stands still", spoil=_how("trickle")),
    Fault(name="never answers", spoil=_how("silence")),
    Fault(name="reset", spoil=_how("reset")),
    Fault(name="cut off", spoil=_how("cut")),
    Fault(name="HTML", spoil=_page(200)),
    Fault(name="wrong types", spoil=_reshaped(_retyped)),
    Fault(name="null", spoil=_said(None)),
    Fault(name="null within", spoil=_reshaped(_nulled)),
    Fault(name="empty page first", spoil=_empty_first),
    Fault(name="pages in a circle", spoil=_in_a_circle),
    Fault(name="next page elsewhere", spoil=_elsewhere),
    Fault(name="redirect elsewhere", spoil=_moved),
)
