"""Role assignments and roles against recordings of Azure."""

import re
from collections.abc import Callable
from typing import Any

Exchanges = Callable[[str], list[dict[str, Any]]]


def test_role_assignments_are_listed_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    """``atScope()`` at a resource group gives the inherited ones too, with explicit nulls."""
    seen = 0
    for exchange in found(recorded("role__*"), r"/roleAssignments\?.*atScope"):
        value = exchange["response_body"]["value"]
        group = exchange["target"].partition("/providers/")[0]
        held = {str(place): body for place, body in enumerate(value)}
        azure = start({"roleAssignments": held, "resourceGroups": {"it": {"id": group}}})
        assert azure("GET", exchange["target"]).body["value"] == value
        seen += len(value)
    assert seen > 100


def test_a_role_assignment_is_made_and_deleted_as_recorded(start: Any, recorded: Exchanges) -> None:
    exchanges = recorded("role__test_role_assignment_create_update")
    group = exchanges[2]["target"].partition("/providers/")[0]
    azure = start({"resourceGroups": {"it": {"id": group}}})
    seen = {"PUT": 0, "DELETE": 0}
    for exchange in exchanges:
        if not re.search(r"/roleAssignments/[\w-]+\?", exchange["target"]) or exchange["method"] not in seen:
            continue
        answer = azure(exchange["method"], exchange["target"], body=exchange.get("request_body"))
        assert answer.status == exchange["status"]
        assert timeless(answer.body) == timeless(exchange["response_body"])
        assert list(answer.body["properties"]) == list(exchange["response_body"]["properties"])
        seen[exchange["method"]] += 1
    assert seen == {"PUT": 4, "DELETE": 3}


def timeless(body: dict[str, Any]) -> dict[str, Any]:
    moving = ("createdOn", "updatedOn", "createdBy", "updatedBy")
    return body | {"properties": {name: value for name, value in body["properties"].items() if name not in moving}}


def test_assigned_to_finds_what_groups_were_given(start: Any, recorded: Exchanges, found: Any) -> None:
    """The recorded answer for one user holds assignments to other principals: the user's groups."""
    exchange = next(found(recorded("azd__Test_CLI_Up_Down*"), r"assignedTo\("))
    value = exchange["response_body"]["value"]
    user = re.search(r"assignedTo\('([\w-]+)'\)", exchange["target"])
    assert user
    others = {body["properties"]["principalId"] for body in value} - {user[1]}
    world = {"roleAssignments": {str(place): body for place, body in enumerate(value)}}
    assert (
        start(world | {"memberships": {each: [user[1]] for each in others}})("GET", exchange["target"]).body["value"]
        == value
    )
    alone = start(world)("GET", exchange["target"]).body["value"]
    assert {body["properties"]["principalId"] for body in alone} <= {user[1]}


def test_a_built_in_role_is_shown_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    exchange = next(found(recorded("azd__Test_CLI_Up_Down*"), r"/roleDefinitions/8e3af657"))
    answer = start({})("GET", exchange["target"]).body
    recorded_body = exchange["response_body"]
    assert {**answer, "properties": None} == {**recorded_body, "properties": None}
    for name in ("roleName", "type", "assignableScopes", "permissions", "description"):
        assert answer["properties"][name] == recorded_body["properties"][name]
    assert set(answer["properties"]) == set(recorded_body["properties"])


def test_a_new_principal_is_not_found_as_recorded(start: Any, recorded: Exchanges, found: Any) -> None:
    exchange = next(
        found(recorded("container__test_container_create_with_msi_scope"), r"/roleAssignments/", "PUT", 400)
    )
    group = exchange["target"].partition("/providers/")[0]
    subscriptions = {"it": {"subscriptionId": group.split("/")[2], "tenantId": "72f988bf-86f1-41af-91ab-2d7cd011db47"}}
    azure = start({"x-principalNotFound": 1, "resourceGroups": {"it": {"id": group}}, "subscriptions": subscriptions})
    answer = azure("PUT", exchange["target"], body=exchange["request_body"])
    assert (answer.status, answer.body) == (400, exchange["response_body"])
    assert azure("PUT", exchange["target"], body=exchange["request_body"]).status == 201
