"""The world as it stands, and what the cloud remembers between two requests."""

import threading
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from . import ids
from .exchange import Json

RESOURCES = (
    *("groups", "registries", "identities", "virtualNetworks", "subnets", "privateEndpoints", "deployments"),
    *("systemTopics", "metricAlerts"),
)


@dataclass(slots=True)
class State:
    """A live world. Requests are answered one at a time under ``lock``."""

    world: Json
    lock: threading.Lock = field(default_factory=threading.Lock)
    operations: Json = field(default_factory=dict)
    counter: int = 0

    def section(self, name: str) -> Json:
        """Give one section of the world (``groups``, ``registries``, ...), made where it is missing."""
        found = self.world.setdefault(name, {})
        return found if isinstance(found, dict) else {}

    def find(self, section: str, resource_id: str) -> Json | None:
        """Give the resource of that id in a section."""
        wanted = ids.key(resource_id)
        return next((body for body in self.section(section).values() if ids.key(body["id"]) == wanted), None)

    def remove(self, section: str, resource_id: str) -> Json | None:
        """Take a resource out of the world and give what it was."""
        held = self.section(section)
        handle = next((name for name, body in held.items() if ids.same(body["id"], resource_id)), None)
        return None if handle is None else held.pop(handle)

    def within(self, section: str, scope: str) -> list[Json]:
        """Give the resources of a section at or below a scope, in the world's order."""
        return [body for body in self.section(section).values() if ids.covers(scope, body["id"])]

    def new_id(self) -> str:
        """Give a GUID: the same one for the same world and the same order of requests."""
        self.counter += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"acimedic-simulator/{self.counter}"))

    def now(self) -> datetime:
        """Give the world's clock, which stands still unless the world is changed."""
        return moment(str(self.world.get("now", "2026-11-20T08:20:00Z")))

    def stamp(self) -> str:
        """Give the world's clock with seven decimals, as ARM prints it."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"

    def all_ids(self) -> Iterator[str]:
        """Give the id of every resource in the world."""
        for section in RESOURCES:
            for body in self.section(section).values():
                yield body["id"]

    def has_resource_group(self, subscription: str, name: str) -> bool:
        """Tell whether a group exists: it is listed, or some resource id of the world lies in it."""
        wanted = f"/subscriptions/{subscription}/resourceGroups/{name}"
        listed = self.section("resourceGroups").values()
        return any(ids.covers(wanted, found) for found in [*self.all_ids(), *(body["id"] for body in listed)])

    def has_subscription(self, subscription: str) -> bool:
        """Tell whether a subscription exists; a world that lists none has them all."""
        listed = self.section("subscriptions").values()
        return not listed or any(body["subscriptionId"].lower() == subscription.lower() for body in listed)


def shown(body: Json) -> Json:
    """Give a copy of a resource without what only the simulator may see (keys that begin with ``x-``)."""
    return deepcopy({name: value for name, value in body.items() if not name.startswith("x-")})


def moment(text: str) -> datetime:
    """Read one of ARM's timestamps: seven decimals, ``Z`` or an offset."""
    whole, _, rest = text.replace("z", "Z").partition(".")
    if not rest:
        return datetime.fromisoformat(whole.replace("Z", "+00:00"))
    digits = len(rest) - len(rest.lstrip("0123456789"))
    fraction, zone = rest[:digits][:6].ljust(6, "0"), rest[digits:] or "Z"
    return datetime.fromisoformat(f"{whole}.{fraction}{zone.replace('Z', '+00:00')}")
