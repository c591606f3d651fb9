"""The doctor over a make-believe Azure that lets it do only what certain actions allow."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from acimedic.doctor.examination import Wish, examine
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from tests.doctor.tenants import OURS, SUBSCRIPTIONS, no_letters, subscription_of

Words = dict[str, set[str]]
Requests = list[tuple[str, str, str, int]]


def doctored(folder: Path, actions: Iterable[str]) -> tuple[Words, Requests]:
    """What the doctor says of rights and events, and all that it asked for."""
    with Simulator(_world(actions)) as azure:
        settings = Settings(gateway=azure.url, store=str(folder / "acimedic.db"), subscriptions=SUBSCRIPTIONS)

        async def whole() -> Words:
            letters = no_letters()
            found = await examine(settings, Wish(here=OURS), now=lambda: datetime.now(UTC), letters=letters)
            return {about: {each.word for each in found.findings if each.about == about} for about in WORDS}

        return asyncio.run(whole()), list(azure.requests)


WORDS = ("rights", "events")


def _world(actions: Iterable[str]) -> dict[str, Any]:
    given = [*actions]
    scopes = [f"/subscriptions/{each}" for each in SUBSCRIPTIONS]
    return load_world("healthy") | {
        "permissions": [{"actions": given, "scope": scope} for scope in scopes],
        "systemTopics": {str(place): _topic(scope) for place, scope in enumerate(scopes)},
    }


def _topic(scope: str) -> dict[str, Any]:
    (listening,) = subscription_of()["body"]["value"]
    return {
        "id": f"{scope}/resourceGroups/rg-events/providers/Microsoft.EventGrid/systemTopics/medic",
        "name": "medic",
        "type": "Microsoft.EventGrid/systemTopics",
        "location": "global",
        "properties": {"source": scope, "topicType": "Microsoft.Resources.Subscriptions"},
        "x-eventSubscriptions": {"ours": {"properties": listening["properties"]}},
    }
