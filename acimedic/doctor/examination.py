"""The whole examination: everything is looked at, whatever was found before it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from acimedic.azure.session import Session
from acimedic.azure.transport import Pause
from acimedic.connection import NoAzureError, ensure_answered
from acimedic.doctor import configured, needs, rights, surroundings, visiting, ways
from acimedic.doctor.finding import Finding, unknown, wrong
from acimedic.doctor.needs import Place
from acimedic.doctor.reading import Asking
from acimedic.lifecycle.notifying import open_ways
from acimedic.lifecycle.opening import open_tools
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import ResourceId
from acimedic.policy import Consent
from acimedic.policy_file import read_consent
from acimedic.settings import Settings, SettingsError
from acimedic.store.trouble import StoreError

_MOST_SUBSCRIPTIONS = 20
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be looked at.

    places: None for those that settings and policy name. missing: faults of the settings that are known already.
    send_test: whether people are really told.
    """

    places: tuple[Place, ...] | None = None
    missing: tuple[str, ...] = ()
    send_test: bool = False


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
) -> Examined:
    """Look at everything. Nothing is changed but a row of the store that is written and deleted again."""
    consent = read_consent(settings)
    findings = [*configured.judge_settings(settings, wish.missing), *configured.judge_policy(consent)]
    findings += await _kept(settings, now, wish)
    async with Session(settings, pause) as session:
        asked = _Azure(session, consent, now)
        findings += await asked.examine(wish.places)
        findings += surroundings.judge_letters(settings.dead_letters, await letters(settings))
        findings += await _pages(session)
    return Examined(tuple(findings), asked.reached)


async def _kept(settings: Settings, now: Callable[[], datetime], wish: Wish) -> list[Finding]:
    """The store, what is overdue in it, and the ways out, which count in it what they send."""
    try:
        async with open_tools(settings, now=now) as tools:
            found = [*await visiting.probe(tools.store, now())]
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
        return [
            wrong("store", f"it cannot be opened or read: {error}", "correct ACIMEDIC_STORE, or wait and try again")
        ]


async def _pages(session: Session) -> tuple[Finding, ...]:
    url = session.settings.url
    if url is None or url.startswith("http://"):  # which is taken of this machine alone, where whoever sits may look
        return surroundings.judge_pages(None, 0)
    return surroundings.judge_pages(url, await visiting.unsigned(session, url))


class _Azure:
    """What Azure tells."""

    def __init__(self, session: Session, consent: Consent, now: Callable[[], datetime]) -> None:
        self._session = session
        self._settings = session.settings
        self._consent = consent
        self._now = now
        self._asking = Asking(session)
        self._gaps: list[Gap] = []
        self._room = asyncio.Semaphore(_AT_ONCE)
        self.reached = True

    async def examine(self, given: tuple[Place, ...] | None) -> list[Finding]:
        found: list[Finding] = []
        places = given
        if places is None:
            places, found = await self._places()
        for each in await asyncio.gather(*map(self._rights, places)):
            found += each
        subscriptions = dict.fromkeys(place.subscription for place in places if place.kind == "subscription")
        for events in await asyncio.gather(*map(self._events, subscriptions)):
            found += events
        found += surroundings.judge_clock(self._asking.date, self._now())
        try:
            ensure_answered(self._session, self._gaps)
        except NoAzureError as error:
            self.reached = False
            return [wrong("azure", str(error), "az login, or see that this machine reaches Azure")]
        return found

    async def _places(self) -> tuple[tuple[Place, ...], list[Finding]]:
        named: Reading[tuple[str, ...]] = self._settings.subscriptions or await self._asking.subscriptions()
        if isinstance(named, Gap):
            self._gaps.append(named)
            said = f"which subscriptions the identity sees is not known: {named.reason}"
            return needs.places((), self._consent.policy), [unknown("rights", said, "name them with --scope")]
        found: list[Finding] = []
        if len(named) > _MOST_SUBSCRIPTIONS:
            said = f"of {len(named)} subscriptions the first {_MOST_SUBSCRIPTIONS} are looked at"
            found.append(unknown("rights", said, "name others with --scope, or those served in ACIMEDIC_SUBSCRIPTIONS"))
        places = needs.places(named[:_MOST_SUBSCRIPTIONS], self._consent.policy)
        if not places:
            found.append(wrong("rights", "the identity sees no subscription", "deploy infra/access-read.bicep"))
        return places, found

    async def _rights(self, place: Place) -> tuple[Finding, ...]:
        async with self._room:
            granted = await self._asking.rights(place)
            mode = await self._asking.mode(ResourceId.parse(place.scope)) if place.kind == "registry" else None
        if isinstance(granted, Gap):
            self._gaps.append(granted)
        told = rights.Rights(place=place, granted=granted, mode=mode, who=self._settings.client_id or "PRINCIPAL_ID")
        return rights.judge(told, needs.needs(place, self._consent.mode, self._consent.policy))

    async def _events(self, subscription: str) -> tuple[Finding, ...]:
        async with self._room:
            return surroundings.judge_events(subscription, await self._asking.events(subscription))
