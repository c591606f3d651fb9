"""What a bad hour brings: failures of many kinds, twice and in both schemas, noise, and what is no event at all."""

import json
import random
import uuid
from copy import deepcopy

from acimedic.simulator import load_world, world_names
from acimedic.simulator.exchange import Json

KINDS = (
    "role-missing",
    "trusted-services-off-and-role-missing",
    "role-on-client-id",
    "tag-not-there-open-registry",
    "quota-exceeded",
    "credential-server-malformed",
    "service-principal-behind-firewall",
    "nested-deployment",
)
"""The scenarios of which the failures are; each has a subscription and a registry of its own."""
_OWN = ("3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3", "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218")
_CORRELATION = "9b7e2f41-0c3d-4a58-b6e9-71d4f8a2c035"


def world(number: int, failures: int) -> Json:
    """The world of one kind, in which so many container groups fail; its `events` tell of them."""
    from tests.scenarios.running import load

    kind = KINDS[number % len(KINDS)]
    text = json.dumps(load_world(kind) if kind in world_names() else load(kind))
    for place, old in enumerate(_OWN):
        text = text.replace(old, f"{number:08d}-0000-4000-8000-{place:012d}")
    made: Json = json.loads(text.replace("contoso", f"contoso{number:02d}"))
    ours = [entry for entry in made["activityLog"] if entry.get("correlationId") == _CORRELATION]
    pattern = json.dumps({"of": made["deployments"], "log": ours, "event": made["event"]})
    clones = [_clone(pattern, made["event"]["id"], one, number) for one in range(failures)]
    made["deployments"] = {
        f"{name}{one}": each for one, clone in enumerate(clones) for name, each in clone["of"].items()
    }
    made["activityLog"] = [entry for entry in made["activityLog"] if entry not in ours]
    made["activityLog"] += [entry for clone in clones for entry in clone["log"]]
    made["events"] = [clone["event"] for clone in clones]
    return made


def policy(worlds: list[Json]) -> Json:
    """One that lends every identity what it may need at every registry of its world, for a day."""
    pairs = [
        {"registry": registry["id"], "identity": identity["id"]}
        for world in worlds
        for registry in world["registries"].values()
        for identity in world["identities"].values()
    ]
    return {
        "version": 1,
        "remedies": ["assign-pull-role", "enable-trusted-services"],
        "subscriptions": sorted(each["subscriptionId"] for world in worlds for each in world["subscriptions"].values()),
        "pairs": pairs,
        "changes_per_hour": 100,
        "expires_after": "P1D",
    }


def minutes(worlds: list[Json], count: int) -> list[list[Json]]:
    """The deliveries of so many minutes: each failure once at least, every third again, every fourth as a CloudEvent.

    For every two failures there are three events of their neighbours, and one that nobody understands.
    """
    how = random.Random(20261122)  # noqa: S311 - an order, not a secret
    told: list[list[Json]] = [[] for _ in range(count)]
    for number, event in enumerate(event for world in worlds for event in world["events"]):
        first = how.randrange(count)
        told[first].append(event)
        if number % 3 == 0:
            told[min(count - 1, first + how.randrange(3))].append(deepcopy(event))
        if number % 4 == 0:
            told[how.randrange(first, count)].append(_as_cloud_event(event))
        if number % 2 == 0:
            told[how.randrange(count)] += [_before(event, step) for step in range(3)]
            told[how.randrange(count)].append({"id": str(number), "eventType": "Of.Nobody", "data": {"of": "nothing"}})
    return told


def _as_cloud_event(event: Json) -> Json:
    names = {
        "id": "id",
        "topic": "source",
        "subject": "subject",
        "eventType": "type",
        "eventTime": "time",
        "data": "data",
    }
    return {"specversion": "1.0"} | {new: deepcopy(event[old]) for old, new in names.items()}


def _before(event: Json, step: int) -> Json:
    """What Azure tells of the same group before it fails, and of its neighbours: none of ours."""
    kinds = ("Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceActionSuccess")
    told = deepcopy(event) | {"eventType": kinds[step % 2], "id": str(uuid.uuid4())}
    if step == 2:
        told["eventType"] = event["eventType"]
        told["data"]["operationName"] = "Microsoft.Storage/storageAccounts/write"
    return told


def _clone(pattern: str, event: str, one: int, number: int) -> Json:
    correlation = str(uuid.UUID(int=(number << 64) + one + 1))
    for old, new in (
        ("cg-web-01", f"cg-web-{one:04d}"),
        ("deploy-web", f"deploy-web-{one:04d}"),
        (_CORRELATION, correlation),
        (event, str(uuid.uuid5(uuid.NAMESPACE_URL, correlation))),
    ):
        pattern = pattern.replace(old, new)
    clone: Json = json.loads(pattern)
    return clone
