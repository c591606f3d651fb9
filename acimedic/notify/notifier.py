"""Tells people: who hears of it, as what, and when; what was refused for good is said.

Whatever asks for nobody gives way: to the crowd in a storm, and to what was told half an hour ago in a thread. What
needs a person is told, one by one up to ten an hour on each route, and beyond that as a crowd that leads to the list.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from acimedic.model.news import Crowd, News
from acimedic.model.plan import Step
from acimedic.model.record import IncidentRecord, Intent
from acimedic.notify.crowds import Storm, crowd_for, level_of, storm_of
from acimedic.notify.delivering import PATIENCE, Letter, deliver
from acimedic.notify.digests import Rebuild, put_off, send_again, send_digests
from acimedic.notify.port import Sink
from acimedic.notify.routes import Routes, severity
from acimedic.notify.routing import Hearer, audience
from acimedic.notify.scene import scene_of
from acimedic.notify.threads import Thread, thread_of, told_of_late
from acimedic.store.port import IncidentFilter, Store

ALONE = 10
"""What needs a person is told one by one so often an hour on each route."""
_HOUR = timedelta(hours=1)
_SHOWN = 20
_LISTED = 100
_LOG = logging.getLogger("acimedic.notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How messages get out.

    always: who gets every state and every crowd, such as the log. by_route: the sinks of each route.
    troubles: what is wrong with the routes, in words; it is said with every piece of news.
    """

    always: tuple[Sink, ...]
    routes: Routes
    by_route: Mapping[str, tuple[Sink, ...]]
    troubles: tuple[str, ...] = ()


class Notifier:
    """Tells people over the routes.

    asked: the routes that the policy names for the steps of a plan. page: address of the list of incidents.
    patience: seconds that one sink may take for one message.
    """

    def __init__(
        self,
        ways: Ways,
        store: Store,
        now: Callable[[], datetime],
        *,
        asked: Callable[[tuple[Step, ...]], tuple[str, ...]],
        page: str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._ways = ways
        self._store = store
        self._now = now
        self._asked = asked
        self._page = page
        self._patience = patience

    async def tell(self, news: News) -> tuple[str, ...]:
        """Tell it; gives back, in words, what did not arrive. What may arrive yet is told again with the digests.

        Nobody waits for people who cannot be reached. Raises what the store raises.
        """
        record, scene = news.record, scene_of(news.record)
        thread = await thread_of(record, self._store)
        if thread is not None:
            news = replace(news, times=thread.times, since=thread.since)
        asked = () if news.plan is None else self._asked(news.plan.steps)
        heard = audience(self._ways.routes, news, tag=scene.route, asked=asked)
        if heard.unknown is not None:
            _LOG.warning(json.dumps({"line": "unknown-route", "id": record.id, "tag": heard.unknown[:100]}))
        storm = await storm_of(news, scene, self._store, self._now())
        plain = replace(news, decide=None)
        letters = [Letter(sink, plain) for sink in self._ways.always]
        if storm is not None:
            letters += await self._crowds(storm, news, heard.hearers)
        if not await self._gives_way(news, storm, thread):
            for hearer in heard.hearers:
                letters += await self._singly(hearer, news if hearer.decides else plain)
        return (*self._ways.troubles, *heard.troubles, *await self._deliver(letters, news))

    async def tell_crowd(self, crowd: Crowd, news: News) -> tuple[str, ...]:
        """Tell a crowd at once, in the place of this piece of news, to whoever would hear of that but `quiet` routes.

        Gives back, in words, what did not arrive. Raises what the store raises.
        """
        heard = audience(self._ways.routes, news, tag=None, asked=())
        names = [hearer.route.name for hearer in heard.hearers if hearer.route.style != "quiet"]
        sinks = [sink for name in names for sink in self._ways.by_route[name]]
        letters = [Letter(sink, crowd) for sink in (*self._ways.always, *sinks)]
        return (*self._ways.troubles, *await self._deliver(letters, news))

    async def send_digests(self, rebuild: Rebuild) -> int:
        """Tell what was put off before this hour began: to routes in digests, to all others each by itself.

        Gives back how many digests were told.
        """
        count = 0
        troubles: list[str] = []
        for sink in self._ways.always:
            troubles += await send_again(sink, self._store, self._now, rebuild, patience=self._patience)
        for sink in (sink for sinks in self._ways.by_route.values() for sink in sinks):
            sent, said = await send_digests(
                sink, self._store, self._now, rebuild, page=self._page, patience=self._patience
            )
            count += sent
            troubles += said
        for trouble in troubles:
            _LOG.error(json.dumps({"line": "digest-not-told", "said": trouble}))
        return count

    async def _gives_way(self, news: News, storm: Storm | None, thread: Thread | None) -> bool:
        if severity(news.state, news.record.outcome) == "action":
            return False
        if storm is not None:
            return True
        return thread is not None and await told_of_late(thread, news, self._store, self._now())

    async def _crowds(self, storm: Storm, news: News, hearers: tuple[Hearer, ...]) -> list[Letter]:
        """The crowd for each route that is to hear of this size of it and has not yet."""
        letters: list[Letter] = []
        everywhere = await self._crowd("", storm, news, lambda _: True)
        if everywhere is not None:
            letters += [Letter(sink, everywhere) for sink in self._ways.always]
        for route in (hearer.route for hearer in hearers if hearer.route.style != "quiet"):
            crowd = await self._crowd(route.name, storm, news, self._concerns(route.name))
            if crowd is not None:
                letters += [Letter(sink, crowd) for sink in self._ways.by_route[route.name]]
        return letters

    async def _crowd(
        self, audience: str, storm: Storm, news: News, concerns: Callable[[IncidentRecord], bool]
    ) -> Crowd | None:
        return await crowd_for(audience, storm, news, self._store, self._now(), concerns=concerns, page=self._page)

    async def _singly(self, hearer: Hearer, news: News) -> list[Letter]:
        """The news for one route, or the crowd in its place; what is told later is put into the outbox."""
        sinks = self._ways.by_route[hearer.route.name]
        match hearer.manner:
            case "not":
                return []
            case "later":
                for sink in sinks:
                    await put_off(sink, news, self._store, self._now())
                return []
            case "now":
                pass
        if severity(news.state, news.record.outcome) != "action" or await self._alone(hearer.route.name, news):
            return [Letter(sink, news) for sink in sinks]
        crowd = await self._crowd_of_many(hearer.route.name, news)
        return [] if crowd is None else [Letter(sink, crowd) for sink in sinks]

    async def _alone(self, route: str, news: News) -> bool:
        """Whether it is among the ten of this hour; once it was, it stays so, however often it is tried."""
        key = f"alone:{route}:{news.operation}"
        if any(step.intent.key == key for step in await self._store.steps(news.record.id)):
            return True
        now = self._now()
        gathered = await self._store.join(f"alone|{route}", news.operation, now, since=now - _HOUR)
        if gathered.count > ALONE:
            return False
        intent = Intent(incident_id=news.record.id, key=key, at=now, body="{}", gateway=news.gateway)
        await self._store.record_intent(intent)
        return True

    async def _crowd_of_many(self, route: str, news: News) -> Crowd | None:
        """What a route is told in place of the eleventh and all further ones; None where it was told already."""
        now, name = self._now(), f"alone|{route}"
        gathered = await self._store.join(name, news.operation, now, since=now - _HOUR)
        level = level_of(gathered.count, ALONE + 1) if gathered.count >= 2 * ALONE else ALONE + 1
        claimed = await self._store.claim(name, f"{level}", news.operation, gathered.mine.at, since=now - _HOUR)
        if not claimed.mine:
            return None
        concerns = self._concerns(route)
        wanted = IncidentFilter(states=frozenset({news.state}), closed=False)
        listed = await self._store.incidents(wanted, limit=_LISTED)
        return Crowd(
            operation=f"crowd:alone:{level}:{claimed.at.isoformat()}",
            cause=None,
            culprit=None,
            count=gathered.count,
            since=now - _HOUR,
            until=now,
            told=tuple(each for each in listed.records if concerns(each))[:_SHOWN],
            headline=f"{gathered.count} times within an hour somebody was needed: see the list of incidents.",
            page=self._page,
            gateway=news.gateway,
        )

    def _concerns(self, route: str) -> Callable[[IncidentRecord], bool]:
        """Whether a route hears of an incident as it stands: by the rules, or by the group's own tag."""

        def concerns(record: IncidentRecord) -> bool:
            return route in self._ways.routes.of(record, record.state) or scene_of(record).route == route

        return concerns

    async def _deliver(self, letters: list[Letter], news: News) -> tuple[str, ...]:
        holder = news.record.id
        done = await deliver(letters, holder, self._store, self._now, patience=self._patience)
        for letter in done.put_off:
            # In the place of a crowd that there is no room for, the incident is told of that it was told for.
            later = letter.message if isinstance(letter.message, News) else replace(news, decide=None)
            await put_off(letter.sink, later, self._store, self._now())
        return (*done.refused, *(f"{why}; it is told again later" for why in done.later))
