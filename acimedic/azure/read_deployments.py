"""Reads deployments, their operations, and the templates they were made from."""

from collections.abc import Mapping
from typing import Any, cast

from acimedic.azure.paging import every
from acimedic.azure.session import Session
from acimedic.azure.shapes import mapping, properties_of, text
from acimedic.model.deployment import Deployment, ExportedTemplate, Operation
from acimedic.model.moment import moment
from acimedic.model.resource_id import ResourceId

API_VERSION = "2021-04-01"
LIST_PERMISSION = "Microsoft.Resources/deployments/read"
OPERATIONS_PERMISSION = "Microsoft.Resources/deployments/operations/read"
# The SDK asks for the operations in a resource group at an older address, which is another resource type to RBAC:
# https://learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance#microsoftresources
GROUP_OPERATIONS_PERMISSION = "Microsoft.Resources/subscriptions/resourceGroups/deployments/operations/read"
EXPORT_PERMISSION = "Microsoft.Resources/deployments/exportTemplate/action"


async def list_deployments(session: Session, subscription: str, resource_group: str | None) -> tuple[Deployment, ...]:
    """The deployment history of a resource group, or of the subscription itself.

    List items already carry the error, so the image may be known before any operation is read.
    """
    deployments = _client(session, subscription).deployments
    if resource_group is None:
        found = await every(deployments.list_at_subscription_scope)
        scope = f"/subscriptions/{subscription}"
    else:
        found = await every(deployments.list_by_resource_group, resource_group)
        scope = f"/subscriptions/{subscription}/resourceGroups/{resource_group}"
    source = f"GET {scope}/providers/Microsoft.Resources/deployments?api-version={API_VERSION}"
    return tuple([_deployment(item, source) for item in found])


async def read_deployment(session: Session, deployment: ResourceId) -> Deployment:
    """One deployment. Raises ResourceNotFoundError where the history no longer holds it."""
    deployments = _client(session, deployment.subscription).deployments
    if deployment.resource_group is None:
        item = await deployments.get_at_subscription_scope(deployment.name)
    else:
        item = await deployments.get(deployment.resource_group, deployment.name)
    return _deployment(cast(Mapping[str, Any], item), f"GET {deployment}?api-version={API_VERSION}")


async def list_operations(session: Session, deployment: ResourceId) -> tuple[Operation, ...]:
    """All operations of a deployment. `statusMessage` is an object, a text, or null."""
    operations = _client(session, deployment.subscription).deployment_operations
    if deployment.resource_group is None:
        found = await every(operations.list_at_subscription_scope, deployment.name)
    else:
        found = await every(operations.list, deployment.resource_group, deployment.name)
    source = f"GET {deployment}/operations?api-version={API_VERSION}"
    return tuple([_operation(item, source) for item in found])


def operations_permission(deployment: ResourceId) -> str:
    """What it takes to read the operations of a deployment, which hangs on where it was made."""
    return OPERATIONS_PERMISSION if deployment.resource_group is None else GROUP_OPERATIONS_PERMISSION


async def export_template(session: Session, deployment: ResourceId) -> ExportedTemplate:
    """The template of a deployment; Azure keeps only the link of a linked template or template spec."""
    deployments = _client(session, deployment.subscription).deployments
    if deployment.resource_group is None:
        result = await deployments.export_template_at_subscription_scope(deployment.name)
    else:
        result = await deployments.export_template(deployment.resource_group, deployment.name)
    answer = cast(Mapping[str, Any], result)
    template, link = _object(answer.get("template"), "template"), _object(answer.get("templateLink"), "templateLink")
    if template is None and link is None:
        raise TypeError("a template or the link to one is due")
    return ExportedTemplate(
        template=template,
        link=str(link.get("id") or link.get("uri") or "a link") if link else None,
        source=f"POST {deployment}/exportTemplate?api-version={API_VERSION}",
    )


def _client(session: Session, subscription: str) -> Any:
    from azure.mgmt.resource.deployments.aio import DeploymentsMgmtClient

    return session.reader(DeploymentsMgmtClient, subscription, api_version=API_VERSION)


def _object(value: object, name: str) -> dict[str, object] | None:
    return cast(dict[str, object] | None, _plain(mapping(value, name)))


def _plain(value: object) -> object:
    """The SDK's models as the JSON that they were: dicts and lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _deployment(item: Mapping[str, Any], source: str) -> Deployment:
    properties = properties_of(item)
    return Deployment(
        id=ResourceId.parse(item["id"]),
        correlation_id=text(properties.get("correlationId"), "correlationId") or "",
        state=text(properties.get("provisioningState"), "provisioningState") or "",
        timestamp=moment(properties.get("timestamp")),
        duration=text(properties.get("duration"), "duration"),
        location=text(item.get("location"), "location"),
        template_hash=text(properties.get("templateHash"), "templateHash"),
        outputs=tuple(str(entry["id"]) for entry in properties.get("outputResources") or [] if entry.get("id")),
        error=_plain(properties.get("error")),
        parameters=_object(properties.get("parameters"), "parameters") or {},
        source=source,
    )


def _operation(item: Mapping[str, Any], source: str) -> Operation:
    properties = properties_of(item)
    target = mapping(properties.get("targetResource"), "targetResource") or {}
    return Operation(
        state=text(properties.get("provisioningState"), "provisioningState") or "",
        target=text(target.get("id"), "id"),
        target_type=text(target.get("resourceType"), "resourceType"),
        status_code=text(properties.get("statusCode"), "statusCode"),
        message=_plain(properties.get("statusMessage")),
        timestamp=moment(properties.get("timestamp")),
        source=source,
    )
