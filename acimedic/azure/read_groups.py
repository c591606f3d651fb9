"""Reads container groups."""

from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline import PipelineResponse

from acimedic.azure.attempt import said_absent
from acimedic.azure.session import Session
from acimedic.azure.shapes import body_of, properties_of
from acimedic.definition import from_arm
from acimedic.model.definition import Definition
from acimedic.model.reading import Absent, Gap
from acimedic.model.resource_id import ResourceId

API_VERSION = "2023-05-01"  # the newest that azure-mgmt-containerinstance speaks
PERMISSION = "Microsoft.ContainerInstance/containerGroups/read"


async def read_group(session: Session, group: ResourceId) -> Definition | Absent:
    """The container group as it is now. Raises azure-core's exceptions.

    The raw answer is read, because the SDK's model drops properties that it does not know.
    """
    from azure.mgmt.containerinstance.aio import ContainerInstanceManagementClient

    source = f"GET {group}?api-version={API_VERSION}"
    client = session.reader(ContainerInstanceManagementClient, group.subscription, api_version=API_VERSION)
    try:
        body = await client.container_groups.get(group.resource_group or "", group.name, cls=_raw)
    except ResourceNotFoundError as error:
        if not said_absent(error):
            raise
        return Absent(what=f"container group {group.name}", source=source)
    if not isinstance(body, Mapping) or not isinstance(properties_of(body).get("containers"), list):
        raise TypeError("a container group is an object with a list of containers")
    unknowable: str | Gap | None = Gap(
        reading="api-version of the request", reason="a live container group does not tell which one made it"
    )
    return from_arm(body, origin="live", source=source, api_version=unknowable)


def _raw(response: PipelineResponse[Any, Any], _model: object, _headers: object) -> object:
    return body_of(response)
