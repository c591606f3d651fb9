"""All addresses on aiohttp, for a server on this machine alone.

A page of another site may make a browser send requests here, and may even give our address another name (DNS
rebinding): whatever does not ask for a loopback address by its own name, or comes from elsewhere, is refused.
Source: https://owasp.org/www-community/attacks/DNS_Rebinding
"""

import ipaddress
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web

from acimedic.approver import Reader
from acimedic.web.answers import Answer, RefusedError, problem
from acimedic.web.asked import Asked, ensure_not_foreign
from acimedic.web.limits import Limits
from acimedic.web.site import Doors, Site, answer, find

__all__ = ["Site", "application", "is_of_this_machine"]

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(site: Site) -> web.Application:
    """Every address there is, on a server on this machine: whoever sits at it may look, ask and decide."""
    limits = Limits(site.tools.settings.requests_per_minute, time.monotonic)
    doors = Doors(
        looks=lambda _: Reader(may_decide=True),
        decides=lambda _: None,
        asks=lambda _: limits.take(""),
    )

    async def serve(request: web.Request) -> web.Response:
        found = find(request.rel_url.raw_path)
        most = 0 if found is None else found[0].most
        return _sent(await answer(await _asked(request, most), site, doors))

    made = web.Application(middlewares=[_guarded])
    made.router.add_route("*", "/{rest:.*}", serve)
    return made


@web.middleware
async def _guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Nothing is looked at before it is known to come from this machine and from no other site."""
    if not is_of_this_machine(request.headers.get("Host", "")):
        reason = "this server answers to http://127.0.0.1 and http://localhost alone"
        return _sent(problem(HTTPStatus.MISDIRECTED_REQUEST, reason))
    try:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            ensure_not_foreign(_without_body(request))
        return await handler(request)
    except RefusedError as error:
        return _sent(problem(error.status, str(error)))
    except web.HTTPException as error:
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return _sent(problem(HTTPStatus(error.status), "there is nothing of this name and method", headers=headers))


def is_of_this_machine(host: str) -> bool:
    """Whether a `Host` header names this machine: `localhost`, or a loopback address."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if name is None or parts.netloc != host or "@" in host:
        return False
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


async def _asked(request: web.Request, most: int) -> Asked:
    asked = _without_body(request)
    body = await _body(request, most)
    return Asked(
        method=asked.method,
        origin=asked.origin,
        path=request.rel_url.raw_path,
        query={name: request.query[name] for name in request.query},
        headers=asked.headers,
        body=body,
    )


def _without_body(request: web.Request) -> Asked:
    origin = f"http://{request.headers.get('Host', '')}"
    return Asked(method=request.method, origin=origin, headers=dict(request.headers))


async def _body(request: web.Request, most: int) -> bytes:
    """The body; of one that is too long a little more than is taken, so that the handler can say so."""
    body = bytearray()
    while len(body) <= most and (chunk := await request.content.read(most + 1 - len(body))):
        body += chunk
    return bytes(body)


def _sent(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)
