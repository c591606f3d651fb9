"""Every recorded body is read, and what is read agrees with the JSON, property by property."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.model.access import Assignment, DenyAssignment, Permission, Role
from acimedic.model.definition import Container, Definition, IdentityCredential, PasswordCredential
from acimedic.model.deployment import Activity, Deployment, ExportedTemplate, Operation
from acimedic.model.reading import Gap
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId

from . import bodies as of
from .asking import with_session
from .questions import BY_NAME, Question
from .recordings import Body, distinct, exchanges, of_type, require_payloads
from .replay import Answer, Replay, route


@pytest.fixture(autouse=True)
def _payloads() -> None:
    require_payloads()


def read_each(question: Question, items: Iterable[Body]) -> list[tuple[Body, Any]]:
    """Read each body at the one address of the question, each with a reader that remembers nothing."""
    items = list(items)
    answers = [Answer(body={"value": [item]} if question.listed else item) for item in items]

    async def act(session: Session) -> list[Any]:
        return [await question.ask(AzureReader(session)) for _ in items]

    with Replay(route(question.method, question.pattern, *answers)) as replay:
        found = with_session(replay, act)
        assert replay.unanswered == []
    gaps = [(item["id"], reading) for item, reading in zip(items, found, strict=True) if isinstance(reading, Gap)]
    assert gaps == []
    return list(zip(items, found, strict=True))


def read_listed(question: Question, items: Iterable[Body]) -> list[tuple[Body, Any]]:
    """The same for a list: the one item that each answer holds."""
    pairs = read_each(question, items)
    assert [len(listed) for _, listed in pairs] == [1] * len(pairs)
    return [(item, listed[0]) for item, listed in pairs]


def at(body: object, *path: str) -> Any:
    """A value in the raw JSON, None where it is missing."""
    for part in path:
        body = body.get(part) if isinstance(body, Mapping) else None
    return body


def when(value: str | None) -> datetime | None:
    """A recorded time in UTC, by other means than the product's."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|\+00:00)?", value or "")
    if found is None:
        assert not value, value
        return None
    whole = datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return whole.replace(microsecond=int((found[2] or "0").ljust(6, "0")[:6]))


def shown(reading: object) -> object:
    """A property that may be missing from the answer: None for a gap."""
    return None if isinstance(reading, Gap) else reading


# --- container groups


def test_every_recorded_container_group_is_read_as_the_json_says() -> None:
    groups = of_type("Microsoft.ContainerInstance/containerGroups")
    assert len(groups) >= 100
    for raw, read in read_each(BY_NAME["group"], groups):
        assert isinstance(read, Definition)
        properties = raw["properties"]
        assert (read.id, read.name, read.location) == (raw["id"], raw.get("name") or "", raw.get("location"))
        assert read.origin == "live"
        assert read.os_type == properties.get("osType")
        assert read.provisioning_state == properties.get("provisioningState")
        assert read.containers == tuple(raw_containers(properties))
        assert read.user_identities == tuple(at(raw, "identity", "userAssignedIdentities") or ())
        assert read.system_identity is ("SystemAssigned" in (at(raw, "identity", "type") or ""))
        assert read.subnets == tuple(raw_subnets(properties))
        assert read.unresolved == ()
        check_credentials(read, properties.get("imageRegistryCredentials") or [])


def raw_containers(properties: Body) -> list[Container]:
    kinds = (("containers", False), ("initContainers", True))
    return [raw_container(item, init) for key, init in kinds for item in properties.get(key) or []]


def raw_container(item: Body, init: bool) -> Container:
    from acimedic.model.definition import ContainerEvent

    view = at(item, "properties", "instanceView") or {}
    current = view.get("currentState") or {}
    events = tuple(
        ContainerEvent(
            name=event["name"],
            type=event["type"],
            message=event["message"],
            first=event["firstTimestamp"],
            last=event["lastTimestamp"],
            count=event["count"],
        )
        for event in view.get("events") or []
    )
    words = f"{current.get('state') or ''} {current.get('detailStatus') or ''}".strip()
    return Container(
        name=item["name"], init=init, image=item["properties"]["image"], events=events, state=words or None
    )


def raw_subnets(properties: Body) -> list[str]:
    profile = at(properties, "networkProfile", "id")
    return [subnet["id"] for subnet in properties.get("subnetIds") or []] or ([profile] if profile else [])


def check_credentials(read: Definition, raw: list[Body]) -> None:
    assert isinstance(read.credentials, tuple)
    assert len(read.credentials) == len(raw)
    for index, (credential, entry) in enumerate(zip(read.credentials, raw, strict=True)):
        assert (credential.index, credential.server) == (index, entry["server"])
        if "identity" in entry:
            assert isinstance(credential, IdentityCredential)
            assert credential.identity == entry["identity"]
        else:
            assert isinstance(credential, PasswordCredential)
            assert credential.username == entry["username"]


def test_the_recorded_groups_have_something_of_everything() -> None:
    """The comparison above would hold of empty groups as well."""
    read = [definition for _, definition in read_each(BY_NAME["group"], of_type(of.GROUP.type))]
    containers = [container for group in read for container in group.containers]
    assert any(container.events for container in containers)
    assert {state for group in read for state in [group.provisioning_state]} >= {"Succeeded", "Failed"}
    assert any(isinstance(entry, PasswordCredential) for group in read for entry in group.credentials)
    assert any(group.user_identities and group.system_identity for group in read)
    assert any(group.subnets for group in read)


# --- registries


def registries() -> list[Body]:
    return of_type("Microsoft.ContainerRegistry/registries")


@pytest.mark.parametrize("question", ["registry", "registries"])
def test_every_recorded_registry_is_read_as_the_json_says(question: str) -> None:
    bodies = registries()
    assert len(bodies) >= 140
    pairs = (read_listed if BY_NAME[question].listed else read_each)(BY_NAME[question], bodies)
    for raw, read in pairs:
        assert isinstance(read, Registry)
        check_registry(read, raw, raw["properties"])


def check_registry(read: Registry, raw: Body, properties: Body) -> None:
    assert (read.id.lower(), read.name) == (raw["id"].lower(), raw["name"])
    assert (read.location, read.sku) == (raw.get("location"), at(raw, "sku", "name"))
    assert read.tags == tuple((raw.get("tags") or {}).items())
    assert read.login_server == (properties.get("loginServer") or "").lower()
    assert read.public_access == (properties.get("publicNetworkAccess") or "Enabled")
    assert read.default_action == (at(properties, "networkRuleSet", "defaultAction") or "Allow")
    assert read.ip_rules == tuple(rule["value"] for rule in at(properties, "networkRuleSet", "ipRules") or [])
    assert shown(read.bypass) == properties.get("networkRuleBypassOptions")
    assert shown(read.admin_enabled) == properties.get("adminUserEnabled")
    assert read.anonymous_pull is bool(properties.get("anonymousPullEnabled"))
    modes = {"LegacyRegistryPermissions": "legacy", "AbacRepositoryPermissions": "abac", None: None}
    assert shown(read.mode) == modes[properties.get("roleAssignmentMode")]
    assert read.arm_tokens == at(properties, "policies", "azureADAuthenticationAsArmPolicy", "status")
    assert read.quarantine == at(properties, "policies", "quarantinePolicy", "status")
    assert read.encryption == at(properties, "encryption", "status")
    assert read.provisioning_state == properties.get("provisioningState")
    assert [(each.endpoint_id, each.status) for each in read.private_endpoints] == [
        (
            at(connection, "properties", "privateEndpoint", "id"),
            at(connection, "properties", "privateLinkServiceConnectionState", "status"),
        )
        for connection in properties.get("privateEndpointConnections") or []
    ]
    for word in (at(properties, "status", "displayStatus"), at(properties, "status", "message")):
        assert (word or "") in (read.status or "")


def test_the_recorded_registries_have_something_of_everything() -> None:
    read = [registry for _, registry in read_each(BY_NAME["registry"], registries())]
    assert {registry.public_access for registry in read} >= {"Enabled", "Disabled"}
    assert {registry.default_action for registry in read} >= {"Allow", "Deny"}
    assert {shown(registry.mode) for registry in read} == {None, "legacy", "abac"}
    assert {shown(registry.bypass) for registry in read} >= {None, "AzureServices", "None"}
    assert {shown(registry.admin_enabled) for registry in read} >= {True, False}
    assert {registry.anonymous_pull for registry in read} == {True, False}
    assert {registry.sku for registry in read} >= {"Basic", "Standard", "Premium"}
    assert any(registry.ip_rules for registry in read)
    assert {registry.restricted for registry in read} == {True, False}


def test_every_recorded_private_endpoint_connection_is_read_with_its_registry() -> None:
    connections = of_type("Microsoft.ContainerRegistry/registries/privateEndpointConnections")
    assert len(connections) >= 15
    whole = [of.changed(of.registry_body(), "properties/privateEndpointConnections", [item]) for item in connections]
    for raw, read in read_each(BY_NAME["registry"], whole):
        check_registry(read, raw, raw["properties"])
        assert [endpoint.status for endpoint in read.private_endpoints] != [None]


# --- identities and roles


def test_every_recorded_identity_is_read_as_the_json_says() -> None:
    bodies = of_type("Microsoft.ManagedIdentity/userAssignedIdentities")
    assert len(bodies) >= 10
    for raw, read in read_each(BY_NAME["identity"], bodies):
        assert isinstance(read, Identity)
        properties = raw["properties"]
        assert (read.name, read.principal_id) == (raw["name"], properties["principalId"].lower())
        assert (read.client_id, read.tenant_id) == (properties["clientId"].lower(), properties["tenantId"].lower())


def test_every_recorded_role_assignment_is_read_as_the_json_says() -> None:
    bodies = of_type("Microsoft.Authorization/roleAssignments")
    assert len(bodies) >= 340
    for raw, read in read_listed(BY_NAME["assignments"], bodies):
        assert isinstance(read, Assignment)
        properties = raw["properties"]
        role = properties["roleDefinitionId"]
        assert read.id == raw["id"]
        assert read.scope == (properties.get("scope") or "")
        assert (read.role_definition_id, read.role_guid) == (role, role.split("/")[-1].lower())
        assert read.principal_id == properties["principalId"].lower()
        assert read.condition == properties.get("condition")
        if "principalType" in properties:
            assert read.principal_type == properties["principalType"]
        times = [when(properties.get(key)) for key in ("createdOn", "updatedOn")]
        assert read.changed == max((time for time in times if time), default=None)


def test_every_recorded_role_definition_is_read_as_the_json_says() -> None:
    bodies = of_type("Microsoft.Authorization/roleDefinitions")
    assert len(bodies) >= 460
    for raw, read in read_each(BY_NAME["role"], bodies):
        assert isinstance(read, Role)
        properties = raw["properties"]
        assert (read.guid, read.name) == (raw["name"].lower(), properties["roleName"])
        assert read.custom is (properties.get("type") == "CustomRole")
        assert read.permissions == tuple(raw_permission(block) for block in properties["permissions"])


def test_every_deny_assignment_of_the_specification_is_read_as_the_json_says() -> None:
    bodies = of_type("Microsoft.Authorization/denyAssignments")
    assert len(bodies) >= 5
    for raw, read in read_listed(BY_NAME["denials"], bodies):
        assert isinstance(read, DenyAssignment)
        properties = raw["properties"]
        assert (read.id, read.name) == (raw["id"], properties["denyAssignmentName"])
        assert read.scope == (properties.get("scope") or "")
        assert read.permissions == tuple(raw_permission(block) for block in properties["permissions"])
        assert read.principals == tuple(each["id"].lower() for each in properties["principals"])
        assert read.excluded == tuple(each["id"].lower() for each in properties["excludePrincipals"])
        assert read.exact_scope_only is properties["doNotApplyToChildScopes"]
        assert read.everyone is ("00000000-0000-0000-0000-000000000000" in read.principals)


def raw_permission(block: Body) -> Permission:
    keys = ("actions", "notActions", "dataActions", "notDataActions")
    actions, not_actions, data_actions, not_data_actions = (tuple(block.get(key) or ()) for key in keys)
    return Permission(
        actions=actions, not_actions=not_actions, data_actions=data_actions, not_data_actions=not_data_actions
    )


# --- deployments and the activity log


def deployments() -> list[Body]:
    return of_type("Microsoft.Resources/deployments")


@pytest.mark.parametrize("question", ["deployment", "deployments"])
def test_every_recorded_deployment_is_read_as_the_json_says(question: str) -> None:
    below_a_subscription = [item for item in deployments() if item["id"].startswith("/subscriptions/")]
    assert len(below_a_subscription) >= 90
    pairs = (read_listed if BY_NAME[question].listed else read_each)(BY_NAME[question], below_a_subscription)
    for raw, read in pairs:
        assert isinstance(read, Deployment)
        properties = raw["properties"]
        assert read.id == ResourceId.parse(raw["id"])
        assert (read.correlation_id, read.state) == (
            properties.get("correlationId") or "",
            properties.get("provisioningState") or "",
        )
        assert (read.duration, read.location) == (properties.get("duration"), raw.get("location"))
        recorded_time = properties.get("timestamp") or ""
        assert read.timestamp == (None if recorded_time.startswith("0001") else when(recorded_time))
        assert read.error == properties.get("error")
        assert read.parameters == (properties.get("parameters") or {})


def test_every_recorded_operation_is_read_as_the_json_says() -> None:
    bodies = distinct(lambda item: "operationId" in item and "provisioningOperation" in (item.get("properties") or ()))
    assert len(bodies) >= 25
    for raw, read in read_listed(BY_NAME["operations"], bodies):
        assert isinstance(read, Operation)
        properties = raw["properties"]
        assert read.state == properties["provisioningState"]
        assert (read.target, read.target_type) == (
            at(properties, "targetResource", "id"),
            at(properties, "targetResource", "resourceType"),
        )
        assert (read.status_code, read.message) == (properties.get("statusCode"), properties.get("statusMessage"))
        assert read.timestamp == when(properties.get("timestamp"))


def test_every_recorded_template_is_read_as_it_was_exported() -> None:
    bodies = [
        {"id": "", **exchange["response_body"]}
        for name in _recordings_with("exporttemplate")
        for exchange in exchanges(name)
        if "/exporttemplate" in exchange["uri"].lower()
        and "deployments" in exchange["uri"].lower()
        and exchange["status"] == 200
        and exchange["response_body"]
    ]
    assert bodies
    for raw, read in read_each(BY_NAME["template"], bodies):
        assert isinstance(read, ExportedTemplate)
        assert read.template == raw.get("template")
        assert read.link == (at(raw, "templateLink", "id") or at(raw, "templateLink", "uri"))


def _recordings_with(word: str) -> list[str]:
    from .recordings import all_recordings

    return [name for name in all_recordings() if any(word in each["uri"].lower() for each in exchanges(name))]


def test_every_recorded_activity_is_read_as_the_json_says() -> None:
    bodies = distinct(lambda item: "eventTimestamp" in item and ("correlationId" in item or "operationName" in item))
    assert len(bodies) >= 8
    for raw, read in read_listed(BY_NAME["activity"], bodies):
        assert isinstance(read, Activity)
        assert (read.resource, read.correlation_id) == (raw.get("resourceId") or "", raw["correlationId"])
        assert (read.operation, read.status) == (
            at(raw, "operationName", "value") or "",
            at(raw, "status", "value") or "",
        )
        assert read.http_status == (at(raw, "subStatus", "value") or None)
        assert read.message == (at(raw, "properties", "statusMessage") or at(raw, "properties", "error"))
        assert read.time == when(raw["eventTimestamp"])


def test_whole_recorded_pages_of_role_assignments_and_deployments_are_read() -> None:
    """Lists as they came, with their own length, not one item at a time."""
    for suffix, question in (
        ("/providers/microsoft.authorization/roleassignments", "assignments"),
        ("/providers/microsoft.resources/deployments/", "deployments"),
        ("/providers/microsoft.containerregistry/registries", "registries"),
    ):
        pages = [
            exchange["response_body"]["value"]
            for name in _recordings_with(suffix)
            for exchange in exchanges(name)
            if exchange["method"] == "GET"
            and "/subscriptions/" in exchange["uri"]
            and exchange["uri"].lower().split("?")[0].endswith(suffix)
            and exchange["status"] == 200
        ]
        assert pages, suffix
        asked = BY_NAME[question]
        answers = [Answer(body={"value": page}) for page in pages]

        async def act(session: Session, ask: Callable[[AzureReader], Awaitable[Any]] = asked.ask) -> list[Any]:
            return [await ask(AzureReader(session)) for _ in answers]  # noqa: B023 - awaited within this turn

        with Replay(route("GET", asked.pattern, *answers)) as replay:
            found = with_session(replay, act)
        assert [len(listed) for listed in found] == [len(page) for page in pages]
