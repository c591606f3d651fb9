"""Reads all that bears on an incident; what needs nothing else is read at once.

The longest chain of dependent reads from Resource Manager is five: deployments, template, identity (and registry), role
assignments, custom roles.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from acimedic.azure.port import Reader
from acimedic.errors import parse
from acimedic.evidence import asked, said, serving
from acimedic.evidence.finding import Seen, registry_of
from acimedic.evidence.history import precedent
from acimedic.evidence.trail import Trail, find_deployments, follow
from acimedic.freshness import earliest
from acimedic.model.definition import Definition
from acimedic.model.deployment import Activity, Deployment
from acimedic.model.error import ErrorChain
from acimedic.model.evidence import ErrorSource, Evidence
from acimedic.model.incident import Incident
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Registry, RegistryPlaces

_BEFORE, _AFTER = timedelta(hours=6), timedelta(hours=1)
_BY_HAND = timedelta(days=7)
_MOST_REFERENCES = 5
_MOST_SOUGHT = 6  # registries, before it is known which are pulled from

Home = asyncio.Future[Reading[tuple[Registry, ...]]]
Places = asyncio.Future[Reading[RegistryPlaces]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """What the caller gave instead of Azure; nothing may be changed because of it."""

    error: ErrorChain | None = None
    template: Mapping[str, object] | None = field(default=None, repr=False)
    parameters: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """What was given, in words."""
        given = (("error", self.error), ("template", self.template))
        return tuple(name for name, value in given if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """Who asks about what, where and when."""

    incident: Incident
    reader: Reader
    cloud: str
    now: datetime
    supplied: Supplied


async def gather(
    incident: Incident,
    reader: Reader,
    *,
    cloud: str,
    now: datetime,
    supplied: Supplied,
) -> Evidence:
    """Read all that bears on an incident."""
    asking = _Asking(incident=incident, reader=reader, cloud=cloud, now=now, supplied=supplied)
    home: Home = asyncio.ensure_future(reader.registries(incident.group.subscription))
    places: Places = asyncio.ensure_future(reader.registry_places())
    try:
        return await _gathered(asking, home, places)
    finally:
        # Where nobody needed it, nobody waits for it.
        home.cancel()
        places.cancel()


async def _gathered(asking: _Asking, home: Home, places: Places) -> Evidence:
    incident, reader = asking.incident, asking.reader
    live, activity, (steps, seeking) = await asyncio.gather(
        reader.group(incident.group), _activity(asking), _trail(asking, home, places)
    )
    began_at = earliest(steps.began_at, incident.occurred_at)
    chain, source = _error(asking, live, activity, steps, began_at)
    definition = await _definition(asking, live, steps, chain, home)
    served = await serving.read(reader, definition, chain, await _seen(asking, home, places))
    await seeking
    unread = [reading for reading in (live, activity, definition, chain) if isinstance(reading, Gap)]
    return Evidence(
        incident=incident,
        cloud=asking.cloud,
        error=chain,
        error_source=source,
        live=live,
        definition=definition,
        registries=served.registries,
        identities=served.identities,
        access=served.access,
        tenants=served.tenants,
        images=served.images,
        tokens=served.details.tokens,
        endpoint_subnets=served.details.endpoint_subnets,
        service_endpoints=served.details.service_endpoints,
        precedent=precedent(steps.listed, incident.group, tuple(step.deployment for step in steps.steps)),
        failed_at=incident.occurred_at,
        began_at=began_at,
        gaps=tuple(dict.fromkeys([*steps.gaps, *unread, *served.gaps])),
        supplied=asking.supplied.names,
    )


async def _seen(asking: _Asking, home: Home, places: Places) -> Seen:
    return Seen(home=await home, subscription=asking.incident.group.subscription, places=places)


async def _trail(asking: _Asking, home: Home, places: Places) -> tuple[Trail, asyncio.Future[None]]:
    """The trail; and what is under way meanwhile, for which nothing here has to wait."""
    group, correlation_id = asking.incident.group, asking.incident.correlation_id
    found = await find_deployments(asking.reader, group.subscription, group.resource_group, correlation_id)
    # List items carry the error, so the registry can be looked for while the operations are read.
    seeking = asyncio.ensure_future(_seek_registries(asking, found.deployments, home, places))
    trail = await follow(asking.reader, found)
    if correlation_id:
        return trail, seeking
    # Without a correlation id, only a deployment in which this very group failed has to do with it.
    kept = [
        step
        for step in trail.steps
        if any(said.same_resource(item.target, group) for item in Trail(steps=(step,)).failed_operations)
    ]
    return Trail(steps=tuple(kept[:1]), gaps=trail.gaps, listed=trail.listed), seeking


async def _seek_registries(asking: _Asking, deployments: tuple[Deployment, ...], home: Home, places: Places) -> None:
    """Look for the registries that the errors name; the reader remembers what it has read."""
    images = [image for item in deployments if item.error for image in parse(item.error).images]
    hosts = serving.acr_hosts(images)[:_MOST_SOUGHT]
    if hosts:
        seen = await _seen(asking, home, places)
        await asyncio.gather(*(_seek(asking.reader, host, seen) for host in hosts))


async def _seek(reader: Reader, host: str, seen: Seen) -> None:
    """Look for one; being let in by it takes as long as reading it, so both at once."""
    if await seen.names(host):
        await asyncio.gather(registry_of(reader, host, seen), reader.enter(host))
    else:
        await registry_of(reader, host, seen)


async def _activity(asking: _Asking) -> Reading[tuple[Activity, ...]]:
    incident = asking.incident
    if incident.correlation_id:
        about = ("correlationId", incident.correlation_id)
    else:
        about = ("resourceUri", str(incident.group))
    anchor = incident.occurred_at
    since = anchor - _BEFORE if anchor else asking.now - _BY_HAND
    until = max(anchor or asking.now, asking.now) + _AFTER
    return await asking.reader.activity(incident.group.subscription, about=about, since=since, until=until)


def _error(
    asking: _Asking,
    live: Reading[Definition | Absent],
    activity: Reading[tuple[Activity, ...]],
    trail: Trail,
    began_at: datetime | None,
) -> tuple[Reading[ErrorChain], ErrorSource]:
    group = asking.incident.group
    if asking.supplied.error is not None:
        return asking.supplied.error.for_group(str(group)), "argument"
    candidates = said.from_trail(trail, group)
    if not isinstance(activity, Gap):
        candidates += said.from_activity(activity, group)
    candidates += said.from_events(live, began_at)
    return said.choose(candidates, (*trail.gaps, *((activity,) if isinstance(activity, Gap) else ())))


async def _definition(
    asking: _Asking,
    live: Reading[Definition | Absent],
    trail: Trail,
    chain: Reading[ErrorChain],
    home: Home,
) -> Reading[Definition]:
    """What was asked for; registries that the template refers to are read so that it can be evaluated."""
    incident, supplied = asking.incident, asking.supplied
    place = asked.Place(tenant=None, cloud=asking.cloud, now=incident.occurred_at or asking.now)

    def ask(facts: asked.Facts) -> Reading[Definition]:
        if supplied.template is not None:
            return asked.from_template(supplied.template, supplied.parameters, incident.group, facts, place)
        found = asked.from_trail(trail, incident.group, facts, place)
        return asked.decide(live, found, chain, incident.operation)

    if supplied.template is None and not trail.steps:
        return ask(asked.Facts({}))
    listed = await home
    servers = {} if isinstance(listed, Gap) else {item.id: item.login_server for item in listed}
    facts = asked.Facts(servers)
    definition = ask(facts)
    if not facts.wanted:
        return definition
    wanted = list(facts.wanted)[:_MOST_REFERENCES]
    read = await asyncio.gather(*(asking.reader.registry(resource) for resource in wanted))
    more = {item.id: item.login_server for item in read if isinstance(item, Registry)}
    return ask(asked.Facts(servers | more)) if more else definition
