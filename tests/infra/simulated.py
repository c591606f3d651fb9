"""A simulator in which ACI Medic is deployed, and hooks that ask it through `az`.

Filters, scopes, pages and refusals are the simulator's; what is given and what is deleted is read from its world.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acimedic.simulator import Simulator
from tests.infra.az_to_simulator import Az
from tests.infra.azure_on_path import (
    APP,
    FAR,
    GROUP,
    MADE,
    OTHER,
    PRINCIPAL,
    PULLER,
    REGISTRY,
    SUFFIX,
    TOPIC,
    Azure,
)

World = dict[str, Any]
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
LOOKS = "ACI Medic reads manifests and tags of this registry, and could pull its images."
FAR_GROUP = FAR.split("/providers/")[0]
EVENTS = f"acimedic-{SUFFIX}"
EVERYWHERE = MADE | {
    "ACIMEDIC_VAULT": "",
    "ACIMEDIC_GUARDED": "",
    "ACIMEDIC_TOPICS": json.dumps([TOPIC, FAR]),
    "ACIMEDIC_REACH": json.dumps([APP, OTHER]),
    "ACIMEDIC_FOUND_GRANTS": f"{REGISTRY}={PULLER}",
    "ACIMEDIC_FOUND_ASSIGNS": "true",
    "ACIMEDIC_FOUND_TRUSTED": "true",
    "ACIMEDIC_FOUND_IMAGES": REGISTRY,
}
"""Two subscriptions are watched, and at a registry of the second everything is allowed."""


@dataclass(slots=True)
class Simulated:
    """The world, and the folder that the hooks lie in."""

    azure: Azure
    simulator: Simulator

    @property
    def world(self) -> World:
        """As it stands."""
        return self.simulator.world

    def run(self, hook: str, *, stdin: int | None = None, **environment: str) -> Any:
        """Run a hook as azd does."""
        return self.azure.run(hook, stdin=stdin, **environment)

    def run_and_keep(self, hook: str, **environment: str) -> dict[str, str]:
        """Run a hook, and give the environment with what azd was told to keep. It has to end well."""
        done = self.run(hook, **environment)
        assert done.returncode == 0, done.stderr
        return environment | self.azure.remembered

    @property
    def given(self) -> set[str]:
        """The handles of all role assignments that stand."""
        return set(self.world["roleAssignments"])

    @property
    def roles(self) -> set[str]:
        """The handles of all custom roles that stand."""
        return set(self.world["roleDefinitions"])

    @property
    def topics(self) -> dict[str, set[str]]:
        """Every topic that stands, with who listens."""
        return {handle: set(body["x-eventSubscriptions"]) for handle, body in self.world["systemTopics"].items()}

    @property
    def written(self) -> list[str]:
        """What was changed in Azure: the method and the path, in order."""
        return [
            f"{method} {path.partition('?')[0]}" for method, _, path, _ in self.simulator.requests if method != "GET"
        ]


def simulated(folder: Path, world: World | None = None) -> Iterator[Simulated]:
    """A deployed ACI Medic; for a fixture."""
    with Simulator(deployed() if world is None else world) as simulator:
        yield Simulated(Azure(folder, asks=Az(simulator.url).answer), simulator)


def assignment(scope: str, role: str, principal: str = PRINCIPAL, says: str = "") -> World:
    """A role assignment; role: its GUID."""
    subscription = "/".join(scope.split("/")[:3])
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{scope} {role} {principal}")
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "properties": {
            "scope": scope,
            "principalId": principal,
            "roleDefinitionId": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "description": says,
        },
    }


def role(guid: str, name: str, scope: str) -> World:
    """A custom role that may be assigned at one scope."""
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        "name": guid,
        "properties": {"roleName": name, "type": "CustomRole", "assignableScopes": [scope], "permissions": []},
    }


def topic(place: str, tags: dict[str, str], *listeners: str) -> World:
    """A system topic of its subscription."""
    source = "/".join(place.split("/")[:3])
    return {
        "id": place,
        "name": place.rpartition("/")[2],
        "tags": tags,
        "properties": {"source": source, "topicType": "Microsoft.Resources.Subscriptions"},
        "x-eventSubscriptions": {name: {} for name in listeners},
    }


def deployed() -> World:
    """What main.bicep and events.bicep leave with EVERYWHERE, and beside it what belongs to others."""
    ours, near, far, rg = {"azd-env-name": "prod"}, f"/subscriptions/{APP}", f"/subscriptions/{OTHER}", "rg-platform"
    group, above = f"{far}/resourceGroups/{rg}", "/providers/Microsoft.Management/managementGroups/root"
    return {
        "subscriptions": {name: {"subscriptionId": each} for name, each in {"app": APP, "other": OTHER}.items()},
        "resourceGroups": {
            "app": {"id": GROUP, "tags": ours},
            "far": {"id": FAR_GROUP, "tags": ours},
            "platform": {"id": group},
        },
        "registries": {"contoso": {"id": REGISTRY, "name": "contoso", "properties": {}}},
        "identities": {
            "app": {
                "id": f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-acimedic-{SUFFIX}",
                "properties": {"principalId": PRINCIPAL},
            }
        },
        "systemTopics": {"near": topic(TOPIC, ours, EVENTS), "far": topic(FAR, ours, EVENTS)},
        "metricAlerts": {
            f"{name}-{metric}": {"id": f"{scope}/providers/Microsoft.Insights/metricAlerts/{EVENTS}-{metric}"}
            for name, scope in {"near": GROUP, "far": FAR_GROUP}.items()
            for metric in ("DeadLetteredCount", "DroppedEventCount")
        },
        "roleDefinitions": {
            "read near": role("00000000-0000-4000-9000-000000000001", f"ACI Medic read {SUFFIX} aaaaaaaaaaaaa", near),
            "read far": role("00000000-0000-4000-9000-000000000002", f"ACI Medic read {SUFFIX} bbbbbbbbbbbbb", far),
            "grant": role("00000000-0000-4000-9000-000000000003", f"ACI Medic grant {SUFFIX} ccccccccccccc", group),
            "switch": role("00000000-0000-4000-9000-000000000004", f"ACI Medic switch {SUFFIX} ccccccccccccc", group),
            "of another installation": role(
                "00000000-0000-4000-9000-000000000005", "ACI Medic read otherinstalla bbbbbbbbbbbbb", far
            ),
            "somebody's": role("00000000-0000-4000-9000-000000000006", f"Somebody's {SUFFIX}", far),
        },
        "roleAssignments": {
            "read near": assignment(near, "00000000-0000-4000-9000-000000000001"),
            "read far": assignment(far, "00000000-0000-4000-9000-000000000002"),
            "grant": assignment(REGISTRY, "00000000-0000-4000-9000-000000000003"),
            "switch": assignment(REGISTRY, "00000000-0000-4000-9000-000000000004"),
            "images": assignment(REGISTRY, ACR_PULL, says=LOOKS),
            "above": assignment(above, READER),
            "pull identity": assignment(REGISTRY, ACR_PULL, PULLER),
            "other installation": assignment(far, "00000000-0000-4000-9000-000000000005", PULLER),
        },
    }


STRANGERS = {"above", "pull identity", "other installation"}
"""The role assignments of others, or given above the subscriptions."""
