"""Each property that is read, changed alone, changes its fact: a misspelt name cannot hide behind a default."""

from datetime import UTC, datetime
from typing import Any

import pytest

from acimedic.azure.reader import AzureReader
from acimedic.model.access import Permission
from acimedic.model.definition import IdentityCredential, PasswordCredential
from acimedic.model.reading import Gap
from acimedic.model.registry import PrivateEndpoint

from . import bodies as of
from .asking import ask_of
from .questions import BY_NAME, QUESTIONS, Question
from .replay import Answer, error, route

MARCH = datetime(2026, 3, 9, 8, 7, 6, tzinfo=UTC)
OTHER = "00000000-0000-0000-0000-0000000000ff"


def read(question: Question, item: of.Json) -> Any:
    """What the reader makes of this body; of a list, its one item."""
    body = {"value": [item]} if question.listed else item
    reading = ask_of(question.ask, route(question.method, question.pattern, Answer(body=body)))
    assert not isinstance(reading, Gap), reading
    return reading[0] if question.listed else reading


def facts(value: Any) -> dict[str, Any]:
    """The fields of a read value, of its containers and of its credentials, by dotted name."""
    found: dict[str, Any] = {}
    for name in getattr(type(value), "__slots__", ()):
        inner = getattr(value, name)
        if name in {"containers", "credentials"}:
            for index, each in enumerate(inner):
                found |= {f"{name}.{index}.{key}": fact for key, fact in facts(each).items()}
        else:
            found[name] = inner
    return found or {"": value}


GROUP = [
    ("id", "/subscriptions/x", {"id": "/subscriptions/x"}),
    ("name", "cg-other", {"name": "cg-other"}),
    ("location", "northeurope", {"location": "northeurope"}),
    ("properties/osType", "Windows", {"os_type": "Windows"}),
    ("properties/provisioningState", "Succeeded", {"provisioning_state": "Succeeded"}),
    ("properties/subnetIds", [], {"subnets": ()}),
    ("properties/subnetIds/0/id", "/other", {"subnets": ("/other",)}),
    ("identity/userAssignedIdentities", {"/other": {}}, {"user_identities": ("/other",)}),
    ("identity/type", "UserAssigned", {"system_identity": False}),
    ("properties/imageRegistryCredentials/0/server", "other.io", {"credentials.0.server": "other.io"}),
    ("properties/imageRegistryCredentials/0/identity", "/other", {"credentials.0.identity": "/other"}),
    ("properties/imageRegistryCredentials/1/server", "other.io", {"credentials.1.server": "other.io"}),
    ("properties/imageRegistryCredentials/1/username", "other", {"credentials.1.username": "other"}),
    ("properties/containers/0/name", "other", {"containers.0.name": "other"}),
    ("properties/containers/0/properties/image", "nginx", {"containers.0.image": "nginx"}),
    ("properties/initContainers/0/properties/image", "busybox", {"containers.1.image": "busybox"}),
    ("properties/containers/0/properties/instanceView/events", [], {"containers.0.events": ()}),
    (
        "properties/containers/0/properties/instanceView/currentState/state",
        "Running",
        {"containers.0.state": "Running CrashLoopBackOff"},
    ),
    (
        "properties/containers/0/properties/instanceView/currentState/detailStatus",
        "ImagePullBackOff",
        {"containers.0.state": "Waiting ImagePullBackOff"},
    ),
]
REGISTRY = [
    ("id", of.REGISTRY_ID.replace("rg-app", "rg-other"), {"id": of.REGISTRY_ID.replace("rg-app", "rg-other")}),
    ("name", "fabrikam", {"name": "fabrikam"}),
    ("location", "northeurope", {"location": "northeurope"}),
    ("tags", {"team": "api"}, {"tags": (("team", "api"),)}),
    ("tags", ..., {"tags": ()}),
    ("sku/name", "Basic", {"sku": "Basic"}),
    ("properties/loginServer", "Contoso-ABC123.azurecr.io", {"login_server": "contoso-abc123.azurecr.io"}),
    ("properties/provisioningState", "Updating", {"provisioning_state": "Updating"}),
    ("properties/status/displayStatus", "Broken", {"status": "Broken all is well"}),
    ("properties/status/message", "key gone", {"status": "Ready key gone"}),
    ("properties/status", None, {"status": None}),
    ("properties/adminUserEnabled", True, {"admin_enabled": True}),
    ("properties/anonymousPullEnabled", True, {"anonymous_pull": True}),
    ("properties/anonymousPullEnabled", ..., {}),
    ("properties/publicNetworkAccess", "Disabled", {"public_access": "Disabled"}),
    ("properties/publicNetworkAccess", "SecuredByPerimeter", {"public_access": "SecuredByPerimeter"}),
    ("properties/publicNetworkAccess", ..., {}),
    ("properties/networkRuleBypassOptions", "None", {"bypass": "None"}),
    ("properties/networkRuleSet/defaultAction", "Deny", {"default_action": "Deny"}),
    ("properties/networkRuleSet/ipRules", [{"value": "192.0.2.7"}], {"ip_rules": ("192.0.2.7",)}),
    ("properties/networkRuleSet", ..., {"ip_rules": ()}),
    ("properties/roleAssignmentMode", "AbacRepositoryPermissions", {"mode": "abac"}),
    ("properties/policies/quarantinePolicy/status", "enabled", {"quarantine": "enabled"}),
    ("properties/policies/azureADAuthenticationAsArmPolicy/status", "disabled", {"arm_tokens": "disabled"}),
    ("properties/encryption/status", "enabled", {"encryption": "enabled"}),
    ("properties/privateEndpointConnections", [], {"private_endpoints": ()}),
    (
        "properties/privateEndpointConnections/0/properties/privateLinkServiceConnectionState/status",
        "Rejected",
        {"private_endpoints": (PrivateEndpoint(endpoint_id=of.ENDPOINT_ID, status="Rejected"),)},
    ),
    (
        "properties/privateEndpointConnections/0/properties/privateEndpoint/id",
        "/other",
        {"private_endpoints": (PrivateEndpoint(endpoint_id="/other", status="Approved"),)},
    ),
]
IDENTITY = [
    ("name", "id-other", {"name": "id-other"}),
    ("properties/principalId", OTHER.upper(), {"principal_id": OTHER}),
    ("properties/clientId", OTHER.upper(), {"client_id": OTHER}),
    ("properties/tenantId", OTHER.upper(), {"tenant_id": OTHER}),
]
ASSIGNMENT = [
    ("id", "/other", {"id": "/other"}),
    ("properties/scope", "/", {"scope": "/"}),
    (
        "properties/roleDefinitionId",
        f"/providers/Microsoft.Authorization/roleDefinitions/{OTHER.upper()}",
        {
            "role_guid": OTHER,
            "role_definition_id": f"/providers/Microsoft.Authorization/roleDefinitions/{OTHER.upper()}",
        },
    ),
    ("properties/principalId", OTHER.upper(), {"principal_id": OTHER}),
    ("properties/principalType", "Group", {"principal_type": "Group"}),
    ("properties/condition", "@Resource[x] StringEquals 'y'", {"condition": "@Resource[x] StringEquals 'y'"}),
    ("properties/createdOn", "2026-03-09T08:07:06Z", {"changed": MARCH}),
    ("properties/updatedOn", "2026-03-09T08:07:06Z", {"changed": MARCH}),
]
OLD_BLOCK = of.role_body()["properties"]["permissions"][0]
ROLE = [
    ("name", OTHER.upper(), {"guid": OTHER}),
    ("properties/roleName", "Puller", {"name": "Puller"}),
    ("properties/type", "CustomRole", {"custom": True}),
    *[
        (
            f"properties/permissions/0/{wire}",
            ["x"],
            {
                "permissions": (
                    Permission(
                        **{
                            fact: ("x",) if fact == field else tuple(OLD_BLOCK[key])
                            for key, fact in (
                                ("actions", "actions"),
                                ("notActions", "not_actions"),
                                ("dataActions", "data_actions"),
                                ("notDataActions", "not_data_actions"),
                            )
                        }
                    ),
                )
            },
        )
        for wire, field in (
            ("actions", "actions"),
            ("notActions", "not_actions"),
            ("dataActions", "data_actions"),
            ("notDataActions", "not_data_actions"),
        )
    ],
]
DENIAL = [
    ("id", "/other", {"id": "/other"}),
    ("properties/denyAssignmentName", "other", {"name": "other"}),
    ("properties/scope", "/", {"scope": "/"}),
    ("properties/doNotApplyToChildScopes", True, {"exact_scope_only": True}),
    ("properties/condition", "@x", {"condition": "@x"}),
    ("properties/permissions", [], {"permissions": ()}),
    (
        "properties/permissions/0/condition",
        "@x",
        {
            "permissions": (
                Permission(
                    actions=("*",),
                    not_actions=("*/read",),
                    data_actions=("*/content/read",),
                    not_data_actions=("*/metadata/read",),
                    condition="@x",
                ),
            )
        },
    ),
    (
        "properties/principals",
        [{"id": OTHER.upper(), "type": "Group"}],
        {
            "principals": (OTHER,),
            "everyone": False,
            "principal_types": ((OTHER, "Group"), (of.PRINCIPAL, "ServicePrincipal")),
        },
    ),
    (
        "properties/excludePrincipals",
        [{"id": OTHER.upper(), "type": "User"}],
        {
            "excluded": (OTHER,),
            "principal_types": (("00000000-0000-0000-0000-000000000000", "SystemDefined"), (OTHER, "User")),
        },
    ),
]
DEPLOYMENT = [
    ("properties/correlationId", OTHER, {"correlation_id": OTHER}),
    ("properties/provisioningState", "Succeeded", {"state": "Succeeded"}),
    ("properties/timestamp", "2026-03-09T08:07:06Z", {"timestamp": MARCH}),
    ("properties/timestamp", "0001-01-01T00:00:00Z", {"timestamp": None}),
    ("properties/duration", "PT9S", {"duration": "PT9S"}),
    ("location", "northeurope", {"location": "northeurope"}),
    ("properties/error", {"code": "X", "message": "y"}, {"error": {"code": "X", "message": "y"}}),
    ("properties/error", ..., {"error": None}),
    ("properties/parameters", {"a": {"value": [1]}}, {"parameters": {"a": {"value": [1]}}}),
]
OPERATION = [
    ("properties/provisioningState", "Succeeded", {"state": "Succeeded"}),
    ("properties/targetResource/id", "/other", {"target": "/other"}),
    ("properties/targetResource/resourceType", "A/b", {"target_type": "A/b"}),
    ("properties/targetResource", ..., {"target": None, "target_type": None}),
    ("properties/statusCode", "Conflict", {"status_code": "Conflict"}),
    ("properties/statusMessage", {"status": "Failed", "error": {"code": "X"}}, {}),
    ("properties/timestamp", "2026-03-09T08:07:06Z", {"timestamp": MARCH}),
]
ACTIVITY = [
    ("resourceId", "/other", {"resource": "/other"}),
    ("operationName/value", "A/b/write", {"operation": "A/b/write"}),
    ("status/value", "Started", {"status": "Started"}),
    ("subStatus/value", "", {"http_status": None}),
    ("subStatus/value", "Conflict", {"http_status": "Conflict"}),
    ("properties/statusMessage", "plain", {"message": "plain"}),
    ("properties/statusMessage", {"error": {"code": 7}}, {"message": {"error": {"code": 7}}}),
    ("properties", {"error": "only this"}, {"message": "only this"}),
    ("properties", ..., {"message": None}),
    ("correlationId", OTHER, {"correlation_id": OTHER}),
    ("eventTimestamp", "2026-03-09T08:07:06Z", {"time": MARCH}),
]
TEMPLATE = [
    ("template", {"resources": [1]}, {"template": {"resources": [1]}}),
    ("templateLink", {"id": "/spec", "uri": "https://x"}, {"link": "/spec"}),
    ("templateLink", {"uri": "https://x"}, {"link": "https://x"}),
]
TOKEN = [
    ("name", "cd", {"name": "cd"}),
    ("properties/status", "disabled", {"enabled": False}),
    ("properties/credentials/passwords/0/expiry", "2026-03-09T08:07:06Z", {"expiries": (MARCH,)}),
    ("properties/credentials/passwords/0/expiry", ..., {"expiries": (None,)}),
    ("properties/credentials", ..., {"expiries": ()}),
]
CHANGES = {
    "token": TOKEN,
    "endpoint-subnet": [("properties/subnet/id", "/other", {"": "/other"})],
    "group": GROUP,
    "registry": REGISTRY,
    "registries": REGISTRY,
    "identity": IDENTITY,
    "assignments": ASSIGNMENT,
    "role": ROLE,
    "denials": DENIAL,
    "deployment": DEPLOYMENT,
    "deployments": DEPLOYMENT,
    "operations": OPERATION,
    "activity": ACTIVITY,
    "template": TEMPLATE,
    "tenant": [("tenantId", OTHER.upper(), {"": OTHER})],
    "subscriptions": [("subscriptionId", OTHER, {"": OTHER})],
}
CASES = [
    pytest.param(BY_NAME[name], path, value, expected, id=f"{name}-{path}-{number}")
    for name, changes in CHANGES.items()
    for number, (path, value, expected) in enumerate(changes)
    if expected  # an empty one changes nothing: see below
]
SAME = [
    pytest.param(BY_NAME[name], path, id=f"{name}-{path}")
    for name, changes in CHANGES.items()
    for path, value, expected in changes
    if not expected and value is ...
]


@pytest.mark.parametrize(("question", "path", "value", "expected"), CASES)
def test_one_property_changes_one_fact(
    question: Question, path: str, value: object, expected: dict[str, object]
) -> None:
    body = of.changed(question.item, path, value) if path != "templateLink" else {**question.item, path: value}
    before, after = facts(read(question, question.item)), facts(read(question, body))
    assert {name for name in after if before.get(name, ...) != after[name]} == set(expected)
    assert {name: after[name] for name in expected} == expected


@pytest.mark.parametrize(("question", "path"), SAME)
def test_a_property_that_is_missing_means_azures_default(question: Question, path: str) -> None:
    item = of.changed(question.item, path, ...)
    assert facts(read(question, item)) == facts(read(question, question.item))


def test_a_status_message_is_kept_whatever_its_kind() -> None:
    for message in ({"status": "Failed", "error": {"code": "X", "details": [{"code": "Y"}]}}, "plain text", None):
        item = of.changed(of.operation_body(), "properties/statusMessage", message)
        assert read(BY_NAME["operations"], item).message == message


@pytest.mark.parametrize("name", ["networkRuleBypassOptions", "adminUserEnabled", "roleAssignmentMode"])
@pytest.mark.parametrize("value", [..., None])
def test_a_registry_property_that_is_not_shown_is_a_gap(name: str, value: object) -> None:
    registry = read(BY_NAME["registry"], of.changed(of.registry_body(), f"properties/{name}", value))
    fact = {
        "networkRuleBypassOptions": registry.bypass,
        "adminUserEnabled": registry.admin_enabled,
        "roleAssignmentMode": registry.mode,
    }[name]
    assert isinstance(fact, Gap)
    assert name in fact.reading


def test_a_role_assignment_mode_that_nobody_knows_is_a_gap() -> None:
    body = of.changed(of.registry_body(), "properties/roleAssignmentMode", "QuantumPermissions")
    mode = read(BY_NAME["registry"], body).mode
    assert isinstance(mode, Gap)
    assert "QuantumPermissions" in mode.reason


def test_a_template_of_which_azure_keeps_the_link_alone_is_a_fact() -> None:
    template = read(BY_NAME["template"], {"template": None, "templateLink": {"id": "/spec"}})
    assert (template.template, template.link) == (None, "/spec")


def test_found_registries_are_those_that_the_graph_names() -> None:
    question = BY_NAME["find-registries"]
    other = of.REGISTRY_ID.replace("contoso", "fabrikam")
    body = of.changed(of.found_body(), "data/0/id", other)
    found = ask_of(question.ask, route("POST", question.pattern, Answer(body=body)))
    assert [str(each) for each in found] == [other]


def places(*changes: tuple[str, object]) -> Any:
    body = of.found_body()
    for path, value in changes:
        body = of.changed(body, path, value)
    question = BY_NAME["registry-places"]
    return ask_of(question.ask, route("POST", question.pattern, Answer(body=body)))


def test_where_registries_are_is_told_with_their_tenants() -> None:
    seen = places(("data/0/loginServer", "Contoso.azurecr.io"), ("data/0/tenantId", of.TENANT.upper()))
    place = seen.with_login_server("contoso.azurecr.io")
    assert (str(place.id), place.tenant, seen.whole) == (of.REGISTRY_ID, of.TENANT, True)


def test_a_registry_that_is_still_being_made_has_no_place_yet() -> None:
    assert places(("data/0/loginServer", None)).places == ()


@pytest.mark.parametrize("change", [("resultTruncated", "true"), ("$skipToken", "more")], ids=["truncated", "paged"])
def test_an_answer_that_is_not_whole_says_so(change: tuple[str, object]) -> None:
    assert not places(change).whole


def test_the_events_of_a_container_keep_everything_but_their_order() -> None:
    event = read(BY_NAME["group"], of.group_body()).containers[0].events[0]
    assert (event.name, event.type, event.message) == ("Failed", "Warning", "Failed to pull image")
    assert (event.first, event.last, event.count) == ("2026-03-01T10:00:00Z", "2026-03-01T10:05:00Z", 4)


def test_the_kinds_of_credential_are_told_apart() -> None:
    identity, password = read(BY_NAME["group"], of.group_body()).credentials
    assert isinstance(identity, IdentityCredential)
    assert isinstance(password, PasswordCredential)


MAP = f"{of.REGISTRY_ID}/scopeMaps/readers"


def token_with(scope_map: Answer) -> Any:
    question = BY_NAME["token"]
    item = of.changed(of.token_body(), "properties/scopeMapId", MAP)
    return ask_of(question.ask, route("GET", f"{MAP}\\?", scope_map), route("GET", question.pattern, Answer(body=item)))


def test_the_actions_of_a_token_are_those_of_its_scope_map() -> None:
    token = token_with(Answer(body=of.scope_map_body()))
    assert (token.scope_map, token.actions) == ("readers", ("repositories/app/web/content/read",))


def test_a_scope_map_that_may_not_be_read_is_a_gap_of_the_token() -> None:
    actions = token_with(error(403, "AuthorizationFailed")).actions
    assert isinstance(actions, Gap)
    assert actions.reason == "403 AuthorizationFailed"
    assert actions.permission == "Microsoft.ContainerRegistry/registries/scopeMaps/read"


@pytest.mark.parametrize("value", [None, ..., "all", [None]], ids=repr)
def test_a_scope_map_without_its_actions_is_no_empty_list(value: object) -> None:
    body = of.changed(of.scope_map_body(), "properties/actions", value)
    token = token_with(Answer(body=body))
    assert isinstance(token, Gap) or isinstance(token.actions, Gap)


def test_the_network_rules_are_those_of_the_registry() -> None:
    question = BY_NAME["network-rules"]
    assert ask_of(question.ask, route("GET", question.pattern, Answer(body=question.body))) == (of.SUBNET_ID,)
    bare = of.changed(question.body, "properties/networkRuleSet", ...)
    assert ask_of(question.ask, route("GET", question.pattern, Answer(body=bare))) == ()


def test_everything_that_can_be_asked_of_a_reader_is_asked_here() -> None:
    """Those that go to registries and not to Resource Manager are asked in the tests of the registry API."""
    asked = {question.name.replace("-", "_") for question in QUESTIONS} - {"deployments_of_subscription"}
    assert asked | {"image", "enter"} == {name for name in vars(AzureReader) if not name.startswith("_")}


def test_a_live_group_never_shows_its_password() -> None:
    body = of.changed(of.group_body(), "properties/imageRegistryCredentials/1/password", ...)
    password = read(BY_NAME["group"], body).credentials[1].password
    assert isinstance(password, Gap)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_fact_says_where_it_is_from(question: Question) -> None:
    """A source is a request that a person can repeat: the address asked for, and its api-version."""
    reading = ask_of(question.ask, route(question.method, question.pattern, Answer(body=question.body)))
    value = reading[0] if isinstance(reading, tuple) else reading
    source = getattr(value, "source", None)
    if source is not None:
        assert source.startswith(f"{question.method} /")
