"""Simulated tenants in which the caller may do so and so much, and the command run over one of them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from acimedic.doctor.deliveries import OPERATIONS
from acimedic.doctor.examination import Examined, Wish, examine
from acimedic.doctor.finding import Finding
from acimedic.doctor.installed import Installed
from acimedic.doctor.needs import place
from acimedic.model.reading import Reading
from acimedic.permissions import DIAGNOSING, IMAGES, READ, WRITE
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from tests.policy.written import document

World = dict[str, Any]
HEALTHY = load_world("healthy")
REGISTRY: str = HEALTHY["registries"]["contoso"]["id"]
HOME: str = HEALTHY["event"]["data"]["resourceUri"].split("/")[2]
AWAY = REGISTRY.split("/")[2]
SUBSCRIPTIONS = tuple(dict.fromkeys((HOME, AWAY)))
READS = tuple(right.action for right in READ)
WRITES = tuple(right.action for right in WRITE)
DIAGNOSES = tuple(right.action for right in DIAGNOSING)
OURS = Installed(subscription="s", group="g", site="medic")
FUNCTION = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/medic/functions/on_failure"
TOPIC = f"/subscriptions/{HOME}/resourceGroups/rg/providers/Microsoft.EventGrid/systemTopics/medic"
KINDS = ["Microsoft.Resources.ResourceWriteFailure", "Microsoft.Resources.ResourceActionFailure"]


def block(*actions: str, scope: str = "/", **more: Any) -> World:
    return {"actions": [*actions], "scope": scope} | more


def tenant(*blocks: World, subscribed: bool = True, registry: World | None = None) -> World:
    """A world in which the caller has these rights and no others."""
    faults = [] if not subscribed else [events(each) for each in SUBSCRIPTIONS] + [subscription_of()]
    registries = load_world("healthy")["registries"]
    registries["contoso"]["properties"] |= registry or {}
    return load_world("healthy") | {"permissions": [*blocks], "faults": faults, "registries": registries}


def events(subscription: str) -> World:
    """What Event Grid lists of a subscription's system topics."""
    source = f"/subscriptions/{subscription}"
    topic = {"id": TOPIC, "name": "medic", "properties": {"source": source}}
    path = f"^/subscriptions/{subscription}/providers/Microsoft.EventGrid/systemTopics$"
    return {"method": "GET", "path": path, "status": 200, "body": {"value": [topic]}}


def subscription_of(**changes: Any) -> World:
    """The event subscription as Event Grid lists it. changes: of its properties."""
    properties = {
        "provisioningState": "Succeeded",
        "destination": {"endpointType": "AzureFunction", "properties": {"resourceId": FUNCTION}},
        "filter": {
            "includedEventTypes": KINDS,
            "advancedFilters": [{"operatorType": "StringIn", "key": "data.operationName", "values": [*OPERATIONS]}],
        },
        "eventDeliverySchema": "CloudEventSchemaV1_0",
        "deadLetterWithResourceIdentity": {"deadLetterDestination": {"endpointType": "StorageBlob"}},
    }
    body = {"value": [{"id": f"{TOPIC}/eventSubscriptions/ours", "name": "ours", "properties": properties | changes}]}
    return {"method": "GET", "path": "/eventSubscriptions$", "status": 200, "body": body}


COMPLETE = block(*READS)
IMAGE_RIGHTS = block(
    *(right.action for right in IMAGES if not right.data),
    scope=REGISTRY,
    dataActions=[right.action for right in IMAGES if right.data],
)
WRITER = block(*WRITES, scope=REGISTRY)


def policy(folder: Path, **changes: Any) -> str:
    """A policy that names the registry of the world."""
    written = document(**changes)
    file = folder / "policy.json"
    file.write_text(json.dumps(written), encoding="utf-8")
    return str(file)


def no_letters(count: Reading[int] = 0) -> Callable[[Settings], Awaitable[Reading[int]]]:
    async def letters(settings: Settings) -> Reading[int]:
        return count

    return letters


def examined(
    world: World,
    folder: Path,
    *scopes: str,
    send_test: bool = False,
    letters: Reading[int] = 0,
    now: datetime | None = None,
    here: Installed = OURS,
    from_afar: bool = False,
    **settings: Any,
) -> Examined:
    with Simulator(world) as azure:
        usual: dict[str, Any] = {
            "gateway": azure.url,
            "store": str(folder / "acimedic.db"),
            "subscriptions": SUBSCRIPTIONS,
            "dead_letters": "https://account.blob.core.windows.net/letters",
            "events_topic": "https://news.westeurope-1.eventgrid.azure.net/api/events",
        }
        wish = Wish(places=tuple(map(place, scopes)) or None, send_test=send_test, here=here, from_afar=from_afar)

        async def whole() -> Examined:
            return await examine(
                Settings(**(usual | settings)),
                wish,
                now=lambda: now or datetime.now(UTC),
                letters=no_letters(letters),
                pause=_at_once,
            )

        found = asyncio.run(whole())
        assert not [request for request in azure.requests if request[0] != "GET" and "events" not in request[2]]
        return found


async def _at_once(seconds: float) -> None:
    """No time passes."""


def wrongs(examined: Examined) -> list[Finding]:
    return [finding for finding in examined.findings if finding.word == "wrong"]


def of(examined: Examined, about: str) -> list[Finding]:
    return [finding for finding in examined.findings if finding.about == about]
