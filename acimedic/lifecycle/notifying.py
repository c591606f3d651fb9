"""Settings -> notifier: the routes from their file, and a way out for each of them.

A way that cannot be opened closes no other: whoever was to hear over it shows on the incident as not told. The
clients of Teams, mail and Event Grid are imported where somebody is told over them.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from acimedic.model.news import Message
from acimedic.notify.log import LogSink
from acimedic.notify.notifier import Notifier, Ways
from acimedic.notify.port import NotToldError, Sink
from acimedic.notify.routes import MOST_BYTES, InvalidRoutes, Route, Routes, parse_routes
from acimedic.policy import Consent, approval_routes
from acimedic.settings import Settings
from acimedic.store.port import Store

DEFAULT = "default"
_WEBHOOK = "ACIMEDIC_TEAMS_WEBHOOK"
_DEPLOYED = Path(__file__).resolve().parents[2]
_LOG = logging.getLogger("acimedic.notify")


@dataclass(frozen=True, slots=True)
class OfRoute:
    """A sink under the name of its route. Several routes may tell one thing: to each it is an operation of its own."""

    route: str
    sink: Sink

    @property
    def name(self) -> str:
        """The route and the way."""
        return f"{self.route}/{self.sink.name}"

    @property
    def once(self) -> bool:
        """What the sink says of itself."""
        return self.sink.once

    async def send(self, message: Message) -> None:
        """Tell it. Raises NotToldError."""
        await self.sink.send(replace(message, operation=f"{self.route}:{message.operation}"))


@dataclass(frozen=True, slots=True)
class Closed:
    """A way that could not be opened. why: for the incident of which nobody could be told."""

    name: str
    why: str
    once: bool = True

    async def send(self, message: Message) -> None:  # noqa: ARG002 - whatever it is
        """Refuse it. Raises NotToldError."""
        raise NotToldError(self.why, final=True)


def open_notifier(
    settings: Settings,
    consent: Consent,
    store: Store,
    now: Callable[[], datetime],
    *,
    sinks: Sequence[Sink] = (),
    root: Path = _DEPLOYED,
) -> Notifier:
    """Whoever tells people, as the settings say. Nothing is sent yet, and nothing has to be closed.

    sinks: who is told on a route of their own in place of all that the settings say. root: where `routes.json` is
    looked for.
    """
    page = None if settings.url is None else f"{settings.url}/api/incidents"
    ways = _given(sinks) if sinks else open_ways(settings, store, now, root)
    return Notifier(ways, store, now, asked=partial(approval_routes, consent.policy), page=page)


def read_routes(settings: Settings, root: Path = _DEPLOYED) -> Routes | InvalidRoutes | None:
    """The routes of the file; None where there is none. One that a setting names has to be there."""
    file = root / "routes.json" if settings.routes is None else Path(settings.routes)
    try:
        if settings.routes is None and not file.exists():
            return None
        if not file.is_file():
            return InvalidRoutes((f"{file.name} is not a file that could be read",))
        with file.open("rb") as opened:
            return parse_routes(opened.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return InvalidRoutes((f"{file.name} could not be read: {reason}",))


def default_routes(settings: Settings) -> Routes:
    """The one route of plain settings: everybody on it hears everything, and may be asked to decide."""
    teams = _WEBHOOK if any(name == _WEBHOOK for name, _ in settings.webhooks) else None
    route = Route(name=DEFAULT, teams=teams, mail=settings.mail_to, decides=True)
    return Routes(routes=(route,), rules=(), default=(DEFAULT,))


def _given(sinks: Sequence[Sink]) -> Ways:
    route = Route(name=DEFAULT, decides=True)
    routes = Routes(routes=(route,), rules=(), default=(DEFAULT,))
    return Ways(always=(LogSink(),), routes=routes, by_route={DEFAULT: tuple(sinks)})


def open_ways(settings: Settings, store: Store, now: Callable[[], datetime], root: Path = _DEPLOYED) -> Ways:
    """A way out for each route that the settings and the file of the routes name; nothing is sent yet."""
    read = read_routes(settings, root)
    troubles: tuple[str, ...] = ()
    if isinstance(read, InvalidRoutes):
        for fault in read.faults:
            _LOG.error(json.dumps({"line": "routes-invalid", "fault": fault}))
        more = f", and {len(read.faults) - 3} more" if len(read.faults) > 3 else ""
        troubles = (f"the routes are not valid, and the default route is used: {'; '.join(read.faults[:3])}{more}",)
    routes = read if isinstance(read, Routes) else default_routes(settings)
    always = (LogSink(), *_topic(settings))
    by_route = {route.name: tuple(_sinks(route, settings, store, now)) for route in routes.routes}
    return Ways(always=always, routes=routes, by_route=by_route, troubles=troubles)


def _sinks(route: Route, settings: Settings, store: Store, now: Callable[[], datetime]) -> list[Sink]:
    found: list[Sink] = []
    if route.teams is not None:
        found.append(OfRoute(route.name, _teams(route.teams, settings)))
    if route.mail:
        found.append(OfRoute(route.name, _mail(route.mail, settings, store, now)))
    return found


def _teams(setting: str, settings: Settings) -> Sink:
    from acimedic.azure.transport import Transport
    from acimedic.notify.teams import TeamsSink, WebhookError
    from acimedic.report.card import to_card

    webhook = dict(settings.webhooks).get(setting)
    if webhook is None:
        return Closed("teams", f"the setting {setting} is not there, or empty")
    try:
        return TeamsSink(name="teams", webhook=webhook, transport=partial(Transport, settings.gateway), card=to_card)
    except WebhookError as error:
        return Closed("teams", f"the setting {setting}: {error}")


def _mail(recipients: tuple[str, ...], settings: Settings, store: Store, now: Callable[[], datetime]) -> Sink:
    from acimedic.notify.mail import MailSink
    from acimedic.report.mail import to_mail

    if settings.mail_endpoint is None or settings.mail_from is None:
        return Closed("mail", "ACIMEDIC_MAIL_ENDPOINT and ACIMEDIC_MAIL_FROM are not both set")
    try:
        return MailSink(
            settings,
            write=to_mail,
            endpoint=settings.mail_endpoint,
            sender=settings.mail_from,
            recipients=recipients,
            counted=store,
            now=now,
            hourly=settings.mail_hourly,
        )
    except ValueError as error:
        return Closed("mail", str(error))


def _topic(settings: Settings) -> tuple[Sink, ...]:
    if settings.events_topic is None:
        return ()
    from acimedic.notify.topic import TopicSink
    from acimedic.report.event import to_event

    return (TopicSink(settings, write=to_event, endpoint=settings.events_topic),)
