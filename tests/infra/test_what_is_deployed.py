"""What infra/ says, held against what the app does and what it is said to be: a template can be sound and wrong."""

import re
from collections.abc import Iterator

import pytest

from acimedic.incident import from_event
from acimedic.model.incident import Ignored
from acimedic.rbac.builtin import BUILT_IN
from tests.infra.checking.syntax import Constant, Resource, body_of
from tests.infra.deployed import INFRA, Code, Plain, at, template

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerInstance/containerGroups/g"
DEPLOYMENT = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Resources/deployments/d"
# What events of a subscription there are: https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions
HOW = ("Success", "Failure", "Cancel")
TYPES = [f"Microsoft.Resources.Resource{what}{how}" for what in ("Write", "Delete", "Action") for how in HOW]
OPERATIONS = [
    *(f"Microsoft.ContainerInstance/containerGroups/{each}" for each in ("write", "delete")),
    *(f"Microsoft.ContainerInstance/containerGroups/{each}/action" for each in ("start", "stop", "restart")),
    *(f"Microsoft.Resources/deployments/{each}" for each in ("write", "delete", "cancel/action", "validate/action")),
]
# Roles that the app does not meet at registries, and so has no table of.
# Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES = {guid: role.name for guid, role in BUILT_IN.items()} | {
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "d5a91429-5739-47e2-a06b-3470a27159e7": "EventGrid Data Sender",
    "09976791-48a7-449e-bb21-39d1a415f350": "Communication and Email Service Owner",
}
GIVEN = {
    "access-images": {"AcrPull", "Container Registry Repository Reader"},
    "access-write": {"AcrPull", "Container Registry Repository Reader"},
    "dead-letters": {"Storage Blob Data Contributor"},
    "mail": {"Communication and Email Service Owner"},
    "news": {"EventGrid Data Sender"},
    "storage": {"Storage Blob Data Owner", "Storage Queue Data Contributor", "Storage Table Data Contributor"},
    "telemetry": {"Monitoring Metrics Publisher"},
    "vault": {"Key Vault Secrets User"},
}
# Ids that name no role. Source: https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
CLIENTS = {"app": {"04b07795-8ddb-461a-bbee-02f9e1bf7b46"}}  # Azure CLI
FILES = sorted(path.stem for path in INFRA.glob("*.bicep"))


def heard(kind: str, operation: str) -> bool:
    """Whether the app does anything about an event."""
    resource = DEPLOYMENT if "deployments" in operation else GROUP
    data = {"operationName": operation, "resourceUri": resource, "correlationId": "c"}
    return not isinstance(from_event({"eventType": kind, "subject": resource, "data": data}), Ignored)


def filters() -> tuple[Plain, Plain]:
    """The types and the filter of the event subscription."""
    body = template("events").resource("subscribed")
    return at(body, "properties.filter.includedEventTypes"), at(body, "properties.filter.advancedFilters")


def test_the_types_that_are_subscribed_to_are_those_that_the_app_acts_on() -> None:
    """All of them, and no other."""
    assert filters()[0] == [kind for kind in TYPES if any(heard(kind, each) for each in OPERATIONS)]


def test_the_operations_that_are_subscribed_to_are_those_that_the_app_acts_on() -> None:
    """All of them, and no other, by the field of the event that the app reads."""
    wanted = {each for each in OPERATIONS if any(heard(kind, each) for kind in TYPES)}
    (found,) = filters()[1] if isinstance(filters()[1], list) else ()
    assert isinstance(found, dict)
    values = found.pop("values")
    assert found == {"operatorType": "StringIn", "key": "data.operationName"}
    assert isinstance(values, list)
    assert len(values) == len(wanted)
    assert {each for each in values if isinstance(each, str)} == wanted


def test_an_event_is_tried_for_as_long_as_event_grid_can() -> None:
    """Thirty times within a day: https://learn.microsoft.com/azure/event-grid/delivery-and-retry."""
    policy = at(template("events").resource("subscribed"), "properties.retryPolicy")
    assert policy == {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440}


def test_each_event_is_handed_over_alone_in_the_schema_that_the_app_reads() -> None:
    """An array of several is refused by the app."""
    body = template("events").resource("subscribed")
    assert at(body, "properties.eventDeliverySchema") == "CloudEventSchemaV1_0"
    assert at(body, "properties.destination.endpointType") == "AzureFunction"
    assert at(body, "properties.destination.properties.maxEventsPerBatch") == 1


def test_the_topic_is_that_of_a_subscription() -> None:
    """Which lies nowhere in particular, and has an identity for its dead letters."""
    body = template("topic").resource("topic")
    assert at(body, "properties.topicType") == "Microsoft.Resources.Subscriptions"
    assert at(body, "properties.source") == Code("subscription().id")
    assert body["location"] == "global"
    assert at(body, "identity.type") == "SystemAssigned"


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_the_roles_that_it_is_known_to_give(name: str) -> None:
    """By their names, which no one can mistake as they can an id."""
    guids = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}", " ".join(template(name).words()), re.IGNORECASE))
    assert {ROLES.get(guid, guid) for guid in guids - CLIENTS.get(name, set())} == GIVEN.get(name, set())


def assignments() -> Iterator[tuple[str, dict[str, Plain]]]:
    """Every role assignment of every file."""
    for name in FILES:
        for body in template(name).resources("Microsoft.Authorization/roleAssignments"):
            yield name, body


def test_every_role_is_given_to_the_identity_alone() -> None:
    """The app's, or for dead letters the topic's; as a principal that is none of a person."""
    assert {name for name, _ in assignments()} == {*GIVEN, "access-read"}
    for name, body in assignments():
        assert at(body, "properties.principalId") == Code("principalId"), name
        assert at(body, "properties.principalType") == "ServicePrincipal", name


def test_only_the_role_to_read_is_given_for_a_whole_subscription() -> None:
    """Every other one for one resource."""
    scopes = {name: body.get("scope") for name, body in assignments()}
    assert [name for name, scope in scopes.items() if scope is None] == ["access-read"]


# Resource, path, and the one value that is safe.
SECURE = [
    ("app", "app", "properties.httpsOnly", True),
    ("app", "app", "properties.siteConfig.minTlsVersion", "1.2"),
    ("app", "app", "properties.siteConfig.scmMinTlsVersion", "1.2"),
    ("app", "app", "properties.siteConfig.ftpsState", "Disabled"),
    ("app", "app", "properties.siteConfig.remoteDebuggingEnabled", False),
    ("app", "ftp", "name", "ftp"),
    ("app", "ftp", "properties.allow", False),
    ("app", "scm", "name", "scm"),
    ("app", "scm", "properties.allow", False),
    ("app", "auth", "properties.httpSettings.requireHttps", True),
    ("app", "auth", "properties.login.tokenStore.enabled", False),
    ("app", "auth", "properties.globalValidation.redirectToProvider", "azureactivedirectory"),
    ("storage", "account", "properties.allowBlobPublicAccess", False),
    ("storage", "account", "properties.allowCrossTenantReplication", False),
    ("storage", "account", "properties.allowSharedKeyAccess", False),
    ("storage", "account", "properties.isLocalUserEnabled", False),
    ("storage", "account", "properties.defaultToOAuthAuthentication", True),
    ("storage", "account", "properties.minimumTlsVersion", "TLS1_2"),
    ("storage", "account", "properties.supportsHttpsTrafficOnly", True),
    ("storage", "container", "properties.publicAccess", "None"),
    ("telemetry", "workspace", "properties.features.disableLocalAuth", True),
    ("telemetry", "insights", "properties.DisableLocalAuth", True),
    ("telemetry", "insights", "properties.DisableIpMasking", False),
    ("mail", "communication", "properties.disableLocalAuth", True),
    ("news", "topic", "properties.disableLocalAuth", True),
    ("news", "topic", "properties.minimumTlsVersionAllowed", "1.2"),
    ("vault", "vault", "properties.enableRbacAuthorization", True),
    ("vault", "vault", "properties.enableSoftDelete", True),
    ("vault", "vault", "properties.enablePurgeProtection", True),
    ("vault", "vault", "properties.enabledForDeployment", False),
    ("vault", "vault", "properties.enabledForDiskEncryption", False),
    ("vault", "vault", "properties.enabledForTemplateDeployment", False),
]


@pytest.mark.parametrize(("name", "resource", "path", "safe"), SECURE)
def test_what_is_deployed_is_closed(name: str, resource: str, path: str, safe: object) -> None:
    """Encrypted on the way, without keys and passwords, and with nothing for all to read."""
    assert at(template(name).resource(resource), path) == safe


@pytest.mark.parametrize("name", FILES)
def test_no_template_asks_for_a_key(name: str) -> None:
    """`listKeys()` and the like would make a key travel, and it opens nothing here."""
    assert re.findall(r"\blist[A-Z]\w*\(", template(name).text) == []


@pytest.mark.parametrize("name", FILES)
def test_every_switch_for_keys_is_off_wherever_it_is_written(name: str) -> None:
    """Also of a resource that is not in the list above."""
    wanted = {"disablelocalauth": True, "allowsharedkeyaccess": False, "allowblobpublicaccess": False}
    for statement in template(name).file.statements:
        body = body_of(statement.value) if isinstance(statement, Resource) else None
        inner = None if body is None else body.get("properties")
        for key, safe in wanted.items():
            items = getattr(inner, "items", ())
            found = [each.value for each in items if each.key.literal.lower() == key]
            assert [each.value for each in found if isinstance(each, Constant)] in ([], [safe]), statement.name


def test_secrets_are_secret_wherever_they_are_handed_on() -> None:
    """What is given as a parameter is kept with the deployment, unless it is marked."""
    marked = {(name, each) for name in FILES for each, p in template(name).file.params.items() if p.decorator("secure")}
    assert marked == {("app", "settings"), ("main", "auditKey")}


LONGEST = 13
"""Characters of `uniqueString()`."""


@pytest.mark.parametrize(
    ("module", "limits"), [("storage", r"[a-z0-9]{3,24}"), ("vault", r"[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]")]
)
def test_a_name_that_all_of_azure_shares_is_one_that_azure_takes(module: str, limits: str) -> None:
    """With the suffix in it, which is always as long."""
    main = template("main")
    given = main.params_of(module)["name"]
    assert isinstance(given, Code)
    assert re.fullmatch(limits, given.text.strip("'").replace("${suffix}", "a" * LONGEST))


def test_the_plan_is_the_one_that_the_app_is_made_for() -> None:
    """Flex Consumption, which has no other kind of plan."""
    assert template("app").resource("plan")["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
    assert at(template("app").resource("app"), "properties.functionAppConfig.runtime") == {
        "name": "python",
        "version": "3.12",
    }
