"""Many failures at once: worlds for the make-believe Azure, one for each subscription, and the events of them.

Each subscription has an identity of its own. A registry serves two subscriptions and lies in the first of them.
"""

import json
import uuid
from copy import deepcopy

from acimedic.simulator import load_world
from acimedic.simulator.exchange import Json

_APP = "3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3"
_PLATFORM = "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
_PRINCIPAL, _CLIENT = "5d0a3e92-7c41-4b86-9f1d-28e6c0b7a354", "e41b97d0-63fa-4c25-8b7e-90d2a5c81f36"
_CORRELATION = "9b7e2f41-0c3d-4a58-b6e9-71d4f8a2c035"


def subscription_id(number: int) -> str:
    """The id of a subscription."""
    return f"00000000-0000-4000-8000-{number:012d}"


def registry_name(number: int) -> str:
    """The name of the registry that serves a subscription; its login server is this and `.azurecr.io`."""
    return f"contoso{number // 2:02d}"


def world(number: int, failures: int) -> Json:
    """The world of one subscription, in which so many container groups failed, each by a deployment of its own.

    No role lets the identity pull. The world's `events` tell of the failures.
    """
    text = json.dumps(load_world("role-missing"))
    for old, new in (
        (_APP, subscription_id(number)),
        (_PLATFORM, subscription_id(number - number % 2)),
        ("contoso", registry_name(number)),
        (_PRINCIPAL, str(uuid.UUID(int=1000 + number))),
        (_CLIENT, str(uuid.UUID(int=2000 + number))),
    ):
        text = text.replace(old, new)
    made: Json = json.loads(text)
    log = made["activityLog"]
    ours = [entry for entry in log if entry.get("correlationId") == _CORRELATION]
    clones = [
        _clone({"of": made["deployments"]["web"], "log": ours, "event": made["event"]}, one, number)
        for one in range(failures)
    ]
    made["deployments"] = {f"web{one}": clone["of"] for one, clone in enumerate(clones)}
    made["activityLog"] = [entry for entry in log if entry not in ours]
    made["activityLog"] += [entry for clone in clones for entry in clone["log"]]
    made["events"] = [clone["event"] for clone in clones]
    return made


def worlds(subscriptions: int, failures: int) -> list[Json]:
    """The worlds of so many subscriptions, in each of which so many container groups failed."""
    return [world(number, failures) for number in range(subscriptions)]


def events(made: list[Json]) -> list[Json]:
    """All events of these worlds, as they come in: subscription by subscription in turn."""
    return [deepcopy(event) for together in zip(*(each["events"] for each in made), strict=True) for event in together]


def policy(made: list[Json]) -> Json:
    """A policy that pairs each registry with the identities that pull from it, without which little may be told."""
    pairs = [
        {"registry": world["registries"][registry_name(number)]["id"], "identity": world["identities"]["pull"]["id"]}
        for number, world in enumerate(made)
    ]
    served = [subscription_id(number) for number in range(len(made))]
    return {
        "version": 1,
        "remedies": ["assign-pull-role"],
        "subscriptions": served,
        "pairs": pairs,
        "changes_per_hour": 4,
    }


def _clone(pattern: Json, one: int, number: int) -> Json:
    correlation = str(uuid.UUID(int=(number << 64) + one + 1))
    text = json.dumps(pattern)
    for old, new in (
        ("cg-web-01", f"cg-web-{one:04d}"),
        ("deploy-web", f"deploy-web-{one:04d}"),
        (_CORRELATION, correlation),
        (pattern["event"]["id"], str(uuid.uuid5(uuid.NAMESPACE_URL, correlation))),
    ):
        text = text.replace(old, new)
    clone: Json = json.loads(text)
    return clone
