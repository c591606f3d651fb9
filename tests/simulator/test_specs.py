"""Bodies that the simulator answers hold only properties which Azure's own types know for that api-version."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# seen in every recording of 2023-05-01, and missing from the types
REAL_BUT_UNTYPED = {"provisioningTimeoutInSeconds", "isCustomProvisioningTimeout"}


def typed(folder: Path, provider: str, version: str, resource: str) -> Callable[[Any], set[str]]:
    """Gives a check of a body against types.json: the paths of the properties that the types do not know."""
    types = json.loads((folder / f"a-specs/bicep-types/{provider}.{version}.types.json").read_text(encoding="utf-8"))

    def look(reference: dict[str, Any]) -> dict[str, Any]:
        place: dict[str, Any] = types[int(str(reference["$ref"]).rpartition("/")[2])]
        return place

    def unknown(kind: dict[str, Any], value: Any, at: str) -> set[str]:
        if isinstance(value, list) and "itemType" in kind:
            return {path for item in value for path in unknown(look(kind["itemType"]), item, f"{at}[]")}
        if not isinstance(value, dict) or kind["$type"] not in ("ObjectType", "DiscriminatedObjectType"):
            return set()
        known = kind.get("properties") or kind.get("baseProperties") or {}
        extra = kind.get("additionalProperties")
        found: set[str] = set()
        for name, item in value.items():
            if name in known:
                found |= unknown(look(known[name]["type"]), item, f"{at}/{name}")
            elif extra:
                found |= unknown(look(extra), item, f"{at}/*")
            elif name not in REAL_BUT_UNTYPED:
                found.add(f"{at}/{name}")
        return found

    wanted = next(
        kind for kind in types if kind["$type"] == "ResourceType" and kind["name"].lower().startswith(f"{resource}@")
    )
    return lambda body: unknown(look(wanted["body"]), body, "")


@pytest.mark.parametrize("version", ["2023-07-01", "2023-11-01-preview", "2025-11-01", "2026-03-01-preview"])
def test_a_registry_holds_only_what_the_version_knows(version: str, azure: Any, payloads: Path) -> None:
    body = azure.get(azure.world["registries"]["contoso"]["id"], version).body
    check = typed(payloads, "containerregistry", version, "microsoft.containerregistry/registries")
    assert check(body) == set()
    assert check(body | {"madeUp": 1}) == {"/madeUp"}


@pytest.mark.parametrize(
    "version",
    [
        "2021-07-01",
        "2023-05-01",
        "2024-05-01-preview",
        "2025-09-01",
        "2026-06-01-preview",
        "2026-07-01",
        "2026-08-01-preview",
    ],
)
def test_a_group_holds_only_what_the_version_knows(version: str, azure: Any, group: Any, payloads: Path) -> None:
    group["properties"] |= {
        "priority": "Regular",
        "secretReferences": [{"name": "s", "identity": "i", "secretReferenceUri": "u"}],
    }
    group["properties"]["containers"][0]["properties"]["securityContext"] = {"privileged": False}
    own = "/subscriptions/3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3/resourceGroups/rg-orders-prod"
    path = f"{own}/providers/Microsoft.ContainerInstance/containerGroups/cg-web-01"
    check = typed(payloads, "containerinstance", version, "microsoft.containerinstance/containergroups")
    made = azure("PUT", f"{path}?api-version={version}", body=group)
    assert made.status == 201
    assert check(made.body) == set()
    assert check(azure.get(path, version).body) == set()


def test_other_resources_hold_only_what_their_version_knows(azure: Any, payloads: Path) -> None:
    assignment = azure.get(azure.world["roleAssignments"]["pull"]["id"], "2022-04-01").body
    assert (
        typed(payloads, "authorization", "2022-04-01", "microsoft.authorization/roleassignments")(assignment) == set()
    )
    identity = azure.get(azure.world["identities"]["pull"]["id"], "2024-11-30").body
    check = typed(payloads, "managedidentity", "2024-11-30", "microsoft.managedidentity/userassignedidentities")
    assert check(identity) == set()


def test_events_are_shaped_like_microsofts_samples(healthy: Any, payloads: Path) -> None:
    """The same keys as the sample of ResourceWriteFailure, which has no httpRequest for a new resource."""
    sample = json.loads(
        (payloads / "c-eventgrid/Microsoft.Resources/event-grid-schema/resource_write_failure.json").read_text(
            encoding="utf-8"
        )
    )
    event = healthy["event"]
    assert set(event) == set(sample)
    assert set(event["data"]) == set(sample["data"])
    assert set(event["data"]["authorization"]) == set(sample["data"]["authorization"])
