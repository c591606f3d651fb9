"""The whole examination: everything is looked at, whatever was found before it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from acimedic.azure.session import Session
from acimedic.azure.transport import Pause
from acimedic.connection import NoAzureError, ensure_answered
from acimedic.doctor import configured, deliveries, needs, rights, surroundings, visiting, ways
from acimedic.doctor.finding import Finding, provision, unknown, wrong
from acimedic.doctor.installed import NOWHERE, Installed
from acimedic.doctor.needs import Place
from acimedic.doctor.reading import Asking
from acimedic.lifecycle.notifying import open_ways
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.tools import Tools
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import ResourceId
from acimedic.policy import Consent
from acimedic.policy_file import read_consent
from acimedic.settings import Settings, SettingsError
from acimedic.store.chain import AuditKeys
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.trouble import StoreError

_MOST_SUBSCRIPTIONS = 20
_AT_ONCE = 4
_NAME_THEM = "acimedic doctor --scope ID, once for each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be looked at.

    places: None for those that settings and policy name. missing: faults of the settings that are known already.
    send_test: whether people are really told. here: the app, as far as it is known.
    from_afar: whether the settings are those of an app elsewhere, whose identity nobody here can be: then its rights
    and its store are left to the app itself.
    """

    places: tuple[Place, ...] | None = None
    missing: tuple[str, ...] = ()
    send_test: bool = False
    here: Installed = NOWHERE
    from_afar: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. reached: whether Azure answered anything."""

    findings: tuple[Finding, ...]
    reached: bool


async def examine(
    settings: Settings,
    wish: Wish,
    *,
    now: Callable[[], datetime],
    letters: Callable[[Settings], Awaitable[Reading[int]]] = visiting.letters,
    pause: Pause = asyncio.sleep,
    tools: Tools | None = None,
) -> Examined:
    """Look at everything. Nothing is changed but a row of the store that is written and deleted again.

    tools: those that are open already; without them they are opened as the settings say.
    """
    consent = read_consent(settings) if tools is None else tools.consent
    findings = [
        *configured.judge_settings(settings, wish.missing, wish.here),
        *deliveries.judge_function(wish.here),
        *configured.judge_policy(consent),
    ]
    findings += _of_the_app(settings, now) if wish.from_afar else await _kept(settings, now, wish, tools)
    async with Session(settings, pause) if tools is None else tools.azure() as session:
        asked = _Azure(session, consent, now, wish)
        findings += await asked.examine()
        findings += surroundings.judge_letters(settings.dead_letters, await letters(settings), settings.client_id)
        findings += await _pages(session)
    return Examined(tuple(findings), asked.reached)


async def _kept(settings: Settings, now: Callable[[], datetime], wish: Wish, given: Tools | None) -> list[Finding]:
    """The store, what is overdue in it, and the ways out, which count in it what they send."""
    repair = visiting.store_repair(settings)
    try:
        async with open_tools(settings, now=now) if given is None else nullcontext(given) as tools:
            found = [*await visiting.probe(tools.store, now(), repair)]
            late, more = await visiting.overdue(tools.store, now())
            found += surroundings.judge_overdue(late, more=more)
            out = open_ways(settings, tools.store, now)
            found += ways.judge_ways(out)
            if wish.send_test:
                found += await ways.send_test(out, now(), gateway=tools.gateway)
            return found
    except SettingsError:
        return [unknown("store", "it was not looked at: the settings contradict themselves")]
    except StoreError as error:
        return [wrong("store", f"it cannot be opened or read: {error}", repair)]


def _of_the_app(settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    """What shows of an app elsewhere without its identity and its keys. Nothing is opened, and nothing sent."""
    itself = f"open {settings.url}/api/doctor, where the app examines itself" if settings.url else None
    unsent = KeptStore(SqliteShelf(Path(":memory:")), AuditKeys(b"nothing is sealed with it"))
    return [
        unknown("store", "it was not looked at: only the app's own identity shows what that may do", itself),
        unknown("rights", "they were not looked at: Azure tells whoever is signed in of its own rights alone", itself),
        *ways.judge_ways(open_ways(settings, unsent, now)),
    ]


async def _pages(session: Session) -> tuple[Finding, ...]:
    url = session.settings.url
    if url is None or url.startswith("http://"):  # which is taken of this machine alone, where whoever sits may look
        return surroundings.judge_pages(None, 0)
    return surroundings.judge_pages(url, await visiting.unsigned(session, url))


class _Azure:
    """What Azure tells."""

    def __init__(self, session: Session, consent: Consent, now: Callable[[], datetime], wish: Wish) -> None:
        self._session = session
        self._settings = session.settings
        self._consent = consent
        self._now = now
        self._wish = wish
        self._asking = Asking(session)
        self._gaps: list[Gap] = []
        self._room = asyncio.Semaphore(_AT_ONCE)
        self.reached = True

    async def examine(self) -> list[Finding]:
        """The rights, the event subscriptions, the clock; one finding alone where Azure was not reached."""
        found: list[Finding] = []
        places = self._wish.places
        if places is None:
            places, found = await self._places()
        for each in await asyncio.gather(*map(self._rights, () if self._wish.from_afar else places)):
            found += each
        subscriptions = dict.fromkeys(place.subscription for place in places if place.kind == "subscription")
        for events in await asyncio.gather(*map(self._events, subscriptions)):
            found += events
        found += surroundings.judge_clock(self._asking.date, self._now())
        try:
            ensure_answered(self._session, self._gaps)
        except NoAzureError as error:
            self.reached = False
            return [wrong("azure", str(error), "az login")]
        return found

    async def _places(self) -> tuple[tuple[Place, ...], list[Finding]]:
        named: Reading[tuple[str, ...]] = self._settings.subscriptions or await self._asking.subscriptions()
        if isinstance(named, Gap):
            self._gaps.append(named)
            said = f"which subscriptions the identity sees is not known: {named.reason}"
            return needs.places((), self._consent.policy), [unknown("rights", said, _NAME_THEM)]
        found: list[Finding] = []
        if len(named) > _MOST_SUBSCRIPTIONS:
            said = f"of {len(named)} subscriptions the first {_MOST_SUBSCRIPTIONS} are looked at"
            found.append(unknown("rights", said, _NAME_THEM))
        places = needs.places(named[:_MOST_SUBSCRIPTIONS], self._consent.policy)
        if not places:
            found.append(wrong("rights", "the identity sees no subscription", provision()))
        return places, found

    async def _rights(self, place: Place) -> tuple[Finding, ...]:
        async with self._room:
            granted = await self._asking.rights(place)
            mode = await self._asking.mode(ResourceId.parse(place.scope)) if place.kind == "registry" else None
        if isinstance(granted, Gap):
            self._gaps.append(granted)
        told = rights.Rights(
            place=place,
            granted=granted,
            mode=mode,
            who=self._settings.client_id or "PRINCIPAL_ID",
            run=self._consent.mode,
            here=self._wish.here,
        )
        return rights.judge(told, needs.needs(place, self._consent.mode, self._consent.policy))

    async def _events(self, subscription: str) -> tuple[Finding, ...]:
        async with self._room:
            found = await self._asking.events(subscription)
        if isinstance(found, Gap):
            self._gaps.append(found)
        return deliveries.judge_events(subscription, found, self._wish.here, self._now())
