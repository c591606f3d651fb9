"""Scenarios in which the make-believe Azure lets ACI Medic do only what certain actions allow."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from acimedic.permissions import READ
from acimedic.simulator.ids import action_of
from acimedic.simulator.permissions import ALWAYS, matches
from tests.once import once
from tests.scenarios.running import Run, diagnose, load

World = dict[str, Any]
BOT = "5b0f2c1d-0000-4000-8000-00000000b07b"
READS = tuple(right.action for right in READ)
_SUBSCRIPTION = re.compile(r"/subscriptions/[0-9a-f-]{36}")
_PULL_ROLES = {
    "AbacRepositoryPermissions": "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    "LegacyRegistryPermissions": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
}


def limited(world: World, actions: Iterable[str] = READS) -> World:
    """The same world where we are somebody with these actions at every subscription, less what it forbids anyway.

    Whoever is somebody needs a role to read a repository, which nobody has here.
    """
    own = world.get("permissions")
    if own is None:
        scopes = sorted(set(_SUBSCRIPTION.findall(json.dumps(world))))
        world["permissions"] = [{"actions": list(actions), "scope": scope} for scope in scopes]
    else:
        world["permissions"] = [
            {"actions": [action for action in actions if _gives(entry, action)], "scope": entry.get("scope", "/")}
            for entry in own
        ]
    world["caller"] = {"objectId": BOT}
    return world


def with_images(world: World) -> World:
    """The same world where access-images was deployed for every registry."""
    for handle, registry in world.get("registries", {}).items():
        role = _PULL_ROLES[registry["properties"].get("roleAssignmentMode", "LegacyRegistryPermissions")]
        identifier = f"{registry['id']}/providers/Microsoft.Authorization/roleAssignments/bot"
        world["roleAssignments"][f"bot-{handle}"] = {
            "id": identifier,
            "name": "bot",
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": BOT,
                "principalType": "ServicePrincipal",
                "scope": registry["id"],
                "createdOn": "2026-01-01T00:00:00Z",
                "updatedOn": "2026-01-01T00:00:00Z",
            },
        }
    return world


@cache
def run_without(name: str, *missing: str) -> Run:
    """A scenario with the read role, less some actions; each only once, in whichever process."""
    held = [action for action in READS if action not in missing]
    return once(("scenario without", name, *missing), lambda: diagnose(limited(load(name), held)))


def requested(requests: Iterable[tuple[str, str, str, int]]) -> set[str]:
    """The actions that requests to Azure Resource Manager need; what everybody may ask needs none."""
    paths = ((method, path.partition("?")[0]) for method, host, path, _ in requests if host.startswith("management."))
    return {action_of(method, path) for method, path in paths if not ALWAYS.match(path)}


def new_gaps(before: Run, after: Run) -> set[str | None]:
    """The permissions that are named as missing in one run and were not in another."""
    return _permissions(after) - _permissions(before)


def newly_unknown(before: Run, after: Run) -> list[str]:
    """The checks that say `unknown` and did not, in catalogue order."""
    known = set(before.checks("unknown"))
    return [check for check in after.checks("unknown") if check not in known]


def _permissions(run: Run) -> set[str | None]:
    return {gap["permission"] for gap in run.report["gaps"]}


def _gives(entry: World, action: str) -> bool:
    given = any(matches(pattern, action) for pattern in entry.get("actions", []))
    return given and not any(matches(pattern, action) for pattern in entry.get("notActions", []))
