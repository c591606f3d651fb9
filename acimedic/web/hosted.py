"""HTTP in the Function App: a request of the host, over the same table of addresses as anywhere else.

What this needs is imported when it is first asked for: indexing an app has to be fast, and needs none of it.
"""

import hashlib
import time
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from acimedic.settings import Settings, SettingsError
from acimedic.web import health
from acimedic.web.answers import Answer, problem
from acimedic.web.asked import Asked
from acimedic.web.limits import Limits, TooManyError

if TYPE_CHECKING:
    from acimedic.approver import Approver, Reader
    from acimedic.doctor.finding import Finding
    from acimedic.lifecycle.intake import Starter
    from acimedic.model.incident import DeploymentFailure, Incident
    from acimedic.web.deciding import Waker
    from acimedic.web.handlers import Later
    from acimedic.web.site import Doors

    class Stories(Starter, Waker, Protocol):
        """Begins and wakes stories: `acimedic.lifecycle.durable.Durable`."""


_GLANCED = 5.0  # seconds
_GLANCES: "dict[Settings, tuple[float, tuple[Finding, ...]]]" = {}


class Request(Protocol):
    """What is used of `azure.functions.HttpRequest`."""

    @property
    def method(self) -> str: ...  # noqa: D102 - the names say it
    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def params(self) -> Mapping[str, str]: ...  # noqa: D102
    def get_body(self) -> bytes: ...  # noqa: D102


async def serve(req: Request, settings: Settings, environment: Mapping[str, str], stories: "Stories") -> Answer:
    """Answer everything but `POST /api/diagnose`, which has a function, and a key, of its own.

    The function that this is for is open to everybody; App Service authentication stands before it, and where that is
    off, everything is closed. Nothing is opened for whoever has not signed in.
    """
    from acimedic.approver import NotAuthorisedError
    from acimedic.doctor.installed import installed
    from acimedic.lifecycle.opening import open_tools
    from acimedic.store.trouble import StoreError
    from acimedic.web.site import Site, answer, not_authorised, refused

    asked = as_asked(req)
    if asked.path == health.PATH and asked.method in {"GET", "HEAD"}:
        return health.one_word(well=all(each.word != "wrong" for each in await _at_a_glance(settings)))
    doors = _doors(environment)
    try:
        doors.looks(asked)
        async with open_tools(settings) as tools:
            here = installed(environment)
            site = Site(tools=tools, take_in=None, waker=stories, came=_nothing, stories=stories, here=here)
            return await answer(asked, site, doors)
    except NotAuthorisedError as error:
        return not_authorised(asked, error)
    except SettingsError as error:
        return refused(asked, HTTPStatus.INTERNAL_SERVER_ERROR, f"ACI Medic's settings are wrong: {error}")
    except StoreError:
        reason = "what is kept cannot be read now; ask again later"
        return refused(asked, HTTPStatus.SERVICE_UNAVAILABLE, reason)


async def diagnose(
    req: Request,
    settings: Settings,
    environment: Mapping[str, str],  # noqa: ARG001 - as for `serve`
    stories: "Starter | None",
) -> Answer:
    """Answer `POST /api/diagnose`, for which the host has asked for the function's key.

    stories: begins that of a diagnosis that takes too long; without a store, or without them, nobody waits in vain.
    """
    from acimedic.web import handlers

    asked = as_asked(req)
    try:
        _limits(settings.requests_per_minute).take(_caller(asked))
    except TooManyError as error:
        return problem(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers={"Retry-After": str(error.wait)})
    later = None if stories is None or settings.store is None else _later(settings, stories)
    return await handlers.diagnose(asked.header("content-type"), asked.body, settings, later=later)


async def well(
    req: Request,
    settings: Settings,
    environment: Mapping[str, str],
    stories: None,  # noqa: ARG001 - as for `serve`
) -> Answer:
    """Answer `GET /api/health/details`, for which the host has asked for the function's key.

    With `?whole=true` everything is looked at; where nothing can be opened, what shows at a glance says why.
    """
    from acimedic.store.trouble import StoreError
    from acimedic.web.examining import opened

    if req.params.get(health.WHOLE, "").lower() == "true":
        try:
            return health.in_detail(await opened(settings, environment))
        except TooManyError as error:
            return health.busy(error)
        except (SettingsError, StoreError):
            pass
    return health.in_detail(await _at_a_glance(settings))


def misconfigured(req: Request, reason: str) -> Answer:
    """The answer where the settings are wrong; for a probe it is one word."""
    if urlsplit(req.url).path == health.PATH:
        return health.one_word(well=False)
    from acimedic.web import handlers

    return handlers.misconfigured(reason)


async def _at_a_glance(settings: Settings) -> "tuple[Finding, ...]":
    """What was found within the last seconds is not looked for again: anybody may ask, as often as they like."""
    from acimedic.doctor.finding import wrong
    from acimedic.doctor.glance import glance
    from acimedic.lifecycle.opening import open_tools
    from acimedic.store.trouble import StoreError

    at, found = _GLANCES.get(settings, (0.0, ()))
    if found and time.monotonic() - at < _GLANCED:
        return found
    try:
        async with open_tools(settings) as tools:
            found = await glance(tools)
    except SettingsError as error:
        found = tuple(wrong("settings", fault, "correct the settings of the app") for fault in error.faults)
    except StoreError as error:
        found = (wrong("store", str(error), "correct ACIMEDIC_STORE"),)
    _GLANCES.clear()
    _GLANCES[settings] = (time.monotonic(), found)
    return found


def as_asked(req: Request) -> Asked:
    """The request as plain values."""
    parts = urlsplit(req.url)
    return Asked(
        method=req.method.upper(),
        origin=f"{parts.scheme}://{parts.netloc}",
        path=parts.path,
        query=dict(req.params),
        headers=dict(req.headers),
        body=req.get_body(),
    )


def _doors(environment: Mapping[str, str]) -> "Doors":
    from acimedic.approver import NotAuthorisedError, approver, reader
    from acimedic.web.site import Doors

    def looks(asked: Asked) -> "Reader":
        return reader(asked.headers, environment, excluded=_excluded(asked))

    def decides(asked: Asked) -> "Approver":
        return approver(asked.headers, environment, excluded=_excluded(asked))

    def asks(_asked: Asked) -> None:
        raise NotAuthorisedError("a diagnosis is asked for with the key of its function")

    return Doors(looks=looks, decides=decides, asks=asks)


def _excluded(asked: Asked) -> bool:
    """Whether authentication leaves this path out, for the sake of those who have a key: there anybody may name anyone.

    Nobody says whether what begins like it, or is written in other cases, is left out as well.
    """
    return asked.path.lower().startswith(("/api/diagnose", health.PATH))


def _later(settings: Settings, stories: "Starter") -> "Later":
    async def begin(signal: "Incident | DeploymentFailure") -> tuple[str, ...]:
        from acimedic.lifecycle.opening import open_tools
        from acimedic.store.trouble import StoreError
        from acimedic.web.asking import NoAnswerError
        from acimedic.web.beginning import begun

        try:
            async with open_tools(settings) as tools:
                return await begun(signal, tools, stories)
        except (SettingsError, StoreError) as error:
            reason = f"Azure did not answer in time, and nothing can be recorded: {error}"
            raise NoAnswerError(HTTPStatus.SERVICE_UNAVAILABLE, reason) from error

    return begin


@cache
def _limits(per_minute: int) -> Limits:
    """One for this process, as long as the setting stays what it is."""
    return Limits(per_minute, time.monotonic)


def _caller(asked: Asked) -> str:
    """Who asks, by a hash of the key that the host has accepted; it stays in memory."""
    key = asked.header("x-functions-key") or asked.query.get("code", "")
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest() if key else ""


def _nothing() -> None:
    """The stories are told by the host."""
