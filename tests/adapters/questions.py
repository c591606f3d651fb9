"""Everything that can be asked of a reader, where it asks, and what Azure answers when all is well."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from acimedic.azure.reader import AzureReader

from . import bodies as of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One method of the reader.

    path: the beginning of what it asks for. item: the body of the thing, or of one of a list.
    permission, scope: what a gap of it names. absent: whether a 404 is an answer.
    """

    name: str
    ask: Callable[[AzureReader], Awaitable[Any]]
    path: str
    item: of.Json
    permission: str
    scope: str
    method: str = "GET"
    listed: bool = False
    absent: bool = False

    @property
    def body(self) -> of.Json:
        return {"value": [self.item]} if self.listed else self.item

    @property
    def pattern(self) -> str:
        return f"{self.path}/?\\?"


_DEPLOYMENTS = "providers/Microsoft.Resources/deployments"
_SINCE = datetime(2026, 3, 1, 9, tzinfo=UTC)

QUESTIONS = (
    Question(
        name="group",
        ask=lambda reader: reader.group(of.GROUP),
        path=of.GROUP_ID,
        item=of.group_body(),
        permission="Microsoft.ContainerInstance/containerGroups/read",
        scope=of.RESOURCE_GROUP,
        absent=True,
    ),
    Question(
        name="deployments",
        ask=lambda reader: reader.deployments(of.SUBSCRIPTION, "rg-app"),
        path=f"{of.RESOURCE_GROUP}/{_DEPLOYMENTS}",
        item=of.deployment_body(),
        permission="Microsoft.Resources/deployments/read",
        scope=of.RESOURCE_GROUP,
        listed=True,
    ),
    Question(
        name="deployments-of-subscription",
        ask=lambda reader: reader.deployments(of.SUBSCRIPTION, None),
        path=f"{of.SCOPE}/{_DEPLOYMENTS}",
        item=of.changed(of.deployment_body(), "id", f"{of.SCOPE}/{_DEPLOYMENTS}/release-7"),
        permission="Microsoft.Resources/deployments/read",
        scope=of.SCOPE,
        listed=True,
    ),
    Question(
        name="deployment",
        ask=lambda reader: reader.deployment(of.DEPLOYMENT),
        path=of.DEPLOYMENT_ID,
        item=of.deployment_body(),
        permission="Microsoft.Resources/deployments/read",
        scope=of.RESOURCE_GROUP,
    ),
    Question(
        name="operations",
        ask=lambda reader: reader.operations(of.DEPLOYMENT),
        path=f"{of.RESOURCE_GROUP}(/providers/Microsoft.Resources)?/deployments/release-7/operations",
        item=of.operation_body(),
        permission="Microsoft.Resources/subscriptions/resourceGroups/deployments/operations/read",
        scope=of.RESOURCE_GROUP,
        listed=True,
    ),
    Question(
        name="template",
        ask=lambda reader: reader.template(of.DEPLOYMENT),
        path=f"{of.DEPLOYMENT_ID}/exportTemplate",
        item=of.export_body(),
        permission="Microsoft.Resources/deployments/exportTemplate/action",
        scope=of.RESOURCE_GROUP,
        method="POST",
    ),
    Question(
        name="activity",
        ask=lambda reader: reader.activity(
            of.SUBSCRIPTION, about=("correlationId", "11111111-2222-3333-4444-555555555555"), since=_SINCE, until=NOON
        ),
        path=f"{of.SCOPE}/providers/Microsoft.Insights/eventtypes/management/values",
        item=of.activity_body(),
        permission="Microsoft.Insights/eventtypes/values/read",
        scope=of.SCOPE,
        listed=True,
    ),
    Question(
        name="registries",
        ask=lambda reader: reader.registries(of.SUBSCRIPTION),
        path=f"{of.SCOPE}/providers/Microsoft.ContainerRegistry/registries",
        item=of.registry_body(),
        permission="Microsoft.ContainerRegistry/registries/read",
        scope=of.SCOPE,
        listed=True,
    ),
    Question(
        name="registry",
        ask=lambda reader: reader.registry(of.REGISTRY),
        path=of.REGISTRY_ID,
        item=of.registry_body(),
        permission="Microsoft.ContainerRegistry/registries/read",
        scope=of.REGISTRY_ID,
        absent=True,
    ),
    Question(
        name="find-registries",
        ask=lambda reader: reader.find_registries(("contoso.azurecr.io",)),
        path="/providers/Microsoft.ResourceGraph/resources",
        item=of.found_body(),
        permission="Microsoft.ContainerRegistry/registries/read",
        scope="the subscription of the registry",
        method="POST",
    ),
    Question(
        name="registry-places",
        ask=lambda reader: reader.registry_places(),
        path="/providers/Microsoft.ResourceGraph/resources",
        item=of.found_body(),
        permission="Microsoft.ContainerRegistry/registries/read",
        scope="the subscription of the registry",
        method="POST",
    ),
    Question(
        name="subscriptions",
        ask=lambda reader: reader.subscriptions(),
        path="/subscriptions",
        item=of.subscription_body(),
        permission="Microsoft.Resources/subscriptions/read",
        scope="/",
        listed=True,
    ),
    Question(
        name="tenant",
        ask=lambda reader: reader.tenant(of.SUBSCRIPTION),
        path=of.SCOPE,
        item=of.subscription_body(),
        permission="Microsoft.Resources/subscriptions/read",
        scope=of.SCOPE,
    ),
    Question(
        name="identity",
        ask=lambda reader: reader.identity(of.IDENTITY),
        path=of.IDENTITY_ID,
        item=of.identity_body(),
        permission="Microsoft.ManagedIdentity/userAssignedIdentities/read",
        scope=of.IDENTITY_ID,
        absent=True,
    ),
    Question(
        name="assignments",
        ask=lambda reader: reader.assignments(of.REGISTRY_ID, of.PRINCIPAL),
        path=f"{of.REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments",
        item=of.assignment_body(),
        permission="Microsoft.Authorization/roleAssignments/read",
        scope=of.REGISTRY_ID,
        listed=True,
    ),
    Question(
        name="role",
        ask=lambda reader: reader.role(of.ROLE_ID),
        path=of.ROLE_ID,
        item=of.role_body(),
        permission="Microsoft.Authorization/roleDefinitions/read",
        scope=of.ROLE_ID,
    ),
    Question(
        name="denials",
        ask=lambda reader: reader.denials(of.REGISTRY_ID),
        path=f"{of.REGISTRY_ID}/providers/Microsoft.Authorization/denyAssignments",
        item=of.denial_body(),
        permission="Microsoft.Authorization/denyAssignments/read",
        scope=of.REGISTRY_ID,
        listed=True,
    ),
    Question(
        name="token",
        ask=lambda reader: reader.token(of.REGISTRY, "ci"),
        path=f"{of.REGISTRY_ID}/tokens/ci",
        item=of.token_body(),
        permission="Microsoft.ContainerRegistry/registries/tokens/read",
        scope=of.REGISTRY_ID,
        absent=True,
    ),
    Question(
        name="endpoint-subnet",
        ask=lambda reader: reader.endpoint_subnet(of.ENDPOINT),
        path=of.ENDPOINT_ID,
        item=of.endpoint_body(),
        permission="Microsoft.Network/privateEndpoints/read",
        scope=of.ENDPOINT_ID,
    ),
    Question(
        name="network-rules",
        ask=lambda reader: reader.network_rules(of.REGISTRY),
        path=of.REGISTRY_ID,
        item=of.registry_body(),
        permission="Microsoft.ContainerRegistry/registries/read",
        scope=of.REGISTRY_ID,
    ),
)
BY_NAME = {question.name: question for question in QUESTIONS}
LISTS = tuple(question for question in QUESTIONS if question.listed)
