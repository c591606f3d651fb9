"""Every address that there is, once, for every server: which methods it takes, and who answers.

Whoever asks is judged by the doors that the server brings: on this machine they stand open, in Azure they do not.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import unquote

from acimedic.approver import Approver, NotAuthorisedError, Reader
from acimedic.crash import tellable
from acimedic.doctor.finding import worst
from acimedic.doctor.glance import glance
from acimedic.doctor.installed import NOWHERE, Installed
from acimedic.lifecycle.intake import Starter
from acimedic.lifecycle.tools import Tools
from acimedic.web import deciding, handlers, health, pages, question, webhook
from acimedic.web.answers import Answer, nothing, page, problem, said
from acimedic.web.asked import Asked
from acimedic.web.beginning import later
from acimedic.web.deciding import Waker
from acimedic.web.examining import examined
from acimedic.web.limits import TooManyError
from acimedic.web.openapi import document
from acimedic.web.places import LOOKED_AT, Looked
from acimedic.web.reading import wants_page
from acimedic.web.webhook import TakeIn

_LOG = logging.getLogger("acimedic.web")
_READ = ("GET", "HEAD")
_PARTS = {
    "id": re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"),
    "check": re.compile(r"[a-z][a-z0-9-]{0,63}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the addresses lead to.

    take_in: takes in an event; None where events come by another way. came: called after anything came in for the
    stories. stories: begins them; None where none can be begun. here: the app that this is, where it is one.
    """

    tools: Tools
    take_in: TakeIn | None
    waker: Waker
    came: Callable[[], None]
    stories: Starter | None = None
    here: Installed = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Who may what: each raises NotAuthorisedError. decides: None for whoever sits at this machine.

    asks: for a diagnosis; raises TooManyError too.
    """

    looks: Callable[[Asked], Reader]
    decides: Callable[[Asked], Approver | None]
    asks: Callable[[Asked], None]


Handler: TypeAlias = Callable[[Asked, Site, Doors], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address. path: `{id}` stands for an incident's id, `{check}` for a check's. most: bytes of a body."""

    path: str
    methods: tuple[str, ...]
    handler: Handler
    most: int = 0


async def answer(asked: Asked, site: Site, doors: Doors) -> Answer:
    """Answer a request, whatever it asks for: what is not there, and what breaks, is told as a problem or a page."""
    found = find(asked.path)
    if found is None:
        return refused(asked, HTTPStatus.NOT_FOUND, "there is nothing at this address")
    route, parameters = found
    if asked.method not in route.methods:
        allow = {"Allow": ", ".join(route.methods)}
        return refused(asked, HTTPStatus.METHOD_NOT_ALLOWED, f"this address takes {allow['Allow']}", headers=allow)
    try:
        return await route.handler(replace(asked, parameters=parameters), site, doors)
    except Exception as error:  # noqa: BLE001  (a caller gets an answer, whatever is broken)
        _LOG.error("%s %s broke", asked.method, route.path, exc_info=tellable(error))
        return refused(asked, HTTPStatus.INTERNAL_SERVER_ERROR, "this is a defect of ACI Medic; its log says more")


def find(path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a path as it was sent, and what its parameters are."""
    sent = [unquote(part) for part in path.split("/")]
    for route in ROUTES:
        parameters = _matched(route.path.split("/"), sent)
        if parameters is not None:
            return route, parameters
    return None


def refused(asked: Asked, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Why there is no answer, as a page where one is asked for."""
    if wants_page(asked):
        made = page(pages.trouble(status, detail), style=pages.STYLE, status=status, headers=headers)
    else:
        made = problem(status, detail, headers=headers)
    return replace(made, headers=MappingProxyType({**made.headers, "Vary": "Accept"}))


def not_authorised(asked: Asked, error: NotAuthorisedError) -> Answer:
    """Why somebody may not."""
    if error.closed:
        return refused(asked, HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    if error.nobody:
        return refused(asked, HTTPStatus.UNAUTHORIZED, str(error), headers={"WWW-Authenticate": "Bearer"})
    return refused(asked, HTTPStatus.FORBIDDEN, str(error))


def _matched(pattern: list[str], sent: list[str]) -> Mapping[str, str] | None:
    if len(pattern) != len(sent):
        return None
    parameters: dict[str, str] = {}
    for wanted, given in zip(pattern, sent, strict=True):
        if wanted.startswith("{"):
            name = wanted.strip("{}")
            if not _PARTS[name].fullmatch(given):
                return None
            parameters["id"] = given
        elif wanted != given:
            return None
    return parameters


async def _home(_asked: Asked, _site: Site, _doors: Doors) -> Answer:
    return nothing(HTTPStatus.FOUND, {"Location": pages.LIST})


async def _described(asked: Asked, _site: Site, doors: Doors) -> Answer:
    try:
        doors.looks(asked)
    except NotAuthorisedError as error:
        return not_authorised(asked, error)
    return said(document([(route.path, route.methods) for route in ROUTES]))


async def _diagnose(asked: Asked, site: Site, doors: Doors) -> Answer:
    try:
        doors.asks(asked)
    except NotAuthorisedError as error:
        return not_authorised(asked, error)
    except TooManyError as error:
        return problem(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers={"Retry-After": str(error.wait)})
    stories = None if site.stories is None else later(site.tools, site.stories, site.came)
    return await handlers.diagnose(asked.header("content-type"), asked.body, site.tools.settings, later=stories)


async def _events(asked: Asked, site: Site, _doors: Doors) -> Answer:
    if site.take_in is None:
        return refused(asked, HTTPStatus.NOT_FOUND, "events come by a subscription of Event Grid here")
    answered = await webhook.on_events(asked, site.take_in)
    if asked.method == "POST":
        site.came()
    return answered


async def _decision(asked: Asked, site: Site, doors: Doors) -> Answer:
    answered = await deciding.on_decision(asked, site.tools, lambda: doors.decides(asked), site.waker)
    if asked.method == "POST":
        site.came()
    return answered


async def _health(_asked: Asked, site: Site, _doors: Doors) -> Answer:
    return health.one_word(well=worst(await glance(site.tools)) != "wrong")


async def _health_details(asked: Asked, site: Site, doors: Doors) -> Answer:
    try:
        doors.looks(asked)
    except NotAuthorisedError as error:
        return not_authorised(asked, error)
    return health.in_detail(await glance(site.tools))


async def _examined(asked: Asked, site: Site, doors: Doors) -> Answer:
    try:
        doors.looks(asked)
        return health.in_detail(await examined(site.tools, site.here))
    except NotAuthorisedError as error:
        return not_authorised(asked, error)
    except TooManyError as error:
        return health.busy(error)


def _looked(handler: Looked) -> Handler:
    async def look(asked: Asked, site: Site, doors: Doors) -> Answer:
        return await handler(asked, site.tools, lambda: doors.looks(asked))

    return look


DIAGNOSE = "/api/diagnose"
_DECISION = "/api/incidents/{id}/decision"
ROUTES: tuple[Route, ...] = (
    Route(path="/", methods=_READ, handler=_home),
    Route(path="/api/openapi.json", methods=_READ, handler=_described),
    Route(path=health.PATH, methods=_READ, handler=_health),
    Route(path=health.DETAILS, methods=_READ, handler=_health_details),
    Route(path=health.SIGNED_IN, methods=_READ, handler=_examined),
    Route(path=DIAGNOSE, methods=("POST",), handler=_diagnose, most=question.MOST_BYTES),
    Route(path="/api/events", methods=("POST", "OPTIONS"), handler=_events, most=webhook.MOST_BYTES),
    Route(path=_DECISION, methods=(*_READ, "POST"), handler=_decision, most=deciding.MOST_BYTES),
    *(
        Route(path=f"/api/{route.replace('checks/{id}', 'checks/{check}')}", methods=_READ, handler=_looked(handler))
        for route, handler in LOOKED_AT.items()
    ),
)
