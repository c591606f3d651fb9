"""Container groups as ARM shows them, and what becomes of one that is accepted."""

from copy import deepcopy
from typing import Any

from . import ids, paging, pull, versions
from .exchange import Json, Request, Response, error, gateway_error
from .state import State

KIND = "Microsoft.ContainerInstance/containerGroups"
OPERATION_VERSION = "2018-06-01"  # the operation's own api-version in every recording


def not_found(state: State, request: Request) -> Response:
    """Give the 404; ``groupNotFoundCode`` in the world picks the code.

    ``ContainerGroupNotFound`` is what 2023-05-01 answered (container__test_container_create_with_msi_scope).
    """
    name = request.path.rstrip("/").split("/")[8]
    if state.world.get("groupNotFoundCode") == "ContainerGroupNotFound":
        return error(404, "ContainerGroupNotFound", f"The container group '{name}' does not exist.")
    group = ids.segment_after(request.path, "resourceGroups")
    return gateway_error(
        404,
        "ResourceNotFound",
        f"The Resource '{KIND}/{name}' under resource group '{group}' was not found."
        " For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def get(state: State, request: Request) -> Response:
    """Give one group with its instance view."""
    found = state.find("groups", request.path)
    if not found:
        return not_found(state, request)
    return Response(body=versions.container_group(found, request.api_version))


def list_at(state: State, request: Request) -> Response:
    """List groups; a list carries no instance view, of the group or of a container (c7n__ContainerGroupTest.list)."""
    scope = request.path.rpartition("/providers/")[0]
    bodies = [versions.container_group(body, request.api_version) for body in state.within("groups", scope)]
    for body in bodies:
        for path in ("instanceView", "containers.properties.instanceView", "initContainers.properties.instanceView"):
            versions.drop(body, f"properties.{path}")
    return paging.page(state, request, bodies)


def delete(state: State, request: Request) -> Response:
    """Delete a group: 200 with what it was (container__test_container_create), 204 where there was none."""
    gone = state.remove("groups", request.path)
    return Response(body=versions.container_group(gone, request.api_version)) if gone else Response(status=204)


def put(state: State, request: Request) -> Response:
    """Create or replace a group. The control plane resolves every image first; a refused group does not exist."""
    body = request.json()
    body["name"] = request.path.rstrip("/").rsplit("/", 1)[-1]
    refused = pull.refusal(state, body, request.api_version)
    if refused:
        return refused
    held = state.find("groups", request.path)
    made = _created(state, request, body)
    handle = next((name for name, each in state.section("groups").items() if each is held), body["name"])
    state.section("groups")[handle] = made
    answer = versions.container_group(made, request.api_version)
    _as_accepted(answer)
    headers = {"Azure-AsyncOperation": accept(state, request, made)}
    return Response(status=200 if held else 201, body=answer, headers=headers)


def accept(state: State, request: Request, group: Json) -> str:
    """Note an operation on a group and give the address at which it is polled."""
    name = state.new_id()
    state.operations[name] = {
        "polls": int(state.world.get("polls", 0)),
        "id": group["id"],
        "startTime": state.stamp(),
        "events": _events(state, group["properties"]["containers"]),
    }
    location = str(group.get("location", "westeurope")).replace(" ", "").lower()
    subscription = ids.segment_after(request.path, "subscriptions")
    path = f"/subscriptions/{subscription}/providers/Microsoft.ContainerInstance/locations/{location}/operations/{name}"
    return f"https://{request.host}{path}?api-version={OPERATION_VERSION}"


def run(state: State, group: Json) -> None:
    """Set a group running: every image pulled, every container started."""
    properties = group["properties"]
    properties["provisioningState"] = "Succeeded"
    properties["instanceView"] = {"events": [], "state": "Running"}
    for container in properties["containers"]:
        running = {"state": "Running", "startTime": state.stamp(), "detailStatus": ""}
        view = {"restartCount": 0, "currentState": running, "events": _events(state, [container])}
        container["properties"]["instanceView"] = view


def _created(state: State, request: Request, body: Json) -> Json:
    group: Json = {"properties": deepcopy(body["properties"])}
    properties = group["properties"]
    properties.setdefault("sku", "Standard")
    properties.setdefault("provisioningTimeoutInSeconds", 1800)
    properties.setdefault("isCustomProvisioningTimeout", False)
    properties.setdefault("initContainers", [])
    properties.setdefault("restartPolicy", "Always")
    for container in properties["containers"]:
        for name in ("ports", "environmentVariables"):
            container["properties"].setdefault(name, [])
    for volume in properties.get("volumes") or []:
        if "secret" in volume:
            volume["secret"] = {}
    if body.get("identity"):
        group["identity"] = _identity(state, body["identity"])
    group |= {"id": request.path.rstrip("/"), "name": body["name"], "type": KIND}
    group |= {name: body[name] for name in ("location", "tags", "zones") if name in body}
    group.setdefault("tags", {})
    group["x-definition"] = body
    run(state, group)
    return group


def _identity(state: State, asked: Json) -> Json:
    """Fill in principals (container__test_container_export_with_identity): at the top only for SystemAssigned."""
    kind = str(asked.get("type", "None"))
    result: Json = {"type": kind}
    listed = state.section("subscriptions").values()
    result["tenantId"] = next((body["tenantId"] for body in listed if "tenantId" in body), state.new_id())
    if "systemassigned" in kind.lower():
        result["principalId"] = state.new_id()
    if asked.get("userAssignedIdentities"):
        found: dict[str, Any] = {}
        for own_id in asked["userAssignedIdentities"]:
            properties = (state.find("identities", own_id) or {}).get("properties", {})
            found[ids.identity_key(own_id)] = {name: properties.get(name) for name in ("principalId", "clientId")}
        result["userAssignedIdentities"] = found
    return result


def _as_accepted(answer: Json) -> None:
    """Make the answer to a PUT: nothing has started yet (container__test_container_create_with_acr).

    A group in a virtual network has no address yet (container__test_container_create_with_vnet).
    """
    properties = answer["properties"]
    if properties.get("subnetIds"):
        properties.pop("ipAddress", None)
    properties["provisioningState"] = "Pending"
    properties["instanceView"] = {"events": [], "state": "Pending"}
    versions.drop(properties, "containers.properties.instanceView")


def _events(state: State, containers: list[Json]) -> list[Json]:
    when = state.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    events = []
    for container in containers:
        image = container["properties"]["image"]
        for name, message in (
            ("Pulling", f'pulling image "{image}"'),
            ("Pulled", f'Successfully pulled image "{image}"'),
            ("Created", "Created container"),
            ("Started", "Started container"),
        ):
            stamps = {"count": 1, "firstTimestamp": when, "lastTimestamp": when}
            events.append({**stamps, "name": name, "message": message, "type": "Normal"})
    return events
