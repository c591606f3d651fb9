"""The worlds that are shipped, the patches over them, and the server itself."""

import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from acimedic.simulator import Request, Simulator, load_world, patch, world_names
from acimedic.simulator.server import SimulatorError

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.mark.parametrize("name", world_names())
def test_a_world_tells_one_story(name: str) -> None:
    """The event, the deployment, its operation and the log speak of the same failure."""
    world = load_world(name)
    deployment, event = world["deployments"]["web"], world["event"]
    operation = deployment["x-operations"][0]["properties"]
    error = operation["statusMessage"]["error"]
    assert event["data"]["correlationId"] == deployment["properties"]["correlationId"]
    assert event["data"]["resourceUri"] == operation["targetResource"]["id"]
    assert event["subject"].lower() == event["data"]["resourceUri"].lower()
    assert deployment["properties"]["error"]["details"] == [error]
    failed = [entry for entry in world["activityLog"] if entry["status"]["value"] == "Failed"]
    texts = [json.loads(entry["properties"]["statusMessage"])["error"] for entry in failed]
    assert texts == [deployment["properties"]["error"], error]
    assert {entry["correlationId"] for entry in world["activityLog"]} == {event["data"]["correlationId"]}
    assert "httpRequest" not in event["data"]
    assert world["title"]


def test_every_scenario_has_a_title_and_an_event_of_its_own() -> None:
    worlds = [load_world(name) for name in world_names()]
    assert len(worlds) == 6
    assert len({world["title"] for world in worlds}) == len({world["event"]["id"] for world in worlds}) == 6


def test_the_role_is_all_that_is_missing() -> None:
    healthy, broken = load_world("healthy"), load_world("role-missing")
    healthy["roleAssignments"].pop("pull")
    same = {name for name in healthy if healthy[name] == broken[name]}
    assert set(healthy) - same == {"title", "event"}


def test_names_are_unique_guids() -> None:
    world = load_world("healthy")
    names = [body["name"] for body in world["roleAssignments"].values()]
    assert all(GUID.fullmatch(name) for name in names)
    assert len(set(names)) == len(names)


def test_a_scenario_may_lie_anywhere_and_extend_a_neighbour(tmp_path: Path) -> None:
    operations = [{"op": "replace", "path": "/now", "value": "2026-11-20T09:00:00Z"}]
    (tmp_path / "later.json").write_text(json.dumps({"extends": "role-missing", "patch": operations}), encoding="utf-8")
    (tmp_path / "last.json").write_text(json.dumps({"extends": "later", "title": "own"}), encoding="utf-8")
    world = load_world(tmp_path / "last.json")
    assert (world["now"], world["title"]) == ("2026-11-20T09:00:00Z", "own")
    assert "pull" not in world["roleAssignments"]
    assert not {"extends", "patch"} & set(world)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/b", "value": 1}, {"a": [1, 2], "c/d": {"~": 0}, "b": 1}),
        ({"op": "add", "path": "/a/1", "value": 9}, {"a": [1, 9, 2], "c/d": {"~": 0}}),
        ({"op": "add", "path": "/a/-", "value": 9}, {"a": [1, 2, 9], "c/d": {"~": 0}}),
        ({"op": "replace", "path": "/c~1d/~0", "value": 9}, {"a": [1, 2], "c/d": {"~": 9}}),
        ({"op": "replace", "path": "/a/0", "value": 9}, {"a": [9, 2], "c/d": {"~": 0}}),
        ({"op": "replace", "path": "", "value": 9}, 9),
        ({"op": "remove", "path": "/a/0"}, {"a": [2], "c/d": {"~": 0}}),
        ({"op": "copy", "from": "/a/0", "path": "/b"}, {"a": [1, 2], "c/d": {"~": 0}, "b": 1}),
        ({"op": "move", "from": "/a/0", "path": "/a/1"}, {"a": [2, 1], "c/d": {"~": 0}}),
        ({"op": "test", "path": "/a/0", "value": 1}, {"a": [1, 2], "c/d": {"~": 0}}),
    ],
)
def test_a_patch_does_what_rfc_6902_says(operation: Any, expected: Any) -> None:
    document = {"a": [1, 2], "c/d": {"~": 0}}
    assert patch.apply(document, [operation]) == expected
    assert document == {"a": [1, 2], "c/d": {"~": 0}}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/none"},
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "replace", "path": "/a/7", "value": 1},
        {"op": "add", "path": "/none/b", "value": 1},
        {"op": "test", "path": "/a/0", "value": 2},
        {"op": "merge", "path": "/a"},
    ],
)
def test_a_patch_that_does_not_fit_is_an_error(operation: Any) -> None:
    with pytest.raises(patch.PatchError):
        patch.apply({"a": [1, 2]}, [operation])


def test_what_was_asked_is_recorded_and_the_given_world_is_left_alone(healthy: Any) -> None:
    with Simulator(healthy) as simulator:
        simulator.world["title"] = "changed"
        simulator.answer(Request(method="GET", host="management.azure.com", path="/tenants", query="a=1"))
        assert simulator.requests == [("GET", "management.azure.com", "/tenants?a=1", 401)]
    assert healthy["title"] != "changed"


def test_many_callers_are_served_at_once(healthy: Any) -> None:
    def ask(address: str) -> int:
        connection = http.client.HTTPConnection(address)
        headers = {"Host": "management.azure.com", "Authorization": "Bearer x"}
        statuses = set()
        for _ in range(20):
            connection.request("GET", "/tenants?api-version=2022-12-01", headers=headers)
            response = connection.getresponse()
            response.read()
            statuses.add(response.status)
        connection.close()
        return statuses.pop() if len(statuses) == 1 else 0

    with Simulator(healthy) as simulator, ThreadPoolExecutor(10) as pool:
        assert set(pool.map(ask, [simulator.url.removeprefix("http://")] * 10)) == {200}
        assert len(simulator.requests) == 200


def test_stopping_ends_connections_that_are_kept_alive(healthy: Any) -> None:
    simulator = Simulator(healthy)
    connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"))
    connection.request("GET", "/tenants", headers={"Host": "management.azure.com"})
    connection.getresponse().read()
    simulator.stop()
    simulator.stop()
    with pytest.raises(OSError):
        connection.request("GET", "/tenants", headers={"Host": "management.azure.com"})
        connection.getresponse()
    connection.close()


def test_a_fault_may_cut_the_connection(azure: Any) -> None:
    azure.world["faults"] = [{"path": "tenants", "disconnect": True, "times": 1}]
    with pytest.raises(http.client.RemoteDisconnected):
        azure.get("/tenants", "2022-12-01")
    assert azure.get("/tenants", "2022-12-01").status == 200


def test_a_crash_of_the_simulator_is_not_hidden(healthy: Any) -> None:
    healthy["faults"] = "not a list"
    with pytest.raises(SimulatorError), Simulator(healthy) as simulator:
        connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"))
        connection.request("GET", "/tenants", headers={"Host": "management.azure.com"})
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.close()
